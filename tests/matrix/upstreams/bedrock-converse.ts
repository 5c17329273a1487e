import type { Json, JsonObject } from '../../../src/base/json.ts';
import { pico } from '../../../src/base/money.ts';
import { bedrockConverseUpstream } from '../../../src/dialects/bedrock-converse/index.ts';
import { sampleTarget } from '../../../src/dialects/samples.ts';
import { type Asked, type AskedTurn, mediumOf, turnOf } from '../asked.ts';
import type { Upstream } from '../upstream.ts';

type Source = { source: { bytes?: string } };
type Block = {
  text?: string;
  image?: Source;
  document?: Source;
  toolUse?: { toolUseId: string; name: string; input: Json };
  toolResult?: { toolUseId: string; content: { text?: string }[] };
  reasoningContent?: { reasoningText?: { signature?: string }; redactedContent?: string };
  cachePoint?: Json;
};
type Body = {
  system?: Block[];
  messages: { role: 'user' | 'assistant'; content: Block[] }[];
  inferenceConfig?: { maxTokens?: number; temperature?: number; stopSequences?: string[] };
  toolConfig?: {
    tools: { toolSpec?: { name: string; inputSchema: { json: Json } } }[];
    toolChoice?: { any?: Json; tool?: { name: string } };
  };
  outputConfig?: { textFormat: { structure: { jsonSchema: { schema: string } } } };
  additionalModelRequestFields?: { thinking?: { type: string }; reasoning_config?: { type: string } };
};

const textOf = (blocks: readonly { text?: string }[]): string => blocks.map(({ text }) => text ?? '').join('');

function read(json: JsonObject): Asked {
  const body = json as unknown as Body;
  const blocks = body.messages.flatMap(({ content }) => content);
  const names = new Map(blocks.flatMap(({ toolUse }) => (toolUse ? [[toolUse.toolUseId, toolUse.name]] : [])));
  const { toolConfig, inferenceConfig, outputConfig, additionalModelRequestFields: more } = body;
  const specs = (toolConfig?.tools ?? []).flatMap(({ toolSpec }) => toolSpec ?? []);
  const choice = toolConfig?.toolChoice;
  return {
    system: textOf(body.system ?? []),
    turns: body.messages.map(({ role, content }) => turn(role, content, names)),
    tools: specs.map(({ name, inputSchema }) => ({ name, parameters: inputSchema.json })),
    toolChoice: choice?.any ? 'required' : (choice?.tool?.name ?? null),
    parallel: true,
    reasoning: (more?.thinking ?? more?.reasoning_config)?.type === 'enabled',
    schema: outputConfig ? JSON.parse(outputConfig.textFormat.structure.jsonSchema.schema) : null,
    maxTokens: inferenceConfig?.maxTokens ?? null,
    temperature: inferenceConfig?.temperature ?? null,
    stop: inferenceConfig?.stopSequences ?? [],
    choices: 1,
    logprobs: false,
    cacheMarks: blocks.filter(({ cachePoint }) => cachePoint).length,
    opaque: blocks.flatMap(({ reasoningContent }) => opaqueOf(reasoningContent)),
  };
}

/** The encrypted datum is a blob: base64 of the vendor's own text. */
function opaqueOf(reasoning: Block['reasoningContent']): string[] {
  const { redactedContent } = reasoning ?? {};
  if (redactedContent !== undefined) return [Buffer.from(redactedContent, 'base64').toString()];
  const signature = reasoning?.reasoningText?.signature;
  return signature === undefined ? [] : [signature];
}

function turn(role: 'user' | 'assistant', blocks: readonly Block[], names: ReadonlyMap<string, string>): AskedTurn {
  const results = blocks.flatMap(({ toolResult }) => toolResult ?? []);
  return turnOf({
    role: results.length > 0 ? 'tool' : role,
    text: textOf(blocks),
    media: blocks.flatMap(({ image, document }) => (image ?? document)?.source.bytes ?? []).map(mediumOf),
    calls: blocks.flatMap(({ toolUse }) => (toolUse ? [{ name: toolUse.name, arguments: toolUse.input }] : [])),
    results: results.map(({ toolUseId, content }) => ({ name: names.get(toolUseId) ?? '', text: textOf(content) })),
  });
}

export const converseUpstream: Upstream = {
  dialect: bedrockConverseUpstream,
  target: sampleTarget('bedrock-converse', {
    endpoint: {
      upstreamId: 'us.anthropic.claude-sample-v1:0',
      price: { input: pico(1n), inputCacheWrite: pico(1n), output: pico(2n), overrides: [] },
      reasoning: { efforts: [], budget: true, mandatory: false, defaultEnabled: false },
    },
  }),
  read,
  stop: 'three',
  cannot: {
    'two-choices': 'one answer to a call',
    logprobs: 'no log probabilities',
    refusal: 'a refusal is a stop reason',
  },
  counts: { cacheRead: true, cacheWrite: true, reasoning: false },
};

import type { Json, JsonObject } from '../../../src/base/json.ts';
import { pico } from '../../../src/base/money.ts';
import { bedrockConverseUpstream } from '../../../src/dialects/bedrock-converse/index.ts';
import { sampleTarget } from '../../../src/dialects/samples.ts';
import { type Asked, type AskedTurn, effortOf, markAt, NOTHING, resultOf, sent, turnOf } from '../asked.ts';
import { mediumOf } from '../media.ts';
import type { Upstream } from '../upstream.ts';

type Source = { source: { bytes?: string } };
type Block = {
  text?: string;
  image?: Source;
  document?: Source;
  video?: Source;
  audio?: Source;
  toolUse?: { toolUseId: string; name: string; input: Json };
  toolResult?: { toolUseId: string; content: Block[] };
  reasoningContent?: { reasoningText?: { signature?: string }; redactedContent?: string };
  cachePoint?: { ttl?: string };
};
type Body = {
  system?: Block[];
  messages: { role: 'user' | 'assistant'; content: Block[] }[];
  inferenceConfig?: { maxTokens?: number; temperature?: number; topP?: number; stopSequences?: string[] };
  serviceTier?: { type: string };
  toolConfig?: {
    tools: {
      toolSpec?: { name: string; inputSchema: { json: Json }; strict?: boolean };
      cachePoint?: Block['cachePoint'];
    }[];
    toolChoice?: { any?: Json; tool?: { name: string } };
  };
  outputConfig?: { textFormat: { structure: { jsonSchema: { schema: string } } } };
  additionalModelRequestFields?: {
    thinking?: { type: string; budget_tokens?: number };
    top_k?: number;
    tool_choice?: { type: string; name?: string; disable_parallel_tool_use?: boolean };
  };
};

const textOf = (blocks: readonly { text?: string }[]): string => blocks.map(({ text }) => text ?? '').join('');

function read(json: JsonObject): Asked {
  const body = json as unknown as Body;
  const blocks = body.messages.flatMap(({ content }) => content);
  const names = new Map(blocks.flatMap(({ toolUse }) => (toolUse ? [[toolUse.toolUseId, toolUse.name]] : [])));
  const { toolConfig, inferenceConfig, outputConfig, additionalModelRequestFields: more } = body;
  const specs = (toolConfig?.tools ?? []).flatMap(({ toolSpec }) => toolSpec ?? []);
  const choice = toolConfig?.toolChoice;
  const declared = specs.map(({ name }) => name);
  const system = textOf(body.system ?? []);
  // Anthropic's own field says the choice where calls must come one at a time.
  const own = more?.tool_choice;
  const named = choice?.tool?.name ?? own?.name;
  return {
    ...NOTHING,
    system,
    turns: body.messages.map(({ role, content }) => turn(role, content, names)),
    tools: specs.map(({ name, inputSchema }) => ({ name, parameters: inputSchema.json })),
    strictTools: specs.flatMap(({ name, strict }) => (strict ? [name] : [])),
    callable: named === undefined ? declared : [named],
    mustCall: choice?.any !== undefined || own?.type === 'any' || named !== undefined,
    parallel: own?.disable_parallel_tool_use !== true,
    // Claude thinks only when told to.
    effort: effortOf(more?.thinking?.budget_tokens ?? 0, inferenceConfig?.maxTokens ?? 1),
    json: /JSON object/.test(system),
    tier: body.serviceTier?.type ?? null,
    sampling: sent({ top_p: inferenceConfig?.topP, top_k: more?.top_k }),
    schema: outputConfig ? JSON.parse(outputConfig.textFormat.structure.jsonSchema.schema) : null,
    maxTokens: inferenceConfig?.maxTokens ?? null,
    temperature: inferenceConfig?.temperature ?? null,
    stop: inferenceConfig?.stopSequences ?? [],
    cacheMarks: [
      ...(toolConfig?.tools ?? []).flatMap(({ cachePoint }) => markAt('tools', cachePoint)),
      ...(body.system ?? []).flatMap(({ cachePoint }) => markAt('system', cachePoint)),
      ...body.messages.flatMap(({ role, content }) =>
        content.flatMap(({ cachePoint }, at) => markAt(content[at - 1]?.toolResult ? 'result' : role, cachePoint)),
      ),
    ],
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

const mediaOf = (blocks: readonly Block[]): string[] =>
  blocks
    .flatMap(({ image, document, video, audio }) => (image ?? document ?? video ?? audio)?.source.bytes ?? [])
    .map(mediumOf);

function turn(role: 'user' | 'assistant', blocks: readonly Block[], names: ReadonlyMap<string, string>): AskedTurn {
  const results = blocks.flatMap(({ toolResult }) => toolResult ?? []);
  return turnOf({
    role: results.length > 0 ? 'tool' : role,
    text: textOf(blocks),
    media: mediaOf(blocks),
    calls: blocks.flatMap(({ toolUse }) => (toolUse ? [{ name: toolUse.name, arguments: toolUse.input }] : [])),
    results: results.map(({ toolUseId, content }) =>
      resultOf(names.get(toolUseId) ?? '', textOf(content), mediaOf(content)),
    ),
  });
}

export const converseUpstream: Upstream = {
  name: 'bedrock-converse',
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
  thinks: 'claude',
  takesBack: 'claude',
  cannot: {
    'two-choices': 'one answer to a call',
    logprobs: 'no log probabilities',
    refusal: 'a refusal is a stop reason',
    'vendor-tool': 'no tools of its own',
    image: 'text output only',
    audio: 'text output only',
  },
  counts: { cacheRead: true, cacheWrite: true, reasoning: false },
};

import type { Json, JsonObject } from '../../../src/base/json.ts';
import { anthropicMessagesUpstream, bedrockInvokeAnthropic } from '../../../src/dialects/anthropic-messages/index.ts';
import { sampleTarget } from '../../../src/dialects/samples.ts';
import { type Asked, type AskedTurn, mediumOf, turnOf } from '../asked.ts';
import type { Upstream } from '../upstream.ts';

type Block = {
  type: string;
  text?: string;
  source?: { url?: string; data?: string };
  id?: string;
  name?: string;
  input?: Json;
  tool_use_id?: string;
  content?: string | Block[];
  signature?: string;
  data?: string;
  cache_control?: Json;
};
type Body = {
  system?: string | Block[];
  messages: { role: 'user' | 'assistant'; content: string | Block[] }[];
  tools?: { name: string; input_schema: Json }[];
  tool_choice?: { type: string; name?: string; disable_parallel_tool_use?: boolean };
  thinking?: { type: string };
  output_config?: { format?: { schema: Json } };
  max_tokens: number;
  temperature?: number;
  stop_sequences?: string[];
};

const blocksOf = (content: string | Block[] | undefined): Block[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
const textOf = (content: string | Block[] | undefined): string =>
  blocksOf(content)
    .map(({ text }) => text ?? '')
    .join('');

function read(json: JsonObject): Asked {
  const body = json as unknown as Body;
  const blocks = body.messages.flatMap(({ content }) => blocksOf(content));
  const names = new Map(blocks.flatMap(({ type, id, name }) => (type === 'tool_use' ? [[id, name] as const] : [])));
  const choice = body.tool_choice;
  return {
    system: textOf(body.system),
    turns: body.messages.map(({ role, content }) => turn(role, blocksOf(content), names)),
    tools: (body.tools ?? []).map((tool) => ({ name: tool.name, parameters: tool.input_schema })),
    toolChoice: choice?.type === 'any' ? 'required' : (choice?.name ?? null),
    parallel: choice?.disable_parallel_tool_use !== true,
    reasoning: body.thinking?.type === 'enabled' || body.thinking?.type === 'adaptive',
    schema: body.output_config?.format?.schema ?? null,
    maxTokens: body.max_tokens,
    temperature: body.temperature ?? null,
    stop: body.stop_sequences ?? [],
    choices: 1,
    logprobs: false,
    cacheMarks: blocks.filter(({ cache_control }) => cache_control).length,
    opaque: blocks.flatMap(
      ({ signature, type, data }) => signature ?? (type === 'redacted_thinking' ? (data ?? []) : []),
    ),
  };
}

function turn(
  role: 'user' | 'assistant',
  blocks: readonly Block[],
  names: ReadonlyMap<string | undefined, string | undefined>,
): AskedTurn {
  const results = blocks.filter(({ type }) => type === 'tool_result');
  return turnOf({
    role: results.length > 0 ? 'tool' : role,
    text: blocks.map(({ text }) => text ?? '').join(''),
    media: blocks.flatMap(({ source }) => source?.url ?? source?.data ?? []).map(mediumOf),
    calls: blocks
      .filter(({ type }) => type === 'tool_use')
      .map(({ name = '', input = null }) => ({ name, arguments: input })),
    results: results.map(({ tool_use_id, content }) => ({ name: names.get(tool_use_id) ?? '', text: textOf(content) })),
  });
}

const endpoint = {
  maxOutput: 64_000,
  reasoning: { efforts: [], budget: true, mandatory: false, defaultEnabled: false },
} as const;
const shared = {
  read,
  stop: 'three',
  cannot: {
    'two-choices': 'one answer to a call',
    logprobs: 'no log probabilities',
    refusal: 'a refusal is a stop reason',
  },
  counts: { cacheRead: true, cacheWrite: true, reasoning: true },
} as const;

export const messagesUpstream: Upstream = {
  ...shared,
  dialect: anthropicMessagesUpstream,
  target: sampleTarget('anthropic-messages', { endpoint: { ...endpoint, upstreamId: 'claude-sample' } }),
};

export const invokeUpstream: Upstream = {
  ...shared,
  dialect: bedrockInvokeAnthropic,
  target: sampleTarget('bedrock-invoke-anthropic', {
    endpoint: { ...endpoint, upstreamId: 'anthropic.claude-sample' },
  }),
};

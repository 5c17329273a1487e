import type { Json, JsonObject } from '../../../src/base/json.ts';
import { pico } from '../../../src/base/money.ts';
import { anthropicMessagesUpstream, bedrockInvokeAnthropic } from '../../../src/dialects/anthropic-messages/index.ts';
import { sampleTarget } from '../../../src/dialects/samples.ts';
import {
  type Asked,
  type AskedTurn,
  effortNamed,
  effortOf,
  markAt,
  NOTHING,
  resultOf,
  sent,
  turnOf,
} from '../asked.ts';
import { mediumOf } from '../media.ts';
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
  tools?: { type?: string; name: string; input_schema?: Json; strict?: boolean; cache_control?: Json }[];
  tool_choice?: { type: string; name?: string; disable_parallel_tool_use?: boolean };
  thinking?: { type: string; budget_tokens?: number };
  output_config?: { format?: { schema: Json }; effort?: string };
  max_tokens: number;
  temperature?: number;
  top_p?: number;
  top_k?: number;
  service_tier?: string;
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
  const custom = (body.tools ?? []).filter((tool) => tool.input_schema !== undefined);
  const system = textOf(body.system);
  return {
    ...NOTHING,
    system,
    turns: body.messages.map(({ role, content }) => turn(role, blocksOf(content), names)),
    tools: custom.map(({ name, input_schema }) => ({ name, parameters: input_schema ?? null })),
    strictTools: custom.flatMap(({ name, strict }) => (strict ? [name] : [])),
    ...choiceOf(
      body.tool_choice,
      custom.map(({ name }) => name),
    ),
    parallel: body.tool_choice?.disable_parallel_tool_use !== true,
    vendorTools: (body.tools ?? []).length - custom.length,
    effort: reasoningOf(body),
    json: /JSON object/.test(system),
    verbosity: body.thinking ? null : (body.output_config?.effort ?? null),
    // `auto` uses the priority tier where the organisation has one.
    tier: body.service_tier === 'auto' ? 'priority' : (body.service_tier ?? null),
    sampling: sent({ top_p: body.top_p, top_k: body.top_k }),
    schema: body.output_config?.format?.schema ?? null,
    maxTokens: body.max_tokens,
    temperature: body.temperature ?? null,
    stop: body.stop_sequences ?? [],
    cacheMarks: [
      ...(body.tools ?? []).flatMap((tool) => markAt('tools', tool.cache_control)),
      ...blocksOf(body.system).flatMap((block) => markAt('system', block.cache_control)),
      ...body.messages.flatMap(({ role, content }) =>
        blocksOf(content).flatMap((block) =>
          markAt(block.type === 'tool_result' ? 'result' : role, block.cache_control ?? insideOf(block)),
        ),
      ),
    ],
    opaque: blocks.flatMap(
      ({ signature, type, data }) => signature ?? (type === 'redacted_thinking' ? (data ?? []) : []),
    ),
  };
}

/** A mark on the last block of a tool's result. */
const insideOf = ({ type, content }: Block): Json | undefined =>
  type === 'tool_result' ? blocksOf(content).at(-1)?.cache_control : undefined;

function choiceOf(choice: Body['tool_choice'], names: readonly string[]): Pick<Asked, 'callable' | 'mustCall'> {
  if (choice?.type === 'tool') return { callable: [choice.name ?? ''], mustCall: true };
  return { callable: choice?.type === 'none' ? [] : names, mustCall: choice?.type === 'any' };
}

function reasoningOf({ thinking, output_config, max_tokens }: Body): Asked['effort'] {
  if (thinking?.type === 'disabled') return 'none';
  if (thinking?.type === 'adaptive') return effortNamed(output_config?.effort);
  return thinking?.budget_tokens === undefined ? null : effortOf(thinking.budget_tokens, max_tokens);
}

const mediaOf = (blocks: readonly Block[]): string[] =>
  blocks.flatMap(({ source }) => source?.url ?? source?.data ?? []).map(mediumOf);

function turn(
  role: 'user' | 'assistant',
  blocks: readonly Block[],
  names: ReadonlyMap<string | undefined, string | undefined>,
): AskedTurn {
  const results = blocks.filter(({ type }) => type === 'tool_result');
  return turnOf({
    role: results.length > 0 ? 'tool' : role,
    text: blocks.map(({ text }) => text ?? '').join(''),
    media: mediaOf(blocks),
    calls: blocks
      .filter(({ type }) => type === 'tool_use')
      .map(({ name = '', input = null }) => ({ name, arguments: input })),
    results: results.map(({ tool_use_id, content }) =>
      resultOf(names.get(tool_use_id) ?? '', textOf(content), mediaOf(blocksOf(content))),
    ),
  });
}

const endpoint = {
  maxOutput: 64_000,
  reasoning: { efforts: ['low', 'medium', 'high'], budget: true, mandatory: false, defaultEnabled: false },
} as const;
const shared = {
  read,
  stop: 'three',
  thinks: 'claude',
  takesBack: 'claude',
  cannot: {
    'two-choices': 'one answer to a call',
    logprobs: 'no log probabilities',
    refusal: 'a refusal is a stop reason',
    image: 'text output only',
    'failed-finish': 'no such stop reason',
    audio: 'text output only',
  },
  counts: { cacheRead: true, cacheWrite: true, reasoning: true },
} as const;

export const messagesUpstream: Upstream = {
  ...shared,
  name: 'anthropic-messages',
  dialect: anthropicMessagesUpstream,
  target: sampleTarget('anthropic-messages', {
    endpoint: {
      ...endpoint,
      upstreamId: 'claude-sample',
      price: { input: pico(1n), output: pico(2n), webSearch: pico(9n), overrides: [] },
    },
  }),
};

export const invokeUpstream: Upstream = {
  ...shared,
  name: 'bedrock-invoke-anthropic',
  dialect: bedrockInvokeAnthropic,
  target: sampleTarget('bedrock-invoke-anthropic', {
    endpoint: { ...endpoint, upstreamId: 'anthropic.claude-sample' },
  }),
};

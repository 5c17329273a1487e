import type { Json, JsonObject } from '../../../src/base/json.ts';
import { cohereChatUpstream } from '../../../src/dialects/cohere-chat/index.ts';
import { sampleTarget } from '../../../src/dialects/samples.ts';
import { type Asked, type AskedTurn, effortOf, joinResults, NOTHING, resultOf, sent, turnOf } from '../asked.ts';
import { mediumOf } from '../media.ts';
import type { Upstream } from '../upstream.ts';

type Part = { type: string; text?: string; image_url?: { url: string } };
type Message = {
  role: string;
  content?: string | Part[];
  tool_call_id?: string;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
};
type Body = {
  messages: Message[];
  tools?: { function: { name: string; parameters: Json } }[];
  tool_choice?: string;
  strict_tools?: boolean;
  thinking?: { type: string; token_budget?: number };
  response_format?: { type: string; json_schema?: Json };
  p?: number;
  k?: number;
  seed?: number;
  frequency_penalty?: number;
  presence_penalty?: number;
  max_tokens?: number;
  temperature?: number;
  stop_sequences?: string[];
  logprobs?: boolean;
};

const partsOf = ({ content }: Message): Part[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
const textOf = (message: Message): string =>
  partsOf(message)
    .map(({ text }) => text ?? '')
    .join('');

function read(json: JsonObject): Asked {
  const body = json as unknown as Body;
  const { messages, tools = [] } = body;
  const names = new Map(
    messages.flatMap(({ tool_calls = [] }) => tool_calls.map((call) => [call.id, call.function.name])),
  );
  const turns = messages.filter(({ role }) => role !== 'system').map((message) => turn(message, names));
  const named = tools.map((tool) => tool.function.name);
  return {
    ...NOTHING,
    system: messages.map((message) => (message.role === 'system' ? textOf(message) : '')).join(''),
    turns: joinResults(turns),
    tools: tools.map((tool) => ({ name: tool.function.name, parameters: tool.function.parameters })),
    strictTools: body.strict_tools ? named : [],
    callable: body.tool_choice === 'NONE' ? [] : named,
    mustCall: body.tool_choice === 'REQUIRED',
    effort: reasoningOf(body),
    schema: body.response_format?.json_schema ?? null,
    json: body.response_format?.type === 'json_object',
    sampling: sent({
      top_p: body.p,
      top_k: body.k,
      seed: body.seed,
      frequency_penalty: body.frequency_penalty,
      presence_penalty: body.presence_penalty,
    }),
    maxTokens: body.max_tokens ?? null,
    temperature: body.temperature ?? null,
    stop: body.stop_sequences ?? [],
    logprobs: body.logprobs ?? false,
  };
}

function reasoningOf({ thinking, max_tokens = 0 }: Body): Asked['effort'] {
  if (thinking?.type === 'disabled') return 'none';
  return thinking?.token_budget === undefined ? null : effortOf(thinking.token_budget, max_tokens);
}

function turn(message: Message, names: ReadonlyMap<string, string>): AskedTurn {
  const isResult = message.role === 'tool';
  return turnOf({
    role: message.role as AskedTurn['role'],
    text: isResult ? '' : textOf(message),
    media: partsOf(message)
      .flatMap(({ image_url }) => image_url?.url ?? [])
      .map(mediumOf),
    calls: (message.tool_calls ?? []).map((call) => ({
      name: call.function.name,
      arguments: JSON.parse(call.function.arguments),
    })),
    results: isResult ? [resultOf(names.get(message.tool_call_id ?? '') ?? '', textOf(message))] : [],
  });
}

const NO_OPAQUE = 'reasoning is plain text';

export const cohereUpstream: Upstream = {
  name: 'cohere-chat',
  dialect: cohereChatUpstream,
  target: sampleTarget('cohere-chat'),
  read,
  thinks: null,
  takesBack: null,
  cannot: {
    'two-choices': 'one answer to a call',
    refusal: 'a refusal is text',
    'content-filter': 'no such finish reason',
    'document-citations': 'a document is cited by an address of its own',
    'vendor-tool': 'no tools of its own',
    'service-tier': 'no tiers',
    image: 'text output only',
    audio: 'text output only',
    'signed-reasoning': NO_OPAQUE,
    'encrypted-reasoning': NO_OPAQUE,
  },
  instead: { 'structured-emulated': 'structured' },
  says: { 'parallel-tools': { text: '', reasoning: 'I ask twice.' } },
  counts: { cacheRead: true, cacheWrite: false, reasoning: false },
};

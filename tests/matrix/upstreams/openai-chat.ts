import type { Json, JsonObject } from '../../../src/base/json.ts';
import { openaiChatUpstream } from '../../../src/dialects/openai-chat/index.ts';
import { sampleTarget } from '../../../src/dialects/samples.ts';
import { type Asked, type AskedTurn, joinResults, mediumOf, turnOf } from '../asked.ts';
import type { Upstream } from '../upstream.ts';

type Part = {
  type: string;
  text?: string;
  image_url?: { url: string };
  file?: { file_data: string };
  cache_control?: Json;
};
type Message = {
  role: string;
  content: string | Part[] | null;
  tool_call_id?: string;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  reasoning_details?: { signature?: string; data?: string }[];
};
type Body = {
  messages: Message[];
  tools?: { function: { name: string; parameters: Json } }[];
  tool_choice?: string | { function: { name: string } };
  parallel_tool_calls?: boolean;
  reasoning?: Json;
  response_format?: { json_schema?: { schema: Json } };
  max_tokens?: number;
  temperature?: number;
  stop?: string[];
  n?: number;
  logprobs?: boolean;
};

function read(json: JsonObject): Asked {
  const body = json as unknown as Body;
  const names = new Map(
    body.messages.flatMap(({ tool_calls = [] }) => tool_calls.map((call) => [call.id, call.function.name])),
  );
  const turns = body.messages.filter(({ role }) => role !== 'system').map((message) => turn(message, names));
  const choice = body.tool_choice;
  return {
    system: body.messages.map((message) => (message.role === 'system' ? textOf(message) : '')).join(''),
    turns: joinResults(turns),
    tools: (body.tools ?? []).map((tool) => ({ name: tool.function.name, parameters: tool.function.parameters })),
    toolChoice: typeof choice === 'object' ? choice.function.name : (choice ?? null),
    parallel: body.parallel_tool_calls ?? true,
    reasoning: body.reasoning !== undefined,
    schema: body.response_format?.json_schema?.schema ?? null,
    maxTokens: body.max_tokens ?? null,
    temperature: body.temperature ?? null,
    stop: body.stop ?? [],
    choices: body.n ?? 1,
    logprobs: body.logprobs ?? false,
    cacheMarks: body.messages.flatMap(partsOf).filter(({ cache_control }) => cache_control).length,
    opaque: body.messages
      .flatMap(({ reasoning_details = [] }) => reasoning_details)
      .flatMap(({ signature, data }) => signature ?? data ?? []),
  };
}

const partsOf = ({ content }: Message): Part[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
const textOf = (message: Message): string =>
  partsOf(message)
    .map(({ text }) => text ?? '')
    .join('');

function turn(message: Message, names: ReadonlyMap<string, string>): AskedTurn {
  const isResult = message.role === 'tool';
  const sources = partsOf(message).flatMap((part) => part.image_url?.url ?? part.file?.file_data ?? []);
  return turnOf({
    role: message.role as AskedTurn['role'],
    text: isResult ? '' : textOf(message),
    media: sources.map(mediumOf),
    calls: (message.tool_calls ?? []).map((call) => ({
      name: call.function.name,
      arguments: JSON.parse(call.function.arguments),
    })),
    results: isResult ? [{ name: names.get(message.tool_call_id ?? '') ?? '', text: textOf(message) }] : [],
  });
}

export const chatUpstream: Upstream = {
  dialect: openaiChatUpstream,
  target: sampleTarget('openai-chat', {
    dialect: { quirks: ['reasoning-details', 'reasoning-object', 'cache-control', 'developer-role'] },
  }),
  read,
  cannot: {},
  counts: { cacheRead: true, cacheWrite: true, reasoning: true },
};

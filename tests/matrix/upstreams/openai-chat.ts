import type { Json, JsonObject } from '../../../src/base/json.ts';
import { pico } from '../../../src/base/money.ts';
import { openaiChatUpstream } from '../../../src/dialects/openai-chat/index.ts';
import { sampleTarget } from '../../../src/dialects/samples.ts';
import {
  type Asked,
  type AskedTurn,
  effortNamed,
  effortOf,
  joinResults,
  markAt,
  NOTHING,
  resultOf,
  sent,
  turnOf,
} from '../asked.ts';
import { mediumOf } from '../media.ts';
import type { Upstream } from '../upstream.ts';

type Part = {
  type: string;
  text?: string;
  image_url?: { url: string };
  file?: { file_data: string };
  input_audio?: { data: string };
  video_url?: { url: string };
  cache_control?: Json;
  prompt_cache_breakpoint?: Json;
};
type Message = {
  role: string;
  name?: string;
  content: string | Part[] | null;
  tool_call_id?: string;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  reasoning_details?: { signature?: string; data?: string }[];
};
type Body = {
  messages: Message[];
  tools?: { type: string; function?: Function; cache_control?: Json }[];
  tool_choice?: string | { function?: { name: string }; allowed_tools?: Allowed };
  parallel_tool_calls?: boolean;
  reasoning?: { effort?: string; max_tokens?: number; enabled?: boolean };
  reasoning_effort?: string;
  response_format?: { type: string; json_schema?: { schema: Json } };
  max_tokens?: number;
  max_completion_tokens?: number;
  temperature?: number;
  stop?: string[];
  n?: number;
  logprobs?: boolean;
  modalities?: string[];
  prediction?: { content: string };
  verbosity?: string;
  service_tier?: string;
  cache_control?: Json;
} & { readonly [field in (typeof SAMPLING)[number]]?: Json };
type Function = { name: string; parameters: Json; strict?: boolean };
type Allowed = { mode: string; tools: { function: { name: string } }[] };

const SAMPLING = ['top_p', 'top_k', 'seed', 'frequency_penalty', 'presence_penalty', 'logit_bias'] as const;
const SYSTEM = ['system', 'developer'];

function read(json: JsonObject): Asked {
  const body = json as unknown as Body;
  const names = new Map(
    body.messages.flatMap(({ tool_calls = [] }) => tool_calls.map((call) => [call.id, call.function.name])),
  );
  const turns = body.messages.filter(({ role }) => !SYSTEM.includes(role)).map((message) => turn(message, names));
  const functions = (body.tools ?? []).flatMap((tool) => tool.function ?? []);
  const maxTokens = body.max_tokens ?? body.max_completion_tokens ?? null;
  return {
    ...NOTHING,
    system: body.messages.map((message) => (SYSTEM.includes(message.role) ? textOf(message) : '')).join(''),
    turns: joinResults(turns),
    tools: functions.map(({ name, parameters }) => ({ name, parameters })),
    strictTools: functions.flatMap(({ name, strict }) => (strict ? [name] : [])),
    ...choiceOf(
      body,
      functions.map(({ name }) => name),
    ),
    parallel: body.parallel_tool_calls ?? true,
    vendorTools: (body.tools ?? []).length - functions.length,
    effort: reasoningOf(body, maxTokens ?? 0),
    schema: body.response_format?.json_schema?.schema ?? null,
    json: body.response_format?.type === 'json_object',
    maxTokens,
    temperature: body.temperature ?? null,
    sampling: sent(Object.fromEntries(SAMPLING.map((field) => [field, body[field]]))),
    stop: body.stop ?? [],
    choices: body.n ?? 1,
    logprobs: body.logprobs ?? false,
    modalities: body.modalities ?? [],
    prediction: body.prediction?.content ?? null,
    verbosity: body.verbosity ?? null,
    tier: body.service_tier ?? null,
    cacheMarks: marksOf(body),
    opaque: body.messages
      .flatMap(({ reasoning_details = [] }) => reasoning_details)
      .flatMap(({ signature, data }) => signature ?? data ?? []),
  };
}

function choiceOf({ tool_choice: choice }: Body, names: readonly string[]): Pick<Asked, 'callable' | 'mustCall'> {
  if (typeof choice !== 'object') return { callable: choice === 'none' ? [] : names, mustCall: choice === 'required' };
  const { function: named, allowed_tools: allowed } = choice;
  if (named) return { callable: [named.name], mustCall: true };
  const callable = (allowed?.tools ?? []).map((tool) => tool.function.name);
  return { callable, mustCall: allowed?.mode === 'required' };
}

function reasoningOf({ reasoning, reasoning_effort }: Body, maxTokens: number): Asked['effort'] {
  if (reasoning?.enabled === false) return 'none';
  if (reasoning?.max_tokens !== undefined) return effortOf(reasoning.max_tokens, maxTokens);
  return effortNamed(reasoning?.effort ?? reasoning_effort);
}

const PLACES: { readonly [role: string]: string } = { system: 'system', developer: 'system', tool: 'result' };

function marksOf({ tools = [], messages, cache_control }: Body): string[] {
  const within = messages.flatMap((message) =>
    partsOf(message).flatMap((part) =>
      markAt(PLACES[message.role] ?? message.role, part.cache_control ?? part.prompt_cache_breakpoint),
    ),
  );
  return [
    ...tools.flatMap((tool) => markAt('tools', tool.cache_control)),
    ...within,
    ...markAt(messages.at(-1)?.role ?? '', cache_control),
  ];
}

const partsOf = ({ content }: Message): Part[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
const textOf = (message: Message): string =>
  partsOf(message)
    .map(({ text }) => text ?? '')
    .join('');

function turn(message: Message, names: ReadonlyMap<string, string>): AskedTurn {
  const isResult = message.role === 'tool';
  const media = partsOf(message)
    .flatMap(
      ({ image_url, file, input_audio, video_url }) =>
        image_url?.url ?? file?.file_data ?? input_audio?.data ?? video_url?.url ?? [],
    )
    .map(mediumOf);
  return turnOf({
    role: message.role as AskedTurn['role'],
    text: isResult ? '' : (message.name ? `${message.name}: ` : '') + textOf(message),
    media: isResult ? [] : media,
    calls: (message.tool_calls ?? []).map((call) => ({
      name: call.function.name,
      arguments: JSON.parse(call.function.arguments),
    })),
    results: isResult ? [resultOf(names.get(message.tool_call_id ?? '') ?? '', textOf(message), media)] : [],
  });
}

export const chatUpstream: Upstream = {
  name: 'openai-chat',
  dialect: openaiChatUpstream,
  target: sampleTarget('openai-chat', {
    dialect: { quirks: ['reasoning-details', 'reasoning-object', 'cache-control', 'developer-role'] },
  }),
  read,
  thinks: 'claude',
  takesBack: 'all',
  cannot: {
    'vendor-tool': 'its tools leave citations and nothing else',
    'document-citations': 'no citations of documents',
  },
  instead: { 'structured-emulated': 'structured' },
  counts: { cacheRead: true, cacheWrite: true, reasoning: true, predicted: true, modalities: true },
};

/** OpenAI itself is narrower than those who speak like it, and newer: data/providers/openai.toml. */
export const openaiUpstream: Upstream = {
  ...chatUpstream,
  name: 'openai-chat, at OpenAI',
  takesBack: null,
  target: sampleTarget('openai-chat', {
    dialect: {
      quirks: [
        'max-completion-tokens',
        'developer-role',
        'four-stop-sequences',
        'strict-schemas',
        'prompt-cache-breakpoint',
        'inline-files',
      ],
    },
    endpoint: { price: { input: pico(1n), inputCacheWrite: pico(1n), output: pico(2n), overrides: [] } },
  }),
};

import type { Json, JsonObject } from '../../../src/base/json.ts';
import { openaiChatClient } from '../../../src/dialects/openai-chat/index.ts';
import { foldStream } from '../../recordings-fold.ts';
import { type Client, request } from '../client.ts';
import { CALLS, DOCUMENT, PICTURE, PICTURE_URL, type QuestionName, SCHEMA, TOOLS } from '../questions.ts';
import type { Told, ToldUsage } from '../told.ts';

const tools = TOOLS.map((tool) => ({ type: 'function', function: tool }));
const user = (content: Json): JsonObject => ({ role: 'user', content });
const look = (text: string, part: JsonObject): JsonObject => ({ messages: [user([{ type: 'text', text }, part])] });
const hello = { messages: [user('Hello')] };

const ASKS: { readonly [question in QuestionName]: JsonObject } = {
  text: { messages: [user('Grüße, 🌍')], max_tokens: 500, temperature: 0.5 },
  'system prompt': { messages: [{ role: 'system', content: 'Be brief.' }, user('Hello')] },
  conversation: { messages: [user('One?'), { role: 'assistant', content: 'Two.' }, user('Three?')] },
  tools: { ...hello, tools },
  'required tool': { ...hello, tools, tool_choice: 'required' },
  'named tool': { ...hello, tools, tool_choice: { type: 'function', function: { name: 'weather' } } },
  'one call at a time': { ...hello, tools, parallel_tool_calls: false },
  'tool results': { ...results(), tools },
  reasoning: { ...hello, tools, reasoning: { effort: 'medium' } },
  'JSON schema': {
    ...hello,
    response_format: { type: 'json_schema', json_schema: { name: 'place', strict: true, schema: SCHEMA } },
  },
  'image by URL': look('Look', { type: 'image_url', image_url: { url: PICTURE_URL } }),
  'image as data': look('Look', { type: 'image_url', image_url: { url: `data:image/png;base64,${PICTURE}` } }),
  'PDF as data': look('Read', {
    type: 'file',
    file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${DOCUMENT}` },
  }),
  'stop sequences': { ...hello, stop: ['three'] },
  'two choices': { ...hello, n: 2 },
  'log probabilities': { ...hello, logprobs: true, top_logprobs: 2 },
  'cache breakpoint': {
    messages: [user([{ type: 'text', text: 'Long.', cache_control: { type: 'ephemeral' } }]), user('Hello')],
  },
};

function results(): JsonObject {
  const tool_calls = CALLS.map(({ id, name, arguments: input }) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }));
  return {
    messages: [
      user('Weather?'),
      { role: 'assistant', content: null, tool_calls },
      ...CALLS.map(({ id, result }) => ({ role: 'tool', tool_call_id: id, content: result })),
    ],
  };
}

type Message = {
  content: string | null;
  refusal: string | null;
  reasoning: string | null;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  annotations?: { url_citation?: { url: string } }[];
};
export type Body = {
  choices?: {
    message: Message;
    finish_reason: string;
    logprobs?: { content?: { logprob: number }[] | null } | null;
  }[];
  usage?: {
    prompt_tokens: number;
    completion_tokens: number;
    prompt_tokens_details: { cached_tokens: number; cache_write_tokens: number };
    completion_tokens_details: { reasoning_tokens: number };
  };
  error?: { message: string; metadata: { class: string } };
};

export const usageOf = (usage: Body['usage']): ToldUsage | null =>
  usage
    ? {
        prompt: usage.prompt_tokens,
        completion: usage.completion_tokens,
        cacheRead: usage.prompt_tokens_details.cached_tokens,
        cacheWrite: usage.prompt_tokens_details.cache_write_tokens,
        reasoning: usage.completion_tokens_details.reasoning_tokens,
      }
    : null;

export const errorOf = (error: Body['error']) =>
  error ? { message: error.message, kind: error.metadata.class } : null;

function tell(json: Json): Told {
  const body = json as Body;
  return {
    choices: (body.choices ?? []).map(({ message, finish_reason, logprobs }) => ({
      text: message.content ?? '',
      refusal: message.refusal ?? '',
      reasoning: message.reasoning ?? '',
      tools: (message.tool_calls ?? []).map((call) => ({ id: call.id, ...call.function })),
      finish: finish_reason,
      stopSequence: null,
      citations: (message.annotations ?? []).flatMap(({ url_citation }) => url_citation?.url ?? []),
      logprobs: (logprobs?.content ?? []).map(({ logprob }) => logprob),
    })),
    usage: usageOf(body.usage),
    error: errorOf(body.error),
    turn: (body.choices?.[0]?.message ?? null) as Json,
  };
}

function replay(turn: Json): JsonObject {
  const calls = (turn as Message).tool_calls ?? [];
  const answers = calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'Rain' }));
  return {
    model: 'author/model',
    messages: [user('Weather?'), turn, ...answers],
    tools,
    reasoning: { effort: 'medium' },
  };
}

export const chatClient: Client = {
  dialect: openaiChatClient,
  request: () => request(),
  ask: (question) => ({ model: 'author/model', ...ASKS[question] }),
  fold: (stream) => foldStream(stream) as unknown as Json,
  tell,
  replay,
  cannot: {},
  refusalIsText: false,
};

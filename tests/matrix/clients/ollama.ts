import assert from 'node:assert/strict';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import { ollamaChatClient } from '../../../src/dialects/ollama/client/index.ts';
import { type Client, request } from '../client.ts';
import { mediumOf, PICTURE } from '../media.ts';
import { CALLS, LOOSE_SCHEMA, type QuestionName, SCHEMA, TOOLS } from '../questions.ts';
import { emptyChoice, type Told } from '../told.ts';
import { type Body as ChatBody, usageOf } from './openai-chat.ts';

const user = (content: string, more: JsonObject = {}): JsonObject => ({ role: 'user', content, ...more });
const hello = { messages: [user('Hello')] };
const tools = TOOLS.map((tool) => ({ type: 'function', function: tool }));
const limited = { ...hello, options: { num_predict: 4000 } };
const calling = (calls: readonly { readonly name: string; readonly arguments: JsonObject }[]): JsonObject => ({
  role: 'assistant',
  content: '',
  tool_calls: calls.map(({ name, arguments: input }) => ({ function: { name, arguments: input } })),
});
const result = (tool_name: string, content: string, more: JsonObject = {}): JsonObject => ({
  role: 'tool',
  tool_name,
  content,
  ...more,
});

const ASKS: { readonly [question in QuestionName]?: JsonObject } = {
  text: { messages: [user('Grüße, 🌍')], options: { num_predict: 500, temperature: 0.5 } },
  'system prompt': { messages: [{ role: 'system', content: 'Be brief.' }, user('Hello')] },
  conversation: { messages: [user('One?'), { role: 'assistant', content: 'Two.' }, user('Three?')] },
  prefill: { messages: [user('Count.'), { role: 'assistant', content: 'One, two,' }] },
  tools: { ...hello, tools },
  'tool results': {
    messages: [user('Weather?'), calling(CALLS), ...CALLS.map((call) => result(call.name, call.result))],
    tools,
  },
  'tool result with an image': {
    messages: [user('Draw.'), calling([CALLS[0]]), result(CALLS[0].name, 'A map', { images: [PICTURE.data] })],
    tools,
  },
  reasoning: { ...limited, think: 'medium', tools },
  'much reasoning': { ...limited, think: 'high' },
  'no reasoning': { ...hello, think: false },
  JSON: { ...hello, format: 'json' },
  'JSON schema': { ...hello, format: SCHEMA },
  'JSON schema, emulated': { ...hello, format: SCHEMA },
  'JSON schema, loosely written': { ...hello, format: LOOSE_SCHEMA },
  'image as data': { messages: [user('Look', { images: [PICTURE.data] })] },
  'sampling: top_p': { ...hello, options: { top_p: 0.9 } },
  'sampling: top_k': { ...hello, options: { top_k: 40 } },
  'sampling: seed': { ...hello, options: { seed: 7 } },
  'sampling: penalties': { ...hello, options: { frequency_penalty: 0.5, presence_penalty: 0.25 } },
  'stop sequences': { ...hello, options: { stop: ['three'] } },
  'six stop sequences': { ...hello, options: { stop: ['1', '2', '3', '4', '5', '6'] } },
  'log probabilities': { ...hello, logprobs: true, top_logprobs: 2 },
};

type Call = { id?: string; function: { index?: number; name: string; arguments: Json } };
type Message = { role: string; content: string; thinking?: string; images?: string[]; tool_calls?: Call[] };
type Body = {
  model?: string;
  created_at?: string;
  message?: Message;
  logprobs?: { token: string; logprob: number }[];
  done?: boolean;
  done_reason?: string;
  prompt_eval_count?: number;
  eval_count?: number;
  usage?: ChatBody['usage'];
  error?: string;
  metadata?: { class: string };
};

/** As Ollama's client for Python reads: every line is JSON, and an error ends it. */
function fold(stream: string): Json {
  if (stream === '') return {};
  assert(stream.endsWith('\n'), 'a line is whole when it is written');
  let whole: Body = {};
  const message: Message = { role: 'assistant', content: '' };
  const logprobs: NonNullable<Body['logprobs']> = [];
  for (const text of stream.slice(0, -1).split('\n')) {
    assert(!whole.done && whole.error === undefined, 'nothing follows the last line');
    const line = JSON.parse(text) as Body;
    whole = { ...whole, ...line };
    if (line.error !== undefined) continue;
    assert(line.message && line.model !== undefined && Number.isFinite(Date.parse(line.created_at ?? '')));
    assert.equal(line.message.role, 'assistant');
    const { content, thinking, images = [], tool_calls = [] } = line.message;
    message.content += content;
    if (thinking !== undefined) message.thinking = (message.thinking ?? '') + thinking;
    if (images.length > 0) message.images = [...(message.images ?? []), ...images];
    if (tool_calls.length > 0) message.tool_calls = [...(message.tool_calls ?? []), ...tool_calls];
    logprobs.push(...(line.logprobs ?? []));
  }
  return { ...whole, message, logprobs } as unknown as Json;
}

function tell(json: Json): Told {
  const { message, done_reason, logprobs = [], usage, error, metadata, ...body } = json as unknown as Body;
  if (usage)
    assert.deepEqual([body.prompt_eval_count, body.eval_count], [usage.prompt_tokens, usage.completion_tokens]);
  const calls = message?.tool_calls ?? [];
  const choice = {
    ...emptyChoice,
    text: message?.content ?? '',
    reasoning: message?.thinking ?? '',
    tools: calls.map(({ id = '', function: { name, arguments: input } }) => {
      assert(typeof input === 'object' && input !== null, 'arguments are an object');
      return { id, name, arguments: JSON.stringify(input) };
    }),
    finish: done_reason === 'stop' && calls.length > 0 ? 'tool_calls' : (done_reason ?? ''),
    images: (message?.images ?? []).flatMap(mediumOf),
    logprobs: logprobs.map(({ logprob }) => logprob),
  };
  return {
    choices: message ? [choice] : [],
    usage: usageOf(usage),
    error: error === undefined ? null : { message: error, kind: metadata?.class ?? '' },
    turn: (message ?? null) as unknown as Json,
    tier: null,
  };
}

function replay(turns: readonly Json[]): JsonObject {
  const answered = turns.flatMap((turn) => {
    const calls = (turn as unknown as Message).tool_calls ?? [];
    return [turn, ...calls.map((call) => result(call.function.name, 'Rain'))];
  });
  return { model: 'author/model', messages: [user('Weather?'), ...answered], tools, think: 'medium' };
}

const UNSIGNED = 'thinking is plain text';

export const ollamaClientOfMatrix: Client = {
  dialect: ollamaChatClient,
  request: () => request(),
  ask: (question) => ASKS[question] && { model: 'author/model', ...ASKS[question] },
  fold,
  tell,
  replay,
  cannot: {
    'signed-reasoning': UNSIGNED,
    'encrypted-reasoning': UNSIGNED,
    'two-choices': 'one answer to a call',
    'hidden-reasoning': 'thinking is shown or off',
    citations: 'answers cite nothing',
    'document-citations': 'answers cite nothing',
    'vendor-tool': 'answers cite nothing',
    'service-tier': 'no tiers',
    audio: 'text and images only',
  },
  refusalIsText: true,
  statuses: { unknown_model: 404 },
};

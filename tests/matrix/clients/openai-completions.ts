import assert from 'node:assert/strict';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import { openaiCompletionsClient } from '../../../src/dialects/openai-completions/index.ts';
import { type Client, framesOf, request } from '../client.ts';
import { LOOSE_SCHEMA, type QuestionName, SCHEMA } from '../questions.ts';
import { emptyChoice, type Told } from '../told.ts';
import { type Body as ChatBody, errorOf, usageOf } from './openai-chat.ts';

const hello = { prompt: 'Hello' };
const schema = (schema: JsonObject): JsonObject => ({
  response_format: { type: 'json_schema', json_schema: { name: 'place', strict: true, schema } },
});

const ASKS: { readonly [question in QuestionName]?: JsonObject } = {
  text: { prompt: 'Grüße, 🌍', max_tokens: 500, temperature: 0.5 },
  reasoning: { ...hello, max_tokens: 4000, reasoning: { effort: 'medium' } },
  'much reasoning': { ...hello, max_tokens: 4000, reasoning_effort: 'high' },
  'hidden reasoning': { ...hello, max_tokens: 4000, reasoning: { effort: 'medium', exclude: true } },
  'reasoning budget': { ...hello, max_tokens: 4000, reasoning: { max_tokens: 2000 } },
  'no reasoning': { ...hello, reasoning: { enabled: false } },
  JSON: { ...hello, response_format: { type: 'json_object' } },
  'JSON schema': { ...hello, ...schema(SCHEMA) },
  'JSON schema, emulated': { ...hello, ...schema(SCHEMA) },
  'JSON schema, loosely written': { ...hello, ...schema(LOOSE_SCHEMA) },
  'sampling: top_p': { ...hello, top_p: 0.9 },
  'sampling: top_k': { ...hello, top_k: 40 },
  'sampling: seed': { ...hello, seed: 7 },
  'sampling: penalties': { ...hello, frequency_penalty: 0.5, presence_penalty: 0.25 },
  'sampling: logit bias': { ...hello, logit_bias: { '50256': -100 } },
  'stop sequences': { ...hello, stop: ['three'] },
  'six stop sequences': { ...hello, stop: ['1', '2', '3', '4', '5', '6'] },
  'two choices': { ...hello, n: 2 },
  'log probabilities': { ...hello, logprobs: 2 },
  'service tier': { ...hello, service_tier: 'priority' },
  'automatic cache breakpoint': { ...hello, cache_control: { type: 'ephemeral' } },
};

type Logprobs = { token_logprobs: number[]; tokens: string[]; top_logprobs: Json[]; text_offset: number[] };
type Choice = {
  index: number;
  text: string;
  reasoning?: string;
  finish_reason: string | null;
  logprobs: Logprobs | null;
};
type Body = { choices: Choice[]; usage?: ChatBody['usage']; error?: ChatBody['error'] };

function fold(stream: string): Json {
  const choices: Choice[] = [];
  const whole: Body = { choices };
  const frames = framesOf(stream);
  for (const [at, { event, data }] of frames.entries()) {
    assert.equal(event, null);
    if (data === '[DONE]') {
      assert.equal(at, frames.length - 1, 'nothing follows [DONE]');
      continue;
    }
    const chunk = JSON.parse(data) as Body;
    if (chunk.error) whole.error = chunk.error;
    if (chunk.usage) whole.usage = chunk.usage;
    for (const { index, text, reasoning, finish_reason, logprobs } of chunk.choices ?? []) {
      choices[index] ??= { index, text: '', finish_reason: null, logprobs: null };
      const choice = choices[index];
      assert(choice.finish_reason === null || chunk.error, 'nothing but an error follows a finish');
      choice.text += text;
      if (reasoning !== undefined) choice.reasoning = (choice.reasoning ?? '') + reasoning;
      choice.finish_reason = finish_reason;
      if (logprobs) choice.logprobs = joinLogprobs(choice.logprobs, logprobs);
    }
  }
  if (!whole.error) assert.equal(frames.at(-1)?.data, '[DONE]');
  return whole as unknown as Json;
}

const joinLogprobs = (before: Logprobs | null, next: Logprobs): Logprobs => ({
  tokens: [...(before?.tokens ?? []), ...next.tokens],
  token_logprobs: [...(before?.token_logprobs ?? []), ...next.token_logprobs],
  top_logprobs: [...(before?.top_logprobs ?? []), ...next.top_logprobs],
  text_offset: [...(before?.text_offset ?? []), ...next.text_offset],
});

function tell(json: Json): Told {
  const body = json as unknown as Body;
  return {
    choices: (body.choices ?? []).map(({ text, reasoning, finish_reason, logprobs }) => ({
      ...emptyChoice,
      text,
      reasoning: reasoning ?? '',
      finish: finish_reason ?? '',
      logprobs: logprobs?.token_logprobs ?? [],
    })),
    usage: usageOf(body.usage),
    error: errorOf(body.error),
    turn: null,
    tier: null,
  };
}

const TEXT_ONLY = 'a legacy completion is bare text';

export const completionsClient: Client = {
  dialect: openaiCompletionsClient,
  request: () => request(),
  ask: (question) => ASKS[question] && { model: 'author/model', ...ASKS[question] },
  fold,
  tell,
  replay: () => ({ model: 'author/model', prompt: 'Hello' }),
  cannot: {
    tool: TEXT_ONLY,
    'parallel-tools': TEXT_ONLY,
    'zero-argument-tool': TEXT_ONLY,
    'signed-reasoning': TEXT_ONLY,
    'encrypted-reasoning': TEXT_ONLY,
    citations: TEXT_ONLY,
    'document-citations': TEXT_ONLY,
    'vendor-tool': TEXT_ONLY,
    image: TEXT_ONLY,
    audio: TEXT_ONLY,
    'service-tier': 'a legacy completion names no tier',
  },
  refusalIsText: true,
};

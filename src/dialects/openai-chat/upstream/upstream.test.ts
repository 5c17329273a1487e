import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import { collect } from '../../../call/collect.ts';
import type { Event } from '../../../call/event.ts';
import type { UserPart } from '../../../call/message.ts';
import type { Endpoint } from '../../../catalog/model.ts';
import { decodeStream } from '../../laws.ts';
import { type SampleTarget, sampleCall, sampleRequest, sampleTarget } from '../../samples.ts';
import { openaiChatUpstream as dialect } from './upstream.ts';

const target = sampleTarget('openai-chat');

const delta = (content: string) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const finish = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
const usage = (tokens: number) => `data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":${tokens}}}\n\n`;
const done = 'data: [DONE]\n\n';

const events = (text: string): Event[] =>
  decodeStream(dialect, { name: '', target, bytes: Buffer.from(text) }, () => text.length * 4);
const outcome = (text: string): string => {
  const last = events(text).at(-1);
  return last?.type === 'fault' ? last.fault.code : String(last?.type);
};

test('how a stream ends', () => {
  assert.equal(outcome(delta('a') + finish + done), 'end');
  assert.equal(outcome(delta('a') + finish), 'end', 'without [DONE], but with its finish reason');
  assert.equal(outcome(delta('a') + done), 'end', 'without a finish reason, but with [DONE]');
  assert.equal(outcome(delta('a')), 'upstream_truncated');
  assert.equal(outcome(`${delta('a')}${finish}data: {"choices":[],"usa`), 'end', 'only the count was cut');
  assert.equal(outcome(''), 'upstream_truncated');
  assert.equal(outcome(done), 'upstream_malformed', 'nothing was answered');
});

test('a vendor may put its own word after the finish reason', () => {
  const finished = (word: string): unknown => {
    const reply = collect(events(delta('a') + finish.replace('"stop"', JSON.stringify(word)) + done));
    return reply.ok && [reply.value.choices[0]?.finish, reply.value.choices[0]?.nativeFinish];
  };
  const malformed = 'function_call_filter: MALFORMED_FUNCTION_CALL';
  assert.deepEqual(finished(malformed), ['error', malformed]);
  assert.deepEqual(finished('content_filter: SPII'), ['content_filter', 'content_filter: SPII']);
});

test('a broken frame between the others is skipped if nothing can be missing', () => {
  const broken = 'data: {"id":"x","choices":[{"delta":{"content":\n\n';
  const whole = delta('a') + broken + delta('b') + finish + usage(2) + done;
  const reply = collect(events(whole));
  assert.ok(reply.ok);
  assert.deepEqual(reply.value.choices[0]?.parts, [{ type: 'text', text: 'ab' }]);
  assert.equal(outcome(delta('a') + broken + delta('b') + finish + usage(3) + done), 'upstream_malformed');
  assert.equal(outcome(delta('a') + broken + delta('b') + finish + done), 'upstream_malformed', 'nobody counted');
});

test('a frame that cut a text ends the answer there', () => {
  const cut = events(
    `${delta('a')}data: {"choices":[{"delta":{"content":"b\n\n${delta('c')}${finish}${usage(2)}${done}`,
  );
  assert.deepEqual(
    cut.map((event) => event.type),
    ['start', 'text', 'fault'],
  );
});

test('an error inside a stream, as an event and as a chunk', () => {
  assert.equal(
    outcome('event: error\ndata: {"error":{"message":"Full","code":"rate_limit_exceeded"}}\n\n'),
    'upstream_rate_limit',
  );
  assert.equal(outcome(`${delta('a')}data: {"error":{"message":"Busy","code":503}}\n\n`), 'upstream_overloaded');
  assert.equal(outcome(`data: {"error":"model is on fire"}\n\n`), 'upstream_server_error');
});

const decodeUsageOf = (counts: JsonObject, options?: SampleTarget) => {
  const body = { choices: [{ message: { content: 'a' }, finish_reason: 'stop' }], usage: counts };
  const reply = dialect.decodeReply(body, {
    target: sampleTarget('openai-chat', options),
    call: sampleCall(),
    newId: (prefix) => prefix,
  });
  assert.ok(reply.ok);
  const told = reply.value.usage;
  return told && [told.input, told.inputCacheRead, told.inputCacheWrite, told.output, told.outputReasoning];
};

test('overlapping counts become disjoint ones', () => {
  const details = (reasoning: number) => ({ completion_tokens_details: { reasoning_tokens: reasoning } });
  const cached = (tokens: number, written = 0) => ({
    prompt_tokens_details: { cached_tokens: tokens, cache_write_tokens: written },
  });
  assert.deepEqual(
    decodeUsageOf({ prompt_tokens: 20, completion_tokens: 9, ...cached(8, 2), ...details(5) }),
    [10, 8, 2, 4, 5],
  );
  // xAI on Azure counts what it read from its cache beside the prompt, and in no total.
  const outside = { prompt_tokens: 7, completion_tokens: 1, total_tokens: 8, ...cached(161) };
  assert.deepEqual(decodeUsageOf(outside), [7, 161, 0, 1, 0]);
  const beside = { prompt_tokens: 165, completion_tokens: 2, ...details(125) };
  assert.deepEqual(decodeUsageOf({ ...beside, total_tokens: 292 }), [165, 0, 0, 2, 125]);
  const quirk = { dialect: { quirks: ['completion-excludes-reasoning'] } };
  assert.deepEqual(decodeUsageOf(beside, quirk), [165, 0, 0, 2, 125]);
  assert.equal(decodeUsageOf({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }), undefined);
});

test('audio that Mistral’s Voxtral counts outside the prompt is part of it; seconds are told where they are', () => {
  const audioOf = (usage: JsonObject, reasoning: Endpoint['reasoning'] = null, parts: readonly UserPart[] = []) => {
    const body = { choices: [{ message: { content: 'a' }, finish_reason: 'stop' }], usage };
    const reply = dialect.decodeReply(body, {
      target: sampleTarget('openai-chat', { endpoint: { reasoning } }),
      call: { ...sampleCall(), messages: [{ role: 'user', parts }] },
      newId: (prefix) => prefix,
    });
    assert.ok(reply.ok && reply.value.usage);
    const { input, inputAudio, output, outputReasoning, inputSeconds } = reply.value.usage;
    return { input, inputAudio, output, outputReasoning, inputSeconds };
  };
  const counts = { prompt_tokens: 9, completion_tokens: 201, total_tokens: 585 };
  const heard = { input: 9, inputAudio: 375, output: 201, outputReasoning: 0, inputSeconds: 0 };
  assert.deepEqual(audioOf({ ...counts, prompt_tokens_details: { audio_tokens: 375 } }), heard);
  assert.deepEqual(audioOf({ ...counts, prompt_audio_seconds: 30 }), { ...heard, inputSeconds: 30 });
  const sound = { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AAAA' } } as const;
  assert.deepEqual(audioOf(counts, null, [sound as never]), heard, 'what was sent says it');
  assert.deepEqual(audioOf(counts), { ...heard, input: 384, inputAudio: 0 }, 'nobody says what it was');
  const thinks = { efforts: [], budget: true, mandatory: false, defaultEnabled: true };
  assert.deepEqual(audioOf(counts, thinks), { ...heard, inputAudio: 0, outputReasoning: 375 }, 'Gemini’s thoughts');
});

test('every error body is understood', () => {
  const cases: readonly (readonly [number, unknown, string, string])[] = [
    [400, { error: { message: 'Bad', type: 'invalid_request_error', param: 'x' } }, 'upstream_invalid_request', 'Bad'],
    [400, { error: { message: 'Too long', code: 'context_length_exceeded' } }, 'context_length_exceeded', 'Too long'],
    [
      400,
      { error: { message: 'the maximum context length is 8 tokens' } },
      'context_length_exceeded',
      'the maximum context length is 8 tokens',
    ],
    [400, { error: { message: 'No', code: 'content_policy_violation' } }, 'content_policy_violation', 'No'],
    [
      400,
      { code: 'Client specified an invalid argument', error: 'Incorrect API key provided' },
      'upstream_authentication',
      'Incorrect API key provided',
    ],
    [401, { detail: 'Who?' }, 'upstream_authentication', 'Who?'],
    [402, { error: 'Pay' }, 'upstream_quota', 'Pay'],
    [403, { error: { message: 'Not yours' } }, 'upstream_permission', 'Not yours'],
    [404, { id: 'e', message: 'Gone' }, 'upstream_model_not_found', 'Gone'],
    [
      400,
      { message: 'Invalid model: x', type: 'invalid_model', code: '1500' },
      'upstream_model_not_found',
      'Invalid model: x',
    ],
    [422, { detail: [{ loc: ['body'], msg: 'field required' }] }, 'upstream_unprocessable', 'field required'],
    [413, { error: { message: 'Request Entity Too Large' } }, 'upstream_too_large', 'Request Entity Too Large'],
    [
      429,
      { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } },
      'upstream_quota',
      'You exceeded your current quota',
    ],
    [429, [{ error: { message: 'Slow', status: 'RESOURCE_EXHAUSTED' } }], 'upstream_rate_limit', 'Slow'],
    [
      500,
      { error: { message: 'invalid api key in cache', type: 'server_error' } },
      'upstream_server_error',
      'invalid api key in cache',
    ],
    [503, 'upstream connect error', 'upstream_overloaded', 'upstream connect error'],
    [529, '<html>busy</html>', 'upstream_overloaded', 'The provider answered with status 529.'],
  ];
  for (const [status, said, code, message] of cases) {
    const body = typeof said === 'string' ? said : JSON.stringify(said);
    const fault = dialect.decodeFault({ status, headers: {}, body, provider: 'P', now: 0 });
    assert.deepEqual([fault.code, fault.message], [code, message], body);
  }
});

test('how long to wait, wherever it is said', () => {
  const now = 1_790_000_000_000;
  const wait = (headers: { [name: string]: string }, body: unknown = {}) =>
    dialect.decodeFault({ status: 429, headers, body: JSON.stringify(body), provider: 'P', now }).retryAfterMs;
  assert.equal(wait({ 'retry-after-ms': '250', 'retry-after': '9' }), 250);
  assert.equal(wait({ 'retry-after': '2' }), 2000);
  assert.equal(wait({ 'retry-after': new Date(now + 5000).toUTCString() }), 5000);
  assert.equal(wait({ 'x-ratelimit-reset': String(now + 700) }), 700);
  assert.equal(wait({ 'x-ratelimit-reset': '3' }), undefined);
  assert.equal(wait({}, { error: { message: 'Please try again in 1m2.5s.' } }), 62_500);
  assert.equal(wait({}, { error: { details: [{ retryDelay: '34s' }] } }), 34_000);
  assert.equal(wait({}, { error: { metadata: { headers: { 'X-RateLimit-Reset': String(now + 40) } } } }), 40);
});

test('credentials in error messages are not passed on', () => {
  const body = JSON.stringify({ error: { message: 'Incorrect API key provided: sk-abcd****wxyz.' } });
  const fault = dialect.decodeFault({ status: 401, headers: {}, body, provider: 'P', now: 0 });
  assert.equal(JSON.stringify(fault).includes('abcd'), false);
});

const written = (call: Partial<Call>, options?: SampleTarget) => {
  const encoded = sampleRequest(dialect, sampleCall(call), sampleTarget('openai-chat', options), new Map());
  assert.ok(encoded.ok);
  return { ...encoded.value.body, losses: encoded.value.losses.map((loss) => loss.field) } as JsonObject & {
    losses: string[];
  };
};

test('a provider refuses, renames and departs by its data', () => {
  const call: Partial<Call> = { maxOutputTokens: 9, sampling: { temperature: 1, seed: 3, top_k: 5 }, user: 'ann' };
  const dialectSettings = {
    drop: ['seed', 'stream_options'],
    rename: { user: 'user_id' },
    quirks: ['max-completion-tokens'],
  };
  const parameters = new Set(['temperature', 'seed'] as const);
  const body = written(call, { dialect: dialectSettings, endpoint: { parameters } });
  assert.equal(body.model, 'sample-model');
  assert.equal(body.max_completion_tokens, 9);
  assert.equal('max_tokens' in body || 'stream_options' in body || 'seed' in body || 'top_k' in body, false);
  assert.deepEqual(body.losses, ['top_k', 'seed']);
  assert.equal(body.user_id, 'ann');
});

test("reasoning is asked for in the endpoint's way", () => {
  const ask = (reasoning: NonNullable<Call['reasoning']>, options?: SampleTarget) => {
    const { model: _m, messages: _s, stream: _t, stream_options: _o, ...rest } = written({ reasoning }, options);
    return rest;
  };
  assert.deepEqual(ask({ effort: 'xhigh' }), { reasoning_effort: 'high', losses: [] });
  assert.deepEqual(ask({ enabled: true }), { reasoning_effort: 'medium', losses: [] });
  assert.deepEqual(ask({ budgetTokens: 13_000 }), { reasoning_effort: 'high', losses: [] });
  assert.deepEqual(ask({ exclude: true }), { losses: [] });
  assert.deepEqual(ask({ effort: 'low' }, { dialect: { quirks: ['enable-thinking'] } }), {
    enable_thinking: true,
    thinking_budget: 3276,
    losses: [],
  });
  assert.deepEqual(ask({ effort: 'none' }, { dialect: { quirks: ['thinking-object'] } }), {
    thinking: { type: 'disabled' },
    losses: [],
  });
  assert.deepEqual(ask({ effort: 'low' }, { endpoint: { reasoning: null, parameters: new Set() } }), {
    losses: ['reasoning'],
  });
});

test('reasoning is replayed only to those who take it back', () => {
  const messages: Call['messages'] = [
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', kind: 'text', text: 'Hm', signature: 's', format: 'anthropic-claude-v1' },
        { type: 'text', text: 'Four' },
      ],
    },
  ];
  const replay = (quirks: string[]) => written({ messages }, { dialect: { quirks } });
  const message = (quirks: string[]) => (replay(quirks).messages as JsonObject[])[0];
  assert.deepEqual(message([]), { role: 'assistant', content: 'Four' });
  assert.deepEqual(replay([]).losses, ['messages[0].reasoning_details']);
  assert.deepEqual(message(['reasoning-content']), { role: 'assistant', content: 'Four', reasoning_content: 'Hm' });
  assert.deepEqual(replay(['reasoning-details']).losses, []);
  assert.deepEqual(message(['assistant-prefix']), { role: 'assistant', content: 'Four', prefix: true });
});

test('tool ids of nine characters stay paired', () => {
  const messages: Call['messages'] = [
    { role: 'assistant', parts: [{ type: 'tool-call', id: 'call_long_identifier', name: 'f', arguments: '{}' }] },
    { role: 'tool', callId: 'call_long_identifier', parts: [{ type: 'text', text: '1' }] },
  ];
  const [call, result] = written({ messages }, { dialect: { quirks: ['nine-character-tool-ids'] } }).messages as [
    { tool_calls: { id: string }[] },
    { tool_call_id: string },
  ];
  assert.match(result.tool_call_id, /^[a-z0-9]{9}$/);
  assert.equal(call.tool_calls[0]?.id, result.tool_call_id);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import { collect } from '../../../call/collect.ts';
import type { Event } from '../../../call/event.ts';
import { SAMPLE_STREAMS, sampleAnswer, sampleCall } from '../../samples.ts';
import { openaiChatClient as dialect } from './client.ts';

const request = { headers: { 'x-session-id': 'from-header' }, params: {} };
const ask = (more: JsonObject) => dialect.decodeCall({ messages: [{ role: 'user', content: 'Hi' }], ...more }, request);
const taken = (more: JsonObject) => {
  const call = ask(more);
  assert.ok(call.ok, call.ok ? '' : call.error.message);
  return call.value;
};

test('what is wrong is named as the caller wrote it', () => {
  const cases: readonly (readonly [JsonObject, string, RegExp])[] = [
    [{ messages: undefined }, 'messages', /Input required/],
    [{ messages: [{ role: 'wizard' }] }, 'messages[0].role', /wizard/],
    [{ messages: [{ role: 'user', content: [{ type: 'smell' }] }] }, 'messages[0].content[0].type', /smell/],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id', /Missing/],
    [{ temperature: 'hot' }, 'temperature', /expected a number, but got a string/],
    [{ temperature: 3 }, 'temperature', /<= 2/],
    [{ max_tokens: 1.5 }, 'max_tokens', /an integer, but got a decimal/],
    [{ stop: [1] }, 'stop[0]', /a string/],
    [{ provider: { order: ['a'], colour: 1 } }, 'provider', /^Unrecognized key\(s\) in object: 'colour'$/],
    [{ provider: { max_price: { prompt: 'cheap' } } }, 'provider.max_price.prompt', /price/],
    [{ tool_choice: 'maybe' }, 'tool_choice', /maybe/],
    [{ reasoning: { effort: 'low' }, reasoning_effort: 'high' }, 'reasoning_effort', /contradicts/],
    [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema', /Missing/],
    [{ metadata: { a: 1 } }, 'metadata.a', /a string/],
  ];
  for (const [body, param, message] of cases) {
    const call = ask(body);
    assert.ok(!call.ok, JSON.stringify(body));
    assert.equal(call.error.param, param);
    assert.match(call.error.message, message);
    assert.equal(call.error.code, 'invalid_request');
  }
});

test('legacy fields are read as their successors', () => {
  const legacy = dialect.decodeCall(
    {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: '1' },
      ],
      functions: [{ name: 'f' }],
      function_call: 'auto',
      include_reasoning: true,
    },
    request,
  );
  assert.ok(legacy.ok);
  const [, assistant, result] = legacy.value.messages;
  assert.ok(assistant?.role === 'assistant' && assistant.parts[0]?.type === 'tool-call');
  assert.ok(result?.role === 'tool');
  assert.equal(result.callId, assistant.parts[0].id);
  assert.deepEqual(legacy.value.tools, [{ type: 'function', name: 'f' }]);
  assert.deepEqual(legacy.value.toolChoice, { type: 'auto' });
  assert.deepEqual(legacy.value.reasoning, { enabled: true });
  const prompt = dialect.decodeCall({ prompt: 'Once' }, request);
  assert.ok(prompt.ok);
  assert.deepEqual(prompt.value.messages, [{ role: 'user', parts: [{ type: 'text', text: 'Once' }] }]);
});

test('null means absent, deprecated no-ops are taken, unknown fields are kept', () => {
  const call = taken({ temperature: null, stream_options: { include_usage: false }, usage: { include: true }, zip: 1 });
  assert.deepEqual(call.sampling, {});
  assert.deepEqual(call.native, { dialect: 'openai-chat', fields: { zip: 1 } });
  assert.equal(call.sessionId, 'from-header');
  assert.equal(taken({ session_id: 'mine' }).sessionId, 'mine');
});

test('reasoning in its three spellings', () => {
  assert.deepEqual(taken({ reasoning_effort: 'low' }).reasoning, { effort: 'low' });
  assert.deepEqual(taken({ reasoning: { max_tokens: 2000, exclude: true } }).reasoning, {
    budgetTokens: 2000,
    exclude: true,
  });
  assert.deepEqual(taken({ include_reasoning: false }).reasoning, { exclude: true });
  assert.equal(taken({}).reasoning, undefined);
});

/** What a client of OpenAI's understands: the chunks of a stream, without framing. */
function chunks(name: string, call = sampleCall(), extra?: JsonObject): (JsonObject | '[DONE]')[] {
  const encode = dialect.encodeEvents({ ...sampleAnswer(call), ...(extra && { extra }) });
  const text = (SAMPLE_STREAMS[name] ?? []).map(encode).join('');
  const frames = text.split('\n\n').filter((frame) => frame !== '');
  return frames.map((frame) => {
    assert.ok(frame.startsWith('data: '));
    return frame === 'data: [DONE]' ? '[DONE]' : (JSON.parse(frame.slice(6)) as JsonObject);
  });
}

const head = {
  id: 'gen-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'author/model',
  provider: 'Sample',
};
const open = { finish_reason: null, native_finish_reason: null, logprobs: null };

test('a text stream: role first, one finish, usage once and last, then [DONE]', () => {
  const all = chunks('text', sampleCall(), { warning: 'w' });
  assert.deepEqual(all.slice(0, 3), [
    { ...head, choices: [{ index: 0, delta: { role: 'assistant', content: 'Grüße' }, ...open }] },
    { ...head, choices: [{ index: 0, delta: { content: ', 🌍 "x"\n\u2028' }, ...open }] },
    {
      ...head,
      choices: [{ index: 0, delta: {}, finish_reason: 'stop', native_finish_reason: 'stop', logprobs: null }],
    },
  ]);
  const last = all[3] as JsonObject;
  const choices = [{ index: 0, delta: {}, ...open }];
  assert.deepEqual({ ...last, usage: undefined }, { ...head, choices, usage: undefined, warning: 'w' });
  const asked = chunks('text', taken({ stream_options: { include_usage: true } }))[3] as JsonObject;
  assert.deepEqual(asked, { ...head, choices: [], usage: last.usage });
  assert.deepEqual(last.usage, {
    prompt_tokens: 8,
    completion_tokens: 9,
    total_tokens: 17,
    prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 0, audio_tokens: 0, video_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 2, audio_tokens: 0, image_tokens: 0 },
    cost: 3e-9,
    is_byok: false,
    cost_details: {
      upstream_inference_cost: null,
      upstream_inference_prompt_cost: 1e-9,
      upstream_inference_completions_cost: 2e-9,
    },
  });
  assert.deepEqual(all.slice(4), ['[DONE]']);
});

test('reasoning and tools in a stream; reasoning hidden on request', () => {
  const deltas = (all: (JsonObject | '[DONE]')[]) =>
    all.flatMap((chunk) => (chunk === '[DONE]' ? [] : (chunk.choices as JsonObject[]).map((choice) => choice.delta)));
  const shown = deltas(chunks('reasoning and tools'));
  assert.deepEqual(shown[1], {
    reasoning: ' see.',
    reasoning_details: [
      { type: 'reasoning.text', text: ' see.', signature: 'c2ln', format: 'anthropic-claude-v1', index: 0 },
    ],
  });
  assert.deepEqual(shown[2], {
    reasoning_details: [
      { type: 'reasoning.encrypted', data: 'b3BhcXVl', id: 'rs_1', format: 'openai-responses-v1', index: 1 },
    ],
  });
  assert.deepEqual(shown.slice(4, 6), [
    { tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'add', arguments: '' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{"a":' } }] },
  ]);
  const hidden = deltas(chunks('reasoning and tools', sampleCall({ reasoning: { exclude: true } })));
  assert.deepEqual(hidden[0], { role: 'assistant', content: 'I call.' });
  assert.equal(JSON.stringify(hidden).includes('reasoning'), false);
});

test('a fault in a stream is an error with a finish reason, then one without choices, and no [DONE] follows', () => {
  const all = chunks('fault midway');
  assert.equal(all.length, 3);
  const { choices: _, ...bare } = all[1] as JsonObject;
  assert.deepEqual(all[2], bare);
  const last = all[1] as JsonObject;
  assert.deepEqual(last.choices, [
    { index: 0, delta: { content: '' }, finish_reason: 'error', native_finish_reason: null },
  ]);
  assert.equal((last.error as JsonObject).code, 502);
});

test('probabilities go out with their text, and what has no text before the choice ends', () => {
  const content = (token: string) => [{ token, logprob: -0.5, bytes: [97], top_logprobs: [] }];
  const text = (value: string): Event => ({ type: 'text', choice: 0, text: value });
  const probable = (token: string, choice = 0): Event => ({ type: 'logprobs', choice, content: content(token) });
  const encode = dialect.encodeEvents(sampleAnswer());
  const said = [
    probable('a'),
    text('a"logprobs":null}]'),
    text('b'),
    probable('c'),
    probable('d'),
    text('cd'),
    probable('e'),
  ]
    .map(encode)
    .concat(encode({ type: 'finish', choice: 0, reason: 'stop', native: null }))
    .join('')
    .split('\n\n')
    .filter(Boolean)
    .map(
      (frame) =>
        (JSON.parse(frame.slice(6)) as { choices: { delta: JsonObject; logprobs: JsonObject | null }[] }).choices[0],
    );
  assert.deepEqual(
    said.map((choice) => [
      choice?.delta.content,
      (choice?.logprobs?.content as { token: string }[] | undefined)?.map(({ token }) => token),
    ]),
    [
      ['a"logprobs":null}]', ['a']],
      ['b', undefined],
      ['cd', ['c', 'd']],
      [undefined, ['e']],
      [undefined, undefined],
    ],
  );
});

test('a whole answer', () => {
  const reply = collect(SAMPLE_STREAMS['reasoning and tools'] ?? []);
  assert.ok(reply.ok);
  const body = dialect.encodeReply(reply.value, sampleAnswer()) as { choices: JsonObject[] };
  assert.deepEqual(body.choices[0]?.message, {
    role: 'assistant',
    content: 'I call.',
    refusal: null,
    reasoning: 'Let me see.',
    reasoning_details: [
      { type: 'reasoning.text', text: 'Let me see.', signature: 'c2ln', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'b3BhcXVl', id: 'rs_1', format: 'openai-responses-v1', index: 1 },
    ],
    tool_calls: [
      { index: 0, id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
      { index: 1, id: 'call_2', type: 'function', function: { name: 'now', arguments: '{}' } },
    ],
  });
  assert.equal(body.choices[0]?.native_finish_reason, 'tool_use');
});

test('a fault as an HTTP answer', () => {
  const upstream = { provider: 'P', status: 429, code: 'slow_down', raw: '{}' };
  const encoded = dialect.encodeFault(fault('upstream_rate_limit', 'Slow', { upstream, retryAfterMs: 1200 }), {
    id: null,
    extra: { receipt: 'r' },
  });
  assert.deepEqual(encoded, {
    status: 429,
    headers: { 'retry-after': '2' },
    body: {
      error: {
        code: 429,
        message: 'Slow',
        type: 'rate_limit_exceeded',
        metadata: {
          error_type: 'rate_limit_exceeded',
          class: 'rate_limit',
          provider_code: 'slow_down',
          provider_name: 'P',
          raw: '{}',
        },
      },
      receipt: 'r',
    },
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultRow } from '../../base/fault.ts';
import type { Call } from '../../call/call.ts';
import type { Tool } from '../../call/tool.ts';
import { sampleCall, sampleTarget, sampleUpstream } from '../samples.ts';
import { cohereChatUpstream } from './index.ts';

const target = sampleTarget('cohere-chat', { endpoint: { upstreamId: 'command-a-03-2025', maxOutput: 8_000 } });

function encode(more: Partial<Call>) {
  const written = cohereChatUpstream.encodeCall(sampleCall({ stream: false, ...more }), target, new Map());
  assert(written.ok);
  return { body: written.value.body, lost: written.value.losses.map((loss) => loss.field) };
}
const tool = (name: string): Tool => ({ type: 'function', name, strict: true });

test('a conversation with tools, pictures and a text file', () => {
  const { body, lost } = encode({
    messages: [
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'Compare.' },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' }, detail: 'low' },
          { type: 'file', source: { kind: 'base64', mediaType: 'text/plain', data: 'aGk=' }, filename: 'a.txt' },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', kind: 'text', text: 'Hm.', format: 'unknown' },
          { type: 'tool-call', id: 'c1', name: 'add', arguments: '' },
        ],
      },
      { role: 'tool', callId: 'c1', parts: [{ type: 'text', text: '2' }] },
    ],
    tools: [tool('add')],
    toolChoice: { type: 'required' },
    sampling: { temperature: 0.5, top_p: 0.9, top_k: 5, seed: 1 },
    maxOutputTokens: 100,
    stop: ['x'],
  });
  assert.deepEqual(lost, []);
  assert.deepEqual(body, {
    model: 'command-a-03-2025',
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Compare.' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
        ],
      },
      {
        role: 'assistant',
        content: [{ type: 'thinking', thinking: 'Hm.' }],
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'add', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '2' },
    ],
    stream: false,
    documents: [{ id: 'doc:0', data: { title: 'a.txt', snippet: 'hi' } }],
    tools: [{ type: 'function', function: { name: 'add', parameters: { type: 'object', properties: {} } } }],
    strict_tools: true,
    tool_choice: 'REQUIRED',
    max_tokens: 100,
    stop_sequences: ['x'],
    temperature: 0.5,
    p: 0.9,
    k: 5,
    seed: 1,
  });
});

test('one forced function is the only one sent', () => {
  const { body } = encode({ tools: [tool('a'), tool('b')], toolChoice: { type: 'function', name: 'b' } });
  assert.equal(body.tool_choice, 'REQUIRED');
  assert.deepEqual(
    (body.tools as { function: { name: string } }[]).map((sent) => sent.function.name),
    ['b'],
  );
});

test('structured output, thinking, and what Cohere cannot take', () => {
  const output = { type: 'json-schema', name: 'x', schema: { type: 'object' } } as const;
  assert.deepEqual(encode({ output }).body.response_format, { type: 'json_object', json_schema: { type: 'object' } });
  assert.deepEqual(encode({ output, tools: [tool('a')] }).lost, ['response_format']);
  assert.deepEqual(encode({ reasoning: { effort: 'medium' } }).body.thinking, { type: 'enabled', token_budget: 4_000 });
  assert.deepEqual(encode({ reasoning: { effort: 'none' } }).body.thinking, { type: 'disabled' });
  assert.deepEqual(encode({ sampling: { n: 2, logit_bias: {} } }).lost, ['logit_bias', 'n']);
});

test('the billed units are the usage; what was read counts only without them', () => {
  const message = { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] };
  const tokens = { input_tokens: 500, output_tokens: 11 };
  const usageOf = (usage: object) => {
    const body = { message, finish_reason: 'COMPLETE', usage: { tokens, cached_tokens: 448, ...usage } };
    const reply = cohereChatUpstream.decodeReply(body, sampleUpstream(target));
    assert(reply.ok && reply.value.usage);
    const { input, inputCacheRead, output } = reply.value.usage;
    return { input, inputCacheRead, output };
  };
  assert.deepEqual(usageOf({ billed_units: { input_tokens: 8, output_tokens: 9 } }), {
    input: 8,
    inputCacheRead: 0,
    output: 9,
  });
  assert.deepEqual(usageOf({}), { input: 52, inputCacheRead: 448, output: 11 });
});

test('an answer that Cohere gave up is a fault, not a finish', () => {
  const decoder = cohereChatUpstream.decodeEvents(sampleUpstream(target));
  const data = '{"type":"message-end","delta":{"finish_reason":"ERROR","error":"model crashed"}}';
  const events = decoder.push({ event: 'message-end', data });
  const last = events.at(-1);
  assert.deepEqual(last?.type === 'fault' && [last.fault.code, last.fault.message], [
    'upstream_server_error',
    'model crashed',
  ]);
});

test('Cohere takes one of two penalties', () => {
  const both = encode({ sampling: { frequency_penalty: 0.5, presence_penalty: 0.5 } });
  assert.deepEqual([both.body.frequency_penalty, both.body.presence_penalty], [0.5, undefined]);
  assert.deepEqual(both.lost, ['presence_penalty']);
  const one = encode({ sampling: { frequency_penalty: 0, presence_penalty: 0.5 } });
  assert.deepEqual([one.body.presence_penalty, one.lost], [0.5, []]);
});

test('what Cohere means by its errors', () => {
  const cases: [status: number, message: string, kind: string][] = [
    [400, 'too many tokens: size limit exceeded by 9 tokens.', 'context_length_exceeded'],
    [400, 'too many tokens: max tokens must be less than or equal to 4096, the maximum output', 'invalid_request'],
    [400, 'invalid request: message must be at least 1 token long', 'invalid_request'],
    [401, 'invalid api token', 'authentication'],
    [402, 'Please add or update your payment method', 'insufficient_quota'],
    [404, "model 'x' not found, make sure the correct model ID was used", 'model_not_found'],
    [422, 'wrong shape', 'invalid_request'],
    [429, 'You are using a Trial key, which is limited to 40 API calls / minute', 'rate_limit'],
    [498, 'blocked', 'content_policy'],
    [499, 'request cancelled', 'server_error'],
    [500, 'internal server error', 'server_error'],
    [503, 'all backends are down', 'overloaded'],
    [504, 'timed out', 'server_error'],
  ];
  for (const [status, message, kind] of cases) {
    const body = JSON.stringify({ id: 'x', message });
    const failure = cohereChatUpstream.decodeFault({ status, headers: {}, body, provider: 'Sample', now: 0 });
    assert.deepEqual([faultRow(failure).class, failure.message], [kind, message]);
  }
});

test('an answer that Cohere could not finish is a fault, streamed or not', () => {
  for (const [finish_reason, kind] of [
    ['ERROR', 'upstream_server_error'],
    ['TIMEOUT', 'upstream_timeout'],
  ] as const) {
    const whole = cohereChatUpstream.decodeReply(
      { id: 'x', message: { content: [{ type: 'text', text: 'so' }] }, finish_reason },
      sampleUpstream(target),
    );
    assert(!whole.ok && whole.error.code === kind);
    const decoder = cohereChatUpstream.decodeEvents(sampleUpstream(target));
    const end = { type: 'message-end', delta: { finish_reason, error: 'gave up' } };
    const last = decoder.push({ event: null, data: JSON.stringify(end) }).at(-1);
    assert(last?.type === 'fault' && last.fault.code === kind && last.fault.message === 'gave up');
  }
});

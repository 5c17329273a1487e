import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../../base/json.ts';
import { collect } from '../../../call/collect.ts';
import type { Reply } from '../../../call/reply.ts';
import { promptTokens, usageOf } from '../../../call/usage.ts';
import { checkEventGrammar } from '../../grammar.ts';
import { sampleAnswer, sampleCall, sampleUpstream } from '../../samples.ts';
import { anthropicMessagesClient } from '../client/index.ts';
import { targetOf } from '../fixtures/target.ts';
import { anthropicMessagesUpstream as dialect } from './index.ts';

const told = { input_tokens: 5, output_tokens: 7 };

/** One answer, streamed (each block whole in its start) and whole: both must say the same. */
function replyOf(content: readonly JsonObject[], end: JsonObject = {}, usage: JsonObject = told): Reply {
  const message = { type: 'message', role: 'assistant', id: 'msg_1', model: 'm' };
  const stop = { stop_reason: 'end_turn', stop_sequence: null, ...end };
  const frames: Json[] = [
    { type: 'message_start', message: { ...message, content: [], usage: { input_tokens: 5, output_tokens: 1 } } },
    ...content.flatMap((content_block, index) => [
      { type: 'content_block_start', index, content_block },
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: stop, usage },
    { type: 'message_stop' },
  ];
  const decoder = dialect.decodeEvents(sampleUpstream(targetOf()));
  const events = frames.flatMap((frame) => decoder.push({ event: null, data: JSON.stringify(frame) }));
  events.push(...decoder.end());
  assert.equal(checkEventGrammar(events), null);
  const streamed = collect(events);
  const whole = dialect.decodeReply({ ...message, content, ...stop, usage }, sampleUpstream(targetOf()));
  assert(streamed.ok && whole.ok);
  assert.deepEqual(streamed.value, whole.value);
  return whole.value;
}

const OWN: readonly JsonObject[] = [
  { type: 'compaction', content: 'They spoke of rivers.', encrypted_content: null },
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'bash_code_execution', input: { command: 'ls' } },
  { type: 'bash_code_execution_tool_result', tool_use_id: 'srvtoolu_1', content: { stdout: 'a', return_code: 0 } },
  { type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'find', server_name: 'maps', input: {} },
  { type: 'mcp_tool_result', tool_use_id: 'mcptoolu_1', is_error: false, content: [{ type: 'text', text: 'x' }] },
  { type: 'web_fetch_tool_result', tool_use_id: 'srvtoolu_2', content: { type: 'web_fetch_tool_result_error' } },
  { type: 'tool_search_tool_result', tool_use_id: 'srvtoolu_3', content: {} },
  { type: 'container_upload', file_id: 'file_1' },
  { type: 'fallback', from: { model: 'a' }, to: { model: 'b' }, trigger: { type: 'refusal' } },
  { type: 'a_block_of_next_year', data: { deep: [1] } },
];

test('what the vendor does itself is neither text nor a call, and reaches clients of this dialect whole and in place', () => {
  const text = (words: string): JsonObject => ({ type: 'text', text: words, citations: null });
  const content = [text('The Elbe '), ...OWN, text('flows north.')];
  const reply = replyOf(content);
  const [choice] = reply.choices;
  assert.deepEqual(choice?.parts, [{ type: 'text', text: 'The Elbe flows north.' }]);
  assert.equal(choice?.finish, 'stop');
  const answer = anthropicMessagesClient.encodeReply(reply, sampleAnswer(sampleCall())) as JsonObject;
  const kept = (answer.content as JsonObject[]).filter(({ type }) => type !== 'text');
  const clean = (block: JsonObject) => Object.fromEntries(Object.entries(block).filter(([, value]) => value !== null));
  assert.deepEqual(kept.map(clean), OWN.map(clean));
});

test('who made a call stays with it: code that called a tool gets its result back', () => {
  const caller = { type: 'code_execution_20250825', tool_id: 'srvtoolu_1' };
  const use = { type: 'tool_use', id: 'toolu_1', name: 'look', input: { a: 1 }, caller };
  const reply = replyOf([use], { stop_reason: 'tool_use' });
  const answer = anthropicMessagesClient.encodeReply(reply, sampleAnswer(sampleCall())) as JsonObject;
  assert.deepEqual(answer.content, [use]);
  const messages = [
    { role: 'user', content: 'Look.' },
    { role: 'assistant', content: answer.content ?? null },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'seen' }] },
  ];
  const call = anthropicMessagesClient.decodeCall({ model: 'm', max_tokens: 9, messages }, { headers: {}, params: {} });
  assert(call.ok);
  const encoded = dialect.encodeCall(call.value, targetOf(), new Map());
  assert(encoded.ok);
  assert.deepEqual((encoded.value.body.messages as JsonObject[])[1], { role: 'assistant', content: [use] });
});

test('why an answer ended', () => {
  const cases: [stopReason: string, finish: string][] = [
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['pause_turn', 'stop'],
    ['compaction', 'stop'],
    ['tool_use', 'stop'], // without any call
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'content_filter'],
  ];
  for (const [stop_reason, finish] of cases) {
    const { choices } = replyOf([{ type: 'text', text: 'so' }], { stop_reason });
    assert.deepEqual([choices[0]?.finish, choices[0]?.nativeFinish], [finish, stop_reason]);
  }
});

test('a refusal’s details, the container and the speed reach clients of this dialect', () => {
  const stop_details = { type: 'refusal', category: 'cyber', explanation: 'No.' };
  const container = { id: 'container_1', expires_at: '2026-12-01T00:00:00Z' };
  const end = { stop_reason: 'refusal', stop_details, container };
  const reply = replyOf([], end, { ...told, speed: 'fast', inference_geo: 'us' });
  const answer = anthropicMessagesClient.encodeReply(reply, sampleAnswer(sampleCall())) as JsonObject;
  assert.deepEqual([answer.stop_reason, answer.stop_details, answer.container], ['refusal', stop_details, container]);
  const { speed, inference_geo } = answer.usage as JsonObject;
  assert.deepEqual([speed, inference_geo], ['fast', 'us']);
  assert.equal(reply.serviceTier, 'priority', 'fast mode is billed as the priority tier');
});

test('a compaction is counted beside the answer, an advisor of other prices not at all', () => {
  const iterations = [
    { type: 'compaction', input_tokens: 180, output_tokens: 35, cache_read_input_tokens: 20 },
    { type: 'compaction', input_tokens: 1, output_tokens: 2, cache_creation_input_tokens: 3 },
    { type: 'advisor_message', model: 'x', input_tokens: 900, output_tokens: 900 },
    { type: 'message', input_tokens: 23, output_tokens: 10 },
  ];
  const { usage } = replyOf([{ type: 'text', text: 'so' }], {}, { input_tokens: 23, output_tokens: 10, iterations });
  assert(usage);
  assert.deepEqual([promptTokens(usage), usage.output], [23, 10]);
  assert.deepEqual(usage.compaction, usageOf({ input: 181, inputCacheRead: 20, inputCacheWrite: 3, output: 37 }));
});

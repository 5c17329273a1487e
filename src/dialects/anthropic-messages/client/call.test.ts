import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import { countTokensRequest, decodeCall } from './call.ts';
import { encodeFault } from './fault.ts';

const MESSAGES = [{ role: 'user', content: 'Hello' }];
const REQUEST = { headers: {}, params: {} };

function read(body: JsonObject, headers: { [name: string]: string } = {}): Call {
  const call = decodeCall({ model: 'a/b', messages: MESSAGES, ...body }, { headers, params: {} });
  assert(call.ok, call.ok ? '' : call.error.message);
  return call.value;
}
function refused(body: JsonObject): [string | undefined, string] {
  const call = decodeCall({ model: 'a/b', messages: MESSAGES, ...body }, REQUEST);
  assert(!call.ok && call.error.code === 'invalid_request');
  return [call.error.param, call.error.message];
}

test('the gateway reads its own fields, and unknown ones stay with this dialect', () => {
  const call = read(
    {
      fallbacks: [{ model: 'c/d' }, { model: 'e/f' }],
      provider: { only: ['acme'] },
      plugins: [{ id: 'web' }],
      session_id: 's',
      metadata: { user_id: 'u', more: 1 },
      cache_control: { type: 'ephemeral', ttl: '1h' },
      speed: 'fast',
      trace: { trace_id: 't' },
    },
    { 'x-anthropic-beta': 'one, two', 'anthropic-beta': 'two' },
  );
  assert.deepEqual(call.models, ['c/d', 'e/f']);
  assert.deepEqual(call.gateway, {
    provider: { only: ['acme'] },
    plugins: [{ id: 'web' }],
    extra: { trace: { trace_id: 't' } },
  });
  assert.deepEqual([call.sessionId, call.user, call.cache], ['s', 'u', { ttl: '1h' }]);
  assert.equal(call.serviceTier, 'fast', 'speed says to other vendors what service_tier does');
  assert.deepEqual(call.native, {
    dialect: 'anthropic-messages',
    fields: { speed: 'fast', metadata: { more: 1 }, anthropic_beta: ['two', 'one'] },
  });
});

test('a thread is refused in the words that make the SDK send the whole history', () => {
  const call = decodeCall(
    { model: 'a/b', messages: MESSAGES, thread: { type: 'continue', previous_message_id: 'gen-1' } },
    REQUEST,
  );
  assert(!call.ok);
  const { status, body } = encodeFault(call.error, { id: null });
  const { error } = body as unknown as { error: { type: string; details: object } };
  assert.deepEqual([status, error.type], [400, 'invalid_request_error']);
  assert.deepEqual(error.details, { error_code: 'thread_unsupported_request', unsupported: ['thread'] });
  assert.equal(read({ thread: null }).native, undefined);
});

test('thinking and effort become reasoning; an effort without thinking is verbosity', () => {
  const steered = (body: JsonObject) => {
    const { reasoning, verbosity, native } = read(body);
    return [reasoning, verbosity, native?.fields];
  };
  assert.deepEqual(steered({ thinking: { type: 'enabled', budget_tokens: 2000 } }), [
    { enabled: true, budgetTokens: 2000 },
    undefined,
    undefined,
  ]);
  assert.deepEqual(steered({ thinking: { type: 'adaptive' }, output_config: { effort: 'max' } }), [
    { enabled: true, effort: 'max' },
    undefined,
    { thinking: { type: 'adaptive' } },
  ]);
  assert.deepEqual(steered({ thinking: { type: 'disabled' }, output_config: { effort: 'low' } }), [
    { enabled: false },
    'low',
    undefined,
  ]);
});

test('tools of the caller are functions, others stay with this dialect', () => {
  const search = { type: 'web_search_20260209', name: 'web_search' };
  const call = read({
    tools: [
      { name: 'f', input_schema: { type: 'object' } },
      { type: 'custom', name: 'g', defer_loading: true },
      search,
    ],
    tool_choice: { type: 'any', disable_parallel_tool_use: true },
  });
  assert.deepEqual(call.tools, [
    { type: 'function', name: 'f', parameters: { type: 'object' } },
    { type: 'function', name: 'g', native: { dialect: 'anthropic-messages', fields: { defer_loading: true } } },
    { type: 'native', dialect: 'anthropic-messages', value: search },
  ]);
  assert.deepEqual([call.toolChoice, call.parallelToolCalls], [{ type: 'required' }, false]);
});

test('a block that only this dialect knows keeps its text for the others', () => {
  const block = {
    type: 'search_result',
    title: 'Tides',
    source: 'https://t.example',
    content: [{ type: 'text', text: 'noon' }],
  };
  const [message] = read({ messages: [{ role: 'user', content: [block] }] }).messages;
  assert.deepEqual(message?.parts, [
    {
      type: 'text',
      text: 'Tides\nhttps://t.example\nnoon',
      native: { dialect: 'anthropic-messages', fields: { block } },
    },
  ]);
});

test('a forged signature of ours is only a signature', () => {
  const thinking = { type: 'thinking', thinking: 'x', signature: 'switchwright.bm90IGpzb24' };
  const [message] = read({ messages: [{ role: 'assistant', content: [thinking] }] }).messages;
  assert.deepEqual(message?.parts, [
    { type: 'reasoning', kind: 'text', text: 'x', format: 'anthropic-claude-v1', signature: thinking.signature },
  ]);
});

test('what is wrong is named as the caller wrote it', () => {
  assert.equal(refused({ messages: [] })[0], 'messages');
  assert.equal(refused({ messages: [{ role: 'tool', content: 'x' }] })[0], 'messages[0].role');
  assert.equal(
    refused({ messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] })[0],
    'messages[0].content[0].tool_use_id',
  );
  assert.equal(
    refused({ messages: [{ role: 'user', content: [{ type: 'image' }] }] })[0],
    'messages[0].content[0].source',
  );
  assert.equal(refused({ tool_choice: { type: 'tool' } })[0], 'tool_choice.name');
  assert.equal(refused({ fallbacks: [{ model: 'c/d' }], models: ['e/f'] })[0], 'fallbacks');
});

test('count_tokens takes the same body', () => {
  const call = countTokensRequest({ model: 'a/b', messages: MESSAGES, system: 'Be brief.', stream: true }, REQUEST);
  assert(call.ok);
  assert.deepEqual([call.value.stream, call.value.messages.length], [false, 2]);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JsonObject } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import { decodeCall } from './call.ts';

const request = { headers: {}, params: {} };

function taken(body: JsonObject): Call {
  const call = decodeCall(body, request);
  assert.ok(call.ok, call.ok ? '' : call.error.message);
  return call.value;
}

function refused(body: JsonObject): string | undefined {
  const call = decodeCall({ input: 'Hi', ...body }, request);
  assert.ok(!call.ok);
  assert.equal(call.error.code, 'invalid_request');
  return call.error.param;
}

test('nothing is stored, so what needs a store is refused by name', () => {
  assert.equal(refused({ store: true }), 'store');
  assert.equal(refused({ background: true }), 'background');
  assert.equal(refused({ previous_response_id: 'resp_1' }), 'previous_response_id');
  assert.equal(refused({ conversation: 'conv_1' }), 'conversation');
  taken({ input: 'Hi', store: false, previous_response_id: null, conversation: null, background: false });
});

test('a complaint names the field as the caller wrote it', () => {
  assert.equal(refused({ input: null }), 'input');
  assert.equal(refused({ input: [{ role: 'user', content: [{ type: 'hologram' }] }] }), 'input[0].content[0].type');
  assert.equal(refused({ input: [{ type: 'function_call', name: 'f', arguments: '{}' }] }), 'input[0].call_id');
  assert.equal(refused({ tools: [{ type: 'function' }] }), 'tools[0].name');
  assert.equal(refused({ text: { format: { type: 'json_schema', name: 'a' } } }), 'text.format.schema');
  assert.equal(refused({ reasoning: { effort: 'huge' } }), 'reasoning.effort');
  assert.equal(refused({ provider: { sorting: 'price' } }), 'provider');
});

test('instructions stand before the conversation', () => {
  assert.deepEqual(taken({ input: 'Hi', instructions: 'Be brief.' }).messages, [
    { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
    { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
  ]);
});

test('a coding agent’s session: runs of the assistant’s items become messages, its own tools stay readable', () => {
  const path = join(import.meta.dirname, '../fixtures/coding-agent.call.json');
  const call = taken(JSON.parse(readFileSync(path, 'utf8')));
  assert.deepEqual(
    call.messages.map(({ role, parts }) => `${role}: ${parts.map(({ type }) => type).join(' ')}`),
    [
      'system: text',
      'developer: text',
      'user: text image',
      'assistant: reasoning reasoning text tool-call',
      'tool: text',
      'assistant: tool-call',
      'tool: text',
      'assistant: tool-call',
      'tool: text',
      'assistant: tool-call',
      'tool: image',
      'user: text',
    ],
  );
  const patch = call.messages[7]?.parts[0];
  assert.ok(patch?.type === 'tool-call');
  assert.deepEqual([patch.name, patch.arguments], ['apply_patch', '{"input":"*** Begin Patch\\n"}']);
  const shell = call.messages[5]?.parts[0];
  assert.ok(shell?.type === 'tool-call');
  assert.deepEqual([shell.name, JSON.parse(shell.arguments).command], ['local_shell', ['cat', 'a.ts']]);
  assert.deepEqual(
    call.tools.map((tool) => (tool.type === 'function' ? tool.name : tool.value.type)),
    ['shell_command', 'apply_patch', 'local_shell', 'web_search'],
  );
});

test('an item that is kept stands where it is referred to, with or without the word', () => {
  const item = { id: 'msg-1', type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Before.' }] };
  const recall = (id: string): JsonObject | undefined => (id === item.id ? item : undefined);
  for (const reference of [{ type: 'item_reference', id: 'msg-1' }, { id: 'msg-1' }, { type: null, id: 'msg-1' }]) {
    const call = decodeCall({ input: [reference] }, { ...request, recall });
    assert.ok(call.ok);
    assert.deepEqual(call.value.messages, [{ role: 'assistant', parts: [{ type: 'text', text: 'Before.' }] }]);
  }
  assert.equal(taken({ input: 'Hi' }).refersToItems, true);
  assert.equal(taken({ input: 'Hi', store: false }).refersToItems, undefined);
});

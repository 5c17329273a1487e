/** Items of the Responses API that are neither messages nor calls, on their way to its own hosts and to others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../base/json.ts';
import type { Event } from '../call/event.ts';
import type { Loss } from '../call/loss.ts';
import type { DialectId } from '../catalog/dialect-table.ts';
import type { EncodedCall } from './dialect.ts';
import { CLIENT_DIALECTS, UPSTREAM_DIALECTS } from './registry.ts';
import { sampleAnswer, sampleTarget, sampleTraits } from './samples.ts';
import { suit } from './suit.ts';

const client = CLIENT_DIALECTS.chat['openai-responses'];
assert.ok(client);

type Sent = Pick<EncodedCall, 'body'> & { readonly losses: readonly Loss[] };

function sent(id: DialectId, body: JsonObject, input: readonly ('text' | 'image')[] = ['text', 'image']): Sent {
  const target = sampleTarget(id, { endpoint: { input: [...input] } });
  const call = client?.decodeCall({ model: 'author/model', ...body }, { headers: {}, params: {} });
  assert.ok(call?.ok, call?.ok === false ? call.error.message : '');
  const suited = suit(call.value, target.endpoint, sampleTraits(id));
  assert.ok(suited.ok);
  const encoded = UPSTREAM_DIALECTS.chat[id]?.encodeCall(suited.value.call, target, new Map());
  assert.ok(encoded?.ok, encoded?.ok === false ? encoded.error.message : '');
  return { body: encoded.value.body, losses: [...suited.value.losses, ...encoded.value.losses] };
}

const hi: JsonObject = { type: 'message', role: 'user', content: 'Hi' };
const more: JsonObject = { type: 'message', role: 'user', content: 'More' };
const OTHERS = ['openai-chat', 'anthropic-messages', 'gemini', 'bedrock-converse', 'cohere-chat', 'ollama'] as const;

const OWN: readonly JsonObject[] = [
  { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } },
  { type: 'file_search_call', id: 'fs_1', status: 'completed', queries: ['x'], results: null },
  { type: 'code_interpreter_call', id: 'ci_1', status: 'completed', code: '1', container_id: 'c', outputs: [] },
  { type: 'mcp_list_tools', id: 'mcpl_1', server_label: 's', tools: [] },
  { type: 'mcp_call', id: 'mcp_1', name: 'a', server_label: 's', arguments: '{}', output: '42' },
  { type: 'mcp_approval_request', id: 'mcpr_1', name: 'a', server_label: 's', arguments: '{}' },
  { type: 'mcp_approval_response', approval_request_id: 'mcpr_1', approve: true },
  { type: 'compaction', id: 'cmp_1', encrypted_content: 'abc' },
  {
    type: 'agent_message',
    author: '/root/a',
    recipient: '/root',
    content: [{ type: 'encrypted_content', encrypted_content: 'x' }],
  },
  { type: 'an_item_of_tomorrow', id: 'new_1' },
];

for (const item of OWN) {
  test(`${String(item.type)}: whole to its own hosts, a loss by its place to others, never an empty message`, () => {
    const own = sent('openai-responses', { input: [hi, item, more] });
    assert.deepEqual((own.body.input as Json[])[1], item);
    assert.deepEqual(own.losses, []);
    for (const id of OTHERS) {
      const { body, losses } = sent(id, { input: [hi, item, more] });
      assert.deepEqual(
        losses.map(({ field }) => field),
        ['input[1]'],
        id,
      );
      const said = JSON.stringify(body.messages ?? body.contents);
      assert.ok(!/"role":"(?:assistant|model)"/i.test(said), `${id}: ${said}`);
    }
  });
}

test('what another agent says in clear is said to every model', () => {
  const item = {
    type: 'agent_message',
    author: '/root/a',
    recipient: '/root',
    content: [{ type: 'input_text', text: 'Done.' }],
  };
  assert.deepEqual((sent('openai-responses', { input: [item] }).body.input as Json[])[0], item);
  for (const id of OTHERS)
    assert.match(JSON.stringify(sent(id, { input: [hi, item] }).body), /Message from \/root\/a.*Done\./, id);
});

test('a reference to an item that is not kept is left out and told, by every endpoint', () => {
  const input = [hi, { type: 'item_reference', id: 'msg-1' }, more];
  for (const id of ['openai-responses', ...OTHERS] as const) {
    const { body, losses } = sent(id, { input });
    assert.deepEqual(
      losses.map(({ field }) => field),
      ['input[1]'],
      id,
    );
    assert.ok(!JSON.stringify(body).includes('msg-1'), id);
  }
});

test('the result of a call that was only referred to is told as text, since no vendor takes it alone', () => {
  const input = [
    hi,
    { type: 'item_reference', id: 'fc-1' },
    { type: 'function_call_output', call_id: 'c1', output: '42' },
  ];
  const { body, losses } = sent('openai-responses', { input });
  assert.ok(!JSON.stringify(body.input).includes('function_call_output'));
  assert.match(JSON.stringify(body.input), /"42"/);
  assert.deepEqual(
    losses.map(({ field }) => field),
    ['input[1]', 'messages[1].call_id'],
  );
});

test('thoughts whose seal was broken, and items with nothing in them, leave no empty message', () => {
  const broken = { type: 'reasoning', summary: [], encrypted_content: 'sw2:AAAAAAAAAAAAAAAAAAAAAAAAAA' };
  for (const id of ['openai-responses', ...OTHERS] as const) {
    const { body, losses } = sent(id, { input: [hi, broken, more] });
    assert.deepEqual(
      losses.map(({ field }) => field),
      ['input[1]'],
      id,
    );
    assert.ok(!JSON.stringify(body).includes('sw2:'), id);
    const nothing = [
      { type: 'reasoning', summary: [] },
      { type: 'message', role: 'assistant', content: [] },
    ];
    const empty = sent(id, { input: [hi, ...nothing, more] }).body;
    assert.ok(!/"role":"(?:assistant|model)"/i.test(JSON.stringify(empty)), id);
  }
});

const spawn = {
  type: 'function',
  name: 'spawn',
  description: 'Starts one',
  parameters: { type: 'object', properties: {} },
};
const group = { type: 'namespace', name: 'agents', description: 'Others', tools: [spawn] };
const brought = { type: 'additional_tools', role: 'developer', tools: [group, { ...spawn, name: 'late' }] };
const namesSent = (body: JsonObject): string[] =>
  (body.tools as JsonObject[]).map((tool) =>
    String((tool.function as JsonObject | undefined)?.name ?? tool.name ?? tool.type),
  );

test('groups of tools go whole to their own hosts, as functions to others', () => {
  const own = sent('openai-responses', { input: [brought, hi], tools: [{ ...spawn, name: 'shell' }, group] });
  assert.deepEqual((own.body.input as Json[])[0], brought);
  assert.deepEqual(namesSent(own.body), ['shell', 'agents']);
  for (const id of ['openai-chat', 'anthropic-messages'] as const) {
    const { body, losses } = sent(id, { input: [brought, hi], tools: [{ ...spawn, name: 'shell' }] });
    assert.deepEqual(namesSent(body), ['shell', 'agents__spawn', 'late'], id);
    assert.ok(!losses.some(({ field }) => field.startsWith('tools')), JSON.stringify(losses));
  }
  assert.deepEqual(namesSent(sent('openai-chat', { input: [brought, hi], tools: [group] }).body), [
    'agents__spawn',
    'late',
  ]);
});

test('a call of a tool in a group comes back under the names that its caller gave, and goes out again as it came', () => {
  const decoded = client.decodeCall({ model: 'a/b', input: [brought, hi] }, { headers: {}, params: {} });
  assert.ok(decoded.ok);
  const encode = client.encodeEvents({ ...sampleAnswer(decoded.value) });
  const events: Event[] = [
    { type: 'start' },
    { type: 'tool-start', choice: 0, index: 0, id: 'c1', name: 'agents__spawn' },
    { type: 'tool-arguments', choice: 0, index: 0, text: '{}' },
    { type: 'finish', choice: 0, reason: 'tool_calls', native: null },
    { type: 'end' },
  ];
  const text = events.map(encode).join('');
  assert.match(text, /"type":"function_call","call_id":"c1","name":"spawn","namespace":"agents"|"name":"spawn"/);
  assert.match(text, /"namespace":"agents"/);
  const called = { type: 'function_call', call_id: 'c1', name: 'spawn', namespace: 'agents', arguments: '{}' };
  const result = { type: 'function_call_output', call_id: 'c1', output: 'ok' };
  const own = sent('openai-responses', { input: [brought, hi, called, result] });
  assert.deepEqual((own.body.input as Json[])[2], called);
  const chat = sent('openai-chat', { input: [brought, hi, called, result] });
  assert.match(JSON.stringify(chat.body.messages), /"name":"agents__spawn"/);
});

test('tools that a search has found are offered, and named in its result', () => {
  const input = [
    hi,
    { type: 'tool_search_call', call_id: 's1', arguments: { query: 'q' }, execution: 'client' },
    { type: 'tool_search_output', call_id: 's1', execution: 'client', tools: [spawn] },
  ];
  const { body } = sent('openai-chat', { input });
  assert.deepEqual(namesSent(body), ['spawn']);
  assert.match(JSON.stringify(body.messages), /Tools found: spawn/);
  assert.deepEqual((sent('openai-responses', { input }).body.input as Json[])[2], input[2]);
});

test('what OpenAI’s own tools gave is text and pictures to others, whole to OpenAI', () => {
  const picture = 'data:image/png;base64,iVBORw0KGgo=';
  const input = [
    hi,
    { type: 'computer_call', id: 'cu_1', call_id: 'p1', action: { type: 'screenshot' }, pending_safety_checks: [] },
    { type: 'computer_call_output', call_id: 'p1', output: { type: 'computer_screenshot', image_url: picture } },
    { type: 'shell_call', id: 'sh_1', call_id: 'p2', action: { commands: ['ls'] } },
    {
      type: 'shell_call_output',
      call_id: 'p2',
      output: [{ stdout: 'a.ts', stderr: 'no b.ts', outcome: { type: 'exit', exit_code: 1 } }],
    },
    {
      type: 'apply_patch_call',
      id: 'ap_1',
      call_id: 'p3',
      status: 'completed',
      operation: { type: 'delete_file', path: 'a' },
    },
    { type: 'apply_patch_call_output', call_id: 'p3', status: 'failed', output: 'no such file' },
  ];
  assert.deepEqual(sent('openai-responses', { input }).body.input, [
    { ...hi, content: [{ type: 'input_text', text: 'Hi' }] },
    ...input.slice(1),
  ]);
  const blocks = JSON.stringify(sent('anthropic-messages', { input }).body.messages);
  assert.match(blocks, /"type":"base64","media_type":"image\/png"/);
  assert.match(blocks, /a\.ts\\nno b\.ts\\n\{\\"type\\":\\"exit\\",\\"exit_code\\":1\}/);
  assert.match(blocks, /no such file/);
  assert.doesNotMatch(blocks, /"text":"[^"]*iVBOR/);
});

test('a picture that was drawn before is seen again by who can see, and told as a loss to who cannot', () => {
  const drawn = {
    type: 'image_generation_call',
    id: 'ig-1',
    status: 'completed',
    result: 'iVBORw0KGgo=',
    output_format: 'png',
  };
  assert.match(JSON.stringify(sent('gemini', { input: [hi, drawn, more] }).body.contents), /"mimeType":"image\/png"/);
  const blind = sent('openai-chat', { input: [hi, drawn, more] }, ['text']);
  assert.deepEqual(
    blind.losses.map(({ field }) => field),
    ['input[1]'],
  );
  assert.equal((blind.body.messages as Json[]).length, 2);
});

test('nothing that is said of tools in the input brings the gateway down', () => {
  for (const tools of [
    null,
    'x',
    [null],
    [{}],
    [{ type: 'namespace' }],
    [{ type: 'namespace', name: 'a', tools: 'x' }],
  ]) {
    const input: Json = [{ type: 'additional_tools', role: 'developer', tools }, hi];
    const call = client.decodeCall({ model: 'a/b', input }, { headers: {}, params: {} });
    assert.ok(call.ok || call.error.code === 'invalid_request', JSON.stringify(tools));
  }
});

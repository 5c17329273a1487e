import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../call/call.ts';
import { toolCallIds } from '../call/call.ts';
import type { Message } from '../call/message.ts';
import type { Endpoint } from '../catalog/model.ts';
import { sampleCall, sampleTarget, sampleTraits } from './samples.ts';
import { fitIds, type ToolIdRule } from './tool-ids.ts';

const LONG = `call_${'x'.repeat(80)}`;

/** One assistant's calls of these ids, and their results. */
function conversation(ids: readonly string[]): Call {
  const messages: Message[] = [
    { role: 'assistant', parts: ids.map((id) => ({ type: 'tool-call', id, name: 'find', arguments: '{}' })) },
    ...ids.map((callId): Message => ({ role: 'tool', callId, parts: [{ type: 'text', text: callId }] })),
  ];
  return sampleCall({ messages });
}

const ruleOf = (endpoint: Endpoint): ToolIdRule | null => sampleTraits(endpoint.dialect.id).toolIds(endpoint);

function fitted(ids: readonly string[], endpoint: Endpoint): string[] {
  const call = fitIds(conversation(ids), ruleOf(endpoint));
  const sent = [...toolCallIds(call)];
  const answered = call.messages.flatMap((message) => (message.role === 'tool' ? [message.callId] : []));
  assert.deepEqual(answered, sent, 'each result stays with its call');
  assert.equal(new Set(sent).size, ids.length, 'and no two become one');
  return sent;
}

const chat = sampleTarget('openai-chat').endpoint;
const mistral = sampleTarget('openai-chat', { dialect: { quirks: ['nine-character-tool-ids'] } }).endpoint;

test('ids that fit stay, and the call with them', () => {
  const call = conversation(['call_1', 'x'.repeat(64), 'a:b']);
  for (const id of ['openai-chat', 'openai-responses', 'gemini', 'cohere-chat', 'ollama'] as const)
    assert.equal(fitIds(call, ruleOf(sampleTarget(id).endpoint)), call, id);
});

test('longer ids are cut to what every host takes, always in the same way, and stay apart', () => {
  const first = fitted([`${LONG}A`, `${LONG}B`, 'call_2'], chat);
  assert.ok(first.every((id) => id.length <= 40));
  assert.equal(first[2], 'call_2');
  assert.deepEqual(fitted(['call_9', `${LONG}B`], sampleTarget('openai-responses').endpoint)[1], first[1]);
});

test('who holds the id that another would become keeps it', () => {
  const [became] = fitted([`${LONG}A`], chat);
  assert.ok(became);
  const both = fitted([`${LONG}A`, became], chat);
  assert.equal(both[1], became);
  assert.ok((both[0]?.length ?? 99) <= 40);
});

test('Mistral is sent nine letters or digits, at its own API and at Bedrock', () => {
  const bedrock = sampleTarget('bedrock-converse', { endpoint: { upstreamId: 'mistral.large' } }).endpoint;
  for (const endpoint of [mistral, bedrock])
    for (const id of fitted([LONG, 'call_1', 'abcdefghi', 'a b', ''], endpoint)) assert.match(id, /^[A-Za-z0-9]{9}$/);
});

test('Bedrock is sent 64 of its own characters', () => {
  const { endpoint } = sampleTarget('bedrock-converse');
  for (const id of fitted([LONG, 'a:b', 'a.b', 'ä', ''], endpoint)) assert.match(id, /^[A-Za-z0-9_-]{1,64}$/);
});

test('all that names a call is told its new id: thoughts bound to it, items in a vendor’s own words', () => {
  const item = { type: 'local_shell_call', call_id: LONG, action: {} };
  const output = { type: 'local_shell_call_output', call_id: LONG, output: 'a' };
  const messages: Message[] = [
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', kind: 'encrypted', text: 'S', id: LONG, format: 'google-gemini-v1' },
        {
          type: 'tool-call',
          id: LONG,
          name: 'local_shell',
          arguments: '{}',
          native: { dialect: 'openai-responses', fields: item },
        },
      ],
    },
    {
      role: 'tool',
      callId: LONG,
      parts: [{ type: 'text', text: 'a', native: { dialect: 'openai-responses', fields: { item: output } } }],
    },
  ];
  const text = JSON.stringify(fitIds(sampleCall({ messages }), ruleOf(chat)).messages);
  assert.ok(!text.includes(LONG));
});

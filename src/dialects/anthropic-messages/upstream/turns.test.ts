import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../base/json.ts';
import { openaiChatUpstream } from '../../openai-chat/index.ts';
import { sampleTarget, sampleTraits } from '../../samples.ts';
import { suit } from '../../suit.ts';
import { targetOf } from '../fixtures/target.ts';
import { anthropicMessagesClient, anthropicMessagesUpstream } from '../index.ts';

const LINE = 'x-anthropic-billing-header: cc_version=2.1.332.3d9; cc_entrypoint=cli; cch=aaaa0;';

function decoded(body: JsonObject) {
  const call = anthropicMessagesClient.decodeCall({ model: 'x', max_tokens: 9, ...body }, { headers: {}, params: {} });
  assert(call.ok, JSON.stringify(call));
  return call.value;
}

const CHAT = sampleTarget('openai-chat');

/** The messages as a chat host is sent them. */
function chatMessages(body: JsonObject): JsonObject[] {
  const suited = suit(decoded(body), CHAT.endpoint, sampleTraits('openai-chat'));
  assert(suited.ok);
  const encoded = openaiChatUpstream.encodeCall(suited.value.call, CHAT, new Map());
  assert(encoded.ok, JSON.stringify(encoded));
  return encoded.value.body.messages as JsonObject[];
}

const textOf = ({ role, content }: JsonObject): string =>
  `${role}: ${typeof content === 'string' ? content : (content as JsonObject[]).map(({ text }) => text).join(' | ')}`;

function sent(body: JsonObject, target = targetOf()): JsonObject {
  const encoded = anthropicMessagesUpstream.encodeCall(decoded(body), target, new Map());
  assert(encoded.ok, JSON.stringify(encoded));
  return encoded.value.body;
}

/** Each turn as its role and its texts. */
const turnsOf = (body: JsonObject): string[] =>
  (body.messages as { role: string; content: { type: string; text?: string }[] }[]).map(
    ({ role, content }) => `${role}: ${content.map(({ type, text }) => text ?? type).join(' | ')}`,
  );

const said = (role: string, content: string | JsonObject[]): JsonObject => ({ role, content });

test('a model that takes system turns gets them where they stand, behind the user’s', () => {
  const messages = [
    said('user', 'hello'),
    said('system', 'In rhyme.'),
    said('assistant', 'Hi, my friend.'),
    said('user', 'go on'),
    said('system', 'Be short.'),
    said('system', [{ type: 'text', text: 'Two tools were removed.', cache_control: { type: 'ephemeral' } }]),
  ];
  const body = sent({ system: 'Be kind.', messages }, targetOf({ systemTurns: true }));
  assert.deepEqual(turnsOf(body), [
    'user: hello',
    'system: In rhyme.',
    'assistant: Hi, my friend.',
    'user: go on',
    'system: Be short. | Two tools were removed.',
  ]);
  assert.deepEqual(body.system, [{ type: 'text', text: 'Be kind.' }]);
  assert.match(JSON.stringify(body.messages), /removed.","cache_control":{"type":"ephemeral"}/);
  assert.deepEqual(turnsOf(sent({ messages })).slice(0, 2), [
    'user: hello | <system>\nIn rhyme.\n</system>',
    'assistant: Hi, my friend.',
  ]);
});

test('a system turn that stands elsewhere is the user’s text', () => {
  const before = [said('user', 'a'), said('assistant', 'b'), said('system', 'S'), said('user', 'c')];
  assert.deepEqual(turnsOf(sent({ messages: before }, targetOf({ systemTurns: true }))), [
    'user: a',
    'assistant: b',
    'user: <system>\nS\n</system> | c',
  ]);
  const within = [said('user', 'a'), said('system', 'S'), said('user', 'c')];
  assert.deepEqual(turnsOf(sent({ messages: within }, targetOf({ systemTurns: true }))), [
    'user: a | <system>\nS\n</system> | c',
  ]);
});

test('the line that tells who calls goes to Anthropic alone', () => {
  const messages = [said('user', 'hi')];
  const kind = { type: 'text', text: 'You are kind.', cache_control: { type: 'ephemeral' } };
  const asked = [
    { system: [{ type: 'text', text: LINE }, kind], messages },
    { system: [{ ...kind, text: `${LINE}\n${kind.text}` }], messages },
  ];
  for (const body of asked) {
    assert.deepEqual(sent(body, targetOf({ quirks: ['attribution'] })).system, [{ type: 'text', text: LINE }, kind]);
    assert.deepEqual(sent(body).system, [kind]);
    assert.deepEqual(chatMessages(body).map(textOf), ['system: You are kind.', 'user: hi']);
  }
  const quoted = { messages: [said('user', LINE)] };
  assert.deepEqual(turnsOf(sent(quoted)), [`user: ${LINE}`]);
  assert.deepEqual(chatMessages({ system: LINE, messages }).map(textOf), ['user: hi']);
});

test('a tool that was found is named to vendors that know no references', () => {
  const found = { type: 'tool_reference', tool_name: 'WebFetch' };
  const messages = [
    said('user', 'fetch it'),
    said('assistant', [{ type: 'tool_use', id: 't1', name: 'ToolSearch', input: {} }]),
    said('user', [{ type: 'tool_result', tool_use_id: 't1', content: [found] }]),
  ];
  const tools = [{ name: 'ToolSearch', input_schema: { type: 'object' } }];
  assert.deepEqual(chatMessages({ messages, tools }).slice(2).map(textOf), ['tool: Found the tool WebFetch.']);
  assert.match(
    JSON.stringify(sent({ messages, tools })),
    /"content":\[{"type":"tool_reference","tool_name":"WebFetch"}\]/,
  );
});

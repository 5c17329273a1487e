import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { PARAMETERS } from '../call/parameters.ts';
import { openaiChatClient } from '../dialects/openai-chat/index.ts';
import { MESSAGE, PART } from './contract/message.ts';
import { ANSWER, replyIn, streamIn } from './contract/response.ts';
import { PROVIDER_FIELDS } from './contract/routing.ts';
import { CLIENTS, nameIn } from './contract/support.ts';
import { PARAMETER_GROUPS, REQUEST_GROUPS } from './contract.ts';

const fields = REQUEST_GROUPS.flatMap((group) => group.fields);
const messages = [{ role: 'user', content: 'Hello' }];
const NO_REQUEST = { headers: {}, params: {} };

test('no field is described twice', () => {
  const names = fields.map((field) => field.name);
  assert.deepEqual(names, [...new Set(names)]);
});

test('every parameter that a model can list is described where its page links to', () => {
  const described = new Set(PARAMETER_GROUPS.flatMap((group) => group.fields.map((field) => field.name)));
  assert.deepEqual(
    PARAMETERS.filter((parameter) => !described.has(parameter)),
    [],
  );
});

for (const field of fields.filter((candidate) => !PROVIDER_FIELDS.includes(candidate) && candidate.name !== 'prompt'))
  test(`the example of ${field.name} is taken`, () => {
    assert.notEqual(field.example, undefined);
    const more = field.name === 'top_logprobs' ? { logprobs: true } : {};
    const body = { model: 'a/b', messages, ...more, [field.name]: field.example } as JsonObject;
    const decoded = openaiChatClient.decodeCall(body, NO_REQUEST);
    assert.equal(decoded.ok, true, decoded.ok ? '' : decoded.error.message);
  });

for (const field of PROVIDER_FIELDS)
  test(`the example of ${field.name} is taken`, () => {
    const provider = { [field.name.replace('provider.', '')]: field.example } as JsonObject;
    const decoded = openaiChatClient.decodeCall({ model: 'a/b', messages, provider }, NO_REQUEST);
    assert.equal(decoded.ok, true, decoded.ok ? '' : decoded.error.message);
    assert.notEqual(decoded.ok && decoded.value.gateway.provider, undefined);
  });

const said = (message: unknown) =>
  openaiChatClient.decodeCall({ model: 'a/b', messages: [message] } as JsonObject, NO_REQUEST);

for (const field of MESSAGE.fields)
  test(`the message that shows ${field.name} is taken`, () => {
    const decoded = said(field.example);
    assert.equal(decoded.ok, true, decoded.ok ? '' : decoded.error.message);
  });

for (const field of PART.fields)
  test(`the part that shows ${field.name} is taken`, () => {
    const decoded = said({ role: 'user', content: [field.example] });
    assert.equal(decoded.ok && decoded.value.messages[0]?.parts.length, 1);
  });

test('a field is found where each dialect keeps it, by asking the dialect', () => {
  const named = (name: string): (string | null)[] => {
    const field = fields.find((candidate) => candidate.name === name);
    assert.ok(field);
    return CLIENTS.map(({ id }) => nameIn(id, field));
  };
  assert.deepEqual(named('top_p'), ['top_p', 'top_p', 'top_p', 'generationConfig.topP', 'top_p', 'options.top_p']);
  assert.deepEqual(
    named('session_id'),
    CLIENTS.map(() => 'session_id'),
  );
  assert.deepEqual(named('min_p'), ['min_p', 'min_p', null, null, 'min_p', 'options.min_p']);
  assert.deepEqual(named('stop').slice(2, 4), ['stop_sequences', 'generationConfig.stopSequences']);
});

for (const { name } of ANSWER.fields)
  test(`an answer has ${name}`, () => {
    let value: unknown = replyIn('openai-chat');
    for (const step of name.split('.')) value = (value as Record<string, unknown>)[step];
    assert.notEqual(value, undefined);
  });

test('the shown answer says the same in every dialect, whole and streamed', () => {
  for (const { id } of CLIENTS) {
    assert.match(JSON.stringify(replyIn(id)), /The Loire\./, id);
    assert.match(streamIn(id), /"The "[\s\S]*"Loire\."/, id);
  }
});

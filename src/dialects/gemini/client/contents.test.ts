import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../base/json.ts';
import type { Message } from '../../../call/message.ts';
import { geminiClient } from './index.ts';

function messagesOf(contents: JsonObject[]): readonly Message[] {
  const params = { '*': 'author/model:streamGenerateContent' };
  const call = geminiClient.decodeCall({ contents }, { headers: {}, params });
  assert(call.ok, call.ok ? '' : call.error.message);
  assert.equal(call.value.stream, true);
  return call.value.messages;
}
const idsOf = (messages: readonly Message[]) =>
  messages.flatMap((message) => {
    if (message.role === 'tool') return [message.callId];
    return message.parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []));
  });

test('calls without ids get some, and their responses match by name in the order of the calls', () => {
  const call = (name: string) => ({ functionCall: { name, args: {} } });
  const response = (name: string) => ({ functionResponse: { name, response: { output: name } } });
  const messages = messagesOf([
    { role: 'user', parts: [{ text: 'Go' }] },
    { role: 'model', parts: [call('a'), call('b'), call('a')] },
    { role: 'function', parts: [response('a'), response('a'), response('b')] },
  ]);
  assert.deepEqual(idsOf(messages), ['call_0', 'call_1', 'call_2', 'call_0', 'call_2', 'call_1']);
});

test('a result may be an error or any object, with pictures', () => {
  const inlineData = { mimeType: 'image/png', data: 'AAAA' };
  const messages = messagesOf([
    {
      parts: [
        { functionResponse: { id: 'x', name: 'f', response: { error: 'broken' } } },
        { functionResponse: { id: 'y', name: 'g', response: { n: 1 }, parts: [{ inlineData }] } },
        { text: 'What now?' },
      ],
    },
  ]);
  const source = { kind: 'base64', mediaType: 'image/png', data: 'AAAA' };
  assert.deepEqual(messages, [
    { role: 'tool', callId: 'x', parts: [{ type: 'text', text: 'broken' }], isError: true, name: 'f' },
    {
      role: 'tool',
      callId: 'y',
      parts: [
        { type: 'text', text: '{"n":1}' },
        { type: 'image', source },
      ],
      name: 'g',
    },
    { role: 'user', parts: [{ type: 'text', text: 'What now?' }] },
  ]);
});

test('only the generating methods are taken', () => {
  const decode = (tail: string) =>
    geminiClient.decodeCall({ contents: [{ parts: [{ text: 'x' }] }] }, { headers: {}, params: { '*': tail } });
  const taken = decode('author/model:free:generateContent');
  assert.deepEqual(taken.ok && [taken.value.model, taken.value.stream], ['author/model:free', false]);
  for (const tail of ['author/model', 'author/model:countTokens', 'author/model:embedContent', ':generateContent', ''])
    assert.equal(decode(tail).ok, false, tail);
});

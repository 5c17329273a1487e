import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../call/message.ts';
import type { DialectId } from '../catalog/dialect-table.ts';
import { inOrder } from './conversation.ts';
import { sampleCall, sampleTraits } from './samples.ts';

const said = (role: 'user' | 'developer', text: string): Message => ({ role, parts: [{ type: 'text', text }] });
const calls = (...ids: string[]): Message => ({
  role: 'assistant',
  parts: ids.map((id) => ({ type: 'tool-call', id, name: `f_${id}`, arguments: '{}' })),
});
const result = (callId: string, text = callId): Message => ({ role: 'tool', callId, parts: [{ type: 'text', text }] });

/** One word for each message: `user`, `call a b`, `result a = text`. */
function told(messages: readonly Message[]): string[] {
  return messages.map((message) => {
    const texts = message.parts.map((part) => (part.type === 'tool-call' ? part.id : 'text' in part ? part.text : ''));
    if (message.role === 'tool') return `result ${message.callId} = ${texts.join()}`;
    return message.role === 'assistant' ? `call ${texts.join(' ')}` : texts.join();
  });
}
const ordered = (messages: readonly Message[], id: DialectId = 'openai-chat'): string[] =>
  told(inOrder(sampleCall({ messages }), sampleTraits(id)).messages);

test('a conversation in order is the same call', () => {
  for (const messages of [
    [said('user', 'go'), calls('a', 'b'), result('b'), result('a'), said('user', 'more'), calls('c'), result('c')],
    [said('user', 'go'), calls('a'), said('user', 'never mind'), calls('b'), result('b')],
    [said('user', 'go')],
  ]) {
    const call = sampleCall({ messages });
    assert.equal(inOrder(call, sampleTraits('cohere-chat')), call);
  }
});

test('results stand behind the calls of their turn, what was said meanwhile behind the last result', () => {
  const swapped = [said('user', 'go'), calls('a', 'b'), result('b'), said('user', 'between'), result('a')];
  assert.deepEqual(ordered(swapped), ['go', 'call a b', 'result b = b', 'result a = a', 'between']);
});

test('calls of one turn with a word between them stay one turn; items may stand as they are', () => {
  const items = [
    ...[said('user', 'go'), calls('a'), said('developer', 'word'), calls('b'), said('user', 'more')],
    ...[result('b'), result('a'), said('user', 'on')],
  ];
  const want = ['go', 'call a b', 'result b = b', 'result a = a', 'word', 'more', 'on'];
  assert.deepEqual(ordered(items), want);
  assert.deepEqual(ordered(items, 'anthropic-messages'), want);
  assert.deepEqual(ordered(items, 'openai-responses'), told(items));
});

test('a call whose result never comes holds nothing up', () => {
  const cut = [said('user', 'go'), calls('lost'), said('user', 'on'), calls('a'), said('user', 'word'), result('a')];
  assert.deepEqual(ordered(cut), ['go', 'call lost', 'on', 'call a', 'result a = a', 'word']);
});

test('an id used again is another’s: on the call, its thought and its result', () => {
  const thought = {
    type: 'reasoning',
    kind: 'encrypted',
    id: 'call_0',
    text: 's',
    format: 'google-gemini-v1',
  } as const;
  const second: Message = { role: 'assistant', parts: [thought, { ...firstCall, name: 'b' }] };
  const again = [calls('call_0'), result('call_0', 'one'), second, result('call_0', 'two'), calls('call_0_2')];
  const { messages } = inOrder(sampleCall({ messages: again }), sampleTraits('bedrock-converse'));
  assert.deepEqual(
    messages.map((message) => (message.role === 'tool' ? message.callId : message.parts.map((part) => idOf(part)))),
    [['call_0'], 'call_0', ['call_0_3', 'call_0_3'], 'call_0_3', ['call_0_2']],
  );
});
const firstCall = { type: 'tool-call', id: 'call_0', name: 'a', arguments: '{}' } as const;
const idOf = (part: Message['parts'][number]): string | undefined => ('id' in part ? part.id : undefined);

test('parallel calls without ids get one each, and their results in order', () => {
  const bare = [calls('', ''), result('', 'one'), result('', 'two')];
  assert.deepEqual(ordered(bare), ['call  _2', 'result  = one', 'result _2 = two']);
});

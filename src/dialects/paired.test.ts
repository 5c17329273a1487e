import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../call/message.ts';
import { paired } from './paired.ts';
import { sampleCall } from './samples.ts';

const said = (role: 'user' | 'developer' | 'assistant', text: string): Message => ({
  role,
  parts: [{ type: 'text', text }],
});
const calls = (...ids: string[]): Message => ({
  role: 'assistant',
  parts: ids.map((id) => ({ type: 'tool-call', id, name: `f_${id}`, arguments: '{}' })),
});
const result = (callId: string, text: string): Message => ({ role: 'tool', callId, parts: [{ type: 'text', text }] });

/** One word for each message, `call a b`, `a = text` or what was said; and the fields that were told. */
function told(messages: readonly Message[]): { said: string[]; lost: string[] } {
  const whole = paired(sampleCall({ messages }));
  const lines = (whole?.call.messages ?? messages).map((message) => {
    const texts = message.parts.map((part) => (part.type === 'tool-call' ? part.id : 'text' in part ? part.text : ''));
    if (message.role === 'tool') return `${message.callId} = ${texts.join(' + ')}`;
    return message.parts.some(({ type }) => type === 'tool-call') ? `call ${texts.join(' ')}` : texts.join(' ');
  });
  return { said: lines, lost: (whole?.losses ?? []).map(({ field }) => field) };
}
const NONE = 'No result was given for this call.';

test('a conversation whose calls have their results is left as it is', () => {
  for (const messages of [
    [said('user', 'go')],
    [said('user', 'go'), calls('a', 'b'), result('b', 'two'), result('a', 'one'), said('user', 'on')],
    [calls('a'), said('developer', 'word'), calls('b'), result('a', 'one'), result('b', 'two')],
  ])
    assert.equal(paired(sampleCall({ messages })), undefined);
});

test('a call without a result has one that says so, before anything else is said', () => {
  assert.deepEqual(told([said('user', 'go'), calls('a'), said('user', 'never mind')]), {
    said: ['go', 'call a', `a = ${NONE}`, 'never mind'],
    lost: ['messages[1].tool_calls'],
  });
  assert.deepEqual(told([said('user', 'go'), calls('a', 'b'), result('b', 'two')]), {
    said: ['go', 'call a b', 'b = two', `a = ${NONE}`],
    lost: ['messages[1].tool_calls'],
  });
  const whole = paired(sampleCall({ messages: [said('user', 'go'), calls('a')] }));
  assert.deepEqual(whole?.call.messages[2], {
    role: 'tool',
    callId: 'a',
    parts: [{ type: 'text', text: NONE }],
    isError: true,
  });
});

test('a result without its call, where a conversation was cut, is a user’s words behind the results of others', () => {
  assert.deepEqual(told([result('lost', 'found'), said('user', 'go')]), {
    said: ['Result of an earlier tool call (lost): found', 'go'],
    lost: ['messages[0]'],
  });
  assert.deepEqual(told([said('user', 'go'), calls('a'), result('lost', 'found'), result('a', 'one')]), {
    said: ['go', 'call a', 'a = one', 'Result of an earlier tool call (lost): found'],
    lost: ['messages[2]'],
  });
});

test('two results of one call are one', () => {
  assert.deepEqual(
    told([said('user', 'go'), calls('a'), result('a', 'one'), result('a', 'more'), said('user', 'on')]),
    {
      said: ['go', 'call a', 'a = one + more', 'on'],
      lost: ['messages[3]'],
    },
  );
});

test('items that stand in another order keep their results where one of them is missing', () => {
  const items = [calls('a'), said('developer', 'word'), calls('b'), result('a', 'one'), said('user', 'on')];
  assert.deepEqual(told(items), {
    said: ['call a b', 'a = one', `b = ${NONE}`, 'word', 'on'],
    lost: ['messages[0].tool_calls'],
  });
});

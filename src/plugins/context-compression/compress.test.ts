import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../../call/call.ts';
import type { Message } from '../../call/message.ts';
import { compress } from './compress.ts';

/** Words are tokens here, and each message costs one more. */
const count = ({ messages, tools }: Call): number =>
  messages.reduce(
    (sum, { parts }) =>
      sum + 1 + parts.reduce((words, part) => words + (part.type === 'text' ? part.text.split(/\s+/).length : 3), 0),
    tools.length * 10,
  );
const words = (text: string, times: number): string =>
  Array.from({ length: times }, (_, at) => `${text}${at}`).join(' ');
const says = (role: 'user' | 'assistant' | 'system', text: string): Message => ({
  role,
  parts: [{ type: 'text', text }],
});
const calls = (id: string): Message => ({
  role: 'assistant',
  parts: [{ type: 'tool-call', id, name: 'look', arguments: '{}' }],
});
const found = (callId: string, text: string): Message => ({ role: 'tool', callId, parts: [{ type: 'text', text }] });
const callOf = (messages: readonly Message[], more: Partial<Call> = {}): Call =>
  ({ messages, tools: [], output: { type: 'text' }, ...more }) as never;
const textsOf = ({ messages }: Call): string[] =>
  messages.map(({ parts }) => parts.map((part) => (part.type === 'text' ? part.text : part.type)).join());

const LONG: readonly Message[] = [
  says('system', 'Be kind.'),
  ...Array.from({ length: 9 }, (_, at) => says(at % 2 === 0 ? 'user' : 'assistant', words(`${at}-`, 10))),
];

test('whole turns go from the middle, as few as have to', () => {
  const one = compress(callOf(LONG), 92, count);
  assert.deepEqual([one?.dropped, one?.shortened], [1, 0]);
  assert.deepEqual(
    textsOf(one?.call ?? callOf([])).map((text) => text[0]),
    ['B', '0', '1', '2', '3', '5', '6', '7', '8'],
  );
  const most = compress(callOf(LONG), 30, count);
  assert.deepEqual(
    textsOf(most?.call ?? callOf([])).map((text) => text[0]),
    ['B', '0', '8'],
    'instructions, the first turn and the last one stay',
  );
});

test('a call of a tool goes with its results, and never alone', () => {
  const messages = [
    says('user', 'What is new?'),
    calls('a'),
    found('a', words('x', 50)),
    calls('b'),
    found('b', words('y', 50)),
    says('assistant', 'Not much.'),
    calls('c'),
    found('c', 'z'),
  ];
  for (let most = 12; most < 130; most += 3) {
    const { call } = compress(callOf(messages), most, count) ?? {};
    if (!call) continue;
    assert(count(call) <= most);
    const asked = call.messages.flatMap(({ parts }) =>
      parts.flatMap((part) => (part.type === 'tool-call' ? part.id : [])),
    );
    const answered = call.messages.flatMap((message) => (message.role === 'tool' ? message.callId : []));
    assert.deepEqual(asked, answered, `at ${most}`);
    assert(asked.includes('c'), 'the results that the model is to answer now');
  }
});

test('where no more turns can go, the middle of the longest text does', () => {
  const text = words('word', 1_000);
  const { call, dropped, shortened } =
    compress(callOf([says('system', 'Be kind.'), says('user', text)]), 300, count) ?? {};
  assert(call && count(call) <= 300 && count(call) > 200, `${call && count(call)}`);
  assert.deepEqual([dropped, shortened], [0, 1]);
  const [rule, cut = ''] = textsOf(call);
  assert.equal(rule, 'Be kind.');
  assert(cut.startsWith('word0 word1 ') && cut.endsWith(' word998 word999') && cut.includes('\n[…]\n'));
});

test('no character is cut in two', () => {
  const { call } = compress(callOf([says('user', '🙂 '.repeat(2_000))]), 500, count) ?? {};
  assert(call && textsOf(call).join('').isWellFormed());
});

test('what cannot be made to fit is said to be so', () => {
  assert.equal(compress(callOf([says('user', 'Hi')], { tools: Array.from({ length: 9 }) as never }), 50, count), null);
  const image: Message = {
    role: 'user',
    parts: [{ type: 'image', source: { kind: 'url', url: 'https://a.example/b' } }],
  };
  assert.equal(compress(callOf([image]), 2, count), null);
});

test('what fits stays as it is', () => {
  const call = callOf(LONG);
  assert.deepEqual(textsOf(compress(call, 1_000, count)?.call ?? callOf([])), textsOf(call));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../base/json.ts';
import type { Message, ToolMessage, UserPart } from '../../../call/message.ts';
import { type SampleTarget, sampleTarget } from '../../samples.ts';
import { newWriter } from './messages.ts';
import { writeMessages } from './turns.ts';

function written(messages: readonly Message[], options: SampleTarget = {}) {
  const writer = newWriter(sampleTarget('openai-chat', options), new Map(), []);
  return { messages: writeMessages(writer, messages), lost: writer.losses.map(({ field }) => field) };
}

const text = (words: string) => ({ type: 'text', text: words }) as const;
const PICTURE: ToolMessage['parts'][number] = {
  type: 'image',
  source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' },
};
const calls = (...ids: string[]): Message => ({
  role: 'assistant',
  parts: ids.map((id) => ({ type: 'tool-call', id, name: 'look', arguments: '{}' })),
});
const result = (callId: string, ...parts: ToolMessage['parts'][number][]): Message => ({ role: 'tool', callId, parts });
const user = (...parts: UserPart[]): Message => ({ role: 'user', parts });
const URL = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };

test('pictures of results are shown by a user’s message behind them, since only users may show pictures', () => {
  const { messages } = written([
    calls('a', 'b'),
    result('a', PICTURE),
    result('b', text('see'), PICTURE),
    user(text('on')),
  ]);
  assert.deepEqual(messages.slice(1), [
    { role: 'tool', tool_call_id: 'a', content: '(shown below)' },
    { role: 'tool', tool_call_id: 'b', content: 'see' },
    {
      role: 'user',
      content: [text('Result of the tool call a:'), URL, text('Result of the tool call b:'), URL],
    },
    { role: 'user', content: 'on' },
  ]);
});

test('so they are where the conversation goes on with an answer, and behind Mistral’s bridge', () => {
  const { messages } = written([calls('a'), result('a', PICTURE), calls('b'), result('b', text('x'))], {
    dialect: { quirks: ['answer-after-tools'] },
  });
  assert.deepEqual(
    messages.map(({ role }) => role),
    ['assistant', 'tool', 'assistant', 'user', 'assistant', 'tool'],
  );
});

test('gateways are sent the pictures where they are', () => {
  const { messages } = written([calls('a'), result('a', PICTURE)], { dialect: { quirks: ['reasoning-details'] } });
  assert.deepEqual(messages[1]?.content, [URL]);
});

function argumentsOf(message: JsonObject | undefined): string | undefined {
  const calls = (message?.tool_calls ?? []) as { function: { arguments: string } }[];
  return calls[0]?.function.arguments;
}

test('the arguments of earlier calls are JSON objects, whatever a model once wrote', () => {
  const sent = (argument: string) => {
    const call = { type: 'tool-call', id: 'a', name: 'look', arguments: argument } as const;
    const { messages, lost } = written([{ role: 'assistant', parts: [call] }, result('a', text('x'))]);
    return [argumentsOf(messages[0]), lost.length];
  };
  assert.deepEqual(sent('{"q":1}'), ['{"q":1}', 0]);
  for (const nothing of ['', ' ', 'null']) assert.deepEqual(sent(nothing), ['{}', 0]);
  for (const odd of ['{"q":', '[1]', '"x"']) assert.deepEqual(sent(odd), [JSON.stringify({ arguments: odd }), 1]);
});

test('messages and parts that say nothing are left out, unless nothing else is said', () => {
  const { messages, lost } = written([user(text('')), user(text(''), text('and?')), user()]);
  assert.deepEqual(messages, [{ role: 'user', content: [text('and?')] }]);
  assert.deepEqual(lost, ['messages[0]', 'messages[2]']);
  assert.deepEqual(written([user(text(''))]).messages, [{ role: 'user', content: '' }]);
});

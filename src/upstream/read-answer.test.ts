import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../base/fault.ts';
import type { DialectId } from '../catalog/dialect-table.ts';
import { DIALECTS } from '../dialects/registry.ts';
import { sampleCall, sampleTarget, sampleUpstream } from '../dialects/samples.ts';
import { readAnswer } from './read-answer.ts';

const IDS: readonly DialectId[] = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'bedrock-invoke-anthropic',
  'gemini',
  'bedrock-converse',
  'cohere-chat',
  'ollama',
];

for (const id of IDS)
  test(`${id}: an error under status 200 is a fault, in the provider’s words`, () => {
    const context = sampleUpstream(sampleTarget(id), sampleCall({ stream: false }));
    const faults: Fault[] = [];
    const reader = readAnswer(
      { ...context, dialect: DIALECTS.of('chat', id) },
      { 'content-type': 'application/json' },
      { events: () => assert.fail(), replied: () => assert.fail(), failed: (value) => faults.push(value) },
    );
    reader.push(Buffer.from('{"error":{"message":"Inner boom."},"message":"Inner boom."}'));
    reader.end();
    assert.equal(faults.length, 1);
    assert.match(`${faults[0]?.code}: ${faults[0]?.message}`, /^upstream_server_error: .*Inner boom\./);
  });

test('a stream that answers a call for none is folded', () => {
  const context = sampleUpstream(sampleTarget('openai-chat'), sampleCall({ stream: false }));
  const replies: unknown[] = [];
  const reader = readAnswer(
    { ...context, dialect: DIALECTS.of('chat', 'openai-chat') },
    { 'content-type': 'text/event-stream; charset=utf-8' },
    {
      events: () => assert.fail(),
      replied: ({ choices }) => replies.push(choices[0]?.parts),
      failed: () => assert.fail(),
    },
  );
  for (const text of ['a', 'b']) reader.push(Buffer.from(`data: {"choices":[{"delta":{"content":"${text}"}}]}\n\n`));
  reader.push(Buffer.from('data: [DONE]\n\n'));
  reader.end();
  assert.deepEqual(replies, [[{ type: 'text', text: 'ab' }]]);
});

test('what a stream’s header promises is not always what comes', () => {
  const read = (type: string, body: string): string[] => {
    const seen: string[] = [];
    const reader = readAnswer(
      { ...sampleUpstream(sampleTarget('openai-chat')), dialect: DIALECTS.of('chat', 'openai-chat') },
      { 'content-type': type },
      {
        events: (events) => seen.push(...events.map((event) => event.type)),
        replied: () => assert.fail(),
        failed: (value) => seen.push(`${value.code}: ${value.message}`),
      },
    );
    for (const byte of Buffer.from(body)) reader.push(Buffer.from([byte]));
    reader.end();
    return seen;
  };
  const error = '\n {"error":{"message":"Full","code":"rate_limit_exceeded"}}';
  assert.deepEqual(read('text/event-stream', error), ['upstream_rate_limit: Full']);
  const stream = 'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
  assert.deepEqual(read('application/json', stream), ['start', 'text', 'finish', 'end']);
});

test('a whole answer is read by what it begins with, whatever its header says', () => {
  const read = (id: DialectId, type: string, body: string): unknown => {
    let told: unknown;
    const context = sampleUpstream(sampleTarget(id), sampleCall({ stream: false }));
    const reader = readAnswer(
      { ...context, dialect: DIALECTS.of('chat', id) },
      { 'content-type': type },
      {
        events: () => assert.fail(),
        replied: ({ choices }) => (told = choices[0]?.parts.map((part) => ('text' in part ? part.text : ''))),
        failed: ({ message }) => (told = message),
      },
    );
    reader.push(Buffer.from(body));
    reader.end();
    return told;
  };
  const chunk = (text: string) => `{"choices":[{"index":0,"delta":{"content":"${text}"},"finish_reason":"stop"}]}`;
  const events = `data: ${chunk('a')}\n\ndata: [DONE]\n\n`;
  for (const type of ['application/json', 'text/plain', '', 'text/event-stream'])
    for (const body of [
      events,
      `: hello\n\n${events}`,
      `\n\n${events}`,
      `\ufeff${events}`,
      `event: message\r\n${events}`,
    ])
      assert.deepEqual(read('openai-chat', type, body), ['a'], JSON.stringify([type, body]));
  const whole = '{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]}';
  for (const type of ['text/event-stream', 'text/plain'])
    assert.deepEqual(read('openai-chat', type, whole), ['a'], type);
  assert.match(String(read('openai-chat', 'text/plain', 'no such page')), /not JSON/);
  const lines = [
    '{"model":"m","message":{"content":"a"},"done":false}',
    '{"model":"m","message":{"content":"b"},"done":true}',
  ];
  assert.deepEqual(read('ollama', 'application/json', lines.join('\n')), ['ab']);
  assert.deepEqual(read('ollama', 'application/x-ndjson', lines[1] ?? ''), ['b']);
});

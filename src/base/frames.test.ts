import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAwsSplitter, encodeAwsFrame } from './aws-event-stream.ts';
import type { Frame, FrameSplitter, Framing } from './frame.ts';
import { createSplitter } from './frames.ts';
import { createNdjsonSplitter } from './ndjson.ts';
import { createSseSplitter } from './sse.ts';

function framesOf(splitter: FrameSplitter, bytes: Uint8Array, size = bytes.length): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; at += size) frames.push(...splitter.push(bytes.subarray(at, at + size)));
  return [...frames, ...splitter.end()];
}

const sse = (text: string): Frame[] => framesOf(createSseSplitter(), Buffer.from(text));
const data = (text: string): Frame => ({ event: null, data: text });

test('SSE: fields, comments, joined data lines, unknown fields', () => {
  assert.deepEqual(sse(': hello\n\nevent: ping\nid: 7\nretry: 3\ndata: a\ndata:b\ndata\n\ndata:  c\n\n'), [
    { event: 'ping', data: 'a\nb\n' },
    data(' c'),
  ]);
});

test('SSE: an event without data is none, and its name does not leak into the next', () => {
  assert.deepEqual(sse('event: start\n\ndata: x\n\n'), [data('x')]);
  assert.deepEqual(sse('data:\n\n'), [data('')]);
  assert.deepEqual(sse('database: x\n\neventual: y\n\n'), []);
});

test('SSE: every line end, also mixed', () => {
  for (const text of [
    'data: a\n\ndata: b\n\n',
    'data: a\r\rdata: b\r\r',
    'data: a\r\n\r\ndata: b\r\n\r\n',
    'data: a\r\n\ndata: b\n\r\n',
  ])
    assert.deepEqual(sse(text), [data('a'), data('b')], JSON.stringify(text));
});

test('SSE: a byte order mark at the start only; a last event without its blank line', () => {
  assert.deepEqual(sse('\ufeffdata: a\n\ndata: \ufeffb'), [data('a'), data('\ufeffb')]);
});

test('SSE: an event beyond the limit gives one exception frame and nothing more', () => {
  const text = Buffer.from(`data: a\n\ndata: ${'x'.repeat(30)}\n\ndata: b\n\n`);
  for (const size of [1, 7, 20, text.length]) {
    const frames = framesOf(createSseSplitter(32), text, size);
    assert.deepEqual(frames.slice(0, 1), [data('a')]);
    assert.equal(frames.length, 2);
    assert.equal(frames[1]?.exception, true);
  }
  const parts = Buffer.from(`data: 0123456789\n`.repeat(5));
  assert.equal(framesOf(createSseSplitter(64), parts)[0]?.exception, true, 'many short lines are one event');
});

test('NDJSON: lines, blank lines, a last line without its end, the limit', () => {
  assert.deepEqual(framesOf(createNdjsonSplitter(), Buffer.from('{"a":1}\n\r\n{"b":2}\r\n{"c":3}')), [
    data('{"a":1}'),
    data('{"b":2}'),
    data('{"c":3}'),
  ]);
  assert.equal(framesOf(createNdjsonSplitter(8), Buffer.from(`{"a":"0123456789"}\n`))[0]?.exception, true);
});

const awsFrames: readonly Frame[] = [
  { event: 'contentBlockDelta', data: '{"delta":{"text":"héllo 🌍"}}' },
  { event: 'messageStop', data: '{}' },
  { event: 'throttlingException', data: '{"message":"slow down"}', exception: true },
];
const awsBytes = Buffer.concat(awsFrames.map(encodeAwsFrame));

test('AWS: encoded frames come back', () => {
  assert.deepEqual(framesOf(createAwsSplitter(), awsBytes), awsFrames);
});

test('AWS: a documented message with known checksums', () => {
  // The empty message of the Smithy specification's test vectors.
  const empty = Buffer.from('000000100000000005c248eb7d98c8ff', 'hex');
  assert.deepEqual(framesOf(createAwsSplitter(), empty), [data('')]);
});

test('AWS: a flipped byte anywhere is an exception, never a wrong frame', () => {
  const one = encodeAwsFrame(awsFrames[0] as Frame);
  for (let at = 0; at < one.length; at++) {
    const bytes = Buffer.from(one);
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    const frames = framesOf(createAwsSplitter(), Buffer.concat([bytes, awsBytes]));
    assert.equal(frames.length, 1, `byte ${at}`);
    assert.equal(frames[0]?.exception, true, `byte ${at}`);
  }
});

test('AWS: a message beyond the limit is refused by its prelude alone', () => {
  const frames = createAwsSplitter(64).push(encodeAwsFrame({ event: 'x', data: 'y'.repeat(100) }).subarray(0, 12));
  assert.equal(frames[0]?.exception, true);
});

test('no chunking of the same bytes changes the frames', () => {
  const text = Buffer.from('\ufeffevent: a\r\ndata: é🌍\r\n\r\n: c\r\rdata: 1\ndata: 2\n\ndata: last');
  const cases: readonly (readonly [Framing, Buffer])[] = [
    ['sse', text],
    ['ndjson', Buffer.from('{"a":"é🌍"}\r\n\n{"b":1}\r{"c":2}')],
    ['aws-event-stream', awsBytes],
  ];
  for (const [framing, bytes] of cases) {
    const whole = framesOf(createSplitter(framing), bytes);
    assert.ok(whole.length >= 3);
    for (let size = 1; size < bytes.length; size++)
      assert.deepEqual(framesOf(createSplitter(framing), bytes, size), whole, `${framing} in pieces of ${size}`);
  }
});

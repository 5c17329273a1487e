import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putBack, setAside } from './blobs.ts';

const LONG = 'QUJD'.repeat(25_000);
const url = (data: string, type = 'image/png'): string => `data:${type};base64,${data}`;
const body = (...urls: readonly string[]): Buffer =>
  Buffer.from(JSON.stringify({ text: 'What is ü?', urls: urls.map((url) => ({ url })), stream: true }));

/** The bytes in chunks of this size. */
const chunked = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
const whole = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString();

test('what is set aside comes back byte for byte, however the body is cut', () => {
  const bytes = body(url(LONG), url('QUJD'), url(`${LONG}QQ==`, 'application/pdf'), 'https://a.test/b.png');
  for (const size of [bytes.length, 65_536, 16_384, 1_000, 997]) {
    const { rest, blobs } = setAside(chunked(bytes, size));
    const value = JSON.parse(rest.toString());
    assert.equal(whole(putBack(JSON.stringify(value), blobs)), bytes.toString(), `in chunks of ${size}`);
    if (size >= 16_384) assert.equal(blobs.length, 2);
    if (size >= 16_384) assert.ok(rest.length < 500);
  }
});

test('a head that a chunk cuts leaves its value where it was', () => {
  const bytes = body(url(LONG));
  const cut = bytes.indexOf(';base64,') + 3;
  const { rest, blobs } = setAside([bytes.subarray(0, cut), bytes.subarray(cut)]);
  assert.equal(rest.toString(), bytes.toString());
  assert.equal(blobs.length, 0);
});

test('only plain, long, closed values of media are set aside', () => {
  for (const raw of [
    body(url('QUJD'.repeat(1_000))),
    body(url(LONG, 'text/plain')),
    body(`see ${url(LONG)}`),
    Buffer.from(JSON.stringify({ text: url(LONG) })),
    Buffer.from(`{"url":"data:image/png;base64,${LONG}\\u0041"}`),
    Buffer.from(`{"url":"data:image/png;base64,${LONG}\u0001"}`),
    Buffer.from(`{"url":"data:image/png;base64,${LONG}ü"}`),
    Buffer.from(`{"url":"data:image/png;base64,${LONG}`),
  ])
    for (const chunks of [[raw], chunked(raw, 10_001)]) {
      const { rest, blobs } = setAside(chunks);
      assert.equal(blobs.length, 0, raw.toString().slice(0, 60));
      assert.equal(rest.toString(), raw.toString());
    }
});

test('a mark that a caller made up is text, unless it means a blob of the same call', () => {
  const { blobs } = setAside([body(url(LONG))]);
  assert.equal(whole(putBack('{"a":"switchwright/blob/1/"}', blobs)), '{"a":"switchwright/blob/1/"}');
  assert.equal(whole(putBack('{"a":"switchwright/blob/0/"}', blobs)), `{"a":"${LONG}"}`);
  assert.equal(
    whole(putBack('{"a":"switchwright/blob/99999999999999999999/"}', [])),
    '{"a":"switchwright/blob/99999999999999999999/"}',
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Blob, headOf, markOf, partsOf, putBack, restored, textMarkOf } from './blobs.ts';

const whole = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString();
const TEXT = 'He said: "C:\\new\n\u0000\u007f é 中 😀 \ud800"';
/** The inside of the text's JSON, in pieces that cut characters and escapes. */
const inside: Blob = [...Buffer.from(JSON.stringify(TEXT).slice(1, -1))].map((byte) => Buffer.from([byte]));
const blobs: readonly Blob[] = [inside, [Buffer.from('QUJD'), Buffer.from('REVG')]];

test('a text is put back right however often it is written as JSON inside of JSON', () => {
  let value: unknown = { text: `before ${textMarkOf(0)}\\` };
  let wanted: unknown = { text: `before ${TEXT}\\` };
  for (let times = 1; times <= 4; times++) {
    const written = whole(putBack(JSON.stringify(value), blobs));
    assert.deepEqual(JSON.parse(written), wanted, `${times} times`);
    value = { again: JSON.stringify(value) };
    wanted = { again: JSON.stringify(wanted) };
  }
});

test('media are put back as they are, behind their head', () => {
  const written = whole(putBack(JSON.stringify({ url: `data:image/png;base64,${markOf(1)}` }), blobs));
  assert.equal(written, '{"url":"data:image/png;base64,QUJDREVG"}');
  assert.equal(headOf(markOf(1), blobs, 6), 'QUJDRE');
  assert.equal(headOf('QUJD', blobs, 2), 'QU');
});

test('what is read is read whole, and what is measured consists of what it is', () => {
  const text = `a${textMarkOf(0)}b${markOf(1)}c`;
  assert.equal(restored(text, blobs), `a${TEXT}bQUJDREVGc`);
  assert.deepEqual(partsOf(text, blobs), { text: 'abc', kept: blobs });
  assert.deepEqual(partsOf('abc', blobs), { text: 'abc', kept: [] });
});

test('a mark that a caller makes up is text: nobody outside knows how one begins', () => {
  for (const made of ['switchwright/blob/0/', `switchwright/blob/${'0'.repeat(24)}/0/`, '/\\switchwright/blob/0/']) {
    const json = JSON.stringify({ a: made });
    assert.equal(whole(putBack(json, blobs)), json);
    assert.equal(restored(made, blobs), made);
  }
  assert.equal(restored(markOf(9), blobs), markOf(9));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nestingOf, parseBody, parseWholeBody } from './json.ts';

const parse = (text: string | Uint8Array) => parseBody(typeof text === 'string' ? Buffer.from(text) : text, 8);

test('a body is an object in valid UTF-8, with or without a byte order mark', () => {
  assert.deepEqual(parse('{"a":"é"}'), { ok: true, value: { a: 'é' } });
  assert.deepEqual(parse('\uFEFF{"a":1}'), { ok: true, value: { a: 1 } });
  for (const wrong of ['', 'null', '[]', '"x"', '{"a":', '{a:1}', new Uint8Array([0x7b, 0xff, 0x7d])]) {
    const read = parse(wrong);
    assert(!read.ok, String(wrong));
    assert.equal(read.error.code, 'invalid_request');
  }
});

test('nesting is bounded, and brackets inside strings do not count', () => {
  assert.equal(nestingOf('{"a":[[{}]]}', 99), 4);
  assert.equal(nestingOf('{"a":"[[[[\\\\\\"[[["}', 99), 1);
  assert.equal(parse(`{"a":${'['.repeat(8)}${']'.repeat(8)}}`).ok, false);
  assert.equal(parse(`{"a":${'['.repeat(7)}${']'.repeat(7)}}`).ok, true);
  assert.equal(nestingOf('['.repeat(1_000_000), 128), 129);
  assert.equal(nestingOf(`{"a":"${'x'.repeat(1_000_000)}`, 128), 1, 'a string that never ends');
});

test('a large body that came whole is looked over in turns, and parsed only if it is not costly', async () => {
  const body = { input: ['é"\n'.repeat(200_000), 'x'.repeat(9_000_000)], model: 'm' };
  let turns = 0;
  const count = (): void => {
    turns++;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  const read = await parseWholeBody(Buffer.from(JSON.stringify(body)), 8);
  clearImmediate(timer);
  assert.deepEqual(read, { ok: true, value: body });
  assert(turns >= 30, `others had ${turns} turns`);
  const costly = await parseWholeBody(Buffer.from(JSON.stringify({ input: 'é"\n'.repeat(2_000_000) })), 8);
  assert(!costly.ok);
  assert.equal(costly.error.code, 'payload_too_large');
});

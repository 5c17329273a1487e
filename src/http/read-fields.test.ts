import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFields } from './read-fields.ts';

const TYPE = 'application/x-www-form-urlencoded; charset=UTF-8';
const read = (text: string, type: string | undefined = TYPE) => readFields(Buffer.from(text), type);

test('fields of a form are texts by name, of a repeated name the last', () => {
  assert.deepEqual(read('a=1&b=x+y%26z&a=2&c='), { ok: true, value: { a: '2', b: 'x y&z', c: '' } });
});

test('a name that means something to JavaScript is a name', () => {
  const { value } = read('__proto__=x&constructor=y') as { value: object };
  assert.deepEqual(Object.entries(value), [
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
  assert.equal(({} as { x?: string }).x, undefined);
});

test('what is no form, and one of too many fields, is refused', () => {
  assert.equal(read('{"a":1}', 'application/json').ok, false);
  assert.equal(read('a=1&'.repeat(127)).ok, true);
  assert.equal(read('a=1&'.repeat(128)).ok, false);
});

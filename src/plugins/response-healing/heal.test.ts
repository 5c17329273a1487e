import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heal } from './heal.ts';

/** What a model wrote, and what is made of it; null = it is left as it is. */
const HEALED: readonly (readonly [what: string, text: string, value: unknown])[] = [
  ['nothing wrong', '{"a": 1}', { a: 1 }],
  ['a bracket is missing', '{"name": "Alice", "age": 30', { name: 'Alice', age: 30 }],
  ['several are missing', '{"a": [1, {"b": [2', { a: [1, { b: [2] }] }],
  ['an inner one is missing', '{"a": [1, 2}', { a: [1, 2] }],
  ['one too many', '{"a": [1]]}', { a: [1] }],
  ['a fence', '```json\n{"name": "Bob"}\n```', { name: 'Bob' }],
  ['words around it', 'Here is the data you asked for:\n{"name": "Charlie"}\nAnything else?', { name: 'Charlie' }],
  ['brackets in the words before', 'As of [1], see {this}: {"a": 1}', { a: 1 }],
  ['trailing commas', '{"a": 1, "b": [1, 2,],}', { a: 1, b: [1, 2] }],
  ['doubled commas', '{"a": 1,, "b": 2}', { a: 1, b: 2 }],
  ['bare keys', '{name: "Eve", age-group: 4}', { name: 'Eve', 'age-group': 4 }],
  ['single quotes', "{'name': 'it''s', 'b': \"don't\"}", { name: "it''s", b: "don't" }],
  ['typographic quotes', '{“a”: “b”}', { a: 'b' }],
  ['words of Python', '{"a": True, "b": None, "c": False}', { a: true, b: null, c: false }],
  ['comments', '{"a": 1, // one\n /* two */ "b": 2}', { a: 1, b: 2 }],
  ['a missing comma between lines', '{"a": "x"\n"b": "y"}', { a: 'x', b: 'y' }],
  ['a missing comma after a number', '{"a": 1 "b": 2}', { a: 1, b: 2 }],
  ['quotes within a text', '{"a": "he said "no" and left"}', { a: 'he said "no" and left' }],
  ['ends of lines within a text', '{"a": "one\ntwo\tthree"}', { a: 'one\ntwo\tthree' }],
  ['escapes of JavaScript', "{'a': 'it\\'s', 'b': 'C:\\work'}", { a: "it's", b: 'C:\\work' }],
  ['escapes of JSON', '{"a": "\\u00e9\\n\\"\\\\",}', { a: 'é\n"\\' }],
  ['numbers of JavaScript', '{"a": .5, "b": 5., "c": +5, "d": -.5e3,}', { a: 0.5, b: 5, c: 5, d: -500 }],
  ['an unfinished text', '{"a": "and then', { a: 'and then' }],
  ['a key without a value', '{"a": 1, "b":', null],
  ['a key alone', '{"a": 1, "b"', null],
  ['a value that JSON has no word for', '{"a": NaN}', null],
  ['an inner object that is whole', '{"a": NaN, "b": {"c": 1}}', null],
  ['an ellipsis for what was left out', '{"a": 1, ...}', null],
  ['words in place of a value', '{"a": not sure}', null],
  ['no JSON at all', 'I am sorry, I cannot do that.', null],
  ['nothing', '', null],
  ['a date without quotes', '{"a": 2026-11-29}', null],
  ['a number that is none', '{"a": 007}', null],
];
for (const [what, text, value] of HEALED)
  test(`${what}: ${JSON.stringify(text)}`, () => {
    const healed = heal(text, 'object');
    assert.deepEqual(healed === null ? null : JSON.parse(healed), value);
  });

test('what was said stays as it was written', () => {
  assert.equal(heal('{"id": 12345678901234567890, "x": 1.10,}', 'object'), '{"id":12345678901234567890,"x":1.10}');
});

test('the outermost value is what the schema asks for', () => {
  assert.equal(heal('Of the 3 {things}: ["a", "b",]', 'array'), '["a","b"]');
  assert.equal(heal('["a",]', 'object'), null);
  assert.equal(heal('so: ["a",]', 'either'), '["a"]');
});

test('cut anywhere, JSON becomes JSON or nothing, and never holds what was not written', () => {
  const whole = JSON.stringify({
    name: 'Alice "A"',
    tags: ['x', 'y\n', { deep: [1.5, -2e3, true, null] }],
    last: 'end',
  });
  for (let end = 0; end < whole.length; end++) {
    const healed = heal(`${whole.slice(0, end)}`, 'object');
    if (healed === null) continue;
    JSON.parse(healed);
    const bare = healed.replace(/[}\]"]+$/, '');
    assert(whole.startsWith(bare), `${whole.slice(0, end)} → ${healed}`);
  }
});

test('hostile texts end: deep nesting, many brackets, many quotes', () => {
  heal('['.repeat(500_000), 'array');
  heal('{"a":'.repeat(100_000), 'object');
  heal(`${'{ x '.repeat(200_000)}`, 'object');
  heal(`{"a": ${'"" '.repeat(200_000)}`, 'object');
  heal(`{"a": "${'\\'.repeat(500_001)}`, 'object');
  heal(`{${'/'.repeat(300_000)}`, 'object');
  heal(`{"a": "x"${' '.repeat(500_000)}`, 'object');
});

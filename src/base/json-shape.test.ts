import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonShape } from './json-shape.ts';
import { LIMITS } from './limits.ts';

/** The refusal of a body, however it is cut; null = it is taken. */
function refusal(text: string, cut = Number.POSITIVE_INFINITY): string | null {
  const shape = jsonShape(LIMITS.nesting_max);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += cut) {
    const fault = shape.push(bytes.subarray(at, Math.min(bytes.length, at + cut)));
    if (fault) return fault.message;
  }
  return null;
}
const repeated = (part: string, times: number): string => Array<string>(times).fill(part).join(',');

test('how deeply and of how many parts a body may be made', () => {
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  assert.equal(refusal(deep(LIMITS.nesting_max)), null);
  assert.match(refusal(deep(LIMITS.nesting_max + 1)) ?? '', /nests deeper than 128 levels/);
  const keys = (count: number) => `{${Array.from({ length: count }, (_, at) => `"${at}":1`).join()}}`;
  assert.equal(refusal(keys(LIMITS.object_members_max)), null);
  assert.match(refusal(keys(LIMITS.object_members_max + 1)) ?? '', /more than 10000 members of one object/);
  assert.equal(refusal(`[${repeated('{}', LIMITS.json_containers_max - 1)}]`), null);
  assert.match(refusal(`[${repeated('[]', LIMITS.json_containers_max)}]`) ?? '', /lists and objects/);
  assert.match(refusal(`[${repeated('{"a":1,"b":2,"c":3}', 60_000)}]`) ?? '', /150000 members of objects/);
  assert.match(refusal(`[${repeated('1', LIMITS.json_values_max + 2)}]`) ?? '', /400000 values/);
  assert.match(refusal(`{"a":${keys(9_000)},"b":${keys(11_000)}}`) ?? '', /one object/);
});

test('what stands in a string counts for nothing, wherever the bytes are cut', () => {
  const hostile = [
    '[[[{{{',
    '\\"[',
    '\\\\',
    '"',
    '\\\\\\"',
    ':::,,,',
    'é中\\u005b',
    'x'.repeat(40),
    `${'y'.repeat(30)}\\"[`,
  ];
  const body = JSON.stringify({
    list: hostile.map((text) => [text, JSON.stringify(text)]),
    end: JSON.stringify(hostile),
  });
  const inner = JSON.stringify({
    a: '['.repeat(5_000),
    b: '\\'.repeat(999),
    c: '"'.repeat(999),
    d: `${'z'.repeat(60)}\\`,
  });
  for (const cut of [1, 2, 3, 7, 16, 25, 31, 64, 1_000, 1e9]) {
    assert.equal(refusal(body, cut), null);
    assert.equal(refusal(inner, cut), null);
    assert.match(refusal(`${inner.slice(0, -1)},"e":${'['.repeat(200)}`, cut) ?? '', /nests deeper/);
  }
});

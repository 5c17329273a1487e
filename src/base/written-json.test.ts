import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from './json.ts';
import { lengthOf, writtenInSlices } from './written-json.ts';

const SEED = Number(process.env.SEED ?? 20261129);

test(`a value in slices is written as the runtime writes it (seed ${SEED})`, () => {
  let state = SEED;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const texts = ['', 'x', '"\\', 'é😀', '\ud83d', '\n\u0001', '__proto__'];
  const some = (depth: number): Json | undefined => {
    const kind = random(depth > 4 ? 5 : 8);
    if (kind === 0) return random(1_000_000) / 7;
    if (kind < 3) return (texts[random(texts.length)] as string).repeat(random(40));
    if (kind === 3) return [null, true, false, -0][random(4)] as Json;
    if (kind === 4) return depth === 0 ? null : undefined;
    const count = random(8);
    if (kind < 7) return Array.from({ length: count }, () => some(depth + 1) ?? null);
    return Object.fromEntries(Array.from({ length: count }, () => [texts[random(7)] as string, some(depth + 1)]));
  };
  for (let round = 0; round < 3_000; round++) {
    const value = some(0) as Json;
    const length = 1 + random(100);
    assert.equal([...writtenInSlices(value, length)].join(''), JSON.stringify(value), `in slices of ${length}`);
  }
});

test('no slice is much longer than it should be, whatever is long', () => {
  const values: Json[] = [
    Array.from({ length: 20_000 }, (_, at) => at / 7),
    Array.from({ length: 200 }, () => ({ embedding: Array.from({ length: 100 }, (_, at) => at) })),
    'a "text" '.repeat(10_000),
    { of: { one: ['x'.repeat(50_000), 1] }, two: 'y'.repeat(50_000) },
    Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`name${at}`, at])),
  ];
  for (const value of values) {
    const slices = [...writtenInSlices(value, 1_000)];
    assert(slices.length > 30, `${slices.length} slices`);
    for (const slice of slices) assert(slice.length < 4_000, `${slice.length}`);
  }
});

test('of what is long no more is looked at than shows it', () => {
  let looks = 0;
  const list = new Proxy(
    Array.from({ length: 100_000 }, () => 'word'),
    {
      get: (target, name) => {
        if (name !== 'length') looks++;
        return Reflect.get(target, name) as unknown;
      },
    },
  );
  assert(lengthOf(list, 600) > 600);
  assert(looks <= 110, `${looks} of its entries`);
  assert.equal(lengthOf({ a: 'b', c: [true, 'd'] }, 600) < 600, true);
});

test('a member that is made when it is asked for is not kept', () => {
  let made = 0;
  const value = {
    get embedding() {
      made++;
      return [1, 2, 3];
    },
  };
  assert.equal([...writtenInSlices([value, value], 1)].join(''), '[{"embedding":[1,2,3]},{"embedding":[1,2,3]}]');
  assert(made >= 2);
});

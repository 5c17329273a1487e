import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usageOf } from '../call/usage.ts';
import type { Endpoint } from '../catalog/model.ts';
import { isBelievable, isBelievableOf } from './believable.ts';

const endpointOf = (context: number): Endpoint => ({ context }) as Endpoint;

test('a count that fits into the context window twice over may be true', () => {
  assert.ok(isBelievable(usageOf({ input: 90_000, output: 400_000 }), endpointOf(128_000), 1));
  assert.ok(isBelievable(usageOf({ input: 9_000_000 }), endpointOf(10_000_000), 1));
  assert.ok(isBelievable(usageOf({ output: 6_000_000 }), endpointOf(1_000_000), 4));
});

test('a count that cannot be is not charged for', () => {
  for (const usage of [{ input: 2 ** 40 }, { outputReasoning: 3_000_000 }, { webSearches: 5_000 }])
    assert.ok(!isBelievable(usageOf(usage), endpointOf(128_000), 1), JSON.stringify(usage));
});

test('embedded texts are believed up to many times our own count', () => {
  assert.ok(isBelievableOf(usageOf({ input: 16_000_000 }), 4_000_000));
  assert.ok(!isBelievableOf(usageOf({ input: 16_000_000 }), 1_000));
});

test('the bounds themselves: two windows of a million at least, a thousand searches, sixteen times our own count', () => {
  const endpoint = endpointOf(128_000);
  for (const [usage, more] of [
    [{ input: 2_000_000 }, { input: 2_000_001 }],
    [{ output: 2_000_000 }, { output: 2_000_001 }],
    [{ webSearches: 1_000 }, { webSearches: 1_001 }],
  ]) {
    assert.ok(isBelievable(usageOf(usage ?? {}), endpoint, 1), JSON.stringify(usage));
    assert.ok(!isBelievable(usageOf(more ?? {}), endpoint, 1), JSON.stringify(more));
  }
  assert.ok(isBelievable(usageOf({ output: 4_000_000 }), endpoint, 2));
  assert.ok(!isBelievable(usageOf({ output: 4_000_001 }), endpoint, 2));
  assert.ok(isBelievable(usageOf({ output: 2_000_000 }), endpoint, 0), 'one answer at least');
  assert.ok(isBelievableOf(usageOf({ input: 3_200_000 }), 200_000));
  assert.ok(!isBelievableOf(usageOf({ input: 3_200_001 }), 200_000));
});

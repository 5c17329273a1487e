import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nano, type PicoUsd, priceFromPerMillion } from '../../base/money.ts';
import { dayOf, dollars, milliseconds, percent, perMillion, shortCount } from './figures.ts';

for (const [value, expected] of [
  [0, '0'],
  [999, '999'],
  [1000, '1K'],
  [8192, '8.19K'],
  [32_768, '32.8K'],
  [131_072, '131K'],
  [999_600, '1M'],
  [1_047_576, '1.05M'],
  [2_000_000_000, '2B'],
] as const)
  test(`${value} tokens are ${expected}`, () => assert.equal(shortCount(value), expected));

for (const [written, expected] of [
  ['0.40', '$0.40'],
  ['1.6', '$1.60'],
  ['0.075', '$0.075'],
  ['0', '$0.00'],
  ['1250', '$1,250.00'],
] as const)
  test(`a price of ${written} is shown as ${expected}`, () => {
    assert.equal(perMillion(priceFromPerMillion(written) as PicoUsd), expected);
  });

test('money keeps every digit', () => assert.equal(dollars(nano(123_456_789n)), '$0.123456789'));

test('a day is a day in UTC; an unknown one is a dash', () => {
  assert.equal(dayOf(Date.UTC(2025, 3, 14) / 1000), 'Apr 14, 2025');
  assert.equal(dayOf(0), '–');
});

test('times are short', () => {
  assert.equal(milliseconds(412.4), '412 ms');
  assert.equal(milliseconds(12_340), '12.3 s');
});

test('a share is never rounded up to all', () => {
  assert.equal(percent(0.99999), '99.99%');
  assert.equal(percent(1), '100%');
});

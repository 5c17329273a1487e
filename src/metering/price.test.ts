import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPerMillion, formatPrice } from '../base/money.ts';
import { usageOf } from '../call/usage.ts';
import { buildPrice } from '../catalog/build-price.ts';
import { type Price, priceAtInstant } from '../catalog/price.ts';
import { PRICE_FILE } from '../catalog/price-file.ts';
import { billFor } from './cost.ts';

const priceOf = (file: object): Price => buildPrice(PRICE_FILE.parse({ input: '1', output: '2', ...file }));
const inputAt = (price: Price, time: string, prompt = 1): string => {
  const { cost } = billFor(usageOf({ input: prompt }), priceAtInstant(price, Date.parse(time)));
  return (Number(cost) / 1_000 / prompt).toString();
};

test('hours are half-open and may go past midnight', () => {
  const day = priceOf({ overrides: [{ utc_start: 100, utc_end: 1030, input: '3' }] });
  assert.equal(inputAt(day, '2026-11-29T00:59:59.999Z'), '1');
  assert.equal(inputAt(day, '2026-11-29T01:00:00Z'), '3');
  assert.equal(inputAt(day, '2026-11-29T10:29:59.999Z'), '3');
  assert.equal(inputAt(day, '2026-11-29T10:30:00Z'), '1');
  const night = priceOf({ overrides: [{ utc_start: 1630, utc_end: 30, input: '0.5' }] });
  for (const [time, price] of [
    ['16:29', '1'],
    ['16:30', '0.5'],
    ['23:59', '0.5'],
    ['00:29', '0.5'],
    ['00:30', '1'],
  ] as const)
    assert.equal(inputAt(night, `2026-11-29T${time}:00Z`), price, time);
});

test('days of the week are those of the instant in UTC, with or without hours', () => {
  const workdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
  const peak = priceOf({ overrides: [{ utc_start: 100, utc_end: 400, utc_days: workdays, input: '2' }] });
  assert.equal(inputAt(peak, '2026-11-27T02:00:00Z'), '2', 'a Friday');
  assert.equal(inputAt(peak, '2026-11-28T02:00:00Z'), '1', 'a Saturday');
  const sundays = priceOf({ overrides: [{ utc_days: ['sunday'], input: '0' }] });
  assert.equal(inputAt(sundays, '2026-11-29T23:59:59Z'), '0');
  assert.equal(inputAt(sundays, '2026-11-30T00:00:00Z'), '1');
});

test('all conditions of an override must be met, and of several the later one wins, member by member', () => {
  const price = priceOf({
    overrides: [
      { min_prompt_tokens: 100, input: '4', output: '8' },
      { utc_start: 0, utc_end: 1200, min_prompt_tokens: 100, input: '6' },
    ],
  });
  assert.equal(inputAt(price, '2026-11-29T13:00:00Z', 100), '1');
  assert.equal(inputAt(price, '2026-11-29T13:00:00Z', 101), '4');
  assert.equal(inputAt(price, '2026-11-29T11:00:00Z', 100), '1');
  assert.equal(inputAt(price, '2026-11-29T11:00:00Z', 101), '6');
  const { outputCost } = billFor(
    usageOf({ input: 101, output: 1 }),
    priceAtInstant(price, Date.parse('2026-11-29T11:00:00Z')),
  );
  assert.equal(outputCost, 8_000n);
});

test('a discount is taken off every rate, overrides too; the list price is kept beside it', () => {
  const price = priceOf({ discount: '0.25', request: '0.04', overrides: [{ min_prompt_tokens: 10, input: '3' }] });
  assert.equal(formatPerMillion(price.input), '0.75');
  assert.equal(formatPerMillion(price.output), '1.5');
  assert.equal(price.request && formatPrice(price.request), '0.03');
  assert.equal(formatPerMillion(price.overrides[0]?.price.input ?? price.input), '2.25');
  assert.equal(price.discounted?.by, 0.25);
  assert.equal(formatPerMillion(price.discounted.list.input), '1');
  assert.equal(priceOf({ discount: '1' }).input, 0n);
  assert.equal(priceOf({ discount: '0' }).discounted, undefined);
  assert.equal(priceOf({ discount: '0.333333', input: '0.000001' }).input, 1n, 'never below what is asked');
});

test('a price table that cannot be meant is refused', () => {
  const refused = (file: object): boolean => !PRICE_FILE.safeParse({ input: '1', output: '2', ...file }).success;
  for (const file of [
    { input: 1 },
    { input: '1e3' },
    { colour: '1' },
    { discount: '1.5' },
    { discount: 0.5 },
    { discount: '-0.1' },
    { overrides: [{ input: '2' }] },
    { overrides: [{ utc_start: 100, input: '2' }] },
    { overrides: [{ utc_start: 100, utc_end: 100, input: '2' }] },
    { overrides: [{ utc_start: 160, utc_end: 300, input: '2' }] },
    { overrides: [{ utc_start: 100, utc_end: 2500, input: '2' }] },
    { overrides: [{ utc_days: ['someday'], input: '2' }] },
    { overrides: [{ utc_days: [], input: '2' }] },
    { overrides: [{ min_prompt_tokens: 1.5, input: '2' }] },
  ])
    assert.ok(refused(file), JSON.stringify(file));
  assert.ok(!refused({ overrides: [{ utc_start: 2200, utc_end: 2400, utc_days: ['monday'], input: '2' }] }));
});

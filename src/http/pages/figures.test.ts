import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nano, type PicoUsd, pico, priceFromPerMillion } from '../../base/money.ts';
import {
  cost,
  dayOf,
  dollars,
  dollarsInLine,
  milliseconds,
  moment,
  percent,
  perMillion,
  perUnit,
  price,
  shortCount,
} from './figures.ts';

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

test('digits beyond the cent are set apart, and none is lost', () => {
  const shown = price(priceFromPerMillion('0.0375') as PicoUsd).markup;
  assert.match(shown, />\$0\.03<span class="rest">75<\/span></);
  assert.match(shown, /value="0\.0375" title="\$0\.0375 per million tokens"/);
});

for (const [amount, shown] of [
  [0n, '$0'],
  [1n, '&lt;$0.000001'],
  [215_250n, '$0.000215'],
  [1_234_567_890_000n, '$1234.567890'],
] as const)
  test(`a cost of ${amount} nano-dollars lists as ${shown}`, () => {
    assert.ok(cost(nano(amount)).markup.includes(`>${shown}<`), cost(nano(amount)).markup);
  });

test('amounts below each other end at the same digit', () => {
  const inLine = dollarsInLine([nano(330_000n), nano(41_600n), nano(0n)]);
  assert.deepEqual(
    [330_000n, 41_600n, 0n].map((amount) => inLine(nano(amount))),
    ['$0.0003300', '$0.0000416', '$0.0000000'],
  );
});

test('a moment in a list keeps its date and zone on hover', () => {
  assert.match(moment(Date.UTC(2026, 10, 22, 1, 2, 3)).markup, /title="2026-11-22 01:02:03 UTC">Nov 22, 01:02:03</);
});

test('what has no price by token says what it costs apiece', () => {
  const free = { input: pico(0n), output: pico(0n) };
  assert.equal(perUnit({ ...free, searchUnit: pico(2_500_000_000n) }), '$0.0025 per search unit');
  assert.equal(perUnit({ ...free, webSearch: pico(1_000_000_000n) }), undefined, 'a search stands beside an answer');
  assert.equal(perUnit(free), undefined);
  assert.equal(perUnit({ input: pico(1n), output: pico(0n), searchUnit: pico(1_000_000_000n) }), undefined);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatPerMillion,
  formatPrice,
  formatUsd,
  nano,
  type PicoUsd,
  priceFromPerMillion,
  roundUp,
  usdToNano,
} from '../base/money.ts';
import { completionTokens, promptTokens, usageOf } from '../call/usage.ts';
import type { PriceNow } from '../catalog/price.ts';
import { billFor, ratesFor, worstCase } from './cost.ts';
import { TOKEN_METERS } from './meters.ts';

const perMillion = (text: string): PicoUsd => {
  const value = priceFromPerMillion(text);
  assert(value !== undefined);
  return value;
};
const price: PriceNow = {
  input: perMillion('0.40'),
  output: perMillion('1.60'),
  inputCacheRead: perMillion('0.10'),
  overrides: [{ minPromptTokens: 1000, price: { input: perMillion('0.80') } }],
};

test('prices are exact decimals; what is finer than a pico-dollar rounds up', () => {
  assert.equal(perMillion('0.40'), 400_000n);
  assert.equal(perMillion('0.0000001'), 1n);
  assert.equal(formatPrice(perMillion('0.40')), '0.0000004');
  assert.equal(formatPerMillion(perMillion('1.60')), '1.6');
  for (const text of ['', '-1', '1e3', '.5', '1.', 'NaN', '0x1', '1'.repeat(13)])
    assert.equal(priceFromPerMillion(text), undefined, text);
});

test('balances are nano-dollars, rounded once and upwards', () => {
  assert.equal(roundUp(1n), 1n);
  assert.equal(roundUp(1000n), 1n);
  assert.equal(roundUp(1001n), 2n);
  assert.equal(formatUsd(nano(-1_500_000_000n)), '-1.5');
  assert.equal(usdToNano('1.000000001'), 1_000_000_001n);
});

test('a bill is disjoint meters times prices', () => {
  const usage = usageOf({ input: 100, inputCacheRead: 200, output: 10, outputReasoning: 5 });
  assert.equal(promptTokens(usage), 300);
  assert.equal(completionTokens(usage), 15);
  const bill = billFor(usage, price);
  assert.equal(bill.cost, 100n * 400n + 200n * 100n + 15n * 1600n);
  assert.equal(bill.inputCost + bill.outputCost, bill.cost);
});

test('long prompts have their own price, beyond the limit only', () => {
  assert.equal(billFor(usageOf({ input: 1000 }), price).cost, 1000n * 400n);
  assert.equal(billFor(usageOf({ input: 1001 }), price).cost, 1001n * 800n);
});

test('no bill is above the worst case that was held for it', () => {
  for (let round = 0; round < 500; round++) {
    const pick = (most: number): number => Math.floor(((round * 7919 + most * 104729) % 1000) * (most / 1000));
    const usage = usageOf({
      input: pick(700),
      inputCacheRead: pick(600),
      output: pick(300),
      outputReasoning: pick(90),
    });
    assert(billFor(usage, price).cost <= worstCase(price, promptTokens(usage), completionTokens(usage)));
  }
});

test('a bill is its meters times their rates, whatever the prompt’s length and the prices that fall back', () => {
  for (const prompt of [10, 2000])
    for (const more of [{}, { outputReasoning: perMillion('3.3'), inputCacheWrite: perMillion('0.5') }]) {
      const dear = { ...price, ...more };
      const used = usageOf({
        input: prompt,
        inputCacheRead: 7,
        inputCacheWrite: 5,
        inputCacheWrite1h: 3,
        inputAudio: 2,
        output: 11,
        outputReasoning: 13,
        outputAudio: 17,
        outputImage: 19,
      });
      const rates = ratesFor(used, dear);
      const sum = TOKEN_METERS.reduce((total, meter) => total + BigInt(used[meter]) * rates.tokens[meter], 0n);
      assert.equal(billFor(used, dear).cost, roundUp(sum));
    }
});

test('a summary that the vendor made on its own is billed at the price of its own length, beside the answer', () => {
  const answer = usageOf({ input: 500, output: 10 });
  const compaction = usageOf({ input: 2_000, output: 100 });
  const whole = billFor({ ...answer, compaction }, price);
  assert.equal(whole.cost, nano(billFor(answer, price).cost + billFor(compaction, price).cost));
  assert.equal(promptTokens({ ...answer, compaction }), 500);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pico } from '#src/base/money.ts';
import type { Endpoint } from '#src/catalog/model.ts';
import { sampleCall, sampleTarget } from '#src/dialects/samples.ts';
import { boundOf, costBound, outputFor } from '#src/metering/cost-bound.ts';
import { exposuresOf } from '#src/metering/exposure.ts';
import { NO_PIECES } from '#src/metering/meters.ts';

const perToken = (nanoUsd: number) => pico(BigInt(nanoUsd) * 1000n);
const endpointOf = (price: Partial<Endpoint['price']>, more: Partial<Endpoint> = {}): Endpoint =>
  sampleTarget('openai-chat', {
    endpoint: { price: { input: perToken(2), output: perToken(3), overrides: [], ...price }, ...more },
  }).endpoint;
const exposure = {
  promptTokens: 100,
  promptTokensSum: 100,
  answers: 2,
  outputTokens: 50,
  summaries: 0,
  pieces: NO_PIECES,
};
const beforeOutput = (endpoint: Endpoint, more: Partial<typeof exposure> = {}): bigint =>
  costBound({ ...exposure, ...more }, endpoint).beforeOutput / 1000n;

test('every token of a prompt counts at the dearest price that it may be read at: fresh, cached, written to a cache', () => {
  assert.equal(beforeOutput(endpointOf({})), 200n);
  assert.equal(beforeOutput(endpointOf({ inputCacheRead: perToken(1) })), 200n);
  assert.equal(beforeOutput(endpointOf({ inputCacheWrite: perToken(5) })), 500n);
  assert.equal(beforeOutput(endpointOf({ inputCacheWrite: perToken(5), inputCacheWrite1h: perToken(8) })), 800n);
  assert.equal(beforeOutput(endpointOf({ inputAudio: perToken(9) })), 900n);
  assert.equal(beforeOutput(endpointOf({ request: perToken(7) })), 207n);
});

test('every answer counts, at the dearest price of what is written', () => {
  const { outputToken } = costBound(exposure, endpointOf({ outputReasoning: perToken(11) }));
  assert.equal(outputToken, 2n * 11_000n);
  assert.equal(costBound(exposure, endpointOf({})).outputToken, 2n * 3_000n);
  assert.equal(beforeOutput(endpointOf({}), { summaries: 1 }), 200n + 50n * 3n, 'a summary is written beside them');
});

test('prices of other tiers and of longer prompts count where they may hold', () => {
  const long = { overrides: [{ minPromptTokens: 100, price: { input: perToken(4) } }] };
  assert.equal(beforeOutput(endpointOf(long)), 200n, 'not beyond a hundred');
  assert.equal(beforeOutput(endpointOf(long), { promptTokens: 101 }), 400n);
  const tier = { input: perToken(6), output: perToken(1), overrides: [] };
  assert.equal(beforeOutput(endpointOf({}, { tierPrices: new Map([['priority', tier]]) })), 600n);
});

test('what is held says how long an answer may be, to the token', () => {
  const bound = { beforeOutput: 200_000n, outputToken: 6_000n };
  const amount = boundOf(bound, 50);
  assert.equal(amount, 500n);
  assert.equal(outputFor(bound, amount, 1_000), 50);
  assert.equal(outputFor(bound, boundOf(bound, 49), 1_000), 49);
  assert.equal(outputFor(bound, amount, 50), 50);
  assert.equal(outputFor(bound, amount, 20), 20);
  assert.equal(outputFor(bound, boundOf(bound, 0), 1_000), 0);
  assert.equal(outputFor({ ...bound, outputToken: 0n }, boundOf(bound, 0), 1_000), 1_000);
  assert.equal(outputFor({ beforeOutput: 200_001n, outputToken: 0n }, boundOf(bound, 0), 1_000), -1);
});

test('a call without a length may write what fits beside its prompt; one with a length that', () => {
  const endpoint = endpointOf({}, { context: 1_000, maxOutput: null });
  assert.equal(exposuresOf(sampleCall(), 100).at(endpoint).outputTokens, 1_000 - 135 - 16);
  assert.equal(exposuresOf(sampleCall({ maxOutputTokens: 70 }), 100).at(endpoint).outputTokens, 70);
  assert.equal(exposuresOf(sampleCall({ maxOutputTokens: 7_000 }), 100).at(endpoint).outputTokens, 1_000);
  assert.equal(exposuresOf(sampleCall(), 2_000).at(endpoint).outputTokens, 16, 'hosts take no fewer');
});

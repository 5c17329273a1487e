import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFigures } from './figures.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 22);

test('percentiles lie within a quarter of an octave of the true ones, whatever the spread', () => {
  const figures = createFigures('most');
  const values: number[] = [];
  for (let at = 0; at < 5_000; at++) {
    const value = 20 * Math.exp(((at * 7_919) % 5_000) / 800);
    values.push(value);
    figures.add(value, START);
  }
  values.sort((a, b) => a - b);
  const told = figures.within('last5m', START);
  for (const [name, share] of [
    ['p50', 0.5],
    ['p75', 0.75],
    ['p90', 0.9],
    ['p99', 0.99],
  ] as const) {
    const [is, should] = [told?.[name] ?? 0, values[Math.floor(share * values.length)] ?? 0];
    assert.ok(Math.abs(Math.log2(is / should)) < 0.25, `${name}: ${is}, should be about ${should}`);
  }
});

test('of throughput, so many of a hundred reach a percentile: the higher it is, the slower', () => {
  const figures = createFigures('least');
  for (const speed of [100, 100, 100, 100, 100, 50, 50, 50, 10, 10]) figures.add(speed, START);
  assert.deepEqual(figures.within('last30m', START), { p50: 100, p75: 50, p90: 10, p99: 10 });
});

test('each window forgets by itself, and none grows', () => {
  const figures = createFigures('most');
  figures.add(1_000, START);
  figures.add(8, START + 4 * MINUTE);
  const median = (window: 'last5m' | 'last30m' | 'last1d', minutes: number) =>
    figures.within(window, START + minutes * MINUTE)?.p99 ?? null;
  assert.equal(median('last5m', 4), 1_000);
  assert.equal(median('last5m', 5), 8);
  assert.equal(median('last5m', 9), null);
  assert.equal(median('last30m', 29), 1_000);
  assert.equal(median('last30m', 31), null);
  assert.equal(median('last1d', 20 * 60), 1_000);
  assert.equal(median('last1d', 25 * 60), null);
  figures.add(16, START + 10 * 24 * 60 * MINUTE);
  assert.equal(median('last1d', 10 * 24 * 60), 16, 'an old slot is written over');
});

test('what cannot be a figure is none, and what is out of all measure lands at the end', () => {
  const figures = createFigures('most');
  for (const value of [Number.NaN, -1, Number.NEGATIVE_INFINITY]) figures.add(value, START);
  assert.equal(figures.within('last5m', START), null);
  figures.add(0, START);
  assert.equal(figures.within('last5m', START)?.p50, 0);
  figures.add(1e12, START);
  assert.equal(figures.within('last5m', START)?.p99, 1e12);
});

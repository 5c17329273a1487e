import { formatUsd, nano } from '../../base/money.ts';
import type { Fared } from './travel.ts';

/** What a journey came to. Milliseconds; money in nano-dollars; shares of 1. */
export type Sums = {
  readonly calls: number;
  readonly failed: number;
  readonly cost: bigint;
  readonly firstContentMs: readonly [p50: number, p90: number, p99: number];
  readonly totalMs: readonly [p50: number, p90: number, p99: number];
  readonly cacheShare: number;
  readonly attemptsPerCall: number;
};

export function sumsOf(fared: readonly Fared[]): Sums {
  const answered = fared.filter(({ endpoint }) => endpoint !== null);
  const sum = (figure: (one: Fared) => number): number => fared.reduce((total, one) => total + figure(one), 0);
  const prompt = sum((one) => one.promptTokens);
  return {
    calls: fared.length,
    failed: fared.length - answered.length,
    cost: fared.reduce((total, { cost }) => total + cost, 0n),
    firstContentMs: percentiles(answered.map((one) => one.firstContentMs)),
    totalMs: percentiles(answered.map((one) => one.totalMs)),
    cacheShare: prompt === 0 ? 0 : sum((one) => one.cachedTokens) / prompt,
    attemptsPerCall: fared.length === 0 ? 0 : sum((one) => one.attempts) / fared.length,
  };
}

function percentiles(values: readonly number[]): [number, number, number] {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return [at(0.5), at(0.9), at(0.99)];
}

/** How many calls each endpoint answered, the most first. */
export function sharesOf(fared: readonly Fared[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { endpoint } of fared) if (endpoint) counts.set(endpoint.id, (counts.get(endpoint.id) ?? 0) + 1);
  return new Map([...counts].sort((a, b) => b[1] - a[1]));
}

type Row = readonly [what: string, before: string, after: string, change: string];

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
const changeOf = (before: number, after: number): string => {
  if (before === after) return '=';
  return before === 0 ? 'new' : `${after > before ? '+' : ''}${((100 * (after - before)) / before).toFixed(1)} %`;
};

/** The table of what was and what would have been. */
export function tableOf(before: Sums, after: Sums): readonly string[] {
  const money = (amount: bigint): string => `$${formatUsd(nano(amount))}`;
  const ms = (value: number): string => `${value} ms`;
  const rows: Row[] = [
    ['', 'before', 'after', 'change'],
    ['calls', `${before.calls}`, `${after.calls}`, ''],
    ['cost', money(before.cost), money(after.cost), changeOf(Number(before.cost), Number(after.cost))],
    ['failed', `${before.failed}`, `${after.failed}`, changeOf(before.failed, after.failed)],
    [
      'attempts per call',
      before.attemptsPerCall.toFixed(3),
      after.attemptsPerCall.toFixed(3),
      changeOf(before.attemptsPerCall, after.attemptsPerCall),
    ],
    [
      'prompt read from caches',
      percent(before.cacheShare),
      percent(after.cacheShare),
      changeOf(before.cacheShare, after.cacheShare),
    ],
  ];
  for (const [place, name] of ['p50', 'p90', 'p99'].entries())
    for (const [what, figure] of [
      ['first content', 'firstContentMs'],
      ['whole answer', 'totalMs'],
    ] as const) {
      const [was, is] = [before[figure][place] ?? 0, after[figure][place] ?? 0];
      rows.push([`${what} ${name}`, ms(was), ms(is), changeOf(was, is)]);
    }
  return rows.map(
    ([what, was, is, change]) => `${what.padEnd(26)}${was.padStart(16)}${is.padStart(16)}${change.padStart(12)}`,
  );
}

const BARS = 24;
const WIDTH = 30;

/** Cost over time, a line for each stretch: `▒` before, `█` after. */
export function plotOf(before: readonly Fared[], after: readonly Fared[]): readonly string[] {
  const from = before[0]?.at ?? 0;
  const stretch = Math.max(1, Math.ceil(((before.at(-1)?.at ?? 0) - from + 1) / BARS));
  const costs = (fared: readonly Fared[]): number[] => {
    const sums = Array<number>(BARS).fill(0);
    for (const { at, cost } of fared) {
      const place = Math.min(BARS - 1, Math.floor((at - from) / stretch));
      sums[place] = (sums[place] ?? 0) + Number(cost) / 1e9;
    }
    return sums;
  };
  const [was, is] = [costs(before), costs(after)];
  const most = Math.max(...was, ...is, Number.MIN_VALUE);
  const bar = (value: number, letter: string): string =>
    letter.repeat(Math.round((WIDTH * value) / most)).padEnd(WIDTH);
  return was.map((cost, place) => {
    const when = new Date(from + place * stretch).toISOString().slice(5, 16).replace('T', ' ');
    return `${when}  ${bar(cost, '▒')} ${bar(is[place] ?? 0, '█').trimEnd()}`;
  });
}

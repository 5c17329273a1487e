import type { Percentiles } from '../facts/health.ts';

/** Figures of one kind in the last five minutes, half an hour and day, in fixed memory however many there were. */
export type Figures = {
  /** `times` = it stands for so many. */
  readonly add: (value: number, at: number, times?: number) => void;
  /** Null = there were none in that time. */
  readonly within: (window: Window, now: number) => Percentiles | null;
};
export type Window = (typeof WINDOWS)[number];
export const WINDOWS = ['last5m', 'last30m', 'last1d'] as const;

/** Which end of a set of figures its higher percentiles are at: `least` = those that most are above of. */
export type Worst = 'most' | 'least';

/** The present slot is counted whole: what is asked for a day covers 21 to 24 hours. */
const SLOTS: { readonly [window in Window]: { readonly count: number; readonly ms: number } } = {
  last5m: { count: 5, ms: 60_000 },
  last30m: { count: 6, ms: 300_000 },
  last1d: { count: 8, ms: 10_800_000 },
};

/** Four to the octave from 1/8 to 2,000,000: each bucket tells the mean of what fell into it. */
const PER_OCTAVE = 4;
const OCTAVES_BELOW_ONE = 3;
const BUCKETS = 96;

/** What fell into the buckets during one stretch of time; made when something does. */
type Slot = { turn: number; readonly counts: Uint32Array; readonly sums: Float64Array };

export function createFigures(worst: Worst): Figures {
  const kept: { readonly [window in Window]: (Slot | undefined)[] } = { last5m: [], last30m: [], last1d: [] };
  return {
    add: (value, at, times = 1) => {
      if (!(value >= 0)) return;
      const bucket = bucketOf(value);
      for (const window of WINDOWS) {
        const { count, ms } = SLOTS[window];
        const { counts, sums } = slotAt(kept[window], Math.floor(at / ms), count);
        counts[bucket] = (counts[bucket] ?? 0) + times;
        sums[bucket] = (sums[bucket] ?? 0) + value * times;
      }
    },
    within: (window, now) => {
      const { count, ms } = SLOTS[window];
      return percentilesOf(kept[window], Math.floor(now / ms) - count + 1, worst);
    },
  };
}

const bucketOf = (value: number): number =>
  Math.min(BUCKETS - 1, Math.max(0, Math.floor(PER_OCTAVE * (Math.log2(value) + OCTAVES_BELOW_ONE))));

function slotAt(slots: (Slot | undefined)[], turn: number, count: number): Slot {
  const place = turn % count;
  let slot = slots[place];
  if (!slot) {
    slot = { turn, counts: new Uint32Array(BUCKETS), sums: new Float64Array(BUCKETS) };
    slots[place] = slot;
  } else if (slot.turn !== turn) {
    slot.turn = turn;
    slot.counts.fill(0);
    slot.sums.fill(0);
  }
  return slot;
}

function percentilesOf(slots: readonly (Slot | undefined)[], oldest: number, worst: Worst): Percentiles | null {
  const counts = new Float64Array(BUCKETS);
  const sums = new Float64Array(BUCKETS);
  let total = 0;
  for (const slot of slots) {
    if (!slot || slot.turn < oldest) continue;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = slot.counts[bucket] ?? 0;
      if (count === 0) continue;
      total += count;
      counts[bucket] = (counts[bucket] ?? 0) + count;
      sums[bucket] = (sums[bucket] ?? 0) + (slot.sums[bucket] ?? 0);
    }
  }
  if (total === 0) return null;
  const at = (share: number): number => {
    const rank = Math.min(total - 1, Math.floor((worst === 'most' ? share : 1 - share) * total));
    let passed = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = counts[bucket] ?? 0;
      passed += count;
      if (passed > rank) return (sums[bucket] ?? 0) / count;
    }
    return 0;
  };
  return { p50: at(0.5), p75: at(0.75), p90: at(0.9), p99: at(0.99) };
}

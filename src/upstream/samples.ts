import type { Percentiles } from '../facts/health.ts';

/** The latest figures of one kind, in fixed memory. */
export type Samples = {
  readonly add: (value: number, at: number) => void;
  /** Of what was added since; null if nothing was. */
  readonly percentiles: (since: number) => Percentiles | null;
};

const SAMPLES_MAX = 128;

export function createSamples(): Samples {
  const values = new Float64Array(SAMPLES_MAX);
  const times = new Float64Array(SAMPLES_MAX);
  let added = 0;
  return {
    add: (value, at) => {
      values[added % SAMPLES_MAX] = value;
      times[added % SAMPLES_MAX] = at;
      added++;
    },
    percentiles: (since) => {
      const fresh = values.filter((_, index) => index < added && (times[index] ?? 0) >= since).sort();
      if (fresh.length === 0) return null;
      const at = (share: number): number => fresh[Math.min(fresh.length - 1, Math.floor(share * fresh.length))] ?? 0;
      return { p50: at(0.5), p75: at(0.75), p90: at(0.9), p99: at(0.99) };
    },
  };
}

/** One metric with its labels, as Prometheus means it (exposition format 0.0.4, prometheus.io, read 2026-11-29). */
export type MetricFamily = {
  readonly name: string;
  /** What it counts, and in what unit. */
  readonly help: string;
  readonly labels: readonly string[];
} & (
  | { readonly type: 'counter' | 'gauge' }
  /** Upper bounds of its buckets, rising; the last one, infinity, is not written down. */
  | { readonly type: 'histogram'; readonly buckets: readonly number[] }
);

/**
 * What a process has counted: by family, by the values of its labels (joined by `SEPARATOR`), the figures. One figure of
 * counters and gauges; of histograms the count of each bucket, infinity's included, and the sum.
 * Plain, so that it can be sent from process to process.
 */
export type Snapshot = { readonly [family: string]: { readonly [labels: string]: readonly number[] } };

/** No value of a label has it: other control characters are taken out too. */
export const SEPARATOR = '\u0000';

/** Series of one family; what comes beyond is counted under `other`, so that nobody can make a process hold more. */
const SERIES_MAX = 2_000;

/** The series of one family in one process. */
export type Series = {
  readonly family: MetricFamily;
  /** Counts something: one more, unless told otherwise. */
  readonly add: (labels: string, amount?: number) => void;
  /** Counts one observation of a histogram. */
  readonly observe: (labels: string, value: number) => void;
  /** The figures of these labels, for who counts there again and again; they are never another array. */
  readonly of: (labels: string) => number[];
  readonly figures: () => { readonly [labels: string]: readonly number[] };
};

export function openSeries(family: MetricFamily): Series {
  const series = new Map<string, number[]>();
  const buckets = family.type === 'histogram' ? family.buckets : [];
  const size = family.type === 'histogram' ? buckets.length + 2 : 1;
  const other = family.labels.map(() => 'other').join(SEPARATOR);
  const of = (labels: string): number[] => {
    const existing = series.get(labels);
    if (existing) return existing;
    if (series.size >= SERIES_MAX && labels !== other) return of(other);
    const figures = new Array<number>(size).fill(0);
    series.set(labels, figures);
    return figures;
  };
  return {
    family,
    of,
    add: (labels, amount = 1) => addTo(of(labels), amount),
    observe: (labels, value) => observeIn(of(labels), buckets, value),
    figures: () => Object.fromEntries(series),
  };
}

/** Counts so much more in a counter's figures. */
export function addTo(figures: number[], amount: number): void {
  figures[0] = (figures[0] ?? 0) + amount;
}

/** Counts one observation in a histogram's figures. */
export function observeIn(figures: number[], buckets: readonly number[], value: number): void {
  let at = 0;
  while (at < buckets.length && value > (buckets[at] ?? 0)) at++;
  figures[at] = (figures[at] ?? 0) + 1;
  const sum = figures.length - 1;
  figures[sum] = (figures[sum] ?? 0) + value;
}

/** What several processes have counted, all together. */
export function mergeSnapshots(snapshots: readonly Snapshot[]): Snapshot {
  const merged: { [family: string]: { [labels: string]: number[] } } = {};
  for (const snapshot of snapshots)
    for (const [name, series] of Object.entries(snapshot)) {
      merged[name] ??= {};
      const sums = merged[name];
      for (const [labels, figures] of Object.entries(series)) {
        const sum = sums[labels];
        sums[labels] = sum ? sum.map((figure, at) => figure + (figures[at] ?? 0)) : [...figures];
      }
    }
  return merged;
}

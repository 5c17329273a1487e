/** Steps that a reader counts in. */
const STEPS = [1, 2, 2.5, 5, 10] as const;

/** Where an axis from zero is marked so that it holds `most`: at most about `count` round steps. The last mark is its end. */
export function ticksTo(most: number, count: number): readonly number[] {
  if (!(most > 0) || !Number.isFinite(most)) return [0, 1];
  const raw = most / count;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = size * (STEPS.find((each) => each * size >= raw) ?? 10);
  const steps = Math.max(1, Math.ceil(most / step - 1e-9));
  return Array.from({ length: steps + 1 }, (_, at) => Number((at * step).toPrecision(12)));
}

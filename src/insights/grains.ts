import type { Grain } from './tally-store.ts';

const GRAINS = [
  ['m', 16, 60_000],
  ['h', 13, 3_600_000],
  ['d', 10, 86_400_000],
] as const;

/**
 * Which tallies are of a time, in milliseconds since 1970, `to` excluded: those that begin in it, whatever their grain.
 * So the edges of what is long past are true to the hour or the day.
 */
export const grainsOf = (from: number, to: number): readonly Grain[] =>
  GRAINS.map(([grain, length, ms]) => {
    const text = (at: number): string => new Date(Math.ceil(at / ms) * ms).toISOString().slice(0, length);
    return { grain, from: text(from), to: text(to) };
  });

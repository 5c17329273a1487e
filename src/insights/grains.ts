import type { Grain } from './tally-store.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** The first instant of a grain at or behind a time, as its tallies are named. */
const MINUTE = (at: number): string => new Date(Math.ceil(at / MINUTE_MS) * MINUTE_MS).toISOString().slice(0, 16);
const HOUR = (at: number): string => new Date(Math.ceil(at / HOUR_MS) * HOUR_MS).toISOString().slice(0, 13);
const DAY = (at: number): string => new Date(Math.ceil(at / DAY_MS) * DAY_MS).toISOString().slice(0, 10);

/**
 * Which tallies are of a time, in milliseconds since 1970, `to` excluded: those that begin in it, whatever their grain.
 * So the edges of what is long past are true to the hour or the day. `finest`: what has to be told apart; who is content
 * with days reads a twentieth of the rows (decisions/0043).
 */
export function grainsOf(from: number, to: number, finest: 'minute' | 'day'): readonly Grain[] {
  const minutes: Grain = { grain: 'm', from: MINUTE(from), to: MINUTE(to) };
  const [first, last] = [Math.ceil(from / DAY_MS) * DAY_MS, Math.floor(to / DAY_MS) * DAY_MS];
  if (finest === 'minute' || first >= last)
    return [
      minutes,
      { grain: 'h', from: HOUR(from), to: HOUR(to) },
      { grain: 'd', from: DAY(from), to: DAY(to), goneFrom: DAY(from) },
    ];
  const all: readonly Grain[] = [
    minutes,
    { grain: 'h', from: HOUR(from), to: HOUR(first) },
    { grain: 'd', from: DAY(from), to: DAY(to), ...(last < to && { goneFrom: DAY(last) }) },
    { grain: 'h', from: HOUR(last), to: HOUR(to) },
  ];
  return all.filter((one) => one.from < one.to);
}

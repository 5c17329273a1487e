/** How often a limit starts afresh: at midnight UTC; weeks run from Monday to Sunday (spec §1.10). */
export type Reset = 'daily' | 'weekly' | 'monthly';
export const RESETS: readonly Reset[] = ['daily', 'weekly', 'monthly'];

const DAY_MS = 86_400_000;

let lastDay = { number: 0, name: '1970-01-01' };
/** The UTC day of a time in milliseconds since 1970: `2026-11-22`. The last answer is kept: it is asked for every call. */
export function dayOf(ms: number): string {
  const number = Math.floor(ms / DAY_MS);
  if (number !== lastDay.number) lastDay = { number, name: new Date(number * DAY_MS).toISOString().slice(0, 10) };
  return lastDay.name;
}

/** The UTC month: `2026-11`. */
export const monthOf = (ms: number): string => dayOf(ms).slice(0, 7);
/** The Monday that begins the UTC week. 1970-01-01 was a Thursday. */
export function weekOf(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  return dayOf((days - ((days + 3) % 7)) * DAY_MS);
}
/** The day `days` before the given one. */
export const dayBefore = (day: string, days: number): string => dayOf(Date.parse(day) - days * DAY_MS);

/** The first day of the period that a limit counts in; null = it never starts afresh. */
export function periodStart(reset: Reset | null, ms: number): string | null {
  switch (reset) {
    case null:
      return null;
    case 'daily':
      return dayOf(ms);
    case 'weekly':
      return weekOf(ms);
    case 'monthly':
      return `${monthOf(ms)}-01`;
    default:
      return reset satisfies never;
  }
}

/** When the period that a limit counts in is over, in milliseconds since 1970; null = never. */
export function periodEnd(reset: Reset | null, ms: number): number | null {
  if (reset === null) return null;
  const start = Date.parse(periodStart(reset, ms) ?? '');
  if (reset === 'monthly') return Date.UTC(new Date(start).getUTCFullYear(), new Date(start).getUTCMonth() + 1);
  return start + (reset === 'daily' ? 1 : 7) * DAY_MS;
}

import type { PolicyWhen } from '../catalog/policy.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const WEEKDAYS: readonly string[] = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Is it the time of a policy? Worked out once in each minute: time zones are slow to ask. */
export function createHours(when: PolicyWhen): (now: number) => boolean {
  if (!when.hours && !when.days) return () => true;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: when.timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  let minute = Number.NaN;
  let isTime = false;
  return (now) => {
    const present = Math.floor(now / MINUTE_MS);
    if (present !== minute) {
      minute = present;
      isTime = isWithin(clockAt(clock, now), when);
    }
    return isTime;
  };
}

type Clock = { readonly day: number; readonly minute: number };

function clockAt(format: Intl.DateTimeFormat, now: number): Clock {
  const parts: { [type: string]: string } = {};
  for (const { type, value } of format.formatToParts(now)) parts[type] = value;
  return { day: WEEKDAYS.indexOf(parts.weekday ?? ''), minute: 60 * Number(parts.hour) + Number(parts.minute) };
}

/** Hours past midnight belong to the day on which they began. */
function isWithin({ day, minute }: Clock, { hours, days }: Pick<PolicyWhen, 'hours' | 'days'>): boolean {
  const isDay = (which: number): boolean => days?.includes((which + 7) % 7) ?? true;
  if (!hours) return isDay(day);
  return hours.some(({ from, to }) => {
    if (from < to) return minute >= from && minute < to && isDay(day);
    if (minute >= from) return isDay(day);
    return minute < to % DAY_MINUTES && isDay(day - 1);
  });
}

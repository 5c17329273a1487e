import type { WireHeaders } from '../base/world.ts';

const SECONDS = /^\d+(?:\.\d+)?$/;
const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * How long a vendor asks us to wait, in milliseconds; undefined if it does not say. `retry-after-ms` is OpenAI's,
 * `retry-after` may be seconds or a date, `x-ratelimit-reset` is a point in time with OpenRouter (epoch ms).
 */
export function retryAfterOf(headers: WireHeaders, now: number): number | undefined {
  const ms = headers['retry-after-ms'];
  if (ms !== undefined && SECONDS.test(ms)) return Number(ms);
  const after = headers['retry-after'];
  if (after !== undefined) {
    if (SECONDS.test(after)) return Number(after) * 1000;
    const date = Date.parse(after);
    if (Number.isFinite(date)) return Math.max(0, date - now);
  }
  return pointInTime(headers['x-ratelimit-reset'], now);
}

/** Milliseconds until an epoch time given in seconds or milliseconds; a small number is no point in time. */
export function pointInTime(value: unknown, now: number): number | undefined {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  if (!(number > 1e9)) return undefined;
  return Math.max(0, (number > 1e12 ? number : number * 1000) - now);
}

/** A duration such as `34s`, `1m2.5s` or `500ms`, in milliseconds. */
export function durationOf(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    total += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  return total;
}

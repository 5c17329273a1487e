import { arrayOf, type Json, type JsonObject, objectOf, stringOf } from '../base/json.ts';
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

/**
 * The same inside an error's body: Google's RetryInfo, OpenRouter's echoed headers, a count of seconds, and the
 * sentences that OpenAI, Groq (`try again in 1m2.5s`), Azure (`retry after 8 seconds`) and GitHub (`wait 43 seconds`) write.
 */
export function waitTold(error: JsonObject, message: string, now: number): number | undefined {
  for (const detail of arrayOf(error.details)) {
    const delay = durationOf(stringOf(objectOf(detail).retryDelay));
    if (delay !== undefined) return delay;
  }
  const metadata = objectOf(error.metadata);
  const reset = pointInTime(objectOf(metadata.headers)['X-RateLimit-Reset'], now);
  return (
    reset ?? secondsOf(error.retry_after ?? metadata.retry_after_seconds ?? error.estimated_time) ?? waitIn(message)
  );
}

const secondsOf = (value: Json | undefined): number | undefined =>
  typeof value === 'number' && value > 0 ? value * 1000 : undefined;

const SENTENCE =
  /(?:try again|retry|wait)(?: in| after)?:? (?:((?:\d+(?:\.\d+)?(?:ms|s|m|h))+)|(\d+(?:\.\d+)?) (millisecond|second|minute|hour))/i;
const WORDS: { readonly [word: string]: number } = { millisecond: 1, second: 1000, minute: 60_000, hour: 3_600_000 };

function waitIn(message: string): number | undefined {
  const [, short, count, word] = SENTENCE.exec(message) ?? [];
  if (short !== undefined) return durationOf(short);
  return count === undefined ? undefined : Number(count) * (WORDS[word?.toLowerCase() ?? ''] ?? 0);
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

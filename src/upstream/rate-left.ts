import type { WireHeaders } from '../base/world.ts';

/** No host makes others wait longer by a head alone. */
const REST_MS_MAX = 60_000;

/**
 * For how many milliseconds nothing more is granted, as a host says with an answer that it did give: `x-ratelimit-*` of
 * OpenAI, Groq and those that are like them (durations such as `6m0s`; platform.openai.com/docs/guides/rate-limits),
 * `anthropic-ratelimit-*` (moments; docs.anthropic.com/en/api/rate-limits). Null = something is left, or it says nothing.
 */
export function restAfter(headers: WireHeaders, now: number): number | null {
  let rest: number | null = null;
  for (const [left, reset] of PAIRS) {
    if (headers[left]?.trim() !== '0') continue;
    const ms = msUntil(headers[reset] ?? '', now);
    if (ms !== null && ms > 0) rest = Math.max(rest ?? 0, Math.min(ms, REST_MS_MAX));
  }
  return rest;
}

const PAIRS = [
  ['x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'],
  ['x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens'],
  ['anthropic-ratelimit-requests-remaining', 'anthropic-ratelimit-requests-reset'],
  ['anthropic-ratelimit-tokens-remaining', 'anthropic-ratelimit-tokens-reset'],
] as const;

const UNIT_MS: { readonly [unit: string]: number } = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function msUntil(text: string, now: number): number | null {
  const given = text.trim();
  if (given.length > 40) return null;
  if (/^\d+(?:\.\d+)?$/.test(given)) return 1_000 * Number(given);
  if (/^\d{4}-\d{2}-\d{2}T/.test(given)) {
    const moment = Date.parse(given);
    return Number.isNaN(moment) ? null : moment - now;
  }
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(given)) return null;
  let ms = 0;
  for (const [, count, unit = ''] of given.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    ms += Number(count) * (UNIT_MS[unit] ?? 0);
  return ms;
}

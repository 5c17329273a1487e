import type { WireHeaders } from '../base/world.ts';
import type { CommonCall } from '../call/operation.ts';
import type { App } from '../facts/caller.ts';

/** On every answer of the API: pages of any origin may read it, and the headers that are ours. Never with credentials. */
export const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'x-generation-id, retry-after, x-should-retry, x-openrouter-cache-status, x-openrouter-cache-age, x-openrouter-cache-ttl, x-openrouter-cache-source-id',
} as const;

const CATEGORIES_MAX = 2;
const TITLE_MAX = 200;
const LOCAL = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * The app a request comes from (spec §7.7): identified by the origin of `HTTP-Referer`. A title alone creates nothing,
 * and a program on localhost needs a title. Unreadable addresses are ignored.
 */
export function appOf(headers: WireHeaders): App | null {
  const referer = headers['http-referer'] ?? headers.referer;
  if (!referer) return null;
  const url = URL.parse(referer.trim());
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  const title = decodeTitle(headers['x-openrouter-title'] ?? headers['x-title'] ?? '');
  if (LOCAL.test(url.hostname) && title === '') return null;
  const categories = (headers['x-openrouter-categories'] ?? '')
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => /^[a-z][a-z0-9-]{0,29}$/.test(word))
    .slice(0, CATEGORIES_MAX);
  return { origin: url.origin, title: title || url.hostname, categories };
}

/** Header bytes are Latin-1 to Node; clients send UTF-8. Control characters are removed. */
function decodeTitle(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  const text = bytes.includes(0x80) || /[\x80-\xff]/.test(value) ? bytes.toString('utf8') : value;
  return text
    .replaceAll(/\p{Cc}/gu, '')
    .trim()
    .slice(0, TITLE_MAX);
}

/** The caller wants losses listed in the answer: `X-Switchwright-Losses: 1`, or any `debug` in the body. */
export const wantsLosses = (headers: WireHeaders, call?: CommonCall): boolean =>
  call?.gateway.extra?.debug !== undefined || /^(?:1|true)$/i.test(headers['x-switchwright-losses'] ?? '');

import { PRODUCT } from '../base/product.ts';
import type { WireHeaders } from '../base/world.ts';

/** Longer ones are no keys. */
export const KEY_LENGTH_MAX = 512;
export const SESSION_COOKIE = `${PRODUCT.slug}_session`;

/**
 * The key a request carries, however its client says it: `Authorization: Bearer` (OpenAI, OpenRouter), `x-api-key`
 * (Anthropic's SDKs), `x-goog-api-key` (Google's), `api-key` (Azure's). Undefined if none.
 */
export function keyIn(headers: WireHeaders): string | undefined {
  const authorization = headers.authorization;
  if (authorization !== undefined && authorization.length <= KEY_LENGTH_MAX) {
    const bearer = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (bearer !== undefined) return bearer;
  }
  const key = headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers['api-key'];
  return key !== undefined && key !== '' && key.length <= KEY_LENGTH_MAX ? key : undefined;
}

/** The console's session cookie, unless a page of another origin sent the request. */
export function sessionIn(headers: WireHeaders): string | undefined {
  return isFromElsewhere(headers) ? undefined : cookieIn(headers, SESSION_COOKIE, SESSION_FORM);
}
const SESSION_FORM = /^[0-9a-f]{64}$/;

/**
 * Has a page of another origin sent this? Browsers say it in `Sec-Fetch-Site`, but only to hosts with TLS and to this machine; to others they name the page's
 * origin in `Origin`, with every request that changes something (W3C Fetch Metadata, read 2026-11-24).
 */
export function isFromElsewhere({ 'sec-fetch-site': site, origin, host }: WireHeaders): boolean {
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return origin !== undefined && URL.parse(origin)?.host !== host;
}

type CookieOptions = { readonly maxAgeS: number; readonly secure: boolean };

/** A cookie that only this instance reads: no script, no other site, and behind TLS never without it. */
export function cookie(name: string, value: string, { maxAgeS, secure }: CookieOptions): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeS}${secure ? '; Secure' : ''}`;
}

export const sessionCookie = (session: string, options: CookieOptions): string =>
  cookie(SESSION_COOKIE, session, options);

/** The value of a cookie, where it has this form. */
export function cookieIn(headers: WireHeaders, name: string, form: RegExp): string | undefined {
  for (const part of headers.cookie?.split(';') ?? []) {
    const [found, value] = part.trim().split('=', 2);
    if (found === name && value !== undefined && form.test(value)) return value;
  }
  return undefined;
}

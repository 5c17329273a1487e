import { PRODUCT } from '../base/product.ts';
import type { WireHeaders } from '../base/world.ts';

const KEY_LENGTH_MAX = 512;
export const SESSION_COOKIE = `${PRODUCT.slug}_session`;

/**
 * The key a request carries, however its client says it: `Authorization: Bearer` (OpenAI, OpenRouter), `x-api-key`
 * (Anthropic's SDKs), `x-goog-api-key` (Google's). Undefined if none.
 */
export function keyIn(headers: WireHeaders): string | undefined {
  const authorization = headers.authorization;
  if (authorization !== undefined && authorization.length <= KEY_LENGTH_MAX) {
    const bearer = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (bearer !== undefined) return bearer;
  }
  const key = headers['x-api-key'] ?? headers['x-goog-api-key'];
  return key !== undefined && key !== '' && key.length <= KEY_LENGTH_MAX ? key : undefined;
}

/** The console's session cookie, unless another site's page sent the request. */
export function sessionIn(headers: WireHeaders): string | undefined {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return undefined;
  for (const part of (headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === SESSION_COOKIE && value !== undefined && /^[0-9a-f]{64}$/.test(value)) return value;
  }
  return undefined;
}

export function sessionCookie(
  session: string,
  options: { readonly maxAgeS: number; readonly secure: boolean },
): string {
  const secure = options.secure ? '; Secure' : '';
  return `${SESSION_COOKIE}=${session}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${options.maxAgeS}${secure}`;
}

import type { CustomFetch } from 'openid-client';
import { PRODUCT } from '../base/product.ts';
import type { Fetching } from '../facts/fetching.ts';

const BOUNDS = { bytesMax: 1024 * 1024, timeoutMs: 10_000 };
/** The Fetch standard (read 2026-11-29) gives these no body. */
const WITHOUT_BODY: readonly number[] = [204, 205, 304];

/** The provider gave no answer, or none that can be read. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** The gateway's own way out, bounded in size and time, as `fetch`; redirects are not followed. */
export const fetchBy =
  (fetching: Fetching): CustomFetch =>
  async (url, { method, headers, body }) => {
    const all = { 'user-agent': PRODUCT.name, ...headers, 'accept-encoding': 'identity' };
    const text = body === undefined || body === null ? null : String(body);
    const asked = { method: method === 'POST' ? 'POST' : 'GET', url, headers: all, body: text } as const;
    // The operator has named the host, and the host has named this address.
    const answer = await fetching({ ...asked, reach: 'operator' }, BOUNDS);
    if (!answer.ok) throw new Unreachable(answer.error.message);
    const { status, headers: told, body: bytes } = answer.value;
    if (status < 200 || status > 599) throw new Unreachable(`it answered ${status}`);
    const plain = Object.entries(told).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as [string, string]],
    );
    return new Response(WITHOUT_BODY.includes(status) ? null : Buffer.from(bytes), { status, headers: plain });
  };

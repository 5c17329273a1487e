import { LIMITS } from '../base/limits.ts';
import { PRODUCT } from '../base/product.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { World } from '../base/world.ts';
import type { Fetching } from '../facts/fetching.ts';

import { pageText } from './page-text.ts';

export type Page = { readonly url: string; readonly title: string; readonly text: string; readonly status: number };
export type PageError = { readonly message: string; readonly status?: number };

type Means = { readonly world: World; readonly fetching: Fetching };
export type PageBounds = { readonly lengthMax: number; readonly isAllowed: (url: string) => boolean };

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** A page of the public internet as text: no other address is reached, whatever it redirects to, and nothing secret is sent. */
export async function fetchPage(
  { world, fetching }: Means,
  asked: string,
  { lengthMax, isAllowed }: PageBounds,
  onCancel: (cancel: () => void) => void,
): Promise<Result<Page, PageError>> {
  let url = asked;
  const until = world.elapsed() + LIMITS.asset_timeout_ms;
  for (let redirects = 0; redirects <= LIMITS.asset_redirects_max; redirects++) {
    const objection = objectionTo(url, isAllowed);
    if (objection !== null) return failed({ message: objection });
    const headers = { 'user-agent': PRODUCT.userAgent, accept: 'text/html, text/plain, application/json, */*;q=0.1' };
    const answer = await fetching(
      { method: 'GET', url, headers, body: null, reach: 'public' },
      { bytesMax: LIMITS.page_bytes_max, timeoutMs: Math.max(1, until - world.elapsed()), onCancel },
    );
    if (!answer.ok) return failed({ message: wordsFor(answer.error.kind) });
    const { status, headers: got, body } = answer.value;
    const location = got.location;
    if (REDIRECTS.has(status) && location !== undefined) {
      if (!URL.canParse(location, url)) return failed({ message: 'it redirects to no valid URL', status });
      url = new URL(location, url).href;
      continue;
    }
    if (status < 200 || status > 299) return failed({ message: `its host answered with status ${status}`, status });
    return read(world, { url, status, type: got['content-type'] ?? '', body }, lengthMax);
  }
  return failed({ message: `more than ${LIMITS.asset_redirects_max} redirects` });
}

function objectionTo(url: string, isAllowed: (url: string) => boolean): string | null {
  if (url.length > LIMITS.url_length_max || !URL.canParse(url)) return 'it is no valid URL';
  const { protocol, username, password } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return 'only http and https are fetched';
  if (username !== '' || password !== '') return 'URLs with credentials are not fetched';
  return isAllowed(url) ? null : 'its domain is not among those that this request allows';
}

/** A name of a private network, or an address, is not told apart from one that does not answer. */
function wordsFor(kind: string): string {
  if (kind === 'timeout') return 'its host did not answer in time';
  if (kind === 'too-large') return `it is larger than ${LIMITS.page_bytes_max} bytes`;
  return kind === 'forbidden' ? 'its host is not on the public internet' : 'its host could not be reached';
}

type Got = { readonly url: string; readonly status: number; readonly type: string; readonly body: Uint8Array };

async function read(
  world: World,
  { url, status, type, body }: Got,
  lengthMax: number,
): Promise<Result<Page, PageError>> {
  const kind = type.split(';')[0]?.trim().toLowerCase() ?? '';
  const isHtml = kind === '' || /html|xml/.test(kind);
  if (!isHtml && !/^text\/|json|javascript|yaml|csv/.test(kind))
    return failed({ message: `it is ${kind.slice(0, 80)}, which is not read`, status });
  const text = decode(body, type);
  if (isHtml) return ok({ url, status, ...(await pageText(world, text, lengthMax)) });
  return ok({ url, status, title: '', text: text.slice(0, lengthMax) });
}

function decode(body: Uint8Array, type: string): string {
  const charset = /charset="?([\w-]{1,40})/i.exec(type)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

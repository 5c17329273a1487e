import { readFileSync, statSync } from 'node:fs';
import { type Json, parseJson } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { PRODUCT } from '../base/product.ts';
import { failed, ok, type Result } from '../base/result.ts';

/** A listing of models from a file or an address (redirects followed), or why there is none. */
export async function readListingFrom(from: string): Promise<Result<Json, string>> {
  try {
    const text = /^https?:\/\//i.test(from) ? await download(from) : readLimited(from);
    if (!text.ok) return text;
    const json = parseJson(text.value);
    return json === undefined ? failed(`${from} is not JSON.`) : ok(json);
  } catch (cause) {
    return failed(`${from} cannot be read: ${reasonOf(cause)}`);
  }
}

/** `fetch failed` says nothing; what lies below it does. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown reason';
  const below = cause.cause instanceof Error ? cause.cause.message : '';
  return below ? `${cause.message}: ${below}` : cause.message;
}

function readLimited(path: string): Result<string, string> {
  return statSync(path).size > LIMITS.listing_bytes_max ? tooLarge(path) : ok(readFileSync(path, 'utf8'));
}

async function download(url: string): Promise<Result<string, string>> {
  const answer = await fetch(url, {
    headers: { accept: 'application/json', 'user-agent': PRODUCT.userAgent },
    signal: AbortSignal.timeout(LIMITS.listing_timeout_ms),
  });
  if (!answer.ok) {
    await answer.body?.cancel();
    return failed(`${url} answered ${answer.status}.`);
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of answer.body ?? []) {
    size += part.length;
    // Leaving the loop cancels the download; sizes are those after decompression.
    if (size > LIMITS.listing_bytes_max) return tooLarge(url);
    parts.push(part);
  }
  return ok(Buffer.concat(parts).toString('utf8'));
}

const tooLarge = (from: string): Result<string, string> =>
  failed(`${from} is larger than ${LIMITS.listing_bytes_max} bytes.`);

import { isUtf8 } from 'node:buffer';
import { type Fault, type FaultCode, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import { sniffMediaType } from '../base/media-type.ts';
import { PRODUCT } from '../base/product.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { WireHeaders, World } from '../base/world.ts';
import type { Asset, Assets } from '../facts/asset.ts';
import { exhausted } from './attempt-faults.ts';
import { type CollectError, collectBody } from './collect-body.ts';

export type AssetData = { readonly mediaType: string; readonly data: Uint8Array };
export type AssetFetch = { readonly result: Promise<Result<Assets, Fault>>; readonly cancel: () => void };

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches what a call names by URL: each once, in parallel, from the public internet only, without any credential.
 * The first failure is the result and gives the others up.
 */
export function fetchAssets(world: World, assets: readonly Asset[]): AssetFetch {
  const cancels = new Set<() => void>();
  const cancel = (): void => {
    for (const one of cancels) one();
  };
  const distinct = [...new Map(assets.map((asset) => [asset.url, asset])).values()];
  return { result: fetchAll(world, distinct, cancels, cancel), cancel };
}

async function fetchAll(
  world: World,
  assets: readonly Asset[],
  cancels: Set<() => void>,
  cancel: () => void,
): Promise<Result<Assets, Fault>> {
  if (assets.length > LIMITS.asset_count_max)
    return failed(fault('invalid_request', `More than ${LIMITS.asset_count_max} images or files to fetch by URL.`));
  let first: Fault | undefined;
  const got = new Map<string, AssetData>();
  await Promise.all(
    assets.map(async (asset) => {
      const result = await fetchAsset(world, asset, (one) => cancels.add(one));
      if (result.ok) got.set(asset.url, result.value);
      else if (!first) {
        first = result.error;
        cancel();
      }
    }),
  );
  return first ? failed(first) : ok(got);
}

async function fetchAsset(
  world: World,
  asset: Asset,
  onCancel: (cancel: () => void) => void,
): Promise<Result<AssetData, Fault>> {
  const until = world.elapsed() + LIMITS.asset_timeout_ms;
  let url = asset.url;
  for (let redirects = 0; redirects <= LIMITS.asset_redirects_max; redirects++) {
    const headers = { 'user-agent': PRODUCT.userAgent, accept: '*/*' };
    const answer = await collectBody(
      world,
      { method: 'GET', url, headers, body: null, reach: 'public' },
      { bytesMax: LIMITS.asset_bytes_max, timeoutMs: Math.max(1, until - world.elapsed()), onCancel },
    );
    if (!answer.ok) return failed(faultOf(asset, answer.error));
    const { status, headers: got, body } = answer.value;
    const location = got.location;
    if (REDIRECTS.has(status) && location !== undefined) {
      if (!URL.canParse(location, url)) return failed(downloadFault(asset, 'it redirects to no valid URL', { status }));
      url = new URL(location, url).href;
    } else if (status !== 200)
      return failed(downloadFault(asset, `the host answered with status ${status}`, { status }));
    else if (body.length === 0) return failed(downloadFault(asset, 'the host sent nothing', { status }));
    else {
      const mediaType = mediaTypeOf(asset, got, body);
      if (asset.kind === 'image' && !isImage(mediaType, body))
        return failed(downloadFault(asset, `it is no image but ${mediaType}`));
      return ok({ mediaType, data: body });
    }
  }
  return failed(downloadFault(asset, `more than ${LIMITS.asset_redirects_max} redirects`));
}

/** The bytes' own word first: hosts often call everything `application/octet-stream`. */
function mediaTypeOf(asset: Asset, headers: WireHeaders, body: Uint8Array): string {
  const said = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const sniffed = sniffMediaType(body);
  if (sniffed !== null) return sniffed;
  return said || (asset.kind === 'image' ? 'image/unknown' : 'application/octet-stream');
}

/** An error page served with status 200 must not travel on as an image, whatever it calls itself. */
const isImage = (mediaType: string, body: Uint8Array): boolean =>
  mediaType.startsWith('image/') &&
  (mediaType === 'image/svg+xml' || sniffMediaType(body) !== null || body.length === 0 || !isUtf8(body));

function faultOf(asset: Asset, error: CollectError): Fault {
  if (error.kind === 'too-large')
    return asset.kind === 'image'
      ? downloadFault(asset, `it is larger than ${LIMITS.asset_bytes_max} bytes`, { code: 'image_too_large' })
      : downloadFault(asset, `it is larger than ${LIMITS.asset_bytes_max} bytes`);
  if (error.kind === 'exhausted') return exhausted(error.message);
  return downloadFault(asset, error.message);
}

function downloadFault(
  asset: Asset,
  detail: string,
  more: { readonly status?: number; readonly code?: FaultCode } = {},
): Fault {
  const url = printableUrl(asset.url);
  return fault(more.code ?? 'image_download_failed', `The ${asset.kind} at ${url} could not be fetched: ${detail}.`, {
    metadata: { url, ...(more.status !== undefined && { status: more.status }) },
  });
}

/** Without query, fragment and user: signed URLs carry their secret there. */
function printableUrl(text: string): string {
  if (!URL.canParse(text)) return text.slice(0, 80);
  const { origin, pathname, protocol } = new URL(text);
  return (origin === 'null' ? `${protocol}…` : origin + pathname).slice(0, 300);
}

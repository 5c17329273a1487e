import { isUtf8 } from 'node:buffer';
import { type Blob, LENGTH_MIN, markOf } from '../base/blobs.ts';
import { type Fault, type FaultCode, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import { sniffMediaType } from '../base/media-type.ts';
import type { MemoryAllowance } from '../base/memory.ts';
import { PRODUCT } from '../base/product.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { WireHeaders, World } from '../base/world.ts';
import type { Asset, Assets, Fetched } from '../facts/asset.ts';
import { exhausted } from './attempt-faults.ts';
import { type CollectError, collectBody } from './collect-body.ts';

export type AssetFetch = { readonly result: Promise<Result<Assets, Fault>>; readonly cancel: () => void };

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What an asset weighs while it is fetched: its bytes and, in the end in their place, its base64. */
const WEIGHT = 2.5;
const BASE64_WEIGHT = 4 / 3;

export type FetchOptions = {
  /** Where the memory for it comes from. */
  readonly allowance: MemoryAllowance;
  /** The call's blobs so far: a large asset becomes one more. */
  readonly blobs: Blob[];
};

/**
 * Fetches what a call names by URL: each once, a few at a time, from the public internet only, without any credential.
 * The first failure is the result and gives the others up.
 */
export function fetchAssets(world: World, assets: readonly Asset[], options: FetchOptions): AssetFetch {
  const cancels = new Set<() => void>();
  const cancel = (): void => {
    for (const one of cancels) one();
  };
  const distinct = [...new Map(assets.map((asset) => [asset.url, asset])).values()];
  return { result: fetchAll(world, distinct, { ...options, cancels, cancel }), cancel };
}

type Fetching = FetchOptions & { readonly cancels: Set<() => void>; readonly cancel: () => void };

async function fetchAll(world: World, assets: readonly Asset[], fetching: Fetching): Promise<Result<Assets, Fault>> {
  if (assets.length > LIMITS.asset_count_max)
    return failed(fault('invalid_request', `More than ${LIMITS.asset_count_max} images or files to fetch by URL.`));
  const { cancels, cancel } = fetching;
  let first: Fault | undefined;
  const got = new Map<string, Fetched>();
  const left = { bytes: LIMITS.assets_bytes_max };
  const queue = [...assets];
  const next = async (): Promise<void> => {
    for (let asset = queue.shift(); asset && !first; asset = queue.shift()) {
      const { room, settle } = roomOf(asset, fetching.allowance, left);
      const result = await fetchAsset(world, asset, { room, onCancel: (one) => cancels.add(one) });
      const obstacle = result.ok ? settle(result.value.data.length) : result.error;
      if (result.ok && !obstacle) got.set(asset.url, await kept(world, result.value, fetching.blobs));
      else if (!first && obstacle) {
        first = obstacle;
        cancel();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(LIMITS.assets_at_once_max, assets.length) }, next));
  return first ? failed(first) : ok(got);
}

/** A multiple of three bytes, so that what is made of each can stand behind the other. */
const PORTION_BYTES = 768 * 1024;

/** A large one goes into the body that is sent as bytes: as a string it would be there three times over. */
async function kept(world: World, fetched: Fetched, blobs: Blob[]): Promise<Fetched> {
  if (fetched.data.length < LENGTH_MIN) return fetched;
  const { buffer, byteOffset, byteLength } = fetched.data;
  const base64: Buffer[] = [];
  for (let at = 0; at < byteLength; at += PORTION_BYTES) {
    if (at > 0) await new Promise<void>((next) => world.after(0, next));
    const portion = Buffer.from(buffer, byteOffset + at, Math.min(PORTION_BYTES, byteLength - at));
    base64.push(Buffer.from(portion.toString('base64'), 'latin1'));
  }
  return { mediaType: fetched.mediaType, data: NOTHING, mark: markOf(blobs.push(base64) - 1) };
}

const NOTHING = new Uint8Array();

/** Asks for memory before a body is read. Null = there is. */
type Room = (bytes: number | null) => Promise<Fault | null>;

/** The memory of one asset: taken by the length that it announces, settled by the one that it has. */
function roomOf(
  asset: Asset,
  allowance: MemoryAllowance,
  left: { bytes: number },
): { readonly room: Room; readonly settle: (size: number) => Fault | null } {
  let taken = 0;
  const tooLarge = (): Fault => downloadFault(asset, ALL_TOO_LARGE, { code: 'payload_too_large' });
  return {
    room: (bytes) => {
      if (bytes !== null && bytes > left.bytes) return Promise.resolve(tooLarge());
      const wanted = Math.ceil((bytes ?? LIMITS.asset_bytes_max) * WEIGHT);
      return new Promise((resolve) =>
        allowance.take(wanted, (isGranted) => {
          if (isGranted) taken += wanted;
          resolve(isGranted ? null : FULL);
        }),
      );
    },
    settle: (size) => {
      allowance.give(taken - Math.ceil(size * BASE64_WEIGHT));
      left.bytes -= size;
      return left.bytes < 0 ? tooLarge() : null;
    },
  };
}

const ALL_TOO_LARGE = `all that this call names by URL is larger than ${LIMITS.assets_bytes_max} bytes`;
const FULL = exhausted('its memory is taken up by other calls');

type FetchOne = { readonly room: Room; readonly onCancel: (cancel: () => void) => void };

async function fetchAsset(world: World, asset: Asset, { room, onCancel }: FetchOne): Promise<Result<Fetched, Fault>> {
  const until = world.elapsed() + LIMITS.asset_timeout_ms;
  let url = asset.url;
  for (let redirects = 0; redirects <= LIMITS.asset_redirects_max; redirects++) {
    const headers = { 'user-agent': PRODUCT.userAgent, accept: '*/*' };
    const answer = await collectBody(
      world,
      { method: 'GET', url, headers, body: null, reach: 'public' },
      { bytesMax: LIMITS.asset_bytes_max, timeoutMs: Math.max(1, until - world.elapsed()), onCancel, room },
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
  if (error.fault) return error.fault;
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

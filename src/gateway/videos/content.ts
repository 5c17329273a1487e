import { type Fault, fault } from '../../base/fault.ts';
import { LIMITS } from '../../base/limits.ts';
import { PRODUCT } from '../../base/product.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Wire, WireHeaders, WireRequest } from '../../base/world.ts';
import { sign } from '../../upstream/auth/sign.ts';
import { credentialOf, taskRequest } from '../../upstream/vendor-exchange.ts';
import type { Gateway } from '../gateway.ts';
import type { VideoState } from './video-state.ts';
import { ownerOf, targetOf } from './video-work.ts';

/** Who takes a video's bytes. `data` is valid only during the call; `end` or `failed` comes last. */
export type VideoReader = {
  readonly head: (status: 200 | 206 | 416, headers: { readonly [name: string]: string }) => void;
  readonly data: (bytes: Uint8Array) => void;
  readonly end: () => void;
  /** Nothing has come yet where `head` was not called; else it breaks off. */
  readonly failed: (value: Fault) => void;
};

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Without a byte for so long a vendor is given up. */
const SILENT_MS = 30_000;

/**
 * Fetches a finished video where its vendor keeps it: with the key at the vendor's own origins, through the guard of all
 * that is named by others anywhere else. Nothing of it is kept here.
 */
export async function fetchVideo(
  gateway: Gateway,
  state: VideoState,
  range: string | undefined,
  reader: VideoReader,
): Promise<Wire> {
  const exchange: Exchange = {
    gateway,
    state,
    range,
    reader,
    wire: null,
    isOver: false,
    isPaused: false,
    stop: () => {},
  };
  const first = await firstRequest(exchange);
  if (first.ok) send(exchange, first.value, 0);
  else finish(exchange, first.error);
  return {
    pause: () => {
      exchange.isPaused = true;
      exchange.stop();
      exchange.wire?.pause();
    },
    resume: () => {
      exchange.isPaused = false;
      watch(exchange);
      exchange.wire?.resume();
    },
    abort: () => {
      exchange.isOver = true;
      exchange.stop();
      exchange.wire?.abort();
    },
  };
}

type Exchange = {
  readonly gateway: Gateway;
  readonly state: VideoState;
  readonly range: string | undefined;
  readonly reader: VideoReader;
  wire: Wire | null;
  isOver: boolean;
  isPaused: boolean;
  stop: () => void;
};

async function firstRequest({ gateway, state, range }: Exchange): Promise<Result<WireRequest, Fault>> {
  const [video] = state.videos;
  if (!video) return failed(GONE);
  if ('url' in video) return requestTo({ gateway, state, range }, video.url);
  const target = targetOf(gateway, state);
  if (!target) return failed(GONE);
  const asked = { method: 'GET', path: video.path } as const;
  const signed = await taskRequest(gateway.upstream, ownerOf(target, state), asked, headersOf(range));
  return signed.ok ? ok(signed.value.request) : signed;
}

async function requestTo(
  { gateway, state, range }: Pick<Exchange, 'gateway' | 'state' | 'range'>,
  url: string,
): Promise<Result<WireRequest, Fault>> {
  const target = targetOf(gateway, state);
  const credential = target && credentialOf(gateway.upstream, ownerOf(target, state));
  const own =
    URL.canParse(url) && credential?.ok && credential.value.origins.has(new URL(url).origin) && credential.value;
  const headers = { 'user-agent': PRODUCT.userAgent, ...headersOf(range) };
  const request: WireRequest = { method: 'GET', url, headers, body: null, reach: own ? 'operator' : 'public' };
  return own && target ? sign(gateway.world, request, target.endpoint.provider, own) : ok(request);
}

const headersOf = (range: string | undefined): { readonly [name: string]: string } =>
  range === undefined ? { accept: '*/*' } : { accept: '*/*', range };

const GONE = fault('gone', 'This video is not there any more.');

function send(exchange: Exchange, request: WireRequest, redirects: number): void {
  const { gateway, reader } = exchange;
  let isBody = false;
  if (exchange.isOver) return;
  watch(exchange);
  exchange.wire = gateway.world.request(request, {
    head: (status, headers) => {
      if (REDIRECTS.has(status) && headers.location !== undefined) {
        exchange.wire?.abort();
        return follow(exchange, request.url, headers.location, redirects + 1);
      }
      if (status !== 200 && status !== 206 && status !== 416) {
        exchange.wire?.abort();
        return finish(exchange, refusalOf(status));
      }
      isBody = true;
      reader.head(status, passedOn(headers));
    },
    data: (bytes) => {
      watch(exchange);
      if (isBody && !exchange.isOver) reader.data(bytes);
    },
    end: () => {
      exchange.stop();
      if (!exchange.isOver && isBody) reader.end();
      exchange.isOver = true;
    },
    error: ({ message }) =>
      finish(exchange, fault('upstream_unreachable', `The video could not be fetched: ${message}`)),
  });
  if (exchange.isPaused) exchange.wire.pause();
}

function follow(exchange: Exchange, from: string, location: string, redirects: number): void {
  if (redirects > LIMITS.asset_redirects_max || !URL.canParse(location, from)) return finish(exchange, TOO_FAR);
  requestTo(exchange, new URL(location, from).href).then(
    (next) => (next.ok ? send(exchange, next.value, redirects) : finish(exchange, next.error)),
    () => finish(exchange, TOO_FAR),
  );
}
const TOO_FAR = fault('upstream_malformed', 'The video’s address leads nowhere.');

const refusalOf = (status: number): Fault =>
  [403, 404, 410].includes(status)
    ? GONE
    : fault('upstream_server_error', `The video’s host answered with status ${status}.`);

const PASSED = ['content-length', 'content-range', 'accept-ranges', 'etag', 'last-modified'];

/** Nothing that a browser would run: a video, or bytes. */
function passedOn(headers: WireHeaders): { readonly [name: string]: string } {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const passed = PASSED.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as const]));
  return {
    ...Object.fromEntries(passed),
    'content-type': /^video\/[\w.+-]+$/.test(type) ? type : 'video/mp4',
    'x-content-type-options': 'nosniff',
  };
}

function finish(exchange: Exchange, value: Fault): void {
  exchange.stop();
  if (exchange.isOver) return;
  exchange.isOver = true;
  exchange.reader.failed(value);
}

/** Silence counts only while something is wanted. */
function watch(exchange: Exchange): void {
  exchange.stop();
  if (exchange.isOver || exchange.isPaused) return;
  exchange.stop = exchange.gateway.world.after(SILENT_MS, () => {
    exchange.wire?.abort();
    finish(exchange, fault('upstream_timeout', 'The video’s host fell silent.'));
  });
}

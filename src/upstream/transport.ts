import { lookup } from 'node:dns';
import { Client, type Dispatcher } from 'undici';
import { withoutPaths } from '../base/redact.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Wire, WireError, WireHandler, WireHeaders, WireRequest, World } from '../base/world.ts';
import { type EgressAllowance, isGlobalUnicast, parseAllowance } from './address.ts';
import { exhaustedError } from './exhausted.ts';
import { Pool } from './pool.ts';

export type TransportOptions = {
  /** Addresses and `host:port`s that callers' URLs may reach beside the public internet (`SWITCHWRIGHT_EGRESS_ALLOW`). */
  readonly egressAllow?: string;
  readonly connectTimeoutMs?: number;
  /** Open connections per origin; a request beyond it waits. */
  readonly connectionsMax?: number;
};

export type Transport = { readonly request: World['request']; readonly close: () => Promise<void> };

/** Only the settings; deadlines are the caller's (`Deadlines`), so the client's own are off. */
const CLIENT = { headersTimeout: 0, bodyTimeout: 0, allowH2: false, pipelining: 1, maxHeaderSize: 64 * 1024 } as const;

/** The real `World.request`: HTTP/1.1, no proxy, nothing decompressed, no deadline. */
export function createRequest(options: TransportOptions = {}): World['request'] {
  return createTransport(options).request;
}

/**
 * As `createRequest`, with a `close` that ends the idle connections. What the operator named goes over pooled keep-alive
 * connections of our own; what a caller named is asked once, by undici, at an address that was checked.
 */
export function createTransport(options: TransportOptions = {}): Transport {
  const connectTimeoutMs = options.connectTimeoutMs ?? 8_000;
  const allowance = parseAllowance(options.egressAllow ?? '');
  const pool = new Pool({ connectTimeoutMs, connectionsMax: options.connectionsMax ?? 8_192 });
  return {
    request: (request, handler) => {
      if (request.reach === 'operator') return pool.request(request, handler);
      const exchange = createExchange(handler);
      resolvePublic(request.url, allowance, (pinned) => {
        if (!pinned.ok) exchange.fail(pinned.error);
        else exchange.dispatch(pinnedClient(request.url, pinned.value, connectTimeoutMs), request);
      });
      return exchange.wire;
    },
    close: async () => pool.close(),
  };
}

type Exchange = {
  readonly wire: Wire;
  readonly fail: (error: WireError) => void;
  /** Uses the client for this one exchange, then ends it. */
  readonly dispatch: (client: Client, request: WireRequest) => void;
};

function createExchange(handler: WireHandler): Exchange {
  let controller: Dispatcher.DispatchController | undefined;
  let disposable: Dispatcher | undefined;
  let paused = false;
  let over = false;
  const dispose = (): void => {
    disposable?.destroy().catch(() => undefined);
  };
  const finish = (): boolean => {
    if (over) return false;
    over = true;
    dispose();
    return true;
  };
  const fail = (error: WireError): void => {
    if (finish()) handler.error(error);
  };
  const parts: Dispatcher.DispatchHandler = {
    onRequestStart: (started) => {
      controller = started;
      if (over) started.abort(new Error('aborted'));
      else if (paused) started.pause();
    },
    onResponseStart: (_, status, headers) => {
      if (!over && status >= 200) handler.head(status, headers as WireHeaders);
    },
    onResponseData: (_, chunk) => {
      if (!over) handler.data(chunk);
    },
    onResponseEnd: () => {
      if (finish()) handler.end();
    },
    onResponseError: (_, error) => fail(wireErrorOf(error)),
  };
  const dispatch: Exchange['dispatch'] = (client, request) => {
    disposable = client;
    if (over) {
      dispose();
      return;
    }
    try {
      const { origin, pathname, search } = new URL(request.url);
      const { method } = request;
      client.dispatch({ origin, path: pathname + search, method, ...contentOf(request) }, parts);
    } catch (cause) {
      queueMicrotask(() => fail({ kind: 'malformed', message: messageOf(cause) }));
    }
  };
  const wire: Wire = {
    pause: () => {
      paused = true;
      controller?.pause();
    },
    // Where nothing is paused undici reads on within the read that called: it never came back with 1 MB (seen 2026-11-29).
    resume: () => {
      if (!paused) return;
      paused = false;
      controller?.resume();
    },
    abort: () => {
      if (finish()) controller?.abort(new Error('aborted'));
    },
  };
  return { wire, fail, dispatch };
}

/** Of pieces the client does not count the bytes itself. */
function contentOf({ headers, body }: WireRequest): Pick<Dispatcher.DispatchOptions, 'headers' | 'body'> {
  if (body === null || typeof body === 'string') return { headers, body };
  const length = body.reduce((sum, piece) => sum + piece.length, 0);
  return { headers: { ...headers, 'content-length': String(length) }, body: body as never };
}

type Pinned = { readonly address: string; readonly family: 4 | 6 };

type Destination = { readonly hostname: string; readonly vouched: boolean };

/** What a caller's URL names, before anything is resolved. */
function destinationOf(text: string, allowance: EgressAllowance): Result<Destination, WireError> {
  const refuse = (message: string) => failed<WireError>({ kind: 'forbidden', message });
  if (!URL.canParse(text)) return refuse('not a valid URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse('only http and https URLs are fetched');
  if (url.username !== '' || url.password !== '') return refuse('a URL with a user name or password is not fetched');
  const standardPort = url.protocol === 'https:' ? 443 : 80;
  const vouched = allowance.host(url.hostname, url.port === '' ? standardPort : Number(url.port));
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  if (!vouched && /(^|\.)localhost\.?$/.test(hostname)) return refuse('the host is this machine');
  return ok({ hostname, vouched });
}

/** Finds the one address that may be connected to, or says why none may. Never calls back synchronously. */
function resolvePublic(url: string, allowance: EgressAllowance, done: (pinned: Result<Pinned, WireError>) => void) {
  const destination = destinationOf(url, allowance);
  if (!destination.ok) {
    queueMicrotask(() => done(destination));
    return;
  }
  const { hostname, vouched } = destination.value;
  lookup(hostname, { all: true }, (error, found) => {
    if (error) {
      const message = `the host name was not resolved (${error.code})`;
      done(failed(exhaustedError(error.code) ?? { kind: 'refused', message }));
      return;
    }
    const open = found.find(({ address }) => vouched || isGlobalUnicast(address) || allowance.address(address));
    if (open) done(ok({ address: open.address, family: open.family === 6 ? 6 : 4 }));
    else done(failed({ kind: 'forbidden', message: 'the host is not on the public internet' }));
  });
}

/** A client for one exchange that connects to the checked address, whatever the name resolves to by then. */
function pinnedClient(url: string, pinned: Pinned, timeout: number): Client {
  return new Client(new URL(url).origin, {
    ...CLIENT,
    connect: {
      timeout,
      lookup: (_name, options, found) =>
        options.all ? found(null, [pinned]) : found(null, pinned.address, pinned.family),
    },
  });
}

const REFUSED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const RESET = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']);

function wireErrorOf(error: Error & { readonly code?: unknown }): WireError {
  const code = typeof error.code === 'string' ? error.code : '';
  const message = messageOf(error);
  const exhausted = exhaustedError(code);
  if (exhausted) return exhausted;
  if (REFUSED.has(code) || code === 'UND_ERR_CONNECT_TIMEOUT') return { kind: 'refused', message };
  if (/CERT|_TLS_|SIGNATURE|SSL/.test(code)) return { kind: 'refused', message };
  if (RESET.has(code) || code === 'HPE_INVALID_EOF_STATE') return { kind: 'reset', message };
  return { kind: 'malformed', message };
}

function messageOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message || cause.name : 'unknown failure';
  return withoutPaths(text).slice(0, 200);
}

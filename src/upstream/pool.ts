import type { Wire, WireError, WireHandler, WireRequest } from '../base/world.ts';
import { Connection, type ConnectionOwner, type SentRequest } from './connection.ts';
import { createPlaces, type Destination, type Origin } from './origin.ts';

export type PoolOptions = {
  readonly connectTimeoutMs: number;
  /** Open connections per origin; a request beyond it waits. */
  readonly connectionsMax: number;
};

/** Below the 60 s after which common load balancers drop an idle connection. */
const KEEP_ALIVE_MS = 45_000;
/** A connection is not used in its last second by the host's word: it may be closing it just then. */
const MARGIN_MS = 1_000;
/** So often those whose time is up are looked for. */
const SWEEP_MS = 5_000;

const UNUSABLE_URL: WireError = { kind: 'malformed', message: 'not a URL that can be asked' };
const UNWRITABLE: WireError = { kind: 'malformed', message: 'the request cannot be written as HTTP' };

/** The connections to one origin. The one used last is used next, so that in quiet times few stay open. */
type Line = { readonly origin: Origin; readonly idle: Connection[]; readonly waiting: Exchange[]; open: number };

/** Keep-alive connections to the hosts that the operator named. */
export class Pool implements ConnectionOwner {
  readonly #options: PoolOptions;
  readonly #placeOf = createPlaces();
  readonly #lines = new Map<string, Line>();
  #sweeper: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  request(request: WireRequest, handler: WireHandler): Wire {
    const place = this.#placeOf(request.url);
    const exchange = new Exchange(this, request, place, handler);
    if (!place) {
      exchange.failLater(UNUSABLE_URL);
      return exchange;
    }
    const line = this.#lineOf(place.origin);
    const connection = idleIn(line) ?? (line.open < this.#options.connectionsMax ? this.#open(line) : null);
    if (connection === null) line.waiting.push(exchange);
    else if (!exchange.start(connection)) this.free(connection, null);
    return exchange;
  }

  /** Ends the connections that lie idle, and those in use once their exchange is over. */
  close(): void {
    this.#isClosed = true;
    for (const line of [...this.#lines.values()]) for (const connection of [...line.idle]) connection.destroy();
    this.#stopSweeping();
  }

  free(connection: Connection, idleMs: number | null): void {
    const line = this.#lineOf(connection.origin);
    for (let next = line.waiting.shift(); next; next = line.waiting.shift()) if (next.start(connection)) return;
    const ms = idleMs === null ? KEEP_ALIVE_MS : Math.min(KEEP_ALIVE_MS, idleMs - MARGIN_MS);
    if (this.#isClosed || ms <= 0) return connection.destroy();
    connection.idleUntil = performance.now() + ms;
    line.idle.push(connection);
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  over(connection: Connection): void {
    const line = this.#lineOf(connection.origin);
    line.open--;
    const at = line.idle.indexOf(connection);
    if (at !== -1) line.idle.splice(at, 1);
    const next = line.open < this.#options.connectionsMax ? line.waiting.shift() : undefined;
    if (!next) return;
    const fresh = this.#open(line);
    if (!next.start(fresh)) this.free(fresh, null);
  }

  /** Over a connection that nobody has used: those that lie idle may be as dead as the one that failed. */
  restart(exchange: Exchange, origin: Origin): void {
    const fresh = this.#open(this.#lineOf(origin));
    if (!exchange.start(fresh)) this.free(fresh, null);
  }

  #lineOf(origin: Origin): Line {
    let line = this.#lines.get(origin.key);
    if (!line) {
      line = { origin, idle: [], waiting: [], open: 0 };
      this.#lines.set(origin.key, line);
    }
    return line;
  }

  #open(line: Line): Connection {
    line.open++;
    return new Connection(line.origin, this, this.#options.connectTimeoutMs);
  }

  #sweep(): void {
    const now = performance.now();
    let left = 0;
    for (const line of [...this.#lines.values()]) {
      for (const connection of line.idle.filter(({ idleUntil }) => idleUntil <= now)) connection.destroy();
      left += line.idle.length;
    }
    if (left === 0) this.#stopSweeping();
  }

  #stopSweeping(): void {
    if (this.#sweeper) clearInterval(this.#sweeper);
    this.#sweeper = null;
  }
}

function idleIn(line: Line): Connection | null {
  const now = performance.now();
  for (let next = line.idle.pop(); next; next = line.idle.pop()) {
    if (next.idleUntil > now) return next;
    next.destroy();
  }
  return null;
}

/** One exchange, from the wait for a connection to its end; its caller's handle on it. */
class Exchange implements Wire, SentRequest {
  readonly request: WireRequest;
  readonly path: string;
  readonly handler: WireHandler;
  #connection: Connection | null = null;
  readonly #pool: Pool;
  readonly #origin: Origin | null;
  #isPaused = false;
  #isGivenUp = false;
  #isSentAnew = false;

  constructor(pool: Pool, request: WireRequest, place: Destination | null, handler: WireHandler) {
    this.#pool = pool;
    this.#origin = place?.origin ?? null;
    this.request = request;
    this.path = place?.path ?? '';
    this.handler = handler;
  }

  /** False = it does not need the connection: it was given up, or cannot be sent. */
  start(connection: Connection): boolean {
    if (this.#isGivenUp) return false;
    if (!connection.send(this)) {
      this.failLater(UNWRITABLE);
      return false;
    }
    this.#connection = connection;
    if (this.#isPaused) connection.pause(this);
    return true;
  }

  /**
   * A host that closes an idle connection may do so just as we write to it: it has not read the request, whatever its
   * method is, so it goes out once more (as browsers and proxies do; RFC 9112, 9.3.1, asks for care with a POST).
   */
  sendAnew(): boolean {
    if (this.#isSentAnew || this.#origin === null) return false;
    this.#isSentAnew = true;
    this.#connection = null;
    this.#pool.restart(this, this.#origin);
    return true;
  }

  /** Never before the caller has its handle. */
  failLater(error: WireError): void {
    queueMicrotask(() => {
      if (!this.#isGivenUp) this.handler.error(error);
    });
  }

  pause(): void {
    this.#isPaused = true;
    this.#connection?.pause(this);
  }

  resume(): void {
    this.#isPaused = false;
    this.#connection?.resume(this);
  }

  abort(): void {
    this.#isGivenUp = true;
    this.#connection?.abort(this);
  }
}

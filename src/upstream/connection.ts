import type { Socket } from 'node:net';
import { withoutPaths } from '../base/redact.ts';
import type { WireError, WireHandler, WireRequest } from '../base/world.ts';
import { AnswerReader } from '../http1/answer.ts';
import { bytesOf, writeHead } from '../http1/request.ts';
import { exhaustedError } from './exhausted.ts';
import { type Origin, openSocket } from './origin.ts';
import { readToEnd } from './read-to-end.ts';

/** Who hears how a connection's exchange ends. `free`: it can take another one. `over`: it is gone. */
export type ConnectionOwner = {
  readonly free: (connection: Connection, idleMs: number | null) => void;
  readonly over: (connection: Connection) => void;
};

/** One request on its way to an answer. `exchange` of a connection is this while it is under way. */
export type SentRequest = {
  readonly request: WireRequest;
  readonly path: string;
  readonly handler: WireHandler;
  /** The host closed a kept connection as this request went out over it, unread; false = it cannot be sent anew. */
  readonly sendAnew: () => boolean;
};

/** A close that crossed our request is heard within a round trip; what comes later may follow from the request. */
const CROSSING_MS_MAX = 1_000;

const READ_BYTES = 64 * 1024;
const HEAD_BYTES_MAX = 64 * 1024;
/** So much of a body is handed to the socket in one turn. */
const PORTION_BYTES = 256 * 1024;
/** Where reads are begun and finished in one turn of the loop, one buffer serves all connections; Windows begins them ahead. */
const isShared = process.platform !== 'win32';
const shared = Buffer.allocUnsafeSlow(READ_BYTES);

/** A keep-alive HTTP/1.1 connection: one exchange at a time, read straight from the socket into the exchange's handler. */
export class Connection {
  readonly origin: Origin;
  /** Until when it may lie idle; of no meaning while it is busy. */
  idleUntil = 0;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #connectTimer: NodeJS.Timeout;
  #pending: SentRequest | null = null;
  #reader: AnswerReader | null = null;
  #error: (Error & { readonly code?: unknown }) | null = null;
  #isOpen = false;
  #isOver = false;
  /** Bytes of an answer have come: it cannot be said any more that nothing reached the host. */
  #isHeard = false;
  #isPaused = false;
  /** When its request went out, if it has served another before; else infinitely long ago. */
  #reusedAt = Number.NEGATIVE_INFINITY;
  #hasServed = false;
  /** What has not been handed to the socket of the body that is being sent. */
  #unsent: readonly Uint8Array[] = [];

  constructor(origin: Origin, owner: ConnectionOwner, connectTimeoutMs: number) {
    this.origin = origin;
    this.#owner = owner;
    const buffer = isShared ? shared : Buffer.allocUnsafeSlow(READ_BYTES);
    const socket = openSocket(origin, {
      buffer,
      callback: (count) => {
        this.#take(count === READ_BYTES ? buffer : buffer.subarray(0, count));
        return !this.#isPaused;
      },
    });
    readToEnd(socket);
    this.#socket = socket;
    this.#connectTimer = setTimeout(() => socket.destroy(new ConnectTimeout(connectTimeoutMs)), connectTimeoutMs);
    socket.once(origin.isSecure ? 'secureConnect' : 'connect', () => {
      clearTimeout(this.#connectTimer);
      this.#isOpen = true;
      if (this.#isPaused) socket.pause();
    });
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#end());
  }

  /** Sends a request. False = it cannot be written as HTTP; nothing was sent and the connection is as before. */
  send(pending: SentRequest): boolean {
    const { request, path, handler } = pending;
    const { body } = request;
    const head = writeHead(request, this.origin.host, path, bytesOf(request));
    if (head === null) return false;
    this.#pending = pending;
    this.#isHeard = false;
    if (this.#hasServed) this.#reusedAt = performance.now();
    this.#reader = new AnswerReader(handler, HEAD_BYTES_MAX);
    const socket = this.#socket;
    if (body === null || typeof body === 'string') socket.write(body === null ? head : head + body);
    else {
      this.#unsent = body;
      this.#sendOn(head);
    }
    return true;
  }

  /** Sends what is left of a body, a portion at a time: a connection that encrypts does so at once with all that it is given. */
  #sendOn(head = ''): void {
    const socket = this.#socket;
    if (this.#isOver) return;
    socket.cork();
    if (head !== '') socket.write(head, 'latin1');
    let bytes = 0;
    let at = 0;
    for (; at < this.#unsent.length && bytes < PORTION_BYTES; at++) {
      const piece = this.#unsent[at] as Uint8Array;
      bytes += piece.length;
      socket.write(piece);
    }
    this.#unsent = this.#unsent.slice(at);
    socket.uncork();
    if (this.#unsent.length === 0) return;
    if (socket.writableNeedDrain) socket.once('drain', () => this.#sendOn());
    else setImmediate(() => this.#sendOn());
  }

  pause(pending: SentRequest): void {
    if (this.#pending !== pending || this.#isPaused) return;
    this.#isPaused = true;
    if (this.#isOpen) this.#socket.pause();
  }

  resume(pending: SentRequest): void {
    if (this.#pending !== pending || !this.#isPaused) return;
    this.#isPaused = false;
    if (this.#isOpen) this.#socket.resume();
  }

  /** Ends the exchange without another word to its handler, and with it the connection. */
  abort(pending: SentRequest): void {
    if (this.#pending !== pending) return;
    this.#pending = null;
    this.destroy();
  }

  destroy(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#connectTimer);
    this.#socket.destroy();
    this.#owner.over(this);
  }

  #take(bytes: Buffer): void {
    const pending = this.#pending;
    const reader = this.#reader;
    // Words that nobody asked for: what they would answer is not for us to guess.
    if (!pending || !reader) return this.destroy();
    this.#isHeard = true;
    const state = reader.push(bytes);
    // The handler may have given up meanwhile.
    if (this.#pending !== pending || state === 'more') return;
    if (state === 'broken') return this.#fail({ kind: 'malformed', message: 'the answer is not valid HTTP' });
    this.#pending = null;
    this.#reader = null;
    this.#hasServed = true;
    if (reader.mayKeep && this.#unsent.length === 0 && this.#socket.writableLength === 0) {
      if (this.#isPaused) {
        this.#isPaused = false;
        this.#socket.resume();
      }
      this.#owner.free(this, reader.idleMs);
    } else this.destroy();
    pending.handler.end();
  }

  /** The connection has ended, of itself or with an error. */
  #end(): void {
    const pending = this.#pending;
    if (pending && this.#reader?.close() === 'done' && this.#error === null) {
      this.#pending = null;
      this.destroy();
      pending.handler.end();
      return;
    }
    if (!pending) return this.destroy();
    const error = this.#error;
    if (error) this.#fail(wireErrorOf(error, this.#isOpen));
    else this.#fail({ kind: 'reset', message: this.#isHeard ? 'the answer broke off' : 'other side closed' });
  }

  #fail(error: WireError): void {
    const pending = this.#pending;
    this.#pending = null;
    const isCrossed = error.kind === 'reset' && !this.#isHeard && performance.now() - this.#reusedAt < CROSSING_MS_MAX;
    this.destroy();
    if (isCrossed && pending?.sendAnew()) return;
    pending?.handler.error(error);
  }
}

class ConnectTimeout extends Error {
  readonly code = 'ETIMEDOUT';
  constructor(ms: number) {
    super(`no connection within ${ms} ms`);
  }
}

/** Before the connection stands nothing can have reached the host. */
function wireErrorOf(error: Error & { readonly code?: unknown }, wasOpen: boolean): WireError {
  const code = typeof error.code === 'string' ? error.code : '';
  const exhausted = exhaustedError(code);
  if (exhausted) return exhausted;
  const message = withoutPaths(error.message || code || error.name).slice(0, 200);
  if (!wasOpen) return { kind: 'refused', message };
  return { kind: /^(?:HPE_|ERR_SSL_|ERR_TLS_)/.test(code) ? 'malformed' : 'reset', message };
}

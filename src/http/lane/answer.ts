import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { assert } from '../../base/assert.ts';
import type { PlainPost } from '../../http1/asked.ts';
import type { Answering } from '../answering.ts';

/** What may stand in the value of a field that we write (RFC 9110, 5.5): ours and what vendors told us is ASCII, or it is a bug. */
const VALUE = /^[\t\x20-\x7e]*$/;
/** As Node's server says it. */
const KEPT = 'connection: keep-alive\r\nkeep-alive: timeout=75\r\n';
/** More than this waiting for the client, and whoever writes should pause. */
const WAITING_BYTES_MAX = 16 * 1024;

/** The connection that an answer goes to. */
export type AnswerOwner = {
  /** May it take another request? Asked when the answer's head is written. */
  readonly mayKeep: boolean;
  /** The answer is over; `mayKeep` is what its head said. */
  readonly answered: (mayKeep: boolean) => void;
};

/** One answer on a connection of the lane. All that is written in one turn of the loop goes out in one write. */
export class LaneAnswer implements Answering {
  readonly req: Answering['req'];
  headersSent = false;
  destroyed = false;
  readonly #socket: Socket;
  readonly #owner: AnswerOwner;
  #drain: (() => void) | null = null;
  #close: (() => void) | null = null;
  #late: (() => void) | null = null;
  /** What waits for the end of this turn. */
  #out = '';
  #isFlushing = false;
  #isCorked = false;
  #isChunked = false;
  #isEnded = false;
  #isFinished = false;
  #mayKeep = true;
  #owesDrain = false;

  constructor(socket: Socket, { target, headers }: PlainPost, owner: AnswerOwner) {
    this.#socket = socket;
    this.#owner = owner;
    this.req = { method: 'POST', url: target, headers: headers as Answering['req']['headers'], complete: true };
  }

  get writableFinished(): boolean {
    return this.#isFinished;
  }

  get writableLength(): number {
    return this.#socket.writableLength + this.#out.length;
  }

  writeHead(status: number, headers: OutgoingHttpHeaders): void {
    this.#put(this.#headOf(status, headers));
  }

  /** Nothing is left for the end of this turn. */
  whole(status: number, headers: OutgoingHttpHeaders, text: string): void {
    this.#out = this.#headOf(status, headers);
    this.end(text);
  }

  #headOf(status: number, headers: OutgoingHttpHeaders): string {
    assert(!this.headersSent, 'an answer has one head');
    this.headersSent = true;
    this.#mayKeep = this.#owner.mayKeep;
    let fields = '';
    let isMeasured = false;
    for (const name in headers) {
      const value = String(headers[name]);
      assert(VALUE.test(value), `a value of ${name} cannot be written`);
      if (name === 'connection') this.#mayKeep &&= value !== 'close';
      else {
        isMeasured ||= name === 'content-length';
        fields += `${name}: ${value}\r\n`;
      }
    }
    this.#isChunked = !isMeasured;
    const framing = isMeasured ? '' : 'transfer-encoding: chunked\r\n';
    const connection = this.#mayKeep ? KEPT : 'connection: close\r\n';
    return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${fields}date: ${dateNow()}\r\n${connection}${framing}\r\n`;
  }

  flushHeaders(): void {
    this.#flush();
  }

  write(data: string | Uint8Array): boolean {
    if (this.destroyed || this.#isEnded) return false;
    if (typeof data !== 'string') this.#putBytes(data);
    else if (data !== '') this.#put(this.#isChunked ? chunkOf(data) : data);
    const isFlowing = !this.#socket.writableNeedDrain && this.#out.length < WAITING_BYTES_MAX;
    this.#owesDrain ||= !isFlowing;
    return isFlowing;
  }

  end(text = ''): void {
    if (this.destroyed || this.#isEnded) return;
    if (text !== '') this.#out += this.#isChunked ? chunkOf(text) : text;
    if (this.#isChunked) this.#out += '0\r\n\r\n';
    this.#isEnded = true;
    this.#flush();
    if (this.#socket.writableLength === 0) this.#finish();
    // A full buffer alone has a `drain`; whatever it holds, what is written last is heard of last.
    else this.#socket.write('', () => this.#finish());
  }

  destroy(): void {
    if (!this.destroyed) this.#socket.destroy();
  }

  on(event: 'drain' | 'close', listener: () => void): void {
    if (event === 'drain') this.#drain = listener;
    else this.#close = listener;
  }

  setTimeout(ms: number, late: () => void): void {
    // Not a listener of the socket's: those of all answers of a connection would lie there together.
    this.#late = late;
    this.#socket.setTimeout(ms);
  }

  /** For so long as `setTimeout` said nothing went over the connection. */
  late(): void {
    this.#late?.();
  }

  /** The client has taken everything that was written. */
  drained(): void {
    if (this.#isEnded || !this.#owesDrain) return;
    this.#owesDrain = false;
    this.#drain?.();
  }

  /** The connection is gone. */
  gone(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#close?.();
  }

  #finish(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#isFinished = true;
    this.#close?.();
    this.#owner.answered(this.#mayKeep);
  }

  #put(text: string): void {
    this.#out += text;
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    process.nextTick(flush, this);
  }

  /** Bytes go to the socket as they are, behind what waits; the socket is held until the turn ends, so that all is one write. */
  #putBytes(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
    }
    const before = this.#isChunked ? `${this.#out}${bytes.length.toString(16)}\r\n` : this.#out;
    this.#out = '';
    if (before !== '') this.#socket.write(before);
    this.#socket.write(bytes);
    this.#put(this.#isChunked ? '\r\n' : '');
  }

  #flush(): void {
    this.#isFlushing = false;
    if (this.destroyed) return;
    const text = this.#out;
    this.#out = '';
    const isFlowing = text === '' || this.#socket.write(text);
    if (this.#isCorked) {
      this.#isCorked = false;
      this.#socket.uncork();
    }
    if (text !== '' && isFlowing && this.#owesDrain) this.drained();
  }

  static flush(answer: LaneAnswer): void {
    answer.#flush();
  }
}

const flush = LaneAnswer.flush;

const chunkOf = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

/** The date of the second, written once for all of its answers. */
let second = 0;
let date = '';
function dateNow(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    date = new Date(now * 1000).toUTCString();
  }
  return date;
}

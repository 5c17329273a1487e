import type { WireHeaders } from '../base/world.ts';
import { ChunkedReader } from './chunked.ts';
import { endOfHead, hasToken, lengthOf, readHead } from './head.ts';

/** What is heard of one answer. The bytes of `data` are valid only during the call. */
export type AnswerListener = {
  readonly head: (status: number, headers: WireHeaders) => void;
  readonly data: (bytes: Buffer) => void;
};

/** How far an answer has come: `more` bytes are needed, it is `done`, or it is not HTTP. */
export type AnswerProgress = 'more' | 'done' | 'broken';

const START = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?$/;
const USUAL_START = 'HTTP/1.1 200 OK';
const USUAL = { status: 200, isNewest: true };
const KEPT = 'keep-alive';
/** Answers before the answer (RFC 9110, 15.2); more of them than this are a way to keep us busy. */
const INTERIM_MAX = 8;
const TIMEOUT = /(?:^|[,;\s])timeout=(\d{1,6})/i;

/** The status, and whether it is told in HTTP/1.1; null = it is no such line. */
function startOf(line: string): typeof USUAL | null {
  if (line === USUAL_START) return USUAL;
  const start = START.exec(line);
  return start && { status: Number(start[2]), isNewest: start[1] === '1' };
}

/** `empty` also once the body has ended; `close`: it ends with the connection. */
type Body = 'empty' | 'length' | 'chunked' | 'close';

/** Reads one answer to a GET or POST (RFC 9112), strictly: what undici refuses is refused, and more. */
export class AnswerReader {
  readonly #listener: AnswerListener;
  readonly #headBytesMax: number;
  /** The beginning of a head that has not come whole. */
  #rest: Buffer | null = null;
  #body: Body | null = null;
  #left = 0;
  #chunks: ChunkedReader | null = null;
  #interim = 0;
  #mayKeep = false;
  #idleMs: number | null = null;

  constructor(listener: AnswerListener, headBytesMax: number) {
    this.#listener = listener;
    this.#headBytesMax = headBytesMax;
  }

  push(chunk: Buffer): AnswerProgress {
    if (this.#body !== null) return this.#readBody(chunk, 0);
    const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = null;
    return this.#readHeads(bytes);
  }

  /** The connection has ended: with it the answer, if its end is told in this way. */
  close(): 'done' | 'cut' {
    return this.#body === 'close' ? 'done' : 'cut';
  }

  /** Once done: may another request go over this connection? */
  get mayKeep(): boolean {
    return this.#mayKeep;
  }

  /** How long the host lets it lie idle, in ms; null if it did not say. */
  get idleMs(): number | null {
    return this.#idleMs;
  }

  /** The head, and interim ones before it. */
  #readHeads(bytes: Buffer): AnswerProgress {
    for (let at = 0; ; ) {
      const end = endOfHead(bytes, at);
      if ((end === -1 ? bytes.length : end) - at > this.#headBytesMax) return 'broken';
      if (end === -1) {
        this.#rest = Buffer.from(bytes.subarray(at));
        return 'more';
      }
      if (!this.#readHead(bytes, at, end - 4)) return 'broken';
      if (this.#body !== null) return this.#readBody(bytes, end);
      at = end;
    }
  }

  #readHead(bytes: Buffer, from: number, to: number): boolean {
    const head = readHead(bytes, from, to, 'join');
    const started = head && startOf(head.start);
    if (!started) return false;
    const { fields } = head;
    const { status, isNewest } = started;
    if (status < 200) {
      const endsHere = fields['content-length'] ?? fields['transfer-encoding'] ?? fields.connection;
      return status !== 101 && isNewest && endsHere === undefined && ++this.#interim <= INTERIM_MAX;
    }
    const body = this.#frame(status, fields);
    if (body === null) return false;
    const { connection } = fields;
    this.#body = body;
    this.#mayKeep = isNewest && body !== 'close' && (connection === KEPT || !hasToken(connection, 'close'));
    const timeout = fields['keep-alive'] === undefined ? null : TIMEOUT.exec(fields['keep-alive']);
    if (timeout) this.#idleMs = Number(timeout[1]) * 1000;
    this.#listener.head(status, fields);
    return true;
  }

  /** How the body's end is told (RFC 9112, 6.3); null where it is told twice, or so that two readers could differ. */
  #frame(status: number, fields: WireHeaders): Body | null {
    const coding = fields['transfer-encoding'];
    const length = fields['content-length'];
    if (coding !== undefined) {
      if (length !== undefined || coding.toLowerCase() !== 'chunked') return null;
      this.#chunks = new ChunkedReader();
      return 'chunked';
    }
    const left = length === undefined ? null : lengthOf(length);
    if (length !== undefined && left === null) return null;
    if (status === 204 || status === 304 || left === 0) return 'empty';
    if (left === null) return 'close';
    this.#left = left;
    return 'length';
  }

  #readBody(bytes: Buffer, at: number): AnswerProgress {
    switch (this.#body) {
      case 'chunked':
        return this.#readChunks(bytes, at);
      case 'close':
        if (at < bytes.length) this.#listener.data(bytes.subarray(at));
        return 'more';
      case 'length': {
        const count = Math.min(this.#left, bytes.length - at);
        this.#left -= count;
        if (count > 0) this.#listener.data(bytes.subarray(at, at + count));
        return this.#left === 0 ? this.#end(bytes, at + count) : 'more';
      }
      default:
        return this.#end(bytes, at);
    }
  }

  #readChunks(bytes: Buffer, at: number): AnswerProgress {
    const chunks = this.#chunks;
    const count = chunks?.take(bytes, at, bytes.length) ?? -1;
    if (chunks === null || count === -1) return 'broken';
    if (count > 0) this.#listener.data(bytes.subarray(at, at + count));
    return chunks.isDone ? this.#end(bytes, chunks.endedAt) : 'more';
  }

  /** Bytes behind the answer's end nobody asked for: such a connection is not trusted with another request. */
  #end(bytes: Buffer, at: number): 'done' {
    this.#body = 'empty';
    if (at < bytes.length) this.#mayKeep = false;
    return 'done';
  }
}

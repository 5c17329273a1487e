import type { Socket } from 'node:net';
import { type PlainPost, readPlainPost } from '../../http1/asked.ts';
import { type AnswerOwner, LaneAnswer } from './answer.ts';

/** A plain POST whose body has come whole. */
export type LaneRequest = { readonly post: PlainPost; readonly chunks: readonly Buffer[] };
/**
 * Answers a request, or null: it is none for the lane. Called on the head alone. `holds`: what gives back what is held for
 * the request, once it is answered or its connection is gone.
 */
export type Taker = (
  post: PlainPost,
  holds: (giveBack: () => void) => void,
) => ((request: LaneRequest, answer: LaneAnswer) => void) | null;

/** What a connection tells the lane. `handOn`: everything from these bytes on is for Node's own server. */
export type LaneOwner = {
  readonly take: Taker;
  readonly headBytesMax: number;
  readonly bodyBytesMax: number;
  readonly now: () => number;
  /** The server takes its leave: no connection is kept for another request. */
  readonly isLeaving: () => boolean;
  readonly handOn: (connection: LaneConnection, socket: Socket, bytes: Buffer) => void;
  readonly over: (connection: LaneConnection) => void;
};

/** A client that sends the next requests before it has its answer is read no further than this. */
const AHEAD_BYTES_MAX = 64 * 1024;

/** One client's connection while it sends nothing but plain POSTs, one after the other. */
export class LaneConnection implements AnswerOwner {
  readonly #socket: Socket;
  readonly #owner: LaneOwner;
  /** Since when it waits for a request, or for the rest of one; on the owner's clock. */
  #since: number;
  #hasServed = false;
  #answer: LaneAnswer | null = null;
  #pending: {
    readonly post: PlainPost;
    readonly answer: NonNullable<ReturnType<Taker>>;
    chunks: Buffer[];
    left: number;
  } | null = null;
  /** What came behind a request that is not answered yet, or waits for its turn since it is. */
  #ahead: Buffer | null = null;
  #giveBack: (() => void) | null = null;
  readonly #holds = (giveBack: () => void): void => {
    this.#giveBack = giveBack;
  };
  /** The last answer said so: what comes now is no request of ours to serve. */
  #isClosing = false;

  constructor(socket: Socket, owner: LaneOwner) {
    this.#socket = socket;
    this.#owner = owner;
    this.#since = owner.now();
    socket
      .on('data', this.#onData)
      .on('drain', this.#onDrain)
      .on('end', this.#onEnd)
      .on('timeout', this.#onTimeout)
      .on('error', this.#onError)
      .on('close', this.#onClose);
  }

  get isIdle(): boolean {
    return this.#answer === null && this.#pending === null && this.#ahead === null;
  }
  /** A request has begun to come, and not come whole. */
  get isReading(): boolean {
    return this.#pending !== null;
  }
  get mayKeep(): boolean {
    return !this.#owner.isLeaving();
  }
  /** Its last answer has gone out, and its client should close it. */
  get isClosing(): boolean {
    return this.#isClosing;
  }
  get hasServed(): boolean {
    return this.#hasServed;
  }
  get since(): number {
    return this.#since;
  }
  get socket(): Socket {
    return this.#socket;
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#isClosing) return;
    if (this.#answer !== null || this.#ahead !== null) this.#keepAhead(bytes);
    else if (this.#pending === null) this.#begin(bytes);
    else this.#add(bytes);
  };

  #begin(bytes: Buffer): void {
    const { take, headBytesMax, bodyBytesMax, handOn } = this.#owner;
    const post = readPlainPost(bytes, headBytesMax);
    const answer = post === null || post.bodyBytes > bodyBytesMax ? null : take(post, this.#holds);
    if (post === null || answer === null) {
      this.#leave();
      return handOn(this, this.#socket, bytes);
    }
    this.#since = this.#owner.now();
    this.#pending = { post, answer, chunks: [], left: post.bodyBytes };
    this.#add(bytes.subarray(post.bodyAt));
  }

  #add(bytes: Buffer): void {
    const pending = this.#pending;
    if (pending === null) return;
    if (bytes.length > pending.left) {
      this.#ahead = bytes.subarray(pending.left);
      if (pending.left > 0) pending.chunks.push(bytes.subarray(0, pending.left));
      pending.left = 0;
    } else {
      if (bytes.length > 0) pending.chunks.push(bytes);
      pending.left -= bytes.length;
    }
    if (pending.left > 0) return;
    this.#pending = null;
    this.#answer = new LaneAnswer(this.#socket, pending.post, this);
    pending.answer({ post: pending.post, chunks: pending.chunks }, this.#answer);
  }

  #keepAhead(bytes: Buffer): void {
    this.#ahead = this.#ahead === null ? bytes : Buffer.concat([this.#ahead, bytes]);
    if (this.#ahead.length > AHEAD_BYTES_MAX) this.#socket.pause();
  }

  answered(mayKeep: boolean): void {
    this.#answer = null;
    this.#letGo();
    this.#hasServed = true;
    this.#since = this.#owner.now();
    if (!mayKeep) {
      this.#isClosing = true;
      this.#ahead = null;
      // Half of it: closed whole, a byte that still comes would make the kernel send a reset, which may overtake the
      // answer (RFC 9112, 9.6). The lane sees to the other half.
      this.#socket.end().resume();
      return;
    }
    this.#socket.setTimeout(0);
    // Not at once: answers that come at once would pile up on the stack. Until then what comes lies behind it.
    if (this.#ahead !== null) setImmediate(() => this.#goOn());
  }

  #goOn(): void {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (ahead === null || this.#socket.destroyed) return;
    this.#socket.resume();
    this.#onData(ahead);
  }

  readonly #onTimeout = (): void => this.#answer?.late();
  readonly #onDrain = (): void => this.#answer?.drained();
  /** Who ends its side wants no answer any more: so it was always read here, and so Node's server reads it. */
  readonly #onEnd = (): void => void this.#socket.destroy();
  readonly #onError = (): void => {};
  readonly #onClose = (): void => {
    const answer = this.#answer;
    this.#pending = null;
    this.#answer = null;
    this.#owner.over(this);
    answer?.gone();
    this.#letGo();
  };

  #letGo(): void {
    const giveBack = this.#giveBack;
    this.#giveBack = null;
    giveBack?.();
  }

  #leave(): void {
    this.#socket
      .off('data', this.#onData)
      .off('drain', this.#onDrain)
      .off('end', this.#onEnd)
      .off('timeout', this.#onTimeout)
      .off('error', this.#onError)
      .off('close', this.#onClose);
  }
}

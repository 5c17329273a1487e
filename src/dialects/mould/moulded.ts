import type { Frame } from '../../base/frame.ts';
import { isObject, parseJson } from '../../base/json.ts';
import { createSseSplitter } from '../../base/sse.ts';
import type { ChatStep } from '../../call/text-run.ts';
import type { Again } from '../dialect.ts';
import { mouldOf } from './make.ts';
import type { Mould } from './mould.ts';
import { RunWriter } from './run-writer.ts';

const LF = 10;
const CR = 13;
/** Frames of a text alone before a mould is made: it takes as long as parsing ten of them, and many answers are short. */
const FRAMES_BEFORE = 12;
/** Until then so small a read is parsed as it is, without a look at its frames. */
const EARLY_BYTES_MAX = 4_096;
/** Moulds in a row that little came out of; after so many a stream is parsed to its end. */
const WASTED_MAX = 3;
const WORTH_FRAMES = 8;

/** Splits and decodes bytes in the general way, appending what they say; gives the last frame that ended among them. */
type Parse = (bytes: Buffer, out: ChatStep[]) => Frame | null;

const writer = new RunWriter();

/**
 * Reads a stream of server-sent events of which most differ in a text alone. Those are recognised by their bytes and
 * become runs of texts; all others go to the decoder, which is told of the runs before, so that it knows as much as if it
 * had read everything. A mould stands until the decoder has read something else.
 */
export class MouldedStream {
  readonly #again: Again;
  readonly #parse: Parse;
  #mould: Mould | null = null;
  /** The decoder is in the state in which frames of the mould leave it. */
  #stands = false;
  /** The next byte begins a frame. */
  #isBetween = true;
  /** The last frame that was taken, where its counts are still to be told. */
  #counts: Buffer | null = null;
  #singles = 0;
  #wasted = 0;
  #taken = 0;

  constructor(again: Again, parse: Parse) {
    this.#again = again;
    this.#parse = parse;
  }

  /** Keeps nothing of `chunk`. */
  push(chunk: Uint8Array): ChatStep[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const out: ChatStep[] = [];
    const isEarly = this.#singles < FRAMES_BEFORE && bytes.length < EARLY_BYTES_MAX;
    if (isEarly || this.#wasted > WASTED_MAX) {
      this.#parse(bytes, out);
      this.#isBetween = endsFrame(bytes);
      for (const { type } of out) if (type === 'text') this.#singles++;
      return out;
    }
    for (let at = 0; at < bytes.length; ) {
      if (this.#stands && this.#isBetween) at = this.#takeRun(bytes, at, out);
      if (at < bytes.length) at = this.#takeOther(bytes, at, out);
    }
    return out;
  }

  /** There will be no more bytes: what the decoder was not told yet. */
  end(): void {
    const { counted } = this.#again;
    const frame = this.#counts && createSseSplitter().push(this.#counts)[0];
    this.#counts = null;
    const json = frame && parseJson(frame.data);
    if (isObject(json)) counted?.(json);
  }

  #takeRun(bytes: Buffer, from: number, out: ChatStep[]): number {
    const mould = this.#mould as Mould;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let last = -1;
    let at = from;
    for (let next = mould.take(bytes, view, at, writer); next !== -1; next = mould.take(bytes, view, at, writer)) {
      last = at;
      at = next;
    }
    if (last === -1) return from;
    const run = writer.run(mould.choice);
    this.#taken += run.ends.length;
    this.#again.repeated(run);
    if (mould.hasNumbers) this.#counts = Buffer.from(bytes.subarray(last, at));
    out.push(run);
    return at;
  }

  /** One frame that does not fit, or what there is of it. */
  #takeOther(bytes: Buffer, from: number, out: ChatStep[]): number {
    const end = endOfFrame(bytes, from);
    const isWhole = this.#isBetween && end !== -1;
    this.#isBetween = end !== -1;
    const told = out.length;
    const part = bytes.subarray(from, end === -1 ? bytes.length : end);
    this.end();
    const frame = this.#parse(part, out);
    if (frame) {
      this.#stands = false;
      const [event] = out.length === told + 1 ? out.slice(told) : [];
      if (isWhole && event?.type === 'text') this.#consider(part, frame, event);
    }
    return from + part.length;
  }

  /** A frame of a text alone: it stands in the mould that there is, or gives another one. */
  #consider(part: Buffer, frame: Frame, event: Extract<ChatStep, { type: 'text' }>): void {
    const view = new DataView(part.buffer, part.byteOffset, part.length);
    this.#stands = this.#mould?.choice === event.choice && this.#mould.take(part, view, 0, writer) === part.length;
    writer.clear();
    if (this.#stands) return;
    if (++this.#singles <= FRAMES_BEFORE) return;
    this.#wasted = this.#taken >= WORTH_FRAMES ? 1 : this.#wasted + 1;
    this.#taken = 0;
    this.#mould = this.#wasted > WASTED_MAX ? null : mouldOf(part, frame, event, this.#again);
    this.#stands = this.#mould !== null;
  }
}

function endsFrame(bytes: Buffer): boolean {
  const end = bytes.length - 1;
  const before = bytes[end - 1] === CR ? end - 2 : end - 1;
  return bytes[end] === LF && bytes[before] === LF;
}

/** Behind the blank line that ends the frame; -1 = it is not among these bytes. */
function endOfFrame(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return -1;
}

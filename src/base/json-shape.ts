import { type Fault, fault } from './fault.ts';
import { LIMITS } from './limits.ts';

/**
 * Looks over a body as it arrives, before anything is made of it: how deeply it nests and of how many parts it consists
 * decide what it would cost, far more than its bytes (1.5 million keys took 4.3 s of CPU, 32 MB of text 40 ms; measured
 * 2026-11-28). Strings are skipped, so that an image costs next to nothing.
 */
export type JsonShape = {
  /** The next bytes, cut wherever. Not null = why the body is refused. */
  readonly push: (bytes: Uint8Array) => Fault | null;
};

const QUOTE = 34;
const BACKSLASH = 92;
/** The first of the bytes that mean something outside of strings, but for the quote. */
const COMMA = 44;
/** Most strings are short: only beyond this does a search by the runtime pay. */
const SHORT = 24;

export function jsonShape(nestingMax: number): JsonShape {
  const count = counter(nestingMax);
  const string: OpenString = { isOpen: false, isEscaped: false };
  const push = (chunk: Uint8Array): Fault | null => {
    const bytes = chunk instanceof Buffer ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; at < bytes.length; ) {
      if (string.isOpen) {
        at = pastString(string, bytes, at);
        continue;
      }
      const byte = bytes[at++] ?? 0;
      if (byte === QUOTE) string.isOpen = true;
      else if (byte >= COMMA) {
        const obstacle = count(byte);
        if (obstacle) return obstacle;
      }
    }
    return null;
  };
  return { push };
}

/** Counts what stands outside of strings, byte by byte. */
export function counter(nestingMax: number): (byte: number) => Fault | null {
  const { json_values_max, json_containers_max, json_members_max, object_members_max } = LIMITS;
  /** Members of the object open at each depth. */
  const members = new Uint32Array(nestingMax + 2);
  let depth = 0;
  let values = 0;
  let containers = 0;
  let allMembers = 0;
  return (byte) => {
    switch (byte) {
      case 123: // {
      case 91: // [
        if (++depth > nestingMax) return tooDeep(nestingMax);
        members[depth] = 0;
        return ++containers > json_containers_max ? tooMany('lists and objects', json_containers_max) : null;
      case 125: // }
      case 93: // ]
        if (depth > 0) depth--;
        return null;
      case COMMA:
        return ++values > json_values_max ? tooMany('values', json_values_max) : null;
      case 58: // :
        members[depth] = (members[depth] ?? 0) + 1;
        if ((members[depth] ?? 0) > object_members_max) return tooMany('members of one object', object_members_max);
        return ++allMembers > json_members_max ? tooMany('members of objects', json_members_max) : null;
      default:
        return null;
    }
  };
}

/** A string that bytes came to an end in, or did not. */
export type OpenString = { isOpen: boolean; isEscaped: boolean };

/**
 * Where the string that is open ends in these bytes: behind its quote, or behind them all. With `until` it may be left open
 * there, if that is sooner.
 */
export function pastString(string: OpenString, bytes: Buffer, from: number, until = bytes.length): number {
  let at = from;
  while (at < until) {
    // After each escaped quote anew: where there are many, asking the runtime for the next one costs more than looking.
    for (const near = Math.min(until, at + SHORT); at < near; at++) {
      if (string.isEscaped) string.isEscaped = false;
      else if (bytes[at] === BACKSLASH) string.isEscaped = true;
      else if (bytes[at] === QUOTE) {
        string.isOpen = false;
        return at + 1;
      }
    }
    const quote = bytes.indexOf(QUOTE, at);
    const end = quote === -1 ? bytes.length : quote;
    let slashes = 0;
    while (end - slashes > at && bytes[end - 1 - slashes] === BACKSLASH) slashes++;
    string.isEscaped = (slashes % 2 === 1) !== (string.isEscaped && end - slashes === at);
    if (quote === -1) return end;
    at = quote + 1;
    if (!string.isEscaped) {
      string.isOpen = false;
      return at;
    }
    string.isEscaped = false;
  }
  return at;
}

const tooDeep = (max: number): Fault => fault('invalid_request', `The request body nests deeper than ${max} levels.`);
const tooMany = (what: string, max: number): Fault =>
  fault('invalid_request', `The request body has more than ${max} ${what}.`);

import { isUtf8 } from 'node:buffer';
import type { Blob } from './blobs.ts';
import { BodyScan, type BodyWeight } from './body-scan.ts';
import { type Fault, fault } from './fault.ts';
import { jsonShape } from './json-shape.ts';
import { LIMITS } from './limits.ts';
import { failed, ok, type Result } from './result.ts';
import { SlicedJson } from './sliced-json.ts';

/** A value that JSON can write; an undefined member is left out. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** An object that JSON can write. */
export type JsonObject = { readonly [key: string]: Json | undefined };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value if it is an object, else an empty one: for reading tolerantly what a vendor sent. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});
export const arrayOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);
export const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');
export const optionalString = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const optionalNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
export const optionalBoolean = (value: unknown): boolean | undefined =>
  typeof value === 'boolean' ? value : undefined;

/** A count a vendor reported: a whole number ≥ 0. Negative or absurd counts become 0 (lingyuins/octopus#243, read 2026-11-22). */
export function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.min(Math.round(value), 2 ** 40) : 0;
}

/** Parses JSON that came from outside; a syntax error becomes undefined. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** How deeply arrays and objects nest, or more than `limit`. Iterative: hostile nesting cannot exhaust the stack. */
export function nestingOf(text: string, limit: number): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) at = endOfString(text, at);
    else if (code === 123 || code === 91) {
      depth++;
      if (depth > deepest) deepest = depth;
      if (deepest > limit) return deepest;
    } else if (code === 125 || code === 93) depth--;
  }
  return deepest;
}

/** The position of the quote that closes the string opened at `start`; long base64 is skipped by `indexOf`. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return quote;
  }
  return text.length;
}

const BYTE_ORDER_MARK = 0xfeff;

/** Parses a caller's body: valid UTF-8, valid JSON, bounded nesting, an object. */
export function parseBody(bytes: Uint8Array, nestingMax: number): Result<JsonObject, Fault> {
  const obstacle = jsonShape(nestingMax).push(bytes);
  if (obstacle) return failed(obstacle);
  return parseSeen(bytes);
}

/** Parses a body whose nesting and keys have been counted before. */
function parseSeen(bytes: Uint8Array): Result<JsonObject, Fault> {
  if (!isUtf8(bytes)) return failed(NOT_UTF8);
  const decoded = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const text = decoded.charCodeAt(0) === BYTE_ORDER_MARK ? decoded.slice(1) : decoded;
  try {
    return objectIn(JSON.parse(text) as Json);
  } catch (cause) {
    return failed(notJson(cause));
  }
}

const objectIn = (value: Json): Result<JsonObject, Fault> =>
  isObject(value) ? ok(value) : failed(fault('invalid_request', 'The request body must be a JSON object.'));

const NOT_UTF8 = fault('invalid_request', 'The request body is not valid UTF-8.');

function notJson(cause: unknown): Fault {
  const detail = cause instanceof Error ? cause.message : 'syntax error';
  return fault('invalid_request', `The request body is not valid JSON: ${detail.slice(0, 200)}`);
}

/** Hands a task to a later turn of the loop: others are served between. */
export type Later = (task: () => void) => void;

/** Parses such a body in turns of at most `LIMITS.at_once_bytes_max` bytes; `done` is called in a turn of its own. */
function parseSeenInTurns(
  bytes: Buffer,
  { nestingMax, later }: { readonly nestingMax: number; readonly later: Later },
  done: (value: Result<JsonObject, Fault>) => void,
): void {
  if (!isUtf8(bytes)) return done(failed(NOT_UTF8));
  const slices = new SlicedJson(bytes, { nestingMax, sliceBytes: LIMITS.at_once_bytes_max });
  const turn = (): void => {
    let parsed: { readonly value: Json } | null;
    try {
      parsed = slices.step();
    } catch (cause) {
      return done(failed(notJson(cause)));
    }
    later(parsed ? () => done(objectIn(parsed.value)) : turn);
  };
  later(turn);
}

/** A body as it came: a large one worked through already, a small one in chunks. */
export type ReceivedBody = { readonly chunks: readonly Buffer[]; readonly scan: BodyScan | null };
/** A request's body, parsed. */
export type ParsedBody = {
  readonly value: JsonObject;
  /** What marks in the value stand for. */
  readonly blobs: readonly Blob[];
  /** Bytes of what was parsed. */
  readonly restBytes: number;
  /** It is too much to be decoded, written and sent in one turn. */
  readonly isLarge: boolean;
};

/** Waits until there is memory to parse it. */
export type Weigh = (weight: BodyWeight, parse: () => void) => void;

/** Calls `done` once: at once for a body that is small or not worth a second turn, else in a later turn. */
export function parseReceived(
  { chunks, scan }: ReceivedBody,
  { nestingMax, later, weigh }: { readonly nestingMax: number; readonly later: Later; readonly weigh: Weigh | null },
  done: (parsed: Result<ParsedBody, Fault>) => void,
): void {
  if (!scan) {
    const rest = joined(chunks);
    const small = parseBody(rest, nestingMax);
    return done(small.ok ? ok({ value: small.value, blobs: [], restBytes: rest.length, isLarge: false }) : small);
  }
  const parse = (): void => {
    const { rest, blobs } = scan.end();
    const isLong = rest.length > LIMITS.at_once_bytes_max;
    const read = { blobs, restBytes: rest.length, isLarge: isLong || blobs.length > 0 };
    const finish = (value: Result<JsonObject, Fault>): void =>
      done(value.ok ? ok({ value: value.value, ...read }) : value);
    if (isLong) parseSeenInTurns(rest, { nestingMax, later }, finish);
    else finish(parseSeen(rest));
  };
  // Whoever waits holds the bytes that came, once: they are joined when it is their turn.
  if (weigh) weigh(scan.weight(), parse);
  else parse();
}

export const joined = (chunks: readonly Buffer[]): Buffer =>
  chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);

const nextTurn: Later = (task) => void setImmediate(task);

/** A caller's body that came whole, a large one looked over and parsed in turns: what is costly is refused unparsed. */
export async function parseWholeBody(bytes: Buffer, nestingMax: number): Promise<Result<JsonObject, Fault>> {
  const portion = LIMITS.at_once_bytes_max;
  if (bytes.length <= portion) return parseBody(bytes, nestingMax);
  const scan = new BodyScan(nestingMax, 'nothing');
  for (let at = 0; at < bytes.length; at += portion) {
    const obstacle = scan.push(bytes.subarray(at, at + portion));
    if (obstacle) return failed(obstacle);
    await new Promise<void>(nextTurn);
  }
  return new Promise((resolve) => parseSeenInTurns(scan.end().rest, { nestingMax, later: nextTurn }, resolve));
}

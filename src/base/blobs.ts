import { isAscii } from 'node:buffer';

/**
 * A long base64 value of a data URL, set aside as the bytes that came, in pieces as they came: what nobody here looks
 * into need not be copied, nor become a string three times over (of 1 MB that takes 3 ms, and memory that brings full
 * collections; measured 2026-11-25). In its place in the text stands a mark, which goes through
 * every dialect like any other base64 and is replaced in the body that is sent.
 */
export type Blob = readonly Uint8Array[];

/** Below this a string is as fast. */
export const LENGTH_MIN = 64 * 1024;
const BASE64 = ';base64,';
/** A member that is such a URL, where formats have media. Text and unknown types stay: some dialects read them. */
const HEAD =
  /"(?:url|image_url|file_data)"\s{0,9}:\s{0,9}"data:(?:(?:image|audio|video)\/[\w.+-]+|application\/pdf)(?:;[\w=.+-]+)*;base64,$/;
const HEAD_LENGTH_MAX = 160;
const QUOTE = 34;
const BACKSLASH = 92;

const MARK_HEAD = 'switchwright/blob/';
/** What stands in a text for the blob at this place of the list. */
export const markOf = (at: number): string => `${MARK_HEAD}${at}/`;
const MARK = /switchwright\/blob\/(\d+)\//g;

/** A body that came in these chunks, without its blobs. It is JSON from outside, valid or not; a head cut by a chunk's end stays. */
export function setAside(chunks: readonly Buffer[]): { readonly rest: Buffer; readonly blobs: readonly Blob[] } {
  const blobs: Blob[] = [];
  const rest: Uint8Array[] = [];
  /** The one that has begun and not ended. */
  let open: Buffer[] | null = null;
  const close = (blob: readonly Buffer[], isEnded: boolean): void => {
    const length = blob.reduce((sum, piece) => sum + piece.length, 0);
    if (!isEnded || length < LENGTH_MIN || !blob.every(isPlain)) rest.push(...blob);
    else rest.push(Buffer.from(markOf(blobs.push(blob) - 1)));
  };
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      if (open) {
        const end = chunk.indexOf(QUOTE, at);
        open.push(chunk.subarray(at, end === -1 ? chunk.length : end));
        at = end === -1 ? chunk.length : end;
        if (end === -1) continue;
        close(open, true);
        open = null;
      }
      const start = endOfHead(chunk, at);
      rest.push(chunk.subarray(at, start ?? chunk.length));
      at = start ?? chunk.length;
      if (start !== null) open = [];
    }
  }
  if (open) close(open, false);
  return { rest: rest.length === 1 ? (rest[0] as Buffer) : Buffer.concat(rest), blobs };
}

/** So many heads that lead to nothing are looked at in a chunk; then the rest of it stays, whatever it is. */
const MISSES_MAX = 256;

/** Where the first blob after `from` begins in this chunk; one that ends in it too soon is none. */
function endOfHead(chunk: Buffer, from: number): number | null {
  let at = chunk.indexOf(BASE64, from);
  for (let misses = 0; at !== -1 && misses < MISSES_MAX; misses++) {
    const end = at + BASE64.length;
    if (HEAD.test(chunk.toString('latin1', Math.max(from, end - HEAD_LENGTH_MAX), end))) {
      const quote = chunk.indexOf(QUOTE, end);
      if (quote === -1 || quote - end >= LENGTH_MIN) return end;
    }
    at = chunk.indexOf(BASE64, end);
  }
  return null;
}

/**
 * The text as the pieces of a body, each mark replaced by its blob. A mark that a caller made up means one of the same
 * caller's blobs, or nothing.
 */
export function putBack(text: string, blobs: readonly Blob[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let kept = 0;
  for (const mark of text.matchAll(MARK)) {
    const blob = blobs[Number(mark[1])];
    if (!blob) continue;
    pieces.push(Buffer.from(text.slice(kept, mark.index)), ...blob);
    kept = mark.index + mark[0].length;
  }
  pieces.push(Buffer.from(text.slice(kept)));
  return pieces.filter((piece) => piece.length > 0);
}

/** How base64 begins, `length` characters of it at most: that of a blob where a mark stands for one. */
export function headOf(text: string, blobs: readonly Blob[] | undefined, length: number): string {
  const blob = blobs && blobBehind(text, blobs);
  if (!blob) return text.slice(0, length);
  let head = '';
  for (const piece of blob) {
    head += Buffer.from(piece.buffer, piece.byteOffset, Math.min(piece.length, length - head.length)).toString(
      'latin1',
    );
    if (head.length >= length) break;
  }
  return head;
}

/** What stands behind a value that is a mark; undefined for a value that is itself. */
export function blobBehind(value: string, blobs: readonly Blob[]): Blob | undefined {
  return value.startsWith(MARK_HEAD) ? blobs[Number(value.slice(MARK_HEAD.length, -1))] : undefined;
}

/** Whether the bytes mean themselves inside a JSON string: no escape, no control character, nothing beyond ASCII. */
function isPlain(bytes: Buffer): boolean {
  if (!isAscii(bytes) || bytes.includes(BACKSLASH)) return false;
  const aligned = Math.min((4 - (bytes.byteOffset & 3)) & 3, bytes.length);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, (bytes.length - aligned) >> 2);
  // Four bytes at once: one below 0x20 borrows, so that a high bit appears that ASCII does not have.
  for (let at = 0; at < words.length; at++)
    if (((((words[at] ?? 0) - 0x20202020) | 0) & 0x80808080) !== 0) return false;
  return isPrintable(bytes.subarray(0, aligned)) && isPrintable(bytes.subarray(aligned + words.length * 4));
}
const isPrintable = (bytes: Buffer): boolean => bytes.every((byte) => byte >= 0x20);

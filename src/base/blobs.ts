import { randomBytes } from 'node:crypto';

/**
 * A long value of a body, set aside as the bytes that came, in pieces as they came: what nobody here looks into need not
 * be copied, nor become a string three times over. In its place in the text stands a mark, which goes through every
 * dialect like any other text or base64 and is replaced in the body that is sent. What is set aside of media is base64
 * and means itself; of texts it is the inside of a JSON string, checked to be one.
 */
export type Blob = readonly Uint8Array[];

/** Below this a string is as fast. */
export const LENGTH_MIN = 64 * 1024;

/** Nobody outside knows it, so that nobody can write a mark. */
const MARK_HEAD = `switchwright/blob/${randomBytes(12).toString('hex')}/`;
/** What stands for base64: itself base64. */
export const markOf = (at: number): string => `${MARK_HEAD}${at}/`;
/**
 * What stands for a text. Its backslash doubles with each time that the text is written as JSON, so that a text inside
 * of JSON inside of a text is put back right.
 */
export const textMarkOf = (at: number): string => `/\\${MARK_HEAD}${at}/`;
const MARK = new RegExp(`(?:/(\\\\+))?${MARK_HEAD}(\\d+)/`, 'g');

export const sizeOf = (blob: Blob): number => blob.reduce((sum, piece) => sum + piece.length, 0);

/** The text as the pieces of a body, each mark replaced by its blob. */
export function putBack(text: string, blobs: readonly Blob[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let kept = 0;
  for (const mark of text.matchAll(MARK)) {
    const blob = blobs[Number(mark[2])];
    if (!blob) continue;
    pieces.push(Buffer.from(text.slice(kept, mark.index)));
    for (const piece of written(blob, Math.log2(mark[1]?.length ?? 2))) pieces.push(piece);
    kept = mark.index + mark[0].length;
  }
  pieces.push(Buffer.from(text.slice(kept)));
  return pieces.filter((piece) => piece.length > 0);
}

/** The inside of a JSON string, written as JSON once for each time beyond the first. */
function written(blob: Blob, times: number): Blob {
  if (times <= 1) return blob;
  const again = blob.map((piece) => Buffer.from(latin1Of(piece).replace(/["\\]/g, '\\$&'), 'latin1'));
  return written(again, times - 1);
}

const latin1Of = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('latin1');

/** The text as it is read: whatever marks it holds replaced by what they stand for. */
export const restored = (text: string, blobs: readonly Blob[]): string =>
  !text.includes(MARK_HEAD)
    ? text
    : text.replace(MARK, (mark, slashes: string | undefined, at: string) => {
        const blob = blobs[Number(at)];
        if (!blob) return mark;
        const inside = Buffer.concat(blob);
        return slashes === undefined ? inside.toString('latin1') : (JSON.parse(`"${inside.toString()}"`) as string);
      });

/** What a text consists of: what stands there itself, and what marks stand for. */
export function partsOf(
  text: string,
  blobs: readonly Blob[],
): { readonly text: string; readonly kept: readonly Blob[] } {
  if (blobs.length === 0 || !text.includes(MARK_HEAD)) return { text, kept: [] };
  const kept: Blob[] = [];
  const own = text.replace(MARK, (mark, _slashes, at: string) => {
    const blob = blobs[Number(at)];
    if (blob) kept.push(blob);
    return blob ? '' : mark;
  });
  return { text: own, kept };
}

/** How base64 begins, `length` characters of it at most: that of a blob where a mark stands for one. */
export function headOf(text: string, blobs: readonly Blob[] | undefined, length: number): string {
  const blob = blobs && blobBehind(text, blobs);
  if (!blob) return text.slice(0, length);
  let head = '';
  for (const piece of blob) {
    head += latin1Of(piece.subarray(0, length - head.length));
    if (head.length >= length) break;
  }
  return head;
}

/** What stands behind a value that is a mark of either kind; undefined for a value that is itself. */
export function blobBehind(value: string, blobs: readonly Blob[]): Blob | undefined {
  const from = value.startsWith(`/\\${MARK_HEAD}`) ? 2 : 0;
  return value.startsWith(MARK_HEAD, from) ? blobs[Number(value.slice(from + MARK_HEAD.length, -1))] : undefined;
}

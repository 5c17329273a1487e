import { createGrowingBytes } from './growing-bytes.ts';

const LF = 10;
const CR = 13;

/** Splits bytes into lines at LF, CR or CRLF, looking at each byte once. */
export type LineSplitter = {
  readonly push: (bytes: Uint8Array) => void;
  /** Hands out the last line, if its end was missing. */
  readonly end: () => void;
  /** Bytes of the line that is not complete yet. */
  readonly pending: () => number;
};

/** `line` is called with a range of bytes that is valid only during the call; the line's end is not in it. */
export function createLineSplitter(line: (bytes: Buffer, start: number, end: number) => void): LineSplitter {
  const rest = createGrowingBytes();
  let afterCr = false;

  const hand = (bytes: Buffer, start: number, end: number): void => {
    if (rest.length() === 0) {
      line(bytes, start, end);
      return;
    }
    rest.append(bytes, start, end);
    const whole = rest.view();
    line(whole, 0, whole.length);
    rest.drop(whole.length);
  };

  const push = (chunk: Uint8Array): void => {
    if (chunk.length === 0) return;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let at = afterCr && bytes[0] === LF ? 1 : 0;
    afterCr = false;
    let cr = find(bytes, CR, at);
    let lf = find(bytes, LF, at);
    while (cr < bytes.length || lf < bytes.length) {
      const end = Math.min(cr, lf);
      hand(bytes, at, end);
      at = end + 1;
      if (end === cr) {
        if (at === bytes.length) afterCr = true;
        else if (bytes[at] === LF) at++;
        cr = find(bytes, CR, at);
      }
      if (lf < at) lf = find(bytes, LF, at);
    }
    if (at < bytes.length) rest.append(bytes, at, bytes.length);
  };

  return {
    push,
    end: () => {
      if (rest.length() > 0) hand(Buffer.alloc(0), 0, 0);
    },
    pending: rest.length,
  };
}

function find(bytes: Buffer, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at < 0 ? bytes.length : at;
}

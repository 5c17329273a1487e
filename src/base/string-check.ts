import { isAscii, isUtf8 } from 'node:buffer';

/**
 * Checks what stands between the quotes of a JSON string, in pieces cut wherever: UTF-8, escapes, no control character.
 * The quotes themselves are the caller's business.
 */
export type StringCheck = {
  readonly push: (piece: Buffer) => void;
  /** Whether all that was pushed is the whole inside of a valid JSON string. */
  readonly isValid: () => boolean;
};

const BACKSLASH = 92;
const U = 117;
const [HEX, ESCAPE, HEX_OR_ESCAPE] = [1, 2, 3];
/** What may stand in `\uXXXX`, and what may follow a backslash, but for `u`. */
const KIND = new Uint8Array(256);
for (const sign of '0123456789abcdefABCDEF') KIND[sign.charCodeAt(0)] = HEX;
for (const sign of '"\\/nrt') KIND[sign.charCodeAt(0)] = ESCAPE;
for (const sign of 'bf') KIND[sign.charCodeAt(0)] = HEX_OR_ESCAPE;
const NOTHING = Buffer.alloc(0);

export function stringCheck(): StringCheck {
  let isSound = true;
  let isEscaped = false;
  let hexLeft = 0;
  /** The beginning of a character that a cut went through. */
  let begun: Buffer = NOTHING;
  const pushEscapes = (piece: Buffer): boolean => {
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at] as number;
      if (hexLeft > 0) {
        if (KIND[byte] !== HEX && KIND[byte] !== HEX_OR_ESCAPE) return false;
        hexLeft--;
      } else if (isEscaped) {
        isEscaped = false;
        if (byte === U) hexLeft = 4;
        else if (KIND[byte] !== ESCAPE && KIND[byte] !== HEX_OR_ESCAPE) return false;
      } else if (byte === BACKSLASH) isEscaped = true;
      else if (byte < 0x20) return false;
    }
    return true;
  };
  const pushText = (piece: Buffer): boolean => {
    const whole = begun.length > 0 ? Buffer.concat([begun, piece]) : piece;
    const end = whole.length - unfinished(whole);
    begun = end === whole.length ? NOTHING : Buffer.from(whole.subarray(end));
    return isUtf8(end === whole.length ? whole : whole.subarray(0, end));
  };
  return {
    push: (piece) => {
      if (!isSound || piece.length === 0) return;
      const isPlain = !isEscaped && hexLeft === 0 && !piece.includes(BACKSLASH);
      isSound = (isPlain ? !hasControls(piece) : pushEscapes(piece)) && pushText(piece);
    },
    isValid: () => isSound && !isEscaped && hexLeft === 0 && begun.length === 0,
  };
}

/** How many bytes at the end begin a character of more bytes. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

/** Whether there is a byte below 0x20. */
function hasControls(bytes: Buffer): boolean {
  if (bytes.length < 8) return isControlled(bytes);
  const aligned = (4 - (bytes.byteOffset & 3)) & 3;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, (bytes.length - aligned) >> 2);
  // Four bytes at once: one below 0x20 borrows, so that its high bit appears where it had none.
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? 0;
    if (((word - 0x20202020) & ~word & 0x80808080) !== 0) return true;
  }
  return isControlled(bytes.subarray(0, aligned)) || isControlled(bytes.subarray(aligned + words.length * 4));
}
const isControlled = (bytes: Buffer): boolean => bytes.some((byte) => byte < 0x20);

/** Whether the bytes mean themselves inside a JSON string: no escape, no control character, nothing beyond ASCII. */
export const isPlain = (bytes: Buffer): boolean => isAscii(bytes) && !bytes.includes(BACKSLASH) && !hasControls(bytes);

/** Checks piece by piece that the bytes mean themselves inside a JSON string, as `isPlain` does at once. */
export function plainCheck(): StringCheck {
  let isValid = true;
  return {
    push: (piece) => {
      isValid &&= isPlain(piece);
    },
    isValid: () => isValid,
  };
}

/** Where in a JSON text a scanner is: told each byte outside of strings that means something, and each name of a member. */
export type KeyPath = {
  readonly see: (byte: number) => void;
  /** Whether the string that stands here is the name of a member. */
  readonly isKey: () => boolean;
  /** The name that stands in these bytes. */
  readonly name: (bytes: Buffer, start: number, end: number) => void;
  /** Names from the root to here, joined by dots; lists are left out. */
  readonly text: () => string;
};

const COMMA = 44;
/** No format has longer names where it matters. */
const NAME_LENGTH_MAX = 32;

export function createKeyPath(nestingMax: number): KeyPath {
  const isObject = new Uint8Array(nestingMax + 2);
  const bytesOf: (Buffer | null)[] = new Array<Buffer | null>(nestingMax + 2).fill(null);
  const starts = new Uint32Array(nestingMax + 2);
  const ends = new Uint32Array(nestingMax + 2);
  const names: string[] = new Array<string>(nestingMax + 2).fill('');
  let depth = 0;
  let isKey = false;
  /** Bytes are let go with their chunk, names are kept. */
  const nameAt = (at: number): string => {
    const bytes = bytesOf[at];
    if (bytes) {
      const [start = 0, end = 0] = [starts[at], ends[at]];
      names[at] = end - start > NAME_LENGTH_MAX ? '?' : bytes.toString('latin1', start, end);
      bytesOf[at] = null;
    }
    return names[at] ?? '';
  };
  return {
    see: (byte) => {
      if (byte === 123 || byte === 91) {
        isObject[++depth] = byte === 123 ? 1 : 0;
        isKey = byte === 123;
      } else if (byte === 125 || byte === 93) {
        if (depth > 0) bytesOf[depth--] = null;
        isKey = false;
      } else if (byte === COMMA) isKey = isObject[depth] === 1;
    },
    isKey: () => isKey,
    name: (bytes, start, end) => {
      isKey = false;
      bytesOf[depth] = bytes;
      starts[depth] = start;
      ends[depth] = end;
    },
    text: () => {
      let path = '';
      for (let at = 1; at <= depth; at++) if (isObject[at] === 1) path += path === '' ? nameAt(at) : `.${nameAt(at)}`;
      return path;
    },
  };
}

/** Bytes that wait for the rest of their frame. Appending copies; capacity doubles, so any chunking stays linear. */
export type GrowingBytes = {
  readonly length: () => number;
  readonly append: (bytes: Uint8Array, start: number, end: number) => void;
  /** A view on what is held, valid until the next change. */
  readonly view: () => Buffer;
  /** Forgets the first `count` bytes. */
  readonly drop: (count: number) => void;
};

const CAPACITY_KEPT_MAX = 64 * 1024;

export function createGrowingBytes(): GrowingBytes {
  let held = Buffer.alloc(0);
  let length = 0;
  return {
    length: () => length,
    append: (bytes, start, end) => {
      const needed = length + end - start;
      if (needed > held.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(needed, held.length * 2, 256));
        held.copy(larger, 0, 0, length);
        held = larger;
      }
      held.set(bytes.subarray(start, end), length);
      length = needed;
    },
    view: () => held.subarray(0, length),
    drop: (count) => {
      held.copyWithin(0, count, length);
      length -= count;
      if (length === 0 && held.length > CAPACITY_KEPT_MAX) held = Buffer.alloc(0);
    },
  };
}

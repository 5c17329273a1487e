/** Puts chunks together that are too small to be kept each for itself: a sender may cut a body into single bytes. */
export type Gatherer = {
  /** What is to be worked through now: the chunk with all that waited before it, or null while that is little. */
  readonly push: (chunk: Buffer) => Buffer | null;
  /** What still waits; null = nothing. */
  readonly end: () => Buffer | null;
};

const ENOUGH = 32 * 1024;

export function gatherer(): Gatherer {
  let held: Buffer | null = null;
  let length = 0;
  const end = (): Buffer | null => {
    const whole = held && length > 0 ? held.subarray(0, length) : null;
    held = null;
    length = 0;
    return whole;
  };
  return {
    push: (chunk) => {
      if (length === 0 && chunk.length >= ENOUGH) return chunk;
      if (length + chunk.length > 2 * ENOUGH) {
        const before = end();
        return before ? Buffer.concat([before, chunk]) : chunk;
      }
      held ??= Buffer.allocUnsafeSlow(2 * ENOUGH);
      chunk.copy(held, length);
      length += chunk.length;
      return length >= ENOUGH ? end() : null;
    },
    end,
  };
}

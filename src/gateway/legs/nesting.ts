import { LIMITS } from '../../base/limits.ts';

/** Where a call stands that is asked within another one, by a tool or a plugin of it. */
export type Nesting = {
  /** 1 = asked by the caller's own call. */
  readonly depth: number;
  /** Counts one more model that is asked anywhere within the caller's call. False = it was the last but one. */
  readonly take: () => boolean;
};

/** A call that nobody has asked within another. */
export function newNesting(): Nesting {
  let left = LIMITS.asks_max;
  return { depth: 0, take: () => left-- > 0 };
}

export const deeper = ({ depth, take }: Nesting): Nesting => ({ depth: depth + 1, take });

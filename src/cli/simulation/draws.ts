/** Numbers from a seed (mulberry32): the same seed draws the same numbers, so that a failing run can be run again. */
export type Draws = {
  /** Uniform in [0, 1). */
  readonly unit: () => number;
  readonly below: (count: number) => number;
  /** Whole, both ends included. */
  readonly between: (least: number, most: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(from: readonly [T, ...T[]]) => T;
  /** Each with its weight. */
  readonly weighted: <T>(from: readonly (readonly [weight: number, value: T])[]) => T;
};

export function drawsOf(seed: number): Draws {
  let state = seed;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number): number => Math.floor(unit() * count);
  return {
    unit,
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (probability) => unit() < probability,
    pick: (from) => from[below(from.length)] ?? from[0],
    weighted: (from) => {
      let left = unit() * from.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, value] of from) {
        left -= weight;
        if (left < 0) return value;
      }
      throw new Error('there is nothing to draw from');
    },
  };
}

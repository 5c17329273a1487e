/** Successes and failures of the last while in slots of equal length, each written over when its time comes round again. */
export type Successes = {
  readonly count: (kind: 'success' | 'failure', now: number, times?: number) => void;
  /** Share of successes in the last `slots` slots, the present one included, 0–1; null without traffic. */
  readonly share: (slots: number, now: number) => number | null;
};

export function createSuccesses(slots: number, slotMs: number): Successes {
  const at = new Float64Array(slots).fill(-1);
  const successes = new Uint32Array(slots);
  const failures = new Uint32Array(slots);
  return {
    count: (kind, now, times = 1) => {
      const turn = Math.floor(now / slotMs);
      const slot = turn % slots;
      if (at[slot] !== turn) {
        at[slot] = turn;
        successes[slot] = 0;
        failures[slot] = 0;
      }
      const column = kind === 'success' ? successes : failures;
      column[slot] = (column[slot] ?? 0) + times;
    },
    share: (last, now) => {
      const oldest = Math.floor(now / slotMs) - last + 1;
      let good = 0;
      let bad = 0;
      for (let slot = 0; slot < slots; slot++) {
        if ((at[slot] ?? -1) < Math.max(oldest, 0)) continue;
        good += successes[slot] ?? 0;
        bad += failures[slot] ?? 0;
      }
      return good + bad === 0 ? null : good / (good + bad);
    },
  };
}

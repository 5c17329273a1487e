/** What happened in the last while, in slots of equal length, each written over when its time comes round again. */
export type Successes = {
  readonly count: (kind: keyof Sums, now: number, times?: number) => void;
  /** Share of successes in the last `slots` slots, the present one included, 0–1; null without traffic. */
  readonly share: (slots: number, now: number) => number | null;
  readonly sums: (slots: number, now: number) => Sums;
};
/** `limited`: turned away for their number, which is neither. */
export type Sums = { readonly success: number; readonly failure: number; readonly limited: number };

export function createSuccesses(slots: number, slotMs: number): Successes {
  const at = new Float64Array(slots).fill(-1);
  const columns = { success: new Uint32Array(slots), failure: new Uint32Array(slots), limited: new Uint32Array(slots) };
  const sums = (last: number, now: number): Sums => {
    const oldest = Math.max(Math.floor(now / slotMs) - last + 1, 0);
    const found = { success: 0, failure: 0, limited: 0 };
    for (let slot = 0; slot < slots; slot++) {
      if ((at[slot] ?? -1) < oldest) continue;
      found.success += columns.success[slot] ?? 0;
      found.failure += columns.failure[slot] ?? 0;
      found.limited += columns.limited[slot] ?? 0;
    }
    return found;
  };
  return {
    count: (kind, now, times = 1) => {
      const turn = Math.floor(now / slotMs);
      const slot = turn % slots;
      if (at[slot] !== turn) {
        at[slot] = turn;
        columns.success[slot] = 0;
        columns.failure[slot] = 0;
        columns.limited[slot] = 0;
      }
      const column = columns[kind];
      column[slot] = (column[slot] ?? 0) + times;
    },
    share: (last, now) => {
      const { success, failure } = sums(last, now);
      return success + failure === 0 ? null : success / (success + failure);
    },
    sums,
  };
}

import type { OpenHold } from './hold.ts';

/**
 * The holds under way, from the oldest on: a linked list, for a Map through which thousands of short-lived entries pass
 * each second keeps them alive. Whenever it makes room it leaves its old table behind, full of them, and once that table
 * is of the old generation only a full collection frees what it points to (V8 14; measured 2026-11-24: 9 KB of each
 * call survived, and an eighth of the processor's time went into copying them).
 */
export type OpenHolds = {
  /** Gives what takes the hold out again. */
  readonly add: (hold: OpenHold) => () => void;
  /** Calls `end` for each hold opened at or before `until`, in `world.elapsed()`. */
  readonly endThrough: (until: number, end: (hold: OpenHold) => void) => void;
  readonly size: () => number;
};

type Link = { hold: OpenHold | null; older: Link; younger: Link };

export function createOpenHolds(): OpenHolds {
  const ends = { hold: null } as unknown as Link;
  ends.older = ends;
  ends.younger = ends;
  let size = 0;
  const remove = (link: Link): void => {
    if (link.hold === null) return;
    link.older.younger = link.younger;
    link.younger.older = link.older;
    link.hold = null;
    link.older = ends;
    link.younger = ends;
    size--;
  };
  return {
    add: (hold) => {
      const link: Link = { hold, older: ends.older, younger: ends };
      ends.older.younger = link;
      ends.older = link;
      size++;
      return () => remove(link);
    },
    endThrough: (until, end) => {
      for (let link = ends.younger; link.hold !== null && link.hold.openedAt <= until; ) {
        const { hold, younger } = link;
        end(hold);
        link = younger;
      }
    },
    size: () => size,
  };
}

import type { Cancel } from '../../base/world.ts';

type Timer = { readonly at: number; readonly order: number; readonly owner: string; readonly task: () => void };

/** Virtual time: it passes only from one timer to the next. */
export type Clock = {
  readonly now: () => number;
  /** `owner` is the process (or the simulation itself) whose death forgets the timer. */
  readonly after: (owner: string, ms: number, task: () => void) => Cancel;
  readonly forget: (owner: string) => void;
  /** Runs the next timer and everything that follows from it at the same moment. False = there is none. */
  readonly step: () => Promise<boolean>;
  readonly pending: () => number;
};

export function createClock(start: number): Clock {
  let now = start;
  let order = 0;
  const heap: Timer[] = [];
  const live = new Set<Timer>();
  return {
    now: () => now,
    after: (owner, ms, task) => {
      const timer = { at: now + Math.max(0, ms), order: order++, owner, task };
      live.add(timer);
      push(heap, timer);
      return () => live.delete(timer);
    },
    forget: (owner) => {
      for (const timer of live) if (timer.owner === owner) live.delete(timer);
    },
    step: async () => {
      let timer = pop(heap);
      while (timer && !live.delete(timer)) timer = pop(heap);
      if (!timer) return false;
      now = timer.at;
      timer.task();
      await new Promise((resolve) => setImmediate(resolve)); // every promise that follows comes first
      return true;
    },
    pending: () => live.size,
  };
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Timer[], timer: Timer): void {
  let at = heap.push(timer) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (!parent || isBefore(parent, timer)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = timer;
}

function pop(heap: Timer[]): Timer | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (!last || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    const left = heap[below];
    const right = heap[below + 1];
    if (!left) break;
    if (right && isBefore(right, left)) below++;
    const child = heap[below];
    if (!child || isBefore(last, child)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
  return first;
}

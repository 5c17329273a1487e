import type { World } from '../world.ts';

/** A world whose time passes only when a test says so. */
export type VirtualClock = {
  readonly world: World;
  /** Lets time pass up to this moment, in milliseconds since the clock's start, from timer to timer. */
  readonly advance: (to: number) => void;
  /** Time passes in which no timer can run. */
  readonly stall: (ms: number) => void;
  /** How often a timer was set. */
  readonly timersSet: () => number;
  readonly pending: () => number;
};

/** A world without network whose clock the test moves. */
export function virtualClock(): VirtualClock {
  let now = 0;
  let timers: { readonly at: number; readonly task: () => void }[] = [];
  let set = 0;
  const world: World = {
    now: () => now,
    elapsed: () => now,
    after: (ms, task) => {
      const timer = { at: now + ms, task };
      timers.push(timer);
      set++;
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    random: () => 0,
    newId: (prefix) => prefix,
    request: () => {
      throw new Error('there is no network here');
    },
  };
  const earliest = (to: number) => timers.filter(({ at }) => at <= to).sort((a, b) => a.at - b.at)[0];
  const advance = (to: number): void => {
    for (let next = earliest(to); next; next = earliest(to)) {
      now = Math.max(now, next.at);
      timers = timers.filter((one) => one !== next);
      next.task();
    }
    now = to;
  };
  const stall = (ms: number): void => {
    now += ms;
  };
  return { world, advance, stall, timersSet: () => set, pending: () => timers.length };
}

import type { World } from '../../base/world.ts';

/** A world with a clock that tests set, timers that run at once when it passes them, and numbered ids. */
export function clockWorld(start: number): World & { readonly advance: (ms: number) => void } {
  let now = start;
  let ids = 0;
  let timers: { readonly at: number; readonly task: () => void }[] = [];
  return {
    now: () => now,
    elapsed: () => now,
    after: (ms, task) => {
      const timer = { at: now + ms, task };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    random: () => 0.5,
    newId: (prefix) => `${prefix}-${start.toString(36)}${process.pid}-${String(ids++).padStart(8, '0')}`,
    request: () => {
      throw new Error('nothing here sends requests');
    },
    advance: (ms) => {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { task } of due) task();
    },
  };
}

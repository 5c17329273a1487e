import type { World } from '#src/base/world.ts';
import { createClock } from '#src/cli/simulation/clock.ts';
import { realWorld } from '#src/upstream/world.ts';

/** The real network in a time of its own, so that no deadline is met or missed because the machine is busy. */
export type LineWorld = World & {
  /** Lets so much time pass: what falls due meanwhile happens, in its order. */
  readonly pass: (ms: number) => Promise<void>;
  /** Lets the next timer fire, and the time until then pass. False = there is none. */
  readonly step: () => Promise<boolean>;
  /** Requests under way. */
  readonly open: () => number;
  /** Timers that wait. */
  readonly waits: () => number;
};

const { request, newId } = realWorld();
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * While a request is under way time stands still, for nobody but the test knows how long a provider thinks; while none
 * is, it leaps to the next timer, a wait before a retry, unless `idle` says that it stands then too.
 */
export function lineWorld(idle: 'leaps' | 'stands' = 'leaps'): LineWorld {
  const clock = createClock(Date.UTC(2026, 0, 1));
  let open = 0;
  let isLeaping = false;
  const leap = async (): Promise<void> => {
    if (isLeaping || idle === 'stands') return;
    isLeaping = true;
    await turn(); // whoever has just set a timer may be about to send
    while (open === 0 && (await clock.step()));
    isLeaping = false;
  };
  const after: World['after'] = (ms, task) => {
    const cancel = clock.after('test', ms, task);
    void leap();
    return cancel;
  };
  return {
    now: clock.now,
    elapsed: clock.now,
    after,
    random: () => 0.5,
    newId,
    request: (wireRequest, handler) => {
      open++;
      let isOpen = true;
      const closed = (): void => {
        if (!isOpen) return;
        isOpen = false;
        open--;
        void leap();
      };
      const wire = request(wireRequest, {
        head: (status, headers) => handler.head(status, headers),
        data: (bytes) => handler.data(bytes),
        end: () => {
          closed();
          handler.end();
        },
        error: (error) => {
          closed();
          handler.error(error);
        },
      });
      return {
        pause: () => wire.pause(),
        resume: () => wire.resume(),
        abort: () => {
          closed();
          wire.abort();
        },
      };
    },
    pass: async (ms) => {
      let isPast = false;
      const last = (): void => {
        isPast = true;
      };
      clock.after('test', ms, () => clock.after('test', 0, last)); // after all that falls due at the same moment
      while (!isPast) await clock.step();
    },
    step: clock.step,
    open: () => open,
    waits: clock.pending,
  };
}

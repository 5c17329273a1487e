import type { Cancel, World } from '../base/world.ts';

export type Watch = {
  /** Moves the deadline, by the clock of durations (`World.elapsed`). Later costs nothing; only an earlier one touches the timer. */
  readonly due: (at: number) => void;
  readonly stop: () => void;
};

/**
 * One timer for all deadlines of an exchange: when it fires it looks at the clock and sleeps on if it is not yet time.
 * A deadline counts only if it still stands one turn later: after a busy spell timers come before the bytes that have
 * been waiting, and the silence was ours.
 */
export function startWatch(world: World, onDue: () => void): Watch {
  let dueAt = Number.POSITIVE_INFINITY;
  let armedFor = Number.POSITIVE_INFINITY;
  let cancel: Cancel | null = null;
  let isLastTurn = false;
  const arm = (): void => {
    cancel?.();
    isLastTurn = false;
    armedFor = dueAt;
    cancel = world.after(Math.max(0, dueAt - world.elapsed()), fire);
  };
  const fire = (): void => {
    cancel = null;
    armedFor = Number.POSITIVE_INFINITY;
    if (world.elapsed() < dueAt) arm();
    else if (isLastTurn) onDue();
    else {
      isLastTurn = true;
      cancel = world.after(1, fire);
    }
  };
  return {
    due: (at) => {
      dueAt = at;
      if (at < armedFor) arm();
    },
    stop: () => {
      dueAt = Number.POSITIVE_INFINITY;
      cancel?.();
      cancel = null;
    },
  };
}

import type { CallHandle } from './operation.ts';

/** The handle of a call that begins when this is there. A client that has gone by then is told to the call at once. */
export function handleOf<T>(
  ready: Promise<T>,
  begin: (value: T) => CallHandle,
  broken: (cause: unknown) => void,
): CallHandle {
  let running: CallHandle | null = null;
  let isCancelled = false;
  let isPaused = false;
  ready.then((value) => {
    running = begin(value);
    if (isPaused) running.pause();
    if (isCancelled) running.cancel();
  }, broken);
  return {
    pause: () => {
      isPaused = true;
      running?.pause();
    },
    resume: () => {
      isPaused = false;
      running?.resume();
    },
    cancel: () => {
      isCancelled = true;
      running?.cancel();
    },
  };
}

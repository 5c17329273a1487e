import type { Cancel } from '../base/world.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { ResponseStore } from '../gateway/stored-responses.ts';

const HOUR_MS = 3_600_000;
/** Between two parts of a sweep, so that it is never in anybody's way. */
const PAUSE_MS = 100;

/** Deletes stored responses that have expired, now and every hour, also where none are stored any more. */
export function sweepResponses(store: ResponseStore, { world, log }: Pick<Gateway, 'world' | 'log'>): Cancel {
  let isOver = false;
  let cancel: Cancel = () => {};
  const again = (ms: number): void => {
    if (!isOver) cancel = world.after(ms, sweep);
  };
  const sweep = (): void => {
    store.sweep(world.now()).then(
      (gone) => again(gone > 0 ? PAUSE_MS : HOUR_MS),
      (cause) => {
        if (isOver) return;
        log('expired responses could not be deleted', cause);
        again(HOUR_MS);
      },
    );
  };
  again(PAUSE_MS);
  return () => {
    isOver = true;
    cancel();
  };
}

import type { Fault } from '../base/fault.ts';
import type { OperationId, StepOf } from '../call/operation.ts';
import type { Target } from '../facts/target.ts';
import type { Run } from '../upstream/run.ts';
import type { CallListener } from './operation.ts';

/** The way to the client: shut until the intent is stored, narrow when the client is slow, closed for good when it is gone. */
export type Outlet<O extends OperationId> = {
  readonly pass: (events: readonly StepOf<O>[], target: Target) => void;
  /** The intent is stored: what waited may be seen. */
  readonly stored: () => void;
  /** The client reads no further for now, or again. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** The client is gone: nothing is written any more. */
  readonly abandon: () => void;
  readonly isAbandoned: () => boolean;
  /** Ends with a fault what the client has seen the beginning of. False = it has seen nothing, or is gone. */
  readonly breakOff: (value: Fault) => boolean;
};

export function createOutlet<O extends OperationId>(
  listener: Pick<CallListener<O>, 'events'>,
  run: () => Run,
): Outlet<O> {
  let isStored = false;
  let waiting: { readonly events: readonly StepOf<O>[]; readonly target: Target } | null = null;
  /** Whose answer the client has seen something of. */
  let shown: Target | null = null;
  let isPaused = false;
  let isAbandoned = false;

  const show = (events: readonly StepOf<O>[], target: Target): void => {
    if (isAbandoned || events.length === 0) return;
    shown = target;
    listener.events(events, target);
  };
  return {
    pass: (events, target) => {
      if (isStored) return show(events, target);
      waiting = { events: [...(waiting?.events ?? []), ...events], target };
      run().pause();
    },
    stored: () => {
      isStored = true;
      if (!waiting) return;
      const { events, target } = waiting;
      waiting = null;
      show(events, target);
      if (!isPaused) run().resume();
    },
    pause: () => {
      isPaused = true;
      run().pause();
    },
    resume: () => {
      isPaused = false;
      if (!waiting) run().resume();
    },
    abandon: () => {
      isAbandoned = true;
    },
    isAbandoned: () => isAbandoned,
    breakOff: (value) => {
      if (isAbandoned || !shown) return false;
      show([{ type: 'fault', fault: value } as StepOf<O>], shown);
      return true;
    },
  };
}

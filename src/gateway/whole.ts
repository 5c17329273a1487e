import { type Fault, fault } from '../base/fault.ts';
import type { OperationId, ReplyOf } from '../call/operation.ts';
import { type Usage, usageOf } from '../call/usage.ts';
import { priceAtInstant } from '../catalog/price.ts';
import type { Target } from '../facts/target.ts';
import { isBelievableOf } from '../metering/believable.ts';
import { billFor, NO_BILL } from '../metering/cost.ts';
import type { RunOutcome } from '../upstream/run.ts';
import { chargeOf } from './charge.ts';
import type { CallContext, Delivery, Means } from './operation.ts';
import type { Ended } from './receipt.ts';

/** How an operation counts what a call took. */
export type UsageCounter<O extends OperationId> = {
  /** Our own estimate, for what did not end well. */
  readonly estimate: () => Usage;
  /** Of an answer: the vendor's count, or our estimate where it gave none or one that cannot be. */
  readonly usageOf: (reply: ReplyOf<O>, target: Target) => Usage;
};

/** Of an answer that comes in one piece: nothing is seen before the end, and what is broken off costs nothing. */
export function wholeDelivery<O extends OperationId>(
  { gateway, request }: CallContext<O>,
  { run }: Means,
  counter: UsageCounter<O>,
): Delivery<O> {
  let interruption: Fault | null = null;
  const ended = (outcome: RunOutcome<O>): Ended => {
    const common = { finish: null, serviceTier: null, firstContentAt: null, endedAt: gateway.world.elapsed() };
    if (outcome.kind === 'replied' && !interruption) {
      const { target, reply } = outcome;
      const usage = counter.usageOf(reply, target);
      const bill = chargeOf(target, billFor(usage, priceAtInstant(target.endpoint.price, request.receivedAt)));
      return { ...common, state: 'completed', target, usage, bill, fault: null };
    }
    const without = { ...common, target: null, usage: counter.estimate(), bill: NO_BILL };
    if (outcome.kind === 'cancelled' && !interruption) return { ...without, state: 'cancelled', fault: null };
    const value =
      interruption ?? (outcome.kind === 'failed' ? outcome.fault : fault('server', 'Internal Server Error'));
    return { ...without, state: 'failed', fault: value };
  };
  return {
    ended,
    interrupt: (reason) => {
      interruption = reason;
      run().cancel();
    },
    pause: () => run().pause(),
    resume: () => run().resume(),
    breakOff: () => false,
    ...NOTHING_SHOWN,
  };
}

/** The same for what is only read: a vendor's count is taken where it can be, else all that was sent. */
export function readDelivery<O extends 'decisions' | 'moderations'>(
  context: CallContext<O>,
  means: Means,
): Delivery<O> {
  const { promptTokens } = context.size;
  const estimate = (): Usage => usageOf({ input: promptTokens, source: 'estimate' });
  return wholeDelivery(context, means, {
    estimate,
    usageOf: ({ usage }) => (usage && isBelievableOf(usage, promptTokens) ? usage : estimate()),
  });
}

const NOTHING_SHOWN = { events: () => {}, cut: () => {}, stored: () => {}, abandon: () => {}, last: () => {} };

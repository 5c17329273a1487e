import { type Fault, fault } from '../base/fault.ts';
import type { Bill } from '../call/event.ts';
import type { SpeechStep } from '../call/speech.ts';
import { usageOf } from '../call/usage.ts';
import { priceAtInstant } from '../catalog/price.ts';
import type { Target } from '../facts/target.ts';
import { billFor, NO_BILL } from '../metering/cost.ts';
import { createSpeechMeter } from '../metering/speech.ts';
import type { RunOutcome } from '../upstream/run.ts';
import { chargedOf, chargeOf } from './charge.ts';
import type { CallContext, Delivery, Means } from './operation.ts';
import { createOutlet } from './outlet.ts';
import type { Ended } from './receipt.ts';

/** How often a stream's count is written down: a crash loses at most this much of a bill. */
const CHECKPOINT_MS = 1_000;

/**
 * Of spoken audio: passes it on as it comes, once the intent is stored. What came with its end waits for the settlement.
 * It is billed whole or not at all; who leaves on the way pays for the text, which is spoken already, and for the audio
 * that was passed on.
 */
export function createSpeechDelivery(
  { gateway, listener, request }: CallContext<'speech'>,
  { hold, run }: Means,
): Delivery<'speech'> {
  const meter = createSpeechMeter(request.call);
  const outlet = createOutlet<'speech'>(listener, run);
  let firstContentAt: number | null = null;
  let checkpointAt = gateway.world.elapsed();
  let interruption: Fault | null = null;
  let kept: readonly SpeechStep[] = [];
  const priceOf = ({ endpoint }: Target) => priceAtInstant(endpoint.price, request.receivedAt);

  const events = (steps: readonly SpeechStep[], target: Target): void => {
    const now = gateway.world.elapsed();
    firstContentAt ??= now;
    for (const step of steps) meter.pass(step);
    if (outlet.isAbandoned()) return;
    const passing = steps.filter(({ type }) => type === 'start' || type === 'bytes');
    if (steps.some(({ type }) => type === 'end')) kept = passing;
    else if (passing.length > 0) outlet.pass(passing, target);
    if (now - checkpointAt < CHECKPOINT_MS) return;
    checkpointAt = now;
    const price = priceOf(target);
    hold.checkpoint(chargedOf(target, billFor(meter.usage(target.endpoint, price), price).outputCost));
  };

  const ended = (outcome: RunOutcome<'speech'>): Ended => {
    const target = outcome.kind === 'failed' ? null : outcome.target;
    const price = target && priceOf(target);
    const usage = target && price ? meter.usage(target.endpoint, price) : usageOf({ source: 'estimate' });
    const bill = target && price && meter.bytes() > 0 ? chargeOf(target, billFor(usage, price)) : NO_BILL;
    const times = { firstContentAt, endedAt: gateway.world.elapsed() };
    return { ...stateOf(outcome, bill, interruption), target, usage, serviceTier: null, finish: null, ...times };
  };

  const last = ({ fault: value, usage, bill }: Ended, target: Target): void => {
    outlet.stored();
    outlet.pass(
      value ? [{ type: 'fault', fault: value }] : [...kept, { type: 'usage', usage, bill }, { type: 'end' }],
      target,
    );
  };

  return {
    ...outlet,
    events,
    ended,
    last,
    cut: () => {},
    interrupt: (reason) => {
      interruption = reason;
      run().cancel();
    },
  };
}

/** How it ended, and whether that is charged for. */
function stateOf(
  outcome: RunOutcome<'speech'>,
  bill: Bill,
  interruption: Fault | null,
): Pick<Ended, 'state' | 'bill' | 'fault'> {
  switch (outcome.kind) {
    case 'streamed':
      return { state: 'completed', bill, fault: null };
    case 'cancelled':
      return interruption
        ? { state: 'interrupted', bill: NO_BILL, fault: interruption }
        : { state: 'cancelled', bill, fault: null };
    case 'broken':
    case 'failed':
      return { state: 'failed', bill: NO_BILL, fault: outcome.fault };
    case 'replied':
      return { state: 'failed', bill: NO_BILL, fault: fault('server', 'Internal Server Error') };
    default:
      return outcome satisfies never;
  }
}

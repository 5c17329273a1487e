import type { Fault } from '../../base/fault.ts';
import { nano } from '../../base/money.ts';
import type { Event } from '../../call/event.ts';
import type { ChatStep } from '../../call/text-run.ts';
import { completionTokens, usageOf } from '../../call/usage.ts';
import { priceAtInstant } from '../../catalog/price.ts';
import type { Target } from '../../facts/target.ts';
import { billFor } from '../../metering/cost.ts';
import { answersOf } from '../../metering/exposure.ts';
import { createMeter } from '../../metering/meter.ts';
import type { RunOutcome } from '../../upstream/run.ts';
import { chargedOf } from '../charge.ts';
import type { CallContext, Delivery, Means } from '../operation.ts';
import { createOutlet } from '../outlet.ts';
import type { Ended } from '../receipt.ts';
import { type Counted, endingOf, lastEvents, legOf } from './ending.ts';
import { type Leg, spent } from './legs.ts';

/** How often a stream's count is written down: a crash loses at most this much of a bill. */
const CHECKPOINT_MS = 1_000;
/** The share of the held output at which more is held. */
const TOP_UP_AT = 0.75;
/**
 * A stream is stopped where it goes on far beyond what its provider was permitted. Our own count is within a third of most
 * tokenizers' (metering/count-text.ts), and must not stop an honest answer of an odd kind just before its end.
 */
const STOP = { at: 2, slack: 64 } as const;

/**
 * What stands between the upstream's events and the client: counts them, keeps usage and end back for the settlement,
 * and tops the hold up on the way.
 */
export type ChatDelivery = Delivery<'chat'> & {
  /** What the parts of the answer took that were cut. */
  readonly legs: () => readonly Leg[];
};

export function createDelivery(context: CallContext<'chat'>, { hold, allowance, run }: Means): ChatDelivery {
  const { gateway, listener, size, held } = context;
  const { promptTokens } = size;
  let meter = createMeter(promptTokens);
  const legs: Leg[] = [];
  const outlet = createOutlet<'chat'>(listener, run);
  let cutShort = false;
  let interruption: Fault | null = null;
  /** Choices that have begun and have not finished. */
  const open = new Set<number>();
  let firstContentAt: number | null = null;
  let checkpointAt = gateway.world.elapsed();
  let covered = held;

  const { receivedAt } = context.request;
  const priceOf = ({ endpoint }: Target) => priceAtInstant(endpoint.price, receivedAt);

  const events = (batch: readonly ChatStep[], target: Target): void => {
    const now = gateway.world.elapsed();
    firstContentAt ??= now;
    for (const step of batch) {
      meter.pass(step);
      if (step.type === 'finish') open.delete(step.choice);
      else if ('choice' in step && step.choice !== null) open.add(step.choice);
    }
    if (outlet.isAbandoned() || cutShort) return;
    outlet.pass(passing(batch, promptTokens), target);
    if (now - checkpointAt >= CHECKPOINT_MS) {
      checkpointAt = now;
      hold.checkpoint(nano(spent(legs) + chargedOf(target, billFor(meter.usage(), priceOf(target)).outputCost)));
    }
    if (allowance) stopBeyond(allowance.permitted(target));
    else if (meter.outputTokens() > covered * TOP_UP_AT) coverMore(target);
  };

  /** Where something is limited all that the provider may write is held already: it has been told how much that is. */
  const stopBeyond = (permitted: number): void => {
    if (meter.outputTokens() <= permitted * STOP.at + STOP.slack || open.size === 0) return;
    cutShort = true;
    run().cancel();
  };

  /** Holds for as much output again, so that the books show what is under way. */
  const coverMore = (target: Target): void => {
    covered += held;
    hold.topUp(chargedOf(target, billFor(usageOf({ output: held }), priceOf(target)).cost));
  };

  const cut = (target: Target): void => {
    const leg = legOf(target, counted());
    legs.push(leg);
    meter = createMeter(promptTokens + completionTokens(leg.usage));
    covered = held;
    if (!allowance) hold.topUp(leg.bill.cost);
  };

  const last = (ended: Ended, target: Target): void => {
    const final = lastEvents(ended);
    outlet.stored();
    outlet.pass(cutShort ? [...[...open].map(cutFinish), ...final] : final, target);
  };

  const interrupt = (reason: Fault): void => {
    interruption = reason;
    run().cancel();
  };
  const counted = (): Counted => {
    const { call } = context.request;
    const { messages, blobs = [] } = call;
    const choices = answersOf(call);
    const permitted = allowance?.permitted ?? null;
    const endedAt = gateway.world.elapsed();
    const times = { receivedAt, firstContentAt, endedAt };
    return { legs, meter, promptTokens, messages, blobs, choices, permitted, held, cutShort, interruption, ...times };
  };
  const ended = (outcome: RunOutcome): Ended => endingOf(outcome, counted());
  return { ...outlet, events, last, interrupt, cut, legs: () => legs, ended };
}

/** Some programs are told the prompt's size with the first word: by the vendor, or else by our estimate. */
function passing(batch: readonly ChatStep[], promptTokens: number): ChatStep[] {
  const steps = batch.filter(isPassing);
  const [first] = steps;
  if (first?.type === 'start' && !first.prompt)
    steps[0] = { ...first, prompt: usageOf({ input: promptTokens, source: 'estimate' }) };
  return steps;
}

/** Usage, end and fault wait for the settlement. */
const isPassing = ({ type }: ChatStep): boolean => type !== 'usage' && type !== 'end' && type !== 'fault';
const cutFinish = (choice: number): Event => ({ type: 'finish', choice, reason: 'length', native: null });

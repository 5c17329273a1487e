import type { Fault } from '../base/fault.ts';
import type { Event } from '../call/event.ts';
import { usageOf } from '../call/usage.ts';
import { priceAtInstant } from '../catalog/price.ts';
import type { Target } from '../facts/target.ts';
import type { Hold } from '../ledger/ledger.ts';
import { billFor } from '../metering/cost.ts';
import { createMeter } from '../metering/meter.ts';
import type { Run } from '../upstream/run.ts';
import type { CompletionContext } from './completion.ts';
import type { Counted } from './ending.ts';
import { createOutlet, type Outlet } from './outlet.ts';

/** How often a stream's count is written down: a crash loses at most this much of a bill. */
const CHECKPOINT_MS = 1_000;
/** The share of the held output at which more is held. */
const TOP_UP_AT = 0.75;

/**
 * What stands between the upstream's events and the client: counts them, keeps usage and end back for the settlement,
 * and tops the hold up on the way.
 */
export type Delivery = Pick<Outlet, 'stored' | 'pause' | 'resume' | 'abandon' | 'breakOff'> & {
  readonly events: (events: readonly Event[], target: Target) => void;
  readonly last: (events: readonly Event[], target: Target) => void;
  /** We end the answer for this reason. */
  readonly interrupt: (reason: Fault) => void;
  /** What was counted when the run ended: nothing is topped up or stopped any more. */
  readonly counted: () => Counted;
};

export function createDelivery(context: CompletionContext, hold: Hold, run: () => Run): Delivery {
  const { gateway, listener, promptTokens, held } = context;
  const meter = createMeter(promptTokens);
  const outlet = createOutlet(listener, run);
  let cutShort = false;
  let interruption: Fault | null = null;
  let over = false;
  /** Choices that have begun and have not finished. */
  const open = new Set<number>();
  let firstContentAt: number | null = null;
  let checkpointAt = gateway.world.elapsed();
  let covered = held;

  const { receivedAt } = context.request;
  const priceOf = ({ endpoint }: Target) => priceAtInstant(endpoint.price, receivedAt);

  const events = (batch: readonly Event[], target: Target): void => {
    const now = gateway.world.elapsed();
    firstContentAt ??= now;
    for (const event of batch) {
      meter.pass(event);
      if (event.type === 'finish') open.delete(event.choice);
      else if ('choice' in event && event.choice !== null) open.add(event.choice);
    }
    if (outlet.isAbandoned() || cutShort) return;
    outlet.pass(batch.filter(isPassing), target);
    if (now - checkpointAt >= CHECKPOINT_MS) {
      checkpointAt = now;
      hold.checkpoint(billFor(meter.usage(), priceOf(target)).outputCost);
    }
    if (meter.outputTokens() > covered * TOP_UP_AT) coverMore(target);
  };

  /** Holds for as much output again; when no credit is left an answer that still goes on is stopped. */
  const coverMore = (target: Target): void => {
    covered += held;
    const decide = (granted: boolean): void => {
      if (granted || cutShort || over || open.size === 0) return;
      cutShort = true;
      run().cancel();
    };
    const granted = hold.topUp(billFor(usageOf({ output: held }), priceOf(target)).cost);
    if (typeof granted === 'boolean') decide(granted);
    else granted.then(decide, (cause) => gateway.log('a hold could not be topped up', cause));
  };

  const last = (final: readonly Event[], target: Target): void => {
    outlet.stored();
    outlet.pass(cutShort ? [...[...open].map(cutFinish), ...final] : final, target);
  };

  const interrupt = (reason: Fault): void => {
    interruption = reason;
    run().cancel();
  };
  const counted = (): Counted => {
    over = true;
    const { sampling, messages } = context.request.call;
    const choices = sampling.n ?? 1;
    const endedAt = gateway.world.elapsed();
    const times = { receivedAt, firstContentAt, endedAt };
    return { meter, promptTokens, messages, choices, held, cutShort, interruption, ...times };
  };
  return { ...outlet, events, last, interrupt, counted };
}

/** Usage, end and fault wait for the settlement. */
const isPassing = ({ type }: Event): boolean => type !== 'usage' && type !== 'end' && type !== 'fault';
const cutFinish = (choice: number): Event => ({ type: 'finish', choice, reason: 'length', native: null });

import type { Fault } from '../base/fault.ts';
import type { Event } from '../call/event.ts';
import { usageOf } from '../call/usage.ts';
import type { Target } from '../facts/target.ts';
import type { Hold } from '../ledger/ledger.ts';
import { billFor } from '../metering/cost.ts';
import { createMeter } from '../metering/meter.ts';
import type { Run } from '../upstream/run.ts';
import type { CompletionContext } from './completion.ts';
import type { Counted } from './ending.ts';

/** How often a stream's count is written down: a crash loses at most this much of a bill. */
const CHECKPOINT_MS = 1_000;
/** The share of the held output at which more is held. */
const TOP_UP_AT = 0.75;

/**
 * What stands between the upstream's events and the client: counts them, keeps the first ones back until the intent is
 * stored, keeps usage and end back for the settlement, and tops the hold up on the way.
 */
export type Delivery = {
  readonly events: (events: readonly Event[], target: Target) => void;
  /** The intent is stored: what waited may be seen. */
  readonly stored: () => void;
  /** The client reads no further for now, or again. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** The client is gone: nothing is written any more. */
  readonly abandon: () => void;
  readonly last: (events: readonly Event[], target: Target) => void;
  /** Ends with a fault what the client has seen the beginning of. False = it has seen nothing, or is gone. */
  readonly breakOff: (value: Fault) => boolean;
  /** What was counted when the run ended: nothing is topped up or stopped any more. */
  readonly counted: () => Counted;
};

export function createDelivery(context: CompletionContext, hold: Hold, run: () => Run): Delivery {
  const { gateway, listener, promptTokens, held } = context;
  const meter = createMeter(promptTokens);
  let waiting: { events: Event[]; target: Target | null } | null = { events: [], target: null };
  /** Whose answer the client has seen something of. */
  let shown: Target | null = null;
  let isClientPaused = false;
  let silent = false;
  let cutShort = false;
  let over = false;
  /** Choices that have begun and have not finished. */
  const open = new Set<number>();
  let firstContentAt: number | null = null;
  let checkpointAt = gateway.world.now();
  let covered = held;

  const events = (batch: readonly Event[], target: Target): void => {
    const now = gateway.world.now();
    firstContentAt ??= now;
    const passing = batch.filter((event) => event.type !== 'usage' && event.type !== 'end' && event.type !== 'fault');
    for (const event of batch) {
      meter.pass(event);
      if (event.type === 'finish') open.delete(event.choice);
      else if ('choice' in event && event.choice !== null) open.add(event.choice);
    }
    if (silent || cutShort) return;
    if (waiting) {
      waiting.events.push(...passing);
      waiting.target = target;
      run().pause();
    } else if (passing.length > 0) show(passing, target);
    if (now - checkpointAt >= CHECKPOINT_MS) {
      checkpointAt = now;
      hold.checkpoint(billFor(meter.usage(), target.endpoint.price).outputCost);
    }
    if (meter.outputTokens() > covered * TOP_UP_AT) coverMore(target);
  };

  const show = (batch: readonly Event[], target: Target): void => {
    shown = target;
    listener.events(batch, target);
  };

  /** Holds for as much output again; when no credit is left an answer that still goes on is stopped. */
  const coverMore = (target: Target): void => {
    covered += held;
    const decide = (granted: boolean): void => {
      if (granted || cutShort || over || open.size === 0) return;
      cutShort = true;
      run().cancel();
    };
    const granted = hold.topUp(billFor(usageOf({ output: held }), target.endpoint.price).cost);
    if (typeof granted === 'boolean') decide(granted);
    else granted.then(decide, (cause) => gateway.log('a hold could not be topped up', cause));
  };

  const stored = (): void => {
    const kept = waiting;
    waiting = null;
    if (!kept?.target || silent) return;
    show(kept.events, kept.target);
    if (!isClientPaused) run().resume();
  };

  const pause = (): void => {
    isClientPaused = true;
    run().pause();
  };

  const resume = (): void => {
    isClientPaused = false;
    if (!waiting?.target) run().resume();
  };

  const abandon = (): void => {
    silent = true;
  };

  const last = (final: readonly Event[], target: Target): void => {
    stored();
    if (!silent) show(cutShort ? [...[...open].map(cutFinish), ...final] : final, target);
  };

  const breakOff = (value: Fault): boolean => {
    if (silent || !shown) return false;
    show([{ type: 'fault', fault: value }], shown);
    return true;
  };

  const counted = (): Counted => {
    over = true;
    return { meter, promptTokens, held, cutShort, firstContentAt, endedAt: gateway.world.now() };
  };
  return { events, stored, pause, resume, abandon, last, breakOff, counted };
}

const cutFinish = (choice: number): Event => ({ type: 'finish', choice, reason: 'length', native: null });

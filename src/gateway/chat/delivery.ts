import type { Fault } from '../../base/fault.ts';
import { type NanoUsd, NO_MONEY, nano } from '../../base/money.ts';
import type { Call } from '../../call/call.ts';
import type { Event } from '../../call/event.ts';
import type { ChatStep } from '../../call/text-run.ts';
import { completionTokens, usageOf } from '../../call/usage.ts';
import { priceAtInstant } from '../../catalog/price.ts';
import type { Target } from '../../facts/target.ts';
import type { Hold } from '../../ledger/ledger.ts';
import { billFor } from '../../metering/cost.ts';
import { answersOf } from '../../metering/exposure.ts';
import { createMeter, type Meter } from '../../metering/meter.ts';
import type { RunOutcome } from '../../upstream/run.ts';
import type { Allowance } from '../allowance.ts';
import { chargedOf } from '../charge.ts';
import { answerGuardOf, guardedEnd, guardedOutlet } from '../guard/answer.ts';
import type { CallContext, Delivery, Means } from '../operation.ts';
import { createOutlet } from '../outlet.ts';
import type { Ended } from '../receipt.ts';
import { type Counted, endingOf, lastEvents, legOf } from './ending.ts';
import { formReaderOf } from './formed.ts';
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
  /** Shows the client what no provider has sent. */
  readonly show: (steps: readonly ChatStep[], target: Target) => void;
  /** Another exchange begins, which is counted for itself: what went before stands in `Exchange.spent`. */
  readonly next: (exchange: Exchange) => void;
};

/** One exchange of a call that takes several. */
export type Exchange = {
  readonly call: Call;
  readonly promptTokens: number;
  readonly allowance: Allowance | null;
  /** What the call has cost by then. */
  readonly spent: NanoUsd;
};

/** What of one read's steps the client sees; everything is counted before. */
export type Shown = (steps: readonly ChatStep[], target: Target) => readonly ChatStep[];

/** What is counted of the exchange under way. */
type Count = {
  call: Call;
  promptTokens: number;
  allowance: Allowance | null;
  /** What exchanges before it have cost. */
  before: NanoUsd;
  meter: Meter;
  /** Parts of its answer that were cut. */
  legs: Leg[];
  /** Output tokens that the hold covers. */
  covered: number;
  checkpointAt: number;
};

export function createDelivery(
  context: CallContext<'chat'>,
  { hold, allowance, run }: Means,
  shown?: Shown,
): ChatDelivery {
  const { gateway, listener, held, request } = context;
  const { world } = gateway;
  const count: Count = newCount(context, allowance);
  const guard = answerGuardOf(request);
  const way = createOutlet<'chat'>(listener, run);
  const outlet = guard ? guardedOutlet(way, guard, (reason) => interrupt(reason)) : way;
  let cutShort = false;
  let interruption: Fault | null = null;
  /** Choices that have begun and have not finished. */
  const open = new Set<number>();
  const forms = formReaderOf(request.call);
  let firstContentAt: number | null = null;

  const events = (batch: readonly ChatStep[], target: Target): void => {
    const now = world.elapsed();
    firstContentAt ??= now;
    countSteps(batch, count.meter, open);
    forms?.pass(batch);
    if (outlet.isAbandoned() || cutShort) return;
    outlet.pass(passing(shown ? shown(batch, target) : batch, count.promptTokens), target);
    if (now - count.checkpointAt >= CHECKPOINT_MS) writeDown(context, hold, count, target, now);
    if (count.allowance) stopBeyond(count.allowance.permitted(target));
    else if (count.meter.outputTokens() > count.covered * TOP_UP_AT) coverMore(context, hold, count, target);
  };

  /** Where something is limited all that the provider may write is held already: it has been told how much that is. */
  const stopBeyond = (permitted: number): void => {
    if (count.meter.outputTokens() <= permitted * STOP.at + STOP.slack || open.size === 0) return;
    cutShort = true;
    run().cancel();
  };

  const cut = (target: Target): void => {
    const leg = legOf(target, counted());
    count.legs.push(leg);
    count.meter = createMeter(count.promptTokens + completionTokens(leg.usage));
    count.covered = held;
    if (!count.allowance) hold.topUp(leg.bill.cost);
    forms?.next();
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
  const counted = (): Counted =>
    countedOf(context, count, { cutShort, interruption, firstContentAt, endedAt: world.elapsed() });
  const ended = (outcome: RunOutcome): Ended => {
    forms?.tell(outcome, gateway.health);
    return guardedEnd(endingOf(outcome, counted()), guard);
  };
  const next = (exchange: Exchange): void => {
    open.clear();
    forms?.next(exchange.call);
    nextExchange(context, hold, count, exchange);
  };
  return { ...outlet, events, last, interrupt, cut, legs: () => count.legs, ended, show: outlet.pass, next };
}

const newCount = ({ request, size, held, gateway }: CallContext<'chat'>, allowance: Allowance | null): Count => ({
  call: request.call,
  promptTokens: size.promptTokens,
  allowance,
  before: NO_MONEY,
  meter: createMeter(size.promptTokens),
  legs: [],
  covered: held,
  checkpointAt: gateway.world.elapsed(),
});

function countSteps(batch: readonly ChatStep[], meter: Meter, open: Set<number>): void {
  for (const step of batch) {
    meter.pass(step);
    if (step.type === 'finish') open.delete(step.choice);
    else if ('choice' in step && step.choice !== null) open.add(step.choice);
  }
}

const priceOf = ({ request }: CallContext<'chat'>, { endpoint }: Target) =>
  priceAtInstant(endpoint.price, request.receivedAt);

/** What the output has cost so far, where a crash would find it. */
function writeDown(context: CallContext<'chat'>, hold: Hold, count: Count, target: Target, now: number): void {
  const { meter, before, legs } = count;
  count.checkpointAt = now;
  const { outputCost } = billFor(meter.usage(), priceOf(context, target));
  hold.checkpoint(nano(before + spent(legs) + chargedOf(target, outputCost)));
}

/** Holds for as much output again, so that the books show what is under way. */
function coverMore(context: CallContext<'chat'>, hold: Hold, count: Count, target: Target): void {
  const { held } = context;
  count.covered += held;
  hold.topUp(chargedOf(target, billFor(usageOf({ output: held }), priceOf(context, target)).cost));
}

function nextExchange({ held }: CallContext<'chat'>, hold: Hold, count: Count, exchange: Exchange): void {
  const { call, promptTokens, allowance, spent: before } = exchange;
  Object.assign(count, { call, promptTokens, allowance, before, legs: [], covered: held });
  count.meter = createMeter(promptTokens);
  hold.checkpoint(before);
}

type Ends = Pick<Counted, 'cutShort' | 'interruption' | 'firstContentAt' | 'endedAt'>;

function countedOf({ request, held }: CallContext<'chat'>, count: Count, ends: Ends): Counted {
  const { call, legs, meter, promptTokens, allowance } = count;
  const { messages, blobs = [] } = call;
  const choices = answersOf(call);
  const permitted = allowance?.permitted ?? null;
  const { receivedAt } = request;
  return { legs, meter, promptTokens, messages, blobs, choices, permitted, held, receivedAt, ...ends };
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

import type { Blob } from '../../base/blobs.ts';
import { type Fault, fault } from '../../base/fault.ts';
import type { Bill, Event } from '../../call/event.ts';
import type { Message } from '../../call/message.ts';
import type { Reply } from '../../call/reply.ts';
import { completionTokens, type Usage } from '../../call/usage.ts';
import type { Target } from '../../facts/target.ts';
import { isBelievable } from '../../metering/believable.ts';
import { billFor, NO_BILL, priceServed } from '../../metering/cost.ts';
import { type Ends, endsOf, estimateReply, type Meter } from '../../metering/meter.ts';
import { imagesWritten, withPieces } from '../../metering/pieces.ts';
import type { RunOutcome } from '../../upstream/run.ts';
import { chargeOf } from '../charge.ts';
import type { Ended } from '../receipt.ts';
import { type Leg, withLegs } from './legs.ts';

/** What the gateway itself knows of a call when its run is over. */
export type Counted = {
  /** The parts of the answer before the one that `meter` has counted. */
  readonly legs: readonly Leg[];
  readonly meter: Meter;
  readonly promptTokens: number;
  readonly messages: readonly Message[];
  readonly blobs: readonly Blob[];
  /** How many answers were asked for. */
  readonly choices: number;
  /** Output tokens of one answer that an estimate of the cost covers. */
  readonly held: number;
  /** Output tokens that an endpoint was permitted at most, all answers together; null = nothing is limited. */
  readonly permitted: ((target: Target) => number) | null;
  /** We stopped the answer because it went beyond what is held: it ended with `length`. */
  readonly cutShort: boolean;
  /** Why we broke the answer off; its client is told. */
  readonly interruption: Fault | null;
  /** When the call came in: its hour's prices count. */
  readonly receivedAt: number;
  readonly firstContentAt: number | null;
  readonly endedAt: number;
};

/** How a call ended: its state, its usage and what is charged for it. */
export const endingOf = (outcome: RunOutcome, counted: Counted): Ended =>
  withLegs(lastPartOf(outcome, counted), counted.legs);

function lastPartOf(outcome: RunOutcome, counted: Counted): Ended {
  const { meter, cutShort, interruption, firstContentAt, endedAt } = counted;
  const serviceTier = tierOf(outcome, meter);
  const common = { firstContentAt, endedAt, serviceTier, fault: null };
  switch (outcome.kind) {
    case 'replied': {
      const usage = usageOfReply(outcome.reply, outcome.target, counted);
      const choice = outcome.reply.choices[0];
      const finish = choice ? { reason: choice.finish, native: choice.nativeFinish } : null;
      return {
        ...common,
        state: 'completed',
        target: outcome.target,
        usage,
        finish,
        bill: charge(usage, outcome.target, { ends: endsOf(outcome.reply), serviceTier }, counted),
      };
    }
    case 'streamed': {
      const usage = usageOfStream(outcome.target, counted);
      const finish = meter.finish();
      return {
        ...common,
        state: 'completed',
        target: outcome.target,
        usage,
        finish,
        bill: charge(usage, outcome.target, { ends: meter.ends(), serviceTier }, counted),
      };
    }
    case 'broken': {
      const usage = usageOfStream(outcome.target, counted);
      const finish = { reason: 'error' as const, native: null };
      return {
        ...common,
        state: isWhole(outcome.fault) ? 'completed' : 'failed',
        target: outcome.target,
        usage,
        finish,
        bill: isWhole(outcome.fault) ? billAt(outcome.target, usage, serviceTier, counted) : NO_BILL,
        fault: outcome.fault,
      };
    }
    case 'cancelled': {
      const usage = usageAfterCancel(outcome.target, counted);
      const bill = outcome.target && meter.hasOutput() ? billAt(outcome.target, usage, serviceTier, counted) : NO_BILL;
      const ended = { ...common, target: outcome.target, usage, bill };
      if (cutShort) return { ...ended, state: 'completed', finish: { reason: 'length', native: null } };
      return { ...ended, state: interruption ? 'interrupted' : 'cancelled', finish: null, fault: interruption };
    }
    case 'failed':
      return {
        ...common,
        state: 'failed',
        target: null,
        usage: meter.usage(),
        finish: null,
        bill: NO_BILL,
        fault: outcome.fault,
      };
    default:
      return outcome satisfies never;
  }
}

/** The tier that served: what the vendor told of it, or else the one its endpoint stands for. */
function tierOf(outcome: RunOutcome, meter: Meter): string | null {
  const told = outcome.kind === 'replied' ? outcome.reply.serviceTier : meter.serviceTier();
  const target = outcome.kind === 'failed' ? null : outcome.target;
  return told ?? target?.endpoint.tier ?? null;
}

/** What a stream took that was cut, and is to be paid for because another went on with it. */
export function legOf(target: Target, counted: Counted): Leg {
  const usage = usageOfStream(target, counted);
  const tier = counted.meter.serviceTier() ?? target.endpoint.tier ?? null;
  return { target, usage, bill: billAt(target, usage, tier, counted) };
}

/** The vendor's count, or ours where it gave none or one that cannot be. */
function usageOfReply(reply: Reply, target: Target, counted: Counted): Usage {
  const { promptTokens, choices, messages, blobs } = counted;
  const own = (): Usage => estimateReply(reply, promptTokens);
  const { usage } = reply;
  const told = usage && isBelievable(usage, target.endpoint, choices) ? usage : own();
  const seen = { messages, blobs, images: imagesWritten(reply), textTokens: () => own().output };
  return withinPermission(withPieces(told, target.endpoint.price, seen), target, counted);
}

function usageOfStream(target: Target | null, counted: Counted): Usage {
  const { meter, choices, messages, blobs } = counted;
  const usage = meter.usage();
  if (!target) return usage;
  const told = isBelievable(usage, target.endpoint, choices) ? usage : meter.estimate();
  const seen = { messages, blobs, images: meter.images(), textTokens: () => meter.estimate().output };
  return withinPermission(withPieces(told, target.endpoint.price, seen), target, counted);
}

/**
 * A vendor that counts nothing has kept to what it was permitted, as far as anybody knows: an estimate of ours that runs
 * higher is too high, unless it is so high that the stream was stopped for it.
 */
function withinPermission(usage: Usage, target: Target, { permitted, cutShort }: Counted): Usage {
  if (usage.source === 'provider' || !permitted || cutShort) return usage;
  const most = permitted(target);
  if (completionTokens(usage) <= most) return usage;
  const outputReasoning = Math.min(usage.outputReasoning, most);
  const output = Math.min(usage.output, most - outputReasoning);
  return { ...usage, outputReasoning, output, outputImage: most - outputReasoning - output };
}

/** Our count of what ran; whoever leaves a provider that bills on after a cancel has it run to what was held. */
function usageAfterCancel(target: Target | null, counted: Counted): Usage {
  const { held, choices, permitted, cutShort, interruption } = counted;
  const usage = usageOfStream(target, counted);
  const isOurs = cutShort || interruption !== null;
  if (!target?.endpoint.provider.billsAfterCancel || usage.source === 'provider' || isOurs) return usage;
  const toTheEnd = Math.min(held * choices, permitted?.(target) ?? Number.POSITIVE_INFINITY);
  return { ...usage, output: Math.max(usage.output, toTheEnd - usage.outputReasoning) };
}

/** At the price of the tier that served, in the hour in which the call came in; by whoever paid. */
const billAt = (target: Target, usage: Usage, tier: string | null, { receivedAt }: Counted): Bill =>
  chargeOf(target, billFor(usage, priceServed(target.endpoint, tier, receivedAt)));

type Judged = { readonly ends: Ends; readonly serviceTier: string | null };

/**
 * What is charged. An answer without any output and without a finish reason of its vendor's, or one whose choices all
 * ended in an error, costs nothing (zero-completion insurance, spec §3.8); its usage stays on record.
 */
function charge(usage: Usage, target: Target, { ends, serviceTier }: Judged, counted: Counted): Bill {
  const hasFailed = ends.all > 0 && ends.failed === ends.all;
  const isNothing = ends.blank === ends.all && completionTokens(usage) === 0 && usage.outputImages === 0;
  if (hasFailed || isNothing) return NO_BILL;
  return billAt(target, usage, serviceTier, counted);
}

/**
 * What breaks off costs nothing, as an error (spec §3.8). An answer that was delivered whole and then did not fit its
 * schema does: else whoever demands what no answer can fit would read for nothing.
 */
const isWhole = ({ code }: Fault): boolean => code === 'upstream_schema_mismatch';

/** The end of a stream, let out once the settlement is stored: the count, be it ours, comes before a fault too. */
export function lastEvents(ended: Ended): Event[] {
  const { usage, bill, serviceTier } = ended;
  const count: Event = { type: 'usage', usage, bill, ...(serviceTier !== null && { serviceTier }) };
  if (ended.fault) return [count, { type: 'fault', fault: ended.fault }];
  if (ended.state === 'cancelled') return [{ type: 'fault', fault: fault('cancelled', 'The request was cancelled.') }];
  return [count, { type: 'end' }];
}

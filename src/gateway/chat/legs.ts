import { type NanoUsd, NO_MONEY, nano } from '../../base/money.ts';
import type { Bill } from '../../call/event.ts';
import { addUsage, completionTokens, type Usage } from '../../call/usage.ts';
import type { Target } from '../../facts/target.ts';
import { NO_BILL } from '../../metering/cost.ts';
import type { Ended } from '../receipt.ts';

/** A part of an answer that was cut and that another endpoint went on with: it is paid for like any. */
export type Leg = {
  readonly target: Target;
  readonly usage: Usage;
  readonly bill: Bill;
};

export const spent = (legs: readonly Leg[]): NanoUsd => nano(legs.reduce((sum, { bill }) => sum + bill.cost, 0n));

/** Output tokens that were written before the answer was cut last. */
export const writtenIn = (legs: readonly Leg[]): number =>
  legs.reduce((sum, { usage }) => sum + completionTokens(usage), 0);

/** The whole of an answer in several parts: what all of them took, and the end of the last one. */
export function withLegs(ended: Ended, legs: readonly Leg[]): Ended {
  if (legs.length === 0) return ended;
  const usage = legs.reduce((sum, leg) => addUsage(sum, leg.usage), ended.usage);
  // What breaks off in the end costs nothing, as always.
  const bill = ended.state === 'failed' ? NO_BILL : legs.reduce((sum, leg) => addBills(sum, leg.bill), ended.bill);
  let written = 0;
  const continued = legs.map((leg) => {
    written += completionTokens(leg.usage);
    return { endpoint: leg.target.endpoint.id, afterTokens: written, cost: leg.bill.cost };
  });
  return { ...ended, usage, bill, continued };
}

export const addBills = (one: Bill, other: Bill): Bill => ({
  cost: nano(one.cost + other.cost),
  inputCost: nano(one.inputCost + other.inputCost),
  outputCost: nano(one.outputCost + other.outputCost),
  upstreamCost:
    one.upstreamCost === null && other.upstreamCost === null
      ? null
      : nano((one.upstreamCost ?? NO_MONEY) + (other.upstreamCost ?? NO_MONEY)),
  isByok: one.isByok || other.isByok,
  ...((one.serverToolCost !== undefined || other.serverToolCost !== undefined) && {
    serverToolCost: nano((one.serverToolCost ?? NO_MONEY) + (other.serverToolCost ?? NO_MONEY)),
  }),
});

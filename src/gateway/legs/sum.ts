import { type NanoUsd, NO_MONEY, nano } from '../../base/money.ts';
import type { Bill } from '../../call/event.ts';
import type { ServerToolUse } from '../../call/server-tool.ts';
import { addUsage, NO_USAGE } from '../../call/usage.ts';
import type { Leg } from '../../facts/receipt.ts';
import { NO_BILL } from '../../metering/cost.ts';
import { addBills } from '../chat/legs.ts';
import type { Ended } from '../receipt.ts';

/** What a call of several legs has taken, beside its last exchange. */
export type Taken = {
  /** Exchanges that led to tools, in order. */
  readonly steps: readonly Ended[];
  readonly legs: readonly Leg[];
  readonly toolCost: NanoUsd;
  /** What the models took that tools and plugins asked. */
  readonly askedBill: Bill;
  readonly use: ServerToolUse;
};

/** The last exchange as a leg of its own. */
export const legOfAnswer = (ended: Ended, attempts: number, ms: number): Leg => ({
  purpose: 'answer',
  ...(ended.target && { endpoint: ended.target.endpoint.id }),
  attempts,
  usage: ended.usage,
  cost: ended.bill.cost,
  ms,
  ...(ended.fault && { reason: ended.fault.code }),
});

/**
 * The whole of a call: what all of its legs took, and the end of the last one. Exchanges and tools that were over are
 * charged, whatever becomes of a later one: they were asked for and answered.
 */
export function wholeOf(last: Ended, { steps, legs, toolCost, askedBill, use }: Taken): Ended {
  const all = [...steps, last];
  const usage = all.reduce((sum, one) => addUsage(sum, one.usage), NO_USAGE);
  const { cost: askedCost, upstreamCost, isByok } = askedBill;
  const bills = all.reduce((sum, one) => addBills(sum, one.bill), { ...NO_BILL, upstreamCost, isByok });
  const beside = nano(toolCost + askedCost);
  const bill = {
    ...bills,
    cost: nano(bills.cost + beside),
    ...((beside > 0n || use.executed > 0) && { serverToolCost: beside }),
  };
  const source = all.some((one) => one.usage.source === 'estimate') ? ('estimate' as const) : ('provider' as const);
  const isUsed = use.requested + use.searches + use.fetches > 0;
  return {
    ...last,
    target: last.target ?? steps.at(-1)?.target ?? null,
    firstContentAt: all.find(({ firstContentAt }) => firstContentAt !== null)?.firstContentAt ?? null,
    usage: { ...usage, source, ...(isUsed && { serverTools: use }) },
    bill,
    legs,
  };
}

export const NO_USE: ServerToolUse = { requested: 0, executed: 0, searches: 0, fetches: 0 };
export const NOTHING_TAKEN = NO_MONEY;

import { type NanoUsd, nano } from '../base/money.ts';
import type { Bill } from '../call/event.ts';
import type { Target } from '../facts/target.ts';
import type { CostBound } from '../metering/cost-bound.ts';

type Payer = Pick<Target, 'payer'>;

const WHOLE_PPM = 1_000_000n;
const partOf = (amount: bigint, ppm: number): bigint => (amount * BigInt(ppm) + WHOLE_PPM - 1n) / WHOLE_PPM;

/**
 * What is charged for what a call took: its price, or our fee where the account has paid the provider by its own key. What
 * that costs there is told beside it (`upstreamCost`), as are its parts.
 */
export function chargeOf({ payer }: Payer, bill: Bill): Bill {
  if (!payer || bill.isByok) return bill;
  return { ...bill, cost: nano(partOf(bill.cost, payer.feePpm)), upstreamCost: bill.cost, isByok: true };
}

/** The same of an amount. */
export const chargedOf = ({ payer }: Payer, amount: NanoUsd): NanoUsd =>
  payer ? nano(partOf(amount, payer.feePpm)) : amount;

/** The same of a bound; `countsOwn`: some limit of the caller's counts what is paid by own keys, too. */
export function chargedBound({ payer }: Payer, bound: CostBound, countsOwn: boolean): CostBound {
  if (!payer) return bound;
  const ppm = payer.feePpm + (countsOwn ? Number(WHOLE_PPM) : 0);
  return { beforeOutput: partOf(bound.beforeOutput, ppm), outputToken: partOf(bound.outputToken, ppm) };
}

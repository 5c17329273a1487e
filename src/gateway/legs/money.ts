import { type NanoUsd, nano } from '../../base/money.ts';
import type { Call } from '../../call/call.ts';
import type { Candidate, Plan } from '../../facts/plan.ts';
import type { Hold } from '../../ledger/ledger.ts';
import { worstCase } from '../../metering/cost.ts';
import { estimatePrompt } from '../../metering/estimate.ts';
import type { Exposures } from '../../metering/exposure.ts';
import { type Allowance, allowanceOf, boundsOf } from '../allowance.ts';
import { chargedOf } from '../charge.ts';
import type { CallContext } from '../operation.ts';

/** What a call of several legs may spend, in the one hold that covers them all. */
export type Purse = {
  /** What the legs so far have cost. */
  readonly spent: () => NanoUsd;
  readonly spend: (cost: NanoUsd) => void;
  /** Sets so much aside for something that runs beside others. False = it is not there. */
  readonly reserve: (amount: NanoUsd) => Promise<boolean>;
  readonly free: (amount: NanoUsd) => void;
  /** Sets aside what another exchange with the model may cost. */
  readonly provide: (call: Call, candidates: readonly Candidate[]) => Promise<Provided | 'no-money' | 'no-room'>;
};

/** Where another exchange may go, and what it may cost there. */
export type Provided = {
  readonly plan: Plan;
  readonly allowance: Allowance | null;
  readonly promptTokens: number;
};

/** What a call exposes: what hosts do themselves counts only where they do it. */
export type Exposing = (call: Call, promptTokens: number) => Exposures;

export function createPurse({ decided, exposed, held }: CallContext<'chat'>, hold: Hold, exposing: Exposing): Purse {
  let spent = 0n;
  let reserved = 0n;
  const left = (): bigint | null => {
    const limit = hold.limit();
    return limit === null ? null : limit - spent - reserved;
  };
  /** Is so much there, or can it be had? */
  const has = async (amount: bigint): Promise<boolean> => {
    const there = left();
    if (there === null || there >= amount) return true;
    return hold.topUp(nano(amount - there));
  };

  const provide: Purse['provide'] = async (call, candidates) => {
    const promptTokens = estimatePrompt(call);
    const fitting = candidates.filter(({ endpoint }) => promptTokens < endpoint.context);
    const [first] = fitting;
    if (!first) return 'no-room';
    const plan: Plan = { ...decided, candidates: fitting };
    if (left() === null) {
      hold.topUp(chargedOf(first, worstCase(first.endpoint.price, promptTokens, held)));
      return { plan, allowance: null, promptTokens };
    }
    const next = { ...exposed, exposures: exposing(call, promptTokens), call };
    const { enough, least } = boundsOf(plan, next, 1);
    if (!(await has(enough)) && !(await has(least))) return 'no-money';
    const allowance = allowanceOf(plan, next, nano(left() ?? 0n));
    return allowance.plan.candidates.length > 0 ? { plan: allowance.plan, allowance, promptTokens } : 'no-money';
  };

  return {
    spent: () => nano(spent),
    spend: (cost) => {
      spent += cost;
    },
    reserve: async (amount) => {
      if (amount === 0n) return true;
      if (left() === null) hold.topUp(amount);
      else if (!(await has(amount))) return false;
      reserved += amount;
      return true;
    },
    free: (amount) => {
      reserved -= amount;
    },
    provide,
  };
}

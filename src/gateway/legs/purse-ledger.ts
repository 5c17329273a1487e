import { fault } from '../../base/fault.ts';
import { type NanoUsd, nano } from '../../base/money.ts';
import type { Receipt } from '../../facts/receipt.ts';
import type { Hold, HoldRequest, Ledger } from '../../ledger/ledger.ts';
import type { Purse } from './money.ts';

type Lending = {
  readonly purse: Purse;
  /** The hold that covers the whole tree. */
  readonly hold: Hold;
  /** Hears how each of the calls ended, in the same turn. */
  readonly ended: (receipt: Receipt) => void;
};

/**
 * A ledger for calls within a call: each is held out of what is set aside for the whole, and settled into it. Nothing of
 * them is stored but what the whole's receipt says.
 */
export function purseLedger(ledger: Ledger, { purse, hold: whole, ended }: Lending): Ledger {
  const open = (request: HoldRequest, amount: NanoUsd, isLimited: boolean): Hold => {
    let held = amount;
    const end = (receipt: Receipt): Promise<void> => {
      purse.free(nano(held));
      purse.spend(receipt.bill.cost);
      ended(receipt);
      return Promise.resolve();
    };
    return {
      generationId: request.generationId,
      promptCost: request.promptCost,
      durable: whole.durable,
      dispatched: () => {},
      checkpoint: () => {},
      limit: () => (isLimited ? held : null),
      topUp: async (more) => {
        const has = await purse.reserve(more);
        if (has) held = nano(held + more);
        return has;
      },
      settle: end,
      release: end,
      handOver: () => Promise.reject(new Error('a call within a call is no job')),
      interrupt: null,
    };
  };
  return {
    ...ledger,
    hold: async (request) => {
      const isLimited = whole.limit() !== null;
      const bounds = isLimited ? request.bounds?.() : undefined;
      const amounts = bounds ? [bounds.most, bounds.enough, bounds.least] : [request.amount];
      for (const amount of amounts) if (await purse.reserve(amount)) return open(request, amount, isLimited);
      return fault('payment_required', `What is left of the credit does not pay for ${request.model}.`);
    },
  };
}

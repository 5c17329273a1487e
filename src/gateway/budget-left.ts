import type { NanoUsd } from '../base/money.ts';
import { Recent } from '../base/recent.ts';
import type { World } from '../base/world.ts';
import type { Caller } from '../facts/caller.ts';
import { isOwner, type Owner } from '../facts/scope.ts';
import type { LedgerStore, Left } from '../ledger/store.ts';

/** What is left of callers' limits, as it was known some seconds ago: nothing waits for it. */
export type BudgetLeft = {
  /** False where nothing is limited, and until it is known. */
  readonly isBelow: (
    caller: Pick<Caller, 'keyId' | 'scopes'>,
    bound: { readonly amount: NanoUsd } | { readonly percent: number },
  ) => boolean;
};

const FRESH_MS = 5_000;
const KEYS_MAX = 10_000;

/** `left`: undefined = it is being asked for the first time, null = nothing is limited. */
type Known = { left: Left | null | undefined; at: number };

/** Asked of the store once in five seconds for each key that a policy wants to know it of. */
export function createBudgetLeft(
  store: Pick<LedgerStore, 'left'>,
  world: Pick<World, 'elapsed'>,
  log: (message: string, cause?: unknown) => void,
): BudgetLeft {
  const known = new Recent<Known>(KEYS_MAX);
  const look = (keyId: string, owners: readonly Owner[], entry: Known): void => {
    entry.at = world.elapsed();
    store.left(owners).then(
      (left) => {
        entry.left = left;
      },
      (cause) => log(`what is left of the limits of ${keyId.slice(0, 8)} cannot be looked up`, cause),
    );
  };
  return {
    isBelow: ({ keyId, scopes }, bound) => {
      let entry = known.get(keyId);
      if (!entry) {
        entry = { left: undefined, at: Number.NEGATIVE_INFINITY };
        known.set(keyId, entry);
      }
      if (world.elapsed() - entry.at >= FRESH_MS) look(keyId, scopes.filter(isOwner), entry);
      const { left } = entry;
      if (!left) return false;
      return 'amount' in bound ? left.amount < bound.amount : left.share < bound.percent / 100;
    },
  };
}

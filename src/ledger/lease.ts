import type { NanoUsd } from '../base/money.ts';
import type { World } from '../base/world.ts';
import {
  type Ask,
  failWaiting,
  fillPool,
  type GrantRefusal,
  giveBack,
  newPool,
  type Pool,
  passMinute,
  refusalOf,
  reletHeld,
  takeFrom,
} from './pool.ts';
import type { LedgerStore, Scope } from './store.ts';

/** A lease that is not used for so long goes back. */
const IDLE_MS = 1_000;
/** Scopes that are remembered to have no limit; more are asked about again. */
const UNLIMITED_MAX = 50_000;

/**
 * What this process may spend of each limited scope without asking. A scope without limit is remembered as such and
 * costs one map lookup.
 */
export type Leases = {
  /** True = taken from what is here, without asking anyone. */
  readonly tryTake: (scope: Scope, amount: NanoUsd) => boolean;
  /** How much was taken, after asking the store. Rejects if the store is broken. */
  readonly take: (scope: Scope, ask: Ask) => Promise<NanoUsd | GrantRefusal>;
  /** Known to have no limit. */
  readonly isUnlimited: (scope: Scope) => boolean;
  /** Whether what was taken counts against a lease, so that the settlement must be booked on it. */
  readonly isLimited: (scope: Scope) => boolean;
  /** The minute whose lease it was taken from; null = it is not counted by the minute. */
  readonly minuteOf: (scope: Scope) => number | null;
  /** A hold of `taken` ended at `cost`; what is left can be taken again, unless its minute is over. */
  readonly end: (scope: Scope, taken: NanoUsd, cost: NanoUsd, minute?: number | null) => void;
  readonly close: () => void;
};

export function openLeases(store: LedgerStore, world: World): Leases {
  const pools = new Map<Scope, Pool>();
  let cancelSweep: (() => void) | null = null;

  const poolOf = (scope: Scope): Pool => {
    const existing = pools.get(scope);
    if (existing) return existing;
    if (pools.size >= UNLIMITED_MAX) dropUnlimited(pools);
    const pool = newPool(scope, world.elapsed());
    pools.set(scope, pool);
    return pool;
  };
  const returnIdle = (pool: Pool): void => {
    passMinute(pool, world.elapsed());
    if (pool.unlimited === false && pool.waiting.length === 0) giveBack(pool, store);
  };
  const sweep = (): void => {
    cancelSweep = null;
    let isLimited = false;
    for (const pool of pools.values()) {
      if (world.elapsed() - pool.usedAt >= IDLE_MS) returnIdle(pool);
      const isEmpty = pool.held === 0n && pool.free === 0n && pool.waiting.length === 0;
      if (pool.unlimited !== true && isEmpty && !pool.filling) pools.delete(pool.scope);
      else if (pool.unlimited !== true) isLimited = true;
    }
    if (isLimited) planSweep();
  };
  const planSweep = (): void => {
    cancelSweep ??= world.after(IDLE_MS, sweep);
  };
  listen(store, pools, returnIdle);

  return {
    isLimited: (scope) => pools.get(scope)?.unlimited === false,
    isUnlimited: (scope) => pools.get(scope)?.unlimited === true,
    minuteOf: (scope) => pools.get(scope)?.minute?.number ?? null,
    tryTake: (scope, amount) => {
      const pool = poolOf(scope);
      if (pool.unlimited === false) {
        pool.usedAt = world.elapsed();
        passMinute(pool, pool.usedAt);
      }
      return takeFrom(pool, amount);
    },
    take: (scope, ask) => {
      const pool = poolOf(scope);
      const refusal = refusalOf(pool, ask, world.elapsed());
      if (refusal) return Promise.resolve(refusal);
      return new Promise((answer, fail) => {
        pool.waiting.push({ ask, amount: ask.most, answer, fail });
        if (pool.filling) return;
        pool.filling = true;
        planSweep();
        fillPool(pool, store, world).catch((cause: unknown) => failWaiting(pool, cause));
      });
    },
    end: (scope, taken, cost, minute = null) => {
      const pool = poolOf(scope);
      if (minute !== (pool.minute?.number ?? null)) return;
      pool.held -= taken;
      pool.free += taken - cost;
      pool.usedAt = world.elapsed();
      if (pool.unlimited === true) return giveBack(pool, store);
      pool.unlimited = false;
      planSweep();
    },
    close: () => {
      cancelSweep?.();
      for (const pool of pools.values()) returnIdle(pool);
    },
  };
}

/** What the store and other processes tell of leases. */
function listen(store: LedgerStore, pools: Map<Scope, Pool>, returnIdle: (pool: Pool) => void): void {
  const change = (pool: Pool): void => {
    pool.refused = null;
    pool.isStale = true;
    if (pool.unlimited === true) pools.delete(pool.scope);
    else returnIdle(pool);
  };
  store.onForgotten(() => {
    for (const pool of pools.values()) reletHeld(pool, store);
  });
  store.onRecall((scope) => {
    const pool = pools.get(scope);
    if (pool) returnIdle(pool);
  });
  store.onLimits((scope) => {
    const pool = scope === 'all' ? undefined : pools.get(scope);
    if (pool) change(pool);
    else if (scope === 'all') for (const each of pools.values()) change(each);
  });
}

function dropUnlimited(pools: Map<Scope, Pool>): void {
  for (const { scope, unlimited } of pools.values()) if (unlimited === true) pools.delete(scope);
}

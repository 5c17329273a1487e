import { type NanoUsd, NO_MONEY, nano } from '../base/money.ts';
import type { World } from '../base/world.ts';
import {
  type Ask,
  failWaiting,
  fillPool,
  giveBack,
  newPool,
  type Pool,
  type Refusal,
  reletHeld,
  takeFrom,
} from './pool.ts';
import type { LedgerStore, Scope } from './store.ts';

const RECALL_WAIT_MS = 20;
/** A lease that is not used for so long goes back. */
const IDLE_MS = 1_000;

/**
 * What this process may spend of each limited scope without asking. A scope without limit is remembered as such and
 * costs one map lookup.
 */
export type Leases = {
  /** True = taken from what is here, without asking anyone. */
  readonly tryTake: (scope: Scope, amount: NanoUsd) => boolean;
  /** How much was taken, after asking the store. Rejects if the store is broken. */
  readonly take: (scope: Scope, ask: Ask) => Promise<NanoUsd | Refusal>;
  /** Known to have no limit. */
  readonly isUnlimited: (scope: Scope) => boolean;
  /** Whether what was taken counts against a lease, so that the settlement must be booked on it. */
  readonly isLimited: (scope: Scope) => boolean;
  /** A hold of `taken` ended at `cost`; what is left can be taken again. */
  readonly end: (scope: Scope, taken: NanoUsd, cost: NanoUsd) => void;
  readonly close: () => void;
};

export function openLeases(store: LedgerStore, world: World): Leases {
  const pools = new Map<Scope, Pool>();
  let cancelSweep: (() => void) | null = null;

  const poolOf = (scope: Scope): Pool => {
    const pool = pools.get(scope) ?? newPool(scope, world.elapsed());
    pools.set(scope, pool);
    return pool;
  };
  const returnIdle = (pool: Pool): void => {
    if (pool.unlimited === false && pool.waiting.length === 0) giveBack(pool, store);
  };
  const sweep = (): void => {
    cancelSweep = null;
    let isLimited = false;
    for (const pool of pools.values()) {
      if (world.elapsed() - pool.usedAt >= IDLE_MS) returnIdle(pool);
      const isEmpty = pool.held === 0n && pool.free === 0n && pool.waiting.length === 0;
      if (pool.unlimited === false && isEmpty) pools.delete(pool.scope);
      else if (pool.unlimited !== true) isLimited = true;
    }
    if (isLimited) planSweep();
  };
  const planSweep = (): void => {
    cancelSweep ??= world.after(IDLE_MS, sweep);
  };

  store.onForgotten(() => {
    for (const pool of pools.values()) reletHeld(pool, store);
  });
  store.onRecall((scope) => returnIdle(poolOf(scope)));
  store.onLimits((scope) => {
    for (const pool of scope === 'all' ? [...pools.values()] : [pools.get(scope)]) {
      if (pool?.unlimited === true) pools.delete(pool.scope);
      else if (pool) returnIdle(pool);
    }
  });

  return {
    isLimited: (scope) => pools.get(scope)?.unlimited === false,
    isUnlimited: (scope) => pools.get(scope)?.unlimited === true,
    tryTake: (scope, amount) => {
      const pool = poolOf(scope);
      if (pool.unlimited === false) pool.usedAt = world.elapsed();
      return takeFrom(pool, amount);
    },
    take: (scope, ask) => {
      const pool = poolOf(scope);
      return new Promise((answer, fail) => {
        pool.waiting.push({ ask, amount: ask.most, answer, fail });
        if (pool.filling) return;
        pool.filling = true;
        planSweep();
        fillPool(pool, store, () => pause(world)).catch((cause: unknown) => failWaiting(pool, cause));
      });
    },
    end: (scope, taken, cost) => {
      const pool = poolOf(scope);
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

const pause = (world: World): Promise<void> => new Promise((resolve) => world.after(RECALL_WAIT_MS, resolve));

/** Takes the same from every scope, as much as the one that has least of it, or from none. Rejects if the store is broken. */
export async function takeAll(leases: Leases, scopes: readonly Scope[], ask: Ask): Promise<NanoUsd | Refusal> {
  const taken: Scope[] = [];
  let amount = ask.most;
  const giveBack = (part: NanoUsd): void => {
    for (const scope of taken) leases.end(scope, part, NO_MONEY);
  };
  for (const scope of scopes) {
    const enough = ask.enough < amount ? ask.enough : amount;
    const answer = await leases.take(scope, { most: amount, enough, least: ask.least }).catch((cause: unknown) => {
      giveBack(amount);
      throw cause;
    });
    if (typeof answer !== 'bigint') {
      giveBack(amount);
      return answer;
    }
    if (answer < amount) giveBack(nano(amount - answer));
    amount = answer;
    if (leases.isLimited(scope)) taken.push(scope);
  }
  return amount;
}

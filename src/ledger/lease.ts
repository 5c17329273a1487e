import { type NanoUsd, nano } from '../base/money.ts';
import type { World } from '../base/world.ts';
import type { LedgerStore, Scope } from './store.ts';

/** How much more than needed a process asks for, so that the next calls need no round trip. The store grants less of a small rest. */
const SLICE = 16n;
/** Other processes are asked to return what they do not use, and given this long, before a caller is refused. */
const RECALL_WAIT_MS = 20;
const RECALL_TRIES = 8;
const IDLE_MS = 1_000;

export type Refusal = { readonly scope: Scope; readonly available: NanoUsd };
type Waiter = {
  readonly amount: NanoUsd;
  readonly answer: (refusal: Refusal | null) => void;
  readonly fail: (cause: unknown) => void;
};
type Pool = {
  readonly scope: Scope;
  /** Null while unknown: the first call asks the store. */
  unlimited: boolean | null;
  /** Leased and not held. Negative after an excess, until the next grant makes up for it. */
  free: bigint;
  held: bigint;
  usedAt: number;
  waiting: Waiter[];
  filling: boolean;
};

/**
 * What this process may spend of each limited scope without asking. A scope without limit is remembered as such and
 * costs one map lookup.
 */
export type Leases = {
  /** True = taken from what is here, without asking anyone. */
  readonly tryTake: (scope: Scope, amount: NanoUsd) => boolean;
  /** Null = taken, after asking the store. Rejects if the store is broken. */
  readonly take: (scope: Scope, amount: NanoUsd) => Promise<Refusal | null>;
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
    let pool = pools.get(scope);
    if (!pool) {
      pool = { scope, unlimited: null, free: 0n, held: 0n, usedAt: world.now(), waiting: [], filling: false };
      pools.set(scope, pool);
    }
    return pool;
  };

  const giveBack = (pool: Pool): void => {
    if (pool.free === 0n) return;
    const amount = nano(pool.free);
    pool.free = 0n;
    store.giveBack(pool.scope, amount).catch(() => {});
  };

  const sweep = (): void => {
    cancelSweep = null;
    for (const pool of pools.values()) {
      if (pool.unlimited !== false || pool.waiting.length > 0) continue;
      if (world.now() - pool.usedAt >= IDLE_MS) giveBack(pool);
      if (pool.held === 0n && pool.free === 0n) pools.delete(pool.scope);
    }
    if ([...pools.values()].some((pool) => pool.unlimited === false)) planSweep();
  };
  const planSweep = (): void => {
    cancelSweep ??= world.after(IDLE_MS, sweep);
  };

  const serveWaiting = (pool: Pool): void => {
    while (pool.waiting[0]) {
      const first = pool.waiting[0];
      if (pool.unlimited !== true) {
        if (pool.free < first.amount) return;
        pool.free -= first.amount;
        pool.held += first.amount;
      }
      pool.waiting.shift();
      first.answer(null);
    }
  };

  const refuse = (pool: Pool, available: NanoUsd): void => {
    const refused = pool.waiting.filter((waiter) => waiter.amount > available);
    pool.waiting = pool.waiting.filter((waiter) => waiter.amount <= available);
    for (const waiter of refused) waiter.answer({ scope: pool.scope, available });
  };

  /** One request to the store at a time and scope; the waiting are served in order, who cannot be served is refused. */
  const fill = async (pool: Pool): Promise<void> => {
    let tries = 0;
    for (;;) {
      serveWaiting(pool);
      const first = pool.waiting[0];
      if (!first) {
        pool.filling = false; // in the same turn in which nobody was found waiting, or the next one would wait for ever
        return;
      }
      const need = nano(first.amount - pool.free);
      const waiting = pool.waiting.reduce((sum, waiter) => sum + waiter.amount, 0n) - pool.free;
      const slice = first.amount * SLICE;
      const want = nano(waiting > slice ? waiting : slice);
      const grant = await store.grant({ scope: pool.scope, need, want });
      if (grant.kind === 'unlimited') {
        giveBack(pool);
        pool.unlimited = true;
      } else {
        pool.unlimited = false;
        planSweep();
        if (grant.kind === 'granted') pool.free += grant.amount;
        else if (grant.elsewhere > 0n && tries++ < RECALL_TRIES)
          await new Promise<void>((resolve) => world.after(RECALL_WAIT_MS, resolve));
        else refuse(pool, nano(grant.available + pool.free));
      }
    }
  };

  store.onRecall((scope) => {
    const pool = pools.get(scope);
    if (pool && pool.unlimited === false && pool.waiting.length === 0) giveBack(pool);
  });
  store.onLimits(() => {
    for (const pool of pools.values()) {
      if (pool.unlimited === true) pools.delete(pool.scope);
      else if (pool.unlimited === false && pool.waiting.length === 0) giveBack(pool);
    }
  });

  return {
    isLimited: (scope) => pools.get(scope)?.unlimited === false,
    tryTake: (scope, amount) => {
      const pool = poolOf(scope);
      if (pool.unlimited === true) return true;
      pool.usedAt = world.now();
      if (pool.unlimited === null || pool.waiting.length > 0 || pool.free < amount) return false;
      pool.free -= amount;
      pool.held += amount;
      return true;
    },
    take: (scope, amount) => {
      const pool = poolOf(scope);
      return new Promise((answer, fail) => {
        pool.waiting.push({ amount, answer, fail });
        if (pool.filling) return;
        pool.filling = true;
        fill(pool).catch((cause: unknown) => {
          pool.filling = false;
          for (const waiter of pool.waiting.splice(0)) waiter.fail(cause);
        });
      });
    },
    end: (scope, taken, cost) => {
      const pool = poolOf(scope);
      pool.held -= taken;
      pool.free += taken - cost;
      pool.usedAt = world.now();
      if (pool.unlimited === true) return giveBack(pool);
      pool.unlimited = false;
      planSweep();
    },
    close: () => {
      cancelSweep?.();
      for (const pool of pools.values()) if (pool.unlimited === false) giveBack(pool);
    },
  };
}

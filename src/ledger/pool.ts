import { type NanoUsd, nano } from '../base/money.ts';
import type { LedgerStore, Scope } from './store.ts';

/** How much more than needed a process asks for, so that the next calls need no round trip. The store grants less of a small rest. */
const SLICE = 16n;
/** Other processes are asked to return what they do not use, and given this many turns, before a caller is refused. */
const RECALL_TRIES = 8;
/** The part of what is left that one call gets where it asks for more: all of them, one after the other, get something. */
const SHARE = 4n;

/**
 * How much is asked for. Where a scope has `most`, that; where it has less, a quarter of what is left but not less than
 * `enough`, so that one call leaves something to others; at the end of its credit whatever there is, down to `least`.
 */
export type Ask = { readonly most: NanoUsd; readonly enough: NanoUsd; readonly least: NanoUsd };
export const exactly = (amount: NanoUsd): Ask => ({ most: amount, enough: amount, least: amount });

export type Refusal = { readonly scope: Scope; readonly available: NanoUsd };
type Waiter = {
  readonly ask: Ask;
  /** What it waits for now: less than `most` once the scope is known not to have that. */
  amount: NanoUsd;
  readonly answer: (taken: NanoUsd | Refusal) => void;
  readonly fail: (cause: unknown) => void;
};

/** What this process has of one scope. */
export type Pool = {
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

export const newPool = (scope: Scope, now: number): Pool => ({
  scope,
  unlimited: null,
  free: 0n,
  held: 0n,
  usedAt: now,
  waiting: [],
  filling: false,
});

/** True = taken; nobody is overtaken who waits. */
export function takeFrom(pool: Pool, amount: NanoUsd): boolean {
  if (pool.unlimited === true) return true;
  if (pool.unlimited === null || pool.waiting.length > 0 || pool.free < amount) return false;
  pool.free -= amount;
  pool.held += amount;
  return true;
}

/** Returns to the store what is free, or books what was spent beyond the lease. */
export function giveBack(pool: Pool, store: LedgerStore): void {
  if (pool.free === 0n) return;
  const amount = nano(pool.free);
  pool.free = 0n;
  store.giveBack(pool.scope, amount).catch(() => {});
}

/** The store has given the lease away: what is free is no longer ours, what calls under way hold is leased once more. */
export function reletHeld(pool: Pool, store: LedgerStore): void {
  if (pool.unlimited !== false) return;
  pool.free = 0n;
  if (pool.held > 0n) store.relet(pool.scope, nano(pool.held)).catch(() => {});
}

function serveWaiting(pool: Pool): void {
  while (pool.waiting[0]) {
    const first = pool.waiting[0];
    if (pool.unlimited !== true) {
      if (pool.free < first.amount) return;
      pool.free -= first.amount;
      pool.held += first.amount;
    }
    pool.waiting.shift();
    first.answer(first.amount);
  }
}

/** What a caller gets of what is left, who asked for more: never more than that, and `enough` if there is so much. */
function shareOf({ most, enough }: Ask, left: NanoUsd): NanoUsd {
  const quarter = left / SHARE;
  const share = quarter > enough ? quarter : enough;
  const wanted = share < most ? share : most;
  return nano(wanted < left ? wanted : left);
}

function refuseBeyond(pool: Pool, available: NanoUsd): void {
  const refused = pool.waiting.filter(({ ask }) => ask.least > available);
  pool.waiting = pool.waiting.filter(({ ask }) => ask.least <= available);
  for (const waiter of refused) waiter.answer({ scope: pool.scope, available });
}

/**
 * Asks the store until nobody waits: one request at a time, the waiting are served in order, who cannot be served is
 * refused. `pause` lets other processes return what they do not use.
 */
export async function fillPool(pool: Pool, store: LedgerStore, pause: () => Promise<void>): Promise<void> {
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
    const grant = await store.grant({ scope: pool.scope, need, want: nano(waiting > slice ? waiting : slice) });
    pool.unlimited = grant.kind === 'unlimited';
    if (grant.kind === 'unlimited') giveBack(pool, store);
    else if (grant.kind === 'granted') pool.free += grant.amount;
    else {
      const left = nano(grant.available + pool.free);
      const isRecalled = left < first.ask.enough && grant.elsewhere > 0n && tries++ < RECALL_TRIES;
      if (isRecalled) await pause();
      else if (left >= first.ask.least) first.amount = shareOf(first.ask, left);
      else refuseBeyond(pool, left);
    }
  }
}

/** The store is broken: whoever waits hears of it. */
export function failWaiting(pool: Pool, cause: unknown): void {
  pool.filling = false;
  for (const waiter of pool.waiting.splice(0)) waiter.fail(cause);
}

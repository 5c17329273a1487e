import { type NanoUsd, nano } from '../base/money.ts';
import type { World } from '../base/world.ts';
import type { Bound, Grant, LeaseName, LedgerStore, Scope } from './store.ts';

/** How much more than needed a process asks for, so that the next calls need no round trip. The store grants less of a small rest. */
const SLICE = 16n;
/** Other processes are asked to return what they do not use, and given this many turns, before a caller is refused. */
const RECALL_TRIES = 8;
/** The part of what is left that one call gets where it asks for more: all of them, one after the other, get something. */
const SHARE = 4n;
/** A caller who is refused by the minute and asks again at once is answered from here. */
const REFUSED_MS = 1_000;
const RECALL_WAIT_MS = 20;

/**
 * How much is asked for. Where a scope has `most`, that; where it has less, a quarter of what is left but not less than
 * `enough`, so that one call leaves something to others; at the end of its credit whatever there is, down to `least`.
 */
export type Ask = { readonly most: NanoUsd; readonly enough: NanoUsd; readonly least: NanoUsd };
export const exactly = (amount: NanoUsd): Ask => ({ most: amount, enough: amount, least: amount });

/** Why a scope gives nothing: what it has, what was needed, and the bound that leaves least. */
export type GrantRefusal = {
  readonly scope: Scope;
  readonly available: NanoUsd;
  readonly needed: NanoUsd;
  readonly bound: Bound;
};
type Waiter = {
  readonly ask: Ask;
  /** What it waits for now: less than `most` once the scope is known not to have that. */
  amount: NanoUsd;
  readonly answer: (taken: NanoUsd | GrantRefusal) => void;
  readonly fail: (cause: unknown) => void;
};

/** What this process has of one scope. */
export type Pool = {
  readonly scope: Scope;
  /** Null while unknown: the first call asks the store. */
  unlimited: boolean | null;
  /** Leased and not held. Negative after an excess, until that is booked. */
  free: bigint;
  held: bigint;
  /** Under way: an excess that is being booked. */
  booking: Promise<void> | null;
  usedAt: number;
  waiting: Waiter[];
  filling: boolean;
  /** Its limit changed while the store was asked: the answer is good for those who wait, and no longer. */
  isStale: boolean;
  /** The minute that a lease of a rate belongs to, and when it is over in `world.elapsed()`; null for other leases. */
  minute: { readonly number: number; readonly until: number } | null;
  /** The last refusal, while it holds. */
  refused: { readonly left: bigint; readonly bound: Bound; readonly at: number; readonly until: number } | null;
};

export const newPool = (scope: Scope, now: number): Pool => ({
  scope,
  unlimited: null,
  free: 0n,
  held: 0n,
  booking: null,
  usedAt: now,
  waiting: [],
  filling: false,
  isStale: false,
  minute: null,
  refused: null,
});

/** A minute that is over takes its lease along. */
export function passMinute(pool: Pool, now: number): void {
  if (pool.minute === null || now < pool.minute.until) return;
  pool.minute = null;
  pool.free = 0n;
  pool.held = 0n;
}

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
  if (pool.free < 0n && pool.unlimited === false && pool.minute === null) return void bookExcess(pool, store);
  const amount = nano(pool.free);
  pool.free = 0n;
  const lease: LeaseName = pool.minute === null ? pool.scope : `${pool.scope}@${pool.minute.number}`;
  store.giveBack(lease, amount).catch(() => {});
}

/** What calls took beyond the lease was spent by the scope: their process owes it no longer once that is booked. */
function bookExcess(pool: Pool, store: LedgerStore): Promise<void> {
  if (pool.booking) return pool.booking;
  const excess = pool.free;
  const booking = store.giveBack(pool.scope, nano(excess)).then(
    () => {
      if (pool.booking !== booking) return; // the lease is gone, and the excess with it
      pool.booking = null;
      pool.free -= excess;
    },
    () => {
      pool.booking = null; // still owed
    },
  );
  pool.booking = booking;
  return booking;
}

/**
 * The store has given the lease away: what is free is no longer ours, what calls under way hold is leased once more. What
 * was leased of a minute is nobody else's before it is over.
 */
export function reletHeld(pool: Pool, store: LedgerStore): void {
  if (pool.unlimited !== false || pool.minute !== null) return;
  pool.free = 0n;
  pool.booking = null;
  if (pool.held > 0n) store.relet(pool.scope, nano(pool.held)).catch(() => {});
}

/** The refusal of a moment ago, if the store would say the same. */
export function refusalOf(pool: Pool, { least }: Ask, now: number): GrantRefusal | null {
  const { refused } = pool;
  if (refused === null || now >= refused.until || pool.waiting.length > 0 || least <= refused.left) return null;
  const bound = { ...refused.bound, resetMs: Math.max(0, (refused.bound.resetMs ?? 0) - (now - refused.at)) };
  return { scope: pool.scope, available: nano(refused.left), needed: least, bound };
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
  const amount = share < most ? share : most;
  return nano(amount < left ? amount : left);
}

function refuseBeyond(pool: Pool, available: NanoUsd, bound: Bound): void {
  const refused = pool.waiting.filter(({ ask }) => ask.least > available);
  pool.waiting = pool.waiting.filter(({ ask }) => ask.least <= available);
  for (const { answer, ask } of refused) answer({ scope: pool.scope, available, needed: ask.least, bound });
}

/**
 * Asks the store until nobody waits: one request at a time, the waiting are served in order, who cannot be served is
 * refused. Between two tries other processes return what they do not use.
 */
export async function fillPool(pool: Pool, store: LedgerStore, world: World): Promise<void> {
  let tries = 0;
  for (;;) {
    serveWaiting(pool);
    const first = pool.waiting[0];
    if (!first) {
      pool.filling = false; // in the same turn in which nobody was found waiting, or the next one would wait for ever
      if (pool.isStale && pool.unlimited === true) pool.unlimited = null;
      return;
    }
    const requestedAt = world.elapsed();
    passMinute(pool, requestedAt);
    // An excess is booked first: what is asked for is needed on top of it.
    if (pool.free < 0n && pool.minute === null) await bookExcess(pool, store);
    const need = nano(first.amount - pool.free);
    const waiting = pool.waiting.reduce((sum, waiter) => sum + waiter.amount, 0n) - pool.free;
    const slice = first.amount * SLICE;
    pool.isStale = false;
    const grant = await store.grant({ scope: pool.scope, need, want: nano(waiting > slice ? waiting : slice) });
    pool.unlimited = grant.kind === 'unlimited';
    if (grant.kind === 'unlimited') giveBack(pool, store);
    else if (grant.kind === 'granted') receive(pool, grant, requestedAt);
    else {
      // What was taken beyond a hold meanwhile is missing in the store's answer, or will be in its next one.
      const left = nano(grant.available + (pool.free > 0n ? pool.free : 0n));
      const isRecalled = left < first.ask.enough && grant.elsewhere > 0n && tries++ < RECALL_TRIES;
      if (isRecalled) await pause(world);
      else if (left >= first.ask.least) first.amount = shareOf(first.ask, left);
      else {
        const { bound } = grant;
        if (bound.interval === 'minute') {
          const at = world.elapsed();
          pool.refused = { left, bound, at, until: at + Math.min(REFUSED_MS, bound.resetMs ?? 0) };
        }
        refuseBeyond(pool, left, bound);
      }
    }
  }
}

/** A lease of a minute is over no later than the minute, however long its answer took. */
function receive(
  pool: Pool,
  { amount, minute }: Extract<Grant, { readonly kind: 'granted' }>,
  requestedAt: number,
): void {
  if (minute && minute.number !== pool.minute?.number) {
    pool.free = 0n;
    pool.held = 0n;
  }
  pool.minute = minute ? { number: minute.number, until: requestedAt + minute.leftMs } : null;
  pool.free += amount;
}

const pause = (world: World): Promise<void> => new Promise((resolve) => world.after(RECALL_WAIT_MS, resolve));

/** The store is broken: whoever waits hears of it. */
export function failWaiting(pool: Pool, cause: unknown): void {
  pool.filling = false;
  for (const waiter of pool.waiting.splice(0)) waiter.fail(cause);
}

import { assert } from '../base/assert.ts';
import type { Fault } from '../base/fault.ts';
import { type NanoUsd, NO_MONEY, nano } from '../base/money.ts';
import type { JobHold } from '../facts/job.ts';
import type { Receipt } from '../facts/receipt.ts';
import type { Owner, Scope } from '../facts/scope.ts';
import type { Leases } from './lease.ts';
import type { HoldRequest } from './ledger.ts';
import { exactly } from './pool.ts';
import { interruptedReceipt } from './recovery.ts';
import type { Intent, LedgerStore, Touch } from './store.ts';
import { endCounts, free, handOverTaken, type Taken, takeAll } from './taken.ts';
import type { Unsettled } from './unsettled.ts';

/** Money set aside for one call. Exactly one of `settle` and `release` ends it; a second one is a bug and throws. */
export type Hold = {
  readonly generationId: string;
  /** What an interruption costs at least, once the request is on its way. */
  readonly promptCost: NanoUsd;
  /** Resolves when the intent is committed: before the first byte reaches the client. Rejects if the store is broken. */
  readonly durable: Promise<void>;
  /** The request is on its way to this endpoint: from now on an interruption costs at least the prompt. */
  readonly dispatched: (endpoint: string) => void;
  /** What the output has cost so far, prompt excluded; for long streams, about once a second. */
  readonly checkpoint: (outputCost: NanoUsd) => void;
  /** All that is set aside, which the call must not exceed; null = nothing is limited, and it was only an estimate. */
  readonly limit: () => NanoUsd | null;
  /** Sets more aside. False = nothing is left: stop with `length`. */
  readonly topUp: (amount: NanoUsd) => boolean | Promise<boolean>;
  /** Charges the receipt's bill; resolves when it is committed: before the final frame is released. */
  readonly settle: (receipt: Receipt) => Promise<void>;
  /** Ends the hold without charge, with the receipt of what failed. */
  readonly release: (receipt: Receipt) => Promise<void>;
  /**
   * Gives what is set aside to a job, which outlives this call and this process: `begin` stores the job with its hold, or
   * answers false where the hold has been settled by others. Resolves to that answer; only then, or if it rejects, is
   * this hold still to be ended.
   */
  readonly handOver: (begin: (held: JobHold) => Promise<boolean>) => Promise<boolean>;
  /** Set by whoever runs the call: ends it now, to be settled as far as it came. The reason is for its client. */
  interrupt: ((reason: Fault) => void) | null;
};

/** A hold that this process has yet to settle. */
export type OpenHold = {
  readonly hold: Hold;
  /** In `world.elapsed()`. */
  readonly openedAt: number;
  /** Settles what nobody settled; a later `settle` is booked as a correction of it. `now` in milliseconds since 1970. */
  readonly expire: (now: number) => void;
};

type Parts = {
  readonly request: HoldRequest;
  /** What the call took of its limited scopes. */
  readonly taken: Taken;
  readonly leases: Leases;
  readonly store: LedgerStore;
  /** By the clock of durations. */
  readonly openedAt: number;
  /** It has ended, whether that is stored or not. */
  readonly over: () => void;
  /** Its end is stored. */
  readonly stored: (receipt: Receipt) => void;
  readonly unsettled: Unsettled;
};

export function openHold(parts: Parts): OpenHold {
  const { request, taken, store, openedAt } = parts;
  const isLimited = taken.money.length > 0;
  const { generationId: id } = request;
  const also = alsoOf(request);
  let state: 'open' | 'handed over' | 'ended' = 'open';
  let expired: Receipt | null = null;
  let amount = isLimited ? taken.amount : request.amount;
  let endpoint: string | null = null;
  let checkpoint = NO_MONEY;
  const touched = (): Touch => ({ id, amount, dispatched: endpoint !== null, checkpoint, endpoint });
  const touch = (): unknown => state === 'open' && store.touch(touched()).catch(() => {});
  const close = (receipt: Receipt): Promise<void> => {
    parts.over();
    return commitEnd(parts, receipt, { amount, also, durable, isStored });
  };
  const finish = (receipt: Receipt): Promise<void> => {
    assert(state === 'open' || expired !== null, 'a hold is settled or released once');
    assert(receipt.id === id, 'a hold is settled with its own receipt');
    const earlier = expired;
    expired = null;
    if (earlier) return commitCorrection(parts, receipt, earlier);
    state = 'ended';
    return close(receipt);
  };
  const grow = (more: NanoUsd): boolean => {
    amount = nano(amount + more);
    touch();
    return true;
  };
  const durable = store.open(intentOf(request, also, touched()));
  const isStored = whether(durable);
  const hold: Hold = {
    generationId: id,
    promptCost: request.promptCost,
    durable,
    dispatched: (to) => {
      if (endpoint === to) return;
      endpoint = to;
      touch();
    },
    checkpoint: (outputCost) => {
      checkpoint = outputCost;
      touch();
    },
    limit: () => (isLimited ? amount : null),
    topUp: (more) => {
      assert(state === 'open' || expired !== null, 'a hold that ended is not topped up');
      return isLimited ? takeMore(parts, more, () => state === 'open' && grow(more)) : grow(more);
    },
    settle: finish,
    release: (receipt) => finish(unbilled(receipt)),
    handOver: async (begin) => {
      await durable;
      if (state !== 'open') return false; // its time was over meanwhile
      state = 'handed over';
      const isBegun = await beginTwice(begin, { id, leases: taken.money, also });
      state = isBegun === true ? 'ended' : 'open';
      return leave(parts, amount, isBegun);
    },
    interrupt: null,
  };
  const expire = (at: number): void => {
    if (state !== 'open') return;
    state = 'ended';
    expired = interruptedReceipt(intentOf(request, also, touched()), at);
    close(expired).catch(() => {});
  };
  return { hold, openedAt, expire };
}

function unbilled(receipt: Receipt): Receipt {
  assert(receipt.bill.cost === 0n, 'a released hold costs nothing');
  return receipt;
}

type Begun = boolean | { readonly cause: unknown };

/** A store whose answer was lost may have done it, and says so when it is asked again. */
const beginTwice = (begin: (held: JobHold) => Promise<boolean>, held: JobHold): Promise<Begun> =>
  begin(held)
    .catch(() => begin(held))
    .catch((cause: unknown) => ({ cause }));

/** If the hold is a job's, this process has it no more. */
function leave({ over, leases, taken }: Parts, amount: NanoUsd, isBegun: Begun): boolean {
  if (typeof isBegun === 'object') throw isBegun.cause;
  if (!isBegun) return false;
  over();
  handOverTaken(leases, taken, amount);
  return true;
}

/** Whether it has been fulfilled. */
function whether(promise: Promise<void>): () => boolean {
  let isFulfilled = false;
  promise.then(
    () => {
      isFulfilled = true;
    },
    () => {},
  );
  return () => isFulfilled;
}

type Ending = {
  readonly amount: NanoUsd;
  readonly also: readonly Owner[];
  readonly durable: Promise<void>;
  readonly isStored: () => boolean;
};

/** Takes more from every scope for a hold that still wants it when it comes. A broken store counts as empty. */
async function takeMore({ leases, taken, request }: Parts, more: NanoUsd, keep: () => boolean): Promise<boolean> {
  const added = await takeAll(leases, { ...request, scopes: taken.money }, exactly(more)).catch(() => null);
  if (added === null || 'available' in added) return false;
  if (keep()) return true;
  free(leases, added);
  return false;
}

/** Books the end of a hold; an end that the store refuses is tried again later. */
function commitEnd(
  { request, taken, leases, store, stored, unsettled }: Parts,
  receipt: Receipt,
  { amount, also, durable, isStored }: Ending,
): Promise<void> {
  const write = (): Promise<void> => store.close({ receipt, leases: taken.money, also, isKnown: isStored() });
  // What a hold leaves over is free when its end is stored, not before: until then a restart would charge for it.
  const freed = (): void => {
    for (const scope of taken.money) {
      const beside = paidBeside(request, scope, receipt);
      leases.end(scope, amount, nano(receipt.bill.cost + beside));
      // The books have counted it, and the lease was given of what is left: it is not there twice.
      if (beside > 0n) store.giveBack(scope, beside).catch(() => {});
    }
    endCounts(leases, taken.counts, receipt);
    stored(receipt);
  };
  const written = write();
  // An intent that was not stored cannot be settled, even if the store has recovered meanwhile.
  const committed = durable.then(() => written);
  committed.then(freed, () => unsettled.keep(() => write().then(freed)));
  return committed;
}

/** What a scope that counts it has to bear of what the account's own key paid at the provider. */
const paidBeside = ({ byokScopes }: HoldRequest, scope: Scope, { bill }: Receipt): NanoUsd =>
  bill.isByok && byokScopes?.includes(scope) ? (bill.upstreamCost ?? NO_MONEY) : NO_MONEY;

/** Books the true end of a hold that was settled for it: the difference is spent, or free again. */
function commitCorrection(
  { request, taken, leases, store, unsettled }: Parts,
  receipt: Receipt,
  earlier: Receipt,
): Promise<void> {
  const also = alsoOf(request);
  const write = (): Promise<void> => store.close({ receipt, leases: NO_SCOPES, also, isKnown: true });
  const more = nano(receipt.bill.cost - earlier.bill.cost);
  const count = (): void => {
    for (const scope of taken.money) leases.end(scope, NO_MONEY, more);
  };
  const written = write();
  written.then(count, () => unsettled.keep(() => write().then(count)));
  return written;
}

const NO_SCOPES: readonly Owner[] = [];

/** Of whom the books learn only here: the others stand in every receipt. */
const alsoOf = ({ scopes }: HoldRequest): readonly Owner[] =>
  scopes.some(isMember) ? (scopes.filter(isMember) as readonly Owner[]) : NO_SCOPES;
const isMember = (scope: string): boolean => scope.startsWith('member:');

/** Member by member: spreading two objects into a third costs each call more than reading both. */
const intentOf = (request: HoldRequest, also: readonly Owner[], touch: Touch): Intent => ({
  id: touch.id,
  amount: touch.amount,
  dispatched: touch.dispatched,
  checkpoint: touch.checkpoint,
  endpoint: touch.endpoint,
  createdAt: request.createdAt,
  accountId: request.accountId,
  keyId: request.keyId,
  workspaceId: request.workspaceId,
  also,
  model: request.model,
  about: request.about,
  promptCost: request.promptCost,
});

import { type Fault, fault } from '../base/fault.ts';
import type { NanoUsd } from '../base/money.ts';
import type { World } from '../base/world.ts';
import type { About, Receipt } from '../facts/receipt.ts';
import { type Hold, openHold } from './hold.ts';
import { type Leases, openLeases } from './lease.ts';
import { createOpenHolds } from './open-holds.ts';
import { type Ask, exactly } from './pool.ts';
import { shortageFault } from './shortage.ts';
import type { Balance, Credit, LedgerStore, Scope } from './store.ts';
import { free, NOTHING_TAKEN, type Taken, takeAll, takeNow } from './taken.ts';
import { StoreError, type Trouble, troubleFault } from './trouble.ts';
import { createUnsettled } from './unsettled.ts';

/** A hold that nobody settled within this time is settled by us; it outlasts the longest call by far. */
const HOLD_MS_MAX = 30 * 60_000;
const SWEEP_MS = 60_000;

/** What a call asks to have set aside before anything is sent. */
export type HoldRequest = {
  readonly generationId: string;
  readonly accountId: string;
  readonly keyId: string;
  readonly workspaceId: string;
  /** All that may run out for it: the money of its owners, and what is counted. */
  readonly scopes: readonly Scope[];
  /** Those of them that count what the account's own keys pay at providers. */
  readonly byokScopes?: readonly Scope[];
  readonly model: string;
  readonly about: About;
  readonly createdAt: number;
  /** What is set aside where nothing is limited: an estimate of prompt and output, for the books. */
  readonly amount: NanoUsd;
  /** The prompt's share of it; what a call costs that breaks off before any output. */
  readonly promptCost: NanoUsd;
  /** What is set aside where something is limited: worked out only there. Absent = the amount itself is a bound. */
  readonly bounds?: () => HoldBounds;
  /** For the words of a refusal. */
  readonly promptTokens: number;
  readonly outputTokens: number;
};

/** Amounts that no honest vendor exceeds; and, for a caller who cannot pay the least of them, what the whole would cost. */
export type HoldBounds = Ask & Pick<HoldRequest, 'amount' | 'promptCost' | 'promptTokens' | 'outputTokens'>;

/** Money of every call: held before it is sent, settled once however it ends. */
export type Ledger = {
  /** At once while this process's lease lasts or nothing is limited, else a promise. A fault is 402, 403, 429, 500 or 503. */
  readonly hold: (request: HoldRequest) => Hold | Fault | Promise<Hold | Fault>;
  readonly credit: (credit: Credit) => Promise<void>;
  readonly balance: (accountId: string) => Promise<Balance>;
  /** Why no call can begin: `hold` refuses every one with 503. Null = calls can begin. */
  readonly trouble: () => Trouble | null;
  /** How many holds are open: calls whose end is not stored yet. */
  readonly open: () => number;
  /** Nothing is held any more, and every call under way ends now: each settles itself, and tells its client this reason. */
  readonly interrupt: (reason: Fault) => void;
  /** Returns leases and stops the sweep. Open holds stay open: the next start settles them. */
  readonly close: () => void;
};

export const isHold = (answer: Hold | Fault): answer is Hold => 'settle' in answer;

/** `ended` hears of every call whose end is stored, once, with its receipt. */
export function openLedger(store: LedgerStore, world: World, ended: (receipt: Receipt) => void = () => {}): Ledger {
  const leases = openLeases(store, world);
  const open = createOpenHolds();
  const unsettled = createUnsettled();
  let interruption: Fault | null = null;

  const sweep = (): void => {
    cancelSweep = world.after(SWEEP_MS, sweep);
    unsettled.tryAgain();
    open.endThrough(world.elapsed() - HOLD_MS_MAX, (hold) => hold.expire(world.now()));
  };
  store.onRecovery(unsettled.tryAgain);
  let cancelSweep = world.after(SWEEP_MS, sweep);

  const start = (request: HoldRequest, taken: Taken): Hold => {
    let remove = (): void => {};
    const hold = openHold({
      request,
      taken,
      leases,
      store,
      openedAt: world.elapsed(),
      over: () => remove(),
      stored: ended,
      unsettled,
    });
    remove = open.add(hold);
    return hold.hold;
  };

  /** Asks the store where this process's lease is not enough. */
  const holdSlowly = async (request: HoldRequest, bounds: HoldBounds): Promise<Hold | Fault> => {
    const taken = await takeAll(leases, request, bounds).catch(brokenFault);
    if ('code' in taken) return taken;
    if ('available' in taken) return shortageFault({ ...bounds, ...taken, now: world.now() });
    if (!interruption) return start(request, taken);
    free(leases, taken);
    return interruption;
  };

  return {
    hold: (request) => {
      if (interruption) return interruption;
      const trouble = store.trouble();
      if (trouble !== null) return troubleFault(trouble);
      if (isUnlimited(leases, request.scopes)) return start(request, NOTHING_TAKEN);
      const bounds = request.bounds?.() ?? boundsOf(request);
      const taken = takeNow(leases, request, bounds.most);
      return taken === null ? holdSlowly(request, bounds) : start(request, taken);
    },
    credit: store.credit,
    balance: store.balance,
    trouble: store.trouble,
    open: open.size,
    interrupt: (reason) => {
      interruption = reason;
      open.endThrough(Number.POSITIVE_INFINITY, ({ hold }) => hold.interrupt?.(reason));
    },
    close: () => {
      cancelSweep();
      leases.close();
    },
  };
}

const brokenFault = (cause: unknown): Fault =>
  cause instanceof StoreError ? troubleFault(cause.trouble) : fault('server', 'The ledger cannot be reached.');

function isUnlimited(leases: Leases, scopes: readonly Scope[]): boolean {
  for (const scope of scopes) if (!leases.isUnlimited(scope)) return false;
  return true;
}

const boundsOf = ({ amount, promptCost, promptTokens, outputTokens }: HoldRequest): HoldBounds => ({
  ...exactly(amount),
  amount,
  promptCost,
  promptTokens,
  outputTokens,
});

export type { Hold };

import type { NanoUsd } from '../base/money.ts';
import type { About, Receipt } from '../facts/receipt.ts';
import { accountScope, type Interval, keyScope, type Owner, type Scope } from '../facts/scope.ts';
import type { Trouble } from './trouble.ts';

export { accountScope, keyScope, type Scope };

/** An open hold as it is stored: enough to settle it if nobody else ever does. */
export type Intent = {
  /** The generation's id. */
  readonly id: string;
  readonly createdAt: number;
  readonly accountId: string;
  readonly keyId: string;
  readonly workspaceId: string;
  /** Whose money it is beside the account's, the workspace's and the key's. */
  readonly also: readonly Owner[];
  /** The first of the plan, until an endpoint says better. */
  readonly model: string;
  /** Where it was sent last. */
  readonly endpoint: string | null;
  readonly about: About;
  readonly amount: NanoUsd;
  /** What the prompt is expected to cost once it is sent. */
  readonly promptCost: NanoUsd;
  readonly dispatched: boolean;
  /** What the output has cost when it was last counted. */
  readonly checkpoint: NanoUsd;
};

/** The whole present state of an intent, so that writing it twice changes nothing. */
export type Touch = Pick<Intent, 'id' | 'amount' | 'dispatched' | 'checkpoint' | 'endpoint'>;

/**
 * The end of a hold. What it costs is the receipt's bill; `leases` are the limited scopes of money it was spent from. `isKnown`: the
 * intent was committed, so that an end whose hold is gone is late, not unheard of, and is booked all the same.
 */
export type Settlement = {
  readonly receipt: Receipt;
  readonly leases: readonly Scope[];
  readonly also: readonly Owner[];
  readonly isKnown: boolean;
};

/** A process asks for a slice of a scope: at least `need`, at best `want`. */
export type GrantRequest = { readonly scope: Scope; readonly need: NanoUsd; readonly want: NanoUsd };

/** The budget that leaves least: what it is in all, and what ends its period. */
export type Bound = {
  readonly limit: bigint;
  readonly interval: Interval | 'minute' | 'at once' | 'credit';
  /** Milliseconds until it starts afresh; null = never, or whenever a call ends. */
  readonly resetMs: number | null;
  /** The guardrail whose rule it is; absent = it is the scope's own. */
  readonly guardrail?: { readonly id: string; readonly name: string };
};

/**
 * `granted` joined this process's lease; of what is counted by the minute it is good for `leftMs` more, and no longer.
 * `refused` says what was left, of which bound, and how much other processes have leased and might return. `unlimited`
 * scopes need no lease until a notice says that limits changed. Amounts of counts are numbers of them.
 */
export type Grant =
  | { readonly kind: 'unlimited' }
  | { readonly kind: 'granted'; readonly amount: NanoUsd; readonly minute?: Minute }
  | { readonly kind: 'refused'; readonly available: NanoUsd; readonly elsewhere: NanoUsd; readonly bound: Bound };
/** A minute of UTC by its number since 1970, on the store's clock. */
export type Minute = { readonly number: number; readonly leftMs: number };
/** A lease by name: of a scope, or of what a scope has in one minute. */
export type LeaseName = Scope | `${Scope}@${number}`;

/** An account's money: what came in, what was spent, and what is set aside. */
export type Balance = { readonly credits: NanoUsd; readonly settled: NanoUsd; readonly held: NanoUsd };

/** What is left of a limit: so much, and such a share of the whole, 0–1. */
export type Left = { readonly amount: NanoUsd; readonly share: number };

/** Money that enters an account. The same `id` is booked once, however often it is sent. */
export type Credit = {
  readonly id: string;
  readonly accountId: string;
  readonly amount: NanoUsd;
  readonly reason: string;
};

/**
 * What the ledger needs from a store. `open`, `touch`, `close` and `giveBack` are grouped and kept in order; their
 * promises resolve when the group is committed and reject only if the store is broken.
 */
export type LedgerStore = {
  readonly open: (intent: Intent) => Promise<void>;
  readonly touch: (touch: Touch) => Promise<void>;
  readonly close: (settlement: Settlement) => Promise<void>;
  /** Returns what is free of this process's lease; a negative amount books an excess. */
  readonly giveBack: (lease: LeaseName, amount: NanoUsd) => Promise<void>;
  /** Leases again, whatever is left of the limit, what calls under way hold of a lease that the store took back. */
  readonly relet: (scope: Scope, amount: NanoUsd) => Promise<void>;
  readonly grant: (request: GrantRequest) => Promise<Grant>;
  readonly credit: (credit: Credit) => Promise<void>;
  readonly balance: (accountId: string) => Promise<Balance>;
  /** Of that limit of these owners of which the smallest share is left; null = none of them is limited. What is held counts as left. */
  readonly left: (owners: readonly Owner[]) => Promise<Left | null>;
  /** Another process ran short of the scope: give back what is free. */
  readonly onRecall: (listener: (scope: Scope) => void) => void;
  /** Why a call that began now could not be written down in time; null = it could. */
  readonly trouble: () => Trouble | null;
  /** The store takes writes again after it refused some. */
  readonly onRecovery: (listener: () => void) => void;
  /**
   * This process was taken for dead, by a machine that slept or a line that was cut: its leases were given to others
   * and its holds settled. Called once for each time, before anything new is leased.
   */
  readonly onForgotten: (listener: () => void) => void;
  /** A limit changed, of the scope or of any: what was known about it no longer holds. */
  readonly onLimits: (listener: (scope: Scope | 'all') => void) => void;
};

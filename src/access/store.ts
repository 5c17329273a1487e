import type { NanoUsd } from '../base/money.ts';
import type { Reset } from '../base/period.ts';
import type { Count, Owner, Scope } from '../facts/scope.ts';
import type { AuditLogStore } from './audit-log.ts';
import type { BudgetStore } from './budgets.ts';
import type { CodeStore } from './codes.ts';
import type { DirectoryStore } from './directory.ts';
import type { GuardrailStore } from './guardrails.ts';
import type { PeopleStore } from './people/person.ts';
import type { ProviderKeyStore } from './provider-keys.ts';
import type { WorkspaceStore } from './workspaces.ts';

/** An API key as it is kept: never the key itself, only its SHA-256 in hex, which is also what names it. */
export type Key = {
  readonly hash: string;
  readonly name: string;
  /** The key with its middle left out: `sk-sw-v1-0e6...1c9`. */
  readonly label: string;
  readonly accountId: string;
  readonly workspaceId: string;
  readonly isManagement: boolean;
  readonly disabled: boolean;
  readonly limit: NanoUsd | null;
  readonly limitReset: Reset | null;
  readonly includeByokInLimit: boolean;
  readonly expiresAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number | null;
  readonly creatorUserId: string | null;
  /** Whose key it is in the words of a partner who made it for somebody. */
  readonly externalUser: string | null;
};

/** How many a key may have: requests and tokens in each minute, calls that run at once. Null = no limit; absent = as it was. */
export type CountLimits = { readonly [count in Count]?: number | null };

export type KeyChange = { readonly counts?: CountLimits } & Partial<
  Pick<Key, 'name' | 'disabled' | 'limit' | 'limitReset' | 'includeByokInLimit' | 'expiresAt' | 'isManagement'>
>;

/** What a key has spent, in total and in the present UTC day, week and month. */
export type KeyUsage = { readonly [period in 'total' | 'daily' | 'weekly' | 'monthly']: Spent } & {
  /** The last UTC day on which a call of it was settled. */
  readonly lastDay: string | null;
};
export type Spent = { readonly cost: NanoUsd; readonly byokCost: NanoUsd };

/** Which keys of an account, newest first; `limit` of them from the `offset`th on. */
export type KeyQuestion = {
  readonly accountId: string;
  readonly workspaceId?: string;
  /** Those that are switched off, too. */
  readonly withDisabled: boolean;
  /** Not this one: whoever asks does not see itself. */
  readonly except?: string;
  /** Those alone that this person has made. */
  readonly creatorUserId?: string;
  readonly offset: number;
  readonly limit: number;
};
/** `total`: how many there are in all. */
export type KeyPage = { readonly keys: readonly Key[]; readonly total: number };

/** What changed, here or in another process; `everything` = nobody can tell what. */
export type AccessChange =
  | { readonly kind: 'key' | 'session'; readonly hash: string }
  /** What somebody is or may. */
  | { readonly kind: 'person'; readonly id: string }
  /** Keys at providers: those that this account pays itself, or the operator's. */
  | { readonly kind: 'own'; readonly accountId: string }
  /** What guardrails say of the account's calls. */
  | { readonly kind: 'guard'; readonly accountId: string }
  | { readonly kind: 'operator' }
  | { readonly kind: 'everything' };

/** Nothing here costs more when there are more keys: each is found by its hash, lists come in pages. */
export type AccessStore = {
  /** Those of the keys that there are, by hash; a few hundred at most. */
  readonly findKeys: (hashes: readonly string[]) => Promise<ReadonlyMap<string, Key>>;
  readonly listKeys: (question: KeyQuestion) => Promise<KeyPage>;
  /** Keys whose hash begins so, `limit` of them at most. */
  readonly keysBeginning: (beginning: string, limit: number) => Promise<readonly Key[]>;
  /** Those counts of the owners that are limited. */
  readonly limitedCounts: (owners: readonly Owner[]) => Promise<readonly Scope[]>;
  /** The money of which of these owners counts what accounts pay by keys of their own. */
  readonly countingByok: (owners: readonly Owner[]) => Promise<readonly Scope[]>;
  readonly hasKeys: () => Promise<boolean>;
  /** Is there another key of the account that may administer it, and is not switched off? */
  readonly hasManagement: (question: { readonly accountId: string; readonly except: string }) => Promise<boolean>;
  /** False = a key with this hash exists. */
  readonly addKey: (key: Key, counts?: CountLimits) => Promise<boolean>;
  /** False = there is no such key. */
  readonly changeKey: (hash: string, change: KeyChange & { readonly updatedAt: number }) => Promise<boolean>;
  readonly removeKey: (hash: string) => Promise<boolean>;
  readonly usage: (hashes: readonly string[], now: number) => Promise<ReadonlyMap<string, KeyUsage>>;
  /** With its first workspace and its owner, where it has none. */
  readonly addAccount: (account: { readonly id: string; readonly name: string }, now: number) => Promise<void>;
  readonly people: PeopleStore;
  readonly auditLog: AuditLogStore;
  readonly workspaces: WorkspaceStore;
  readonly directory: DirectoryStore;
  readonly budgets: BudgetStore;
  readonly codes: CodeStore;
  readonly providerKeys: ProviderKeyStore;
  readonly guardrails: GuardrailStore;
  readonly onChange: (listener: (change: AccessChange) => void) => void;
};

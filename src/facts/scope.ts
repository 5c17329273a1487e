/** Whose something is that can run out: money, or a count. `member`: a person of the account. */
export type Owner = `${'account' | 'workspace' | 'member' | 'key'}:${string}`;
/** What is counted beside money: requests and tokens in each minute of UTC, and calls that run at once. */
export type Count = 'requests' | 'tokens' | 'calls';
/**
 * What can run out. An owner alone is its money (prepaid credit and budgets), in nano-dollars; `requests#key:…` is one of
 * its counts. A call holds on all scopes that are its own at once, or on none.
 */
export type Scope = Owner | `${Count}#${Owner}`;

export const accountScope = (accountId: string): Owner => `account:${accountId}`;
export const workspaceScope = (workspaceId: string): Owner => `workspace:${workspaceId}`;
export const memberScope = (accountId: string, memberId: string): Owner => `member:${accountId}/${memberId}`;
export const keyScope = (keyId: string): Owner => `key:${keyId}`;
export const countScope = (count: Count, owner: Owner): Scope => `${count}#${owner}`;

export const COUNTS: readonly Count[] = ['requests', 'tokens', 'calls'];

/** Null = the scope is money. */
export const countOf = (scope: Scope): Count | null => COUNTS.find((count) => scope.startsWith(`${count}#`)) ?? null;
export const isOwner = (scope: Scope): scope is Owner => countOf(scope) === null;
export const ownerOf = (scope: Scope): Owner => {
  const count = countOf(scope);
  return (count === null ? scope : scope.slice(count.length + 1)) as Owner;
};

/** How often what was spent of a budget starts afresh, at midnight UTC; `lifetime` = never. */
export type Interval = 'daily' | 'weekly' | 'monthly' | 'lifetime';
export const INTERVALS: readonly Interval[] = ['daily', 'weekly', 'monthly', 'lifetime'];
/** Of a count: how many in each minute of UTC, or how many that run at one moment. */
export type CountInterval = 'minute' | 'at once';
export const intervalOf = (count: Count): CountInterval => (count === 'calls' ? 'at once' : 'minute');

/**
 * What a scope may spend in each interval: nano-dollars, or a number of what it counts. `source` is empty for its own, else
 * whose rule it is; of all budgets of a scope the one that leaves least counts.
 */
export type Budget = {
  readonly scope: Scope;
  readonly source: string;
  readonly interval: Interval | CountInterval;
  readonly amount: bigint;
  /** What calls on the caller's own provider keys would have cost counts, too. */
  readonly withByok: boolean;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number | null;
};

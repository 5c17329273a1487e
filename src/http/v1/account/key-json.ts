import type { Key, KeyUsage } from '../../../access/store.ts';
import { nano, usdNumber } from '../../../base/money.ts';
import { periodEnd } from '../../../base/period.ts';
import type { Count } from '../../../facts/scope.ts';

const NO_SPENDING = { cost: nano(0n), byokCost: nano(0n) };
export const NO_KEY_USAGE: KeyUsage = {
  total: NO_SPENDING,
  daily: NO_SPENDING,
  weekly: NO_SPENDING,
  monthly: NO_SPENDING,
  lastDay: null,
};

/** What of its counts is limited. */
export type LimitedCounts = { readonly [count in Count]?: number };
export const NO_COUNTS: LimitedCounts = {};

/** What is known of a key's use, and of its limits beside money. */
export type Used = { readonly usage: KeyUsage; readonly seenAt: number | null; readonly counts: LimitedCounts };

export const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** The figures that `/key` and `/keys` share. */
export function spendingJson(usage: KeyUsage) {
  return {
    usage: usdNumber(usage.total.cost),
    usage_daily: usdNumber(usage.daily.cost),
    usage_weekly: usdNumber(usage.weekly.cost),
    usage_monthly: usdNumber(usage.monthly.cost),
    byok_usage: usdNumber(usage.total.byokCost),
    byok_usage_daily: usdNumber(usage.daily.byokCost),
    byok_usage_weekly: usdNumber(usage.weekly.byokCost),
    byok_usage_monthly: usdNumber(usage.monthly.byokCost),
  };
}

export function limitJson(key: Key, usage: KeyUsage) {
  const spent = key.limitReset === null ? usage.total : usage[key.limitReset];
  const counted = spent.cost + (key.includeByokInLimit ? spent.byokCost : 0n);
  const remaining = key.limit === null ? null : key.limit - counted;
  return {
    limit: key.limit === null ? null : usdNumber(key.limit),
    limit_remaining: remaining === null ? null : usdNumber(nano(remaining > 0n ? remaining : 0n)),
    limit_reset: key.limitReset,
    include_byok_in_limit: key.includeByokInLimit,
  };
}

/**
 * What a key may spend as a budget (PyPI `openrouter` 1.3.84: KeyBudget); null = it has no limit. What was spent may exceed
 * the limit, by what a vendor counted beyond a hold: then `remaining_usd` is negative, as there.
 */
export function budgetJson(key: Key, usage: KeyUsage, now: number) {
  if (key.limit === null) return null;
  const spent = key.limitReset === null ? usage.total : usage[key.limitReset];
  const counted = nano(spent.cost + (key.includeByokInLimit ? spent.byokCost : 0n));
  return {
    scope: 'key_limit',
    budget_id: null,
    guardrail_id: null,
    include_byok: key.includeByokInLimit,
    limit_usd: usdNumber(key.limit),
    spend_usd: usdNumber(counted),
    remaining_usd: usdNumber(nano(key.limit - counted)),
    reset_interval: key.limitReset,
    resets_at: iso(periodEnd(key.limitReset, now)),
  };
}

/** To the millisecond where this process has seen it; after a restart, or from another process, the day of its last call. */
function lastUsedAt({ lastDay }: KeyUsage, seenAt: number | null): string | null {
  const day = lastDay === null ? null : Date.parse(`${lastDay}T00:00:00Z`);
  return iso(day === null ? seenAt : Math.max(day, seenAt ?? day));
}

/** A key as the keys API shows it (spec §1.10): never the key itself. */
export function keyJson(key: Key, { usage, seenAt, counts }: Used) {
  return {
    hash: key.hash,
    name: key.name,
    label: key.label,
    disabled: key.disabled,
    ...limitJson(key, usage),
    ...spendingJson(usage),
    created_at: new Date(key.createdAt).toISOString(),
    updated_at: iso(key.updatedAt),
    expires_at: iso(key.expiresAt),
    last_used_at: lastUsedAt(usage, seenAt),
    creator_user_id: key.creatorUserId,
    external_user: key.externalUser,
    workspace_id: key.workspaceId,
    is_management_key: key.isManagement,
    ...(counts.requests !== undefined && { rpm_limit: counts.requests }),
    ...(counts.tokens !== undefined && { tpm_limit: counts.tokens }),
    ...(counts.calls !== undefined && { max_parallel_requests: counts.calls }),
  };
}

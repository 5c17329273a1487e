import type { Key, KeyUsage } from '../../../access/store.ts';
import { nano, usdNumber } from '../../../base/money.ts';

const NO_SPENDING = { cost: nano(0n), byokCost: nano(0n) };
export const NO_KEY_USAGE: KeyUsage = {
  total: NO_SPENDING,
  daily: NO_SPENDING,
  weekly: NO_SPENDING,
  monthly: NO_SPENDING,
};

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

/** A key as the keys API shows it (spec §1.10): never the key itself. */
export function keyJson(key: Key, usage: KeyUsage = NO_KEY_USAGE) {
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
    creator_user_id: key.creatorUserId,
    external_user: null,
    workspace_id: key.workspaceId,
    is_management_key: key.isManagement,
  };
}

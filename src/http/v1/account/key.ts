import { may } from '../../../access/may.ts';
import { fault } from '../../../base/fault.ts';
import { dayOf } from '../../../base/period.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { Route } from '../../route.ts';
import { budgetJson, iso, limitJson, NO_KEY_USAGE, spendingJson } from './key-json.ts';
import { refusal } from './refusal.ts';

const UNRATIONED = 1_000_000_000;
const UNLIMITED = { limit: null, limit_remaining: null, limit_reset: null, include_byok_in_limit: false };

/**
 * Free models are not rationed here: the operator pays whoever hosts them. Clients require the members, so the limit is out
 * of reach; the calls of today are counted.
 */
async function freeRequests({ accountId }: Principal, { insights, world }: Gateway) {
  const today = dayOf(world.now());
  const rows = await insights.sums({ from: today, to: today, by: ['model'], where: { accountId } });
  const used = rows.reduce((sum, row) => (row.model.endsWith(':free') ? sum + Number(row.requests) : sum), 0);
  return { limit: UNRATIONED, used, remaining: Math.max(UNRATIONED - used, 0) };
}

const handle: Route['handle'] = async ({ caller }, gateway) => {
  if (caller === null) return refusal(fault('authentication', 'Missing Authentication header'));
  const { access, world } = gateway;
  const isManager = may(caller, 'manage-keys');
  const key = await access.keys.find(caller.keyId);
  const usage = (await access.keys.usage([caller.keyId])).get(caller.keyId) ?? NO_KEY_USAGE;
  const budget = key && budgetJson(key, usage, world.now());
  const data = {
    label: caller.keyLabel,
    ...(key === null ? UNLIMITED : limitJson(key, usage)),
    ...spendingJson(usage),
    budgets: budget ? [budget] : [],
    effective_budget: budget,
    is_free_tier: false,
    free_model_daily_requests: await freeRequests(caller, gateway),
    allowed_data_regions: ['global'],
    is_management_key: isManager,
    is_provisioning_key: isManager,
    creator_user_id: key?.creatorUserId ?? null,
    organization_id: null,
    workspace_id: caller.workspaceId,
    expires_at: iso(key?.expiresAt ?? null),
    rate_limit: { requests: -1, interval: '10s', note: 'This field is deprecated and safe to ignore.' },
  };
  return { status: 200, json: { data } };
};

/** `GET /key`: what the caller's own key may spend and has spent. `/auth/key` is its older name. */
export const KEY_ROUTES: readonly Route[] = ['/key', '/auth/key'].map((path) => ({
  method: 'GET',
  path,
  auth: 'look',
  handle,
}));

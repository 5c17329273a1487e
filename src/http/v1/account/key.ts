import { fault } from '../../../base/fault.ts';
import type { Route } from '../../route.ts';
import { iso, limitJson, NO_KEY_USAGE, spendingJson } from './key-json.ts';
import { refusal } from './refusal.ts';

const UNRATIONED = 1_000_000_000;
const UNLIMITED = { limit: null, limit_remaining: null, limit_reset: null, include_byok_in_limit: false };

/** Free models are not rationed here: the operator pays whoever hosts them. Clients require the member. */
const NO_FREE_TIER = { limit: UNRATIONED, used: 0, remaining: UNRATIONED };

const handle: Route['handle'] = async ({ caller }, { access }) => {
  if (caller === null) return refusal(fault('authentication', 'Missing Authentication header'));
  const key = access.keys.find(caller.keyId);
  const usage = (await access.keys.usage([caller.keyId])).get(caller.keyId) ?? NO_KEY_USAGE;
  const data = {
    label: caller.keyLabel,
    ...(key === null ? UNLIMITED : limitJson(key, usage)),
    ...spendingJson(usage),
    is_free_tier: false,
    free_model_daily_requests: NO_FREE_TIER,
    allowed_data_regions: ['global'],
    is_management_key: caller.isManagement,
    is_provisioning_key: caller.isManagement,
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
  auth: 'key',
  handle,
}));

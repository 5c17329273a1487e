import { owns } from '../../../access/may.ts';
import { firstWorkspace } from '../../../access/owner.ts';
import { maskOf, type Owned, PLAIN_KEY, type ProviderKey } from '../../../access/provider-keys.ts';
import { type Fault, fault } from '../../../base/fault.ts';
import { Hidden } from '../../../base/hidden.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { Provider } from '../../../catalog/provider.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { objectionToKey, testKey } from '../../../gateway/given-key.ts';
import { resolveModel } from '../../../router/resolve.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { PAGE_QUERY, readPage } from './body.ts';
import { BYOK_CHANGE, contradiction, type KeySettings, NEW_BYOK, readByokChange, readNewByok } from './byok-body.ts';
import { refusal } from './refusal.ts';

const NOT_FOUND = refusal(fault('not_found', 'BYOK key not found'));
const NO_WORKSPACE = fault('invalid_request', 'workspace_id: there is no such workspace', { param: 'workspace_id' });
const TOO_MANY = refusal(fault('invalid_request', 'The account has as many provider keys as it may have'));

const ownedBy = ({ accountId }: Principal): Owned => ({ accountId, payer: 'account' });

/** A key as the API shows it (spec §1.11): of the key itself its label is all that anybody sees again. */
export const byokJson = (key: ProviderKey) => ({
  id: key.id,
  name: key.name,
  label: key.label,
  provider: key.provider,
  workspace_id: key.workspaceId,
  disabled: key.disabled,
  sort_order: key.sortOrder,
  is_fallback: key.isFallback,
  is_required: key.isRequired,
  is_byok_only: key.isByokOnly,
  declared_zdr: key.declaredZdr,
  allowed_models: key.allowedModels,
  allowed_api_key_hashes: key.allowedKeys,
  allowed_user_ids: key.allowedMembers,
  created_at: new Date(key.createdAt).toISOString(),
});

type Handler = (caller: Principal, request: RouteRequest, gateway: Gateway) => Promise<RouteAnswer>;
const forManagers =
  (handle: Handler): Route['handle'] =>
  (request, gateway) =>
    request.caller ? handle(request.caller, request, gateway) : NOT_FOUND;

/** Null = of every workspace. */
async function workspaceOf(
  { access }: Gateway,
  { accountId }: Principal,
  reference: string | null | undefined,
): Promise<Result<string | null, Fault>> {
  if (reference === null) return ok(null);
  const workspace = await access.workspaces.find(accountId, reference ?? firstWorkspace(accountId).id);
  return workspace ? ok(workspace.id) : failed(NO_WORKSPACE);
}

/** What the lists name must be there, and the account's: another's hash is as little there as none. */
async function checked(gateway: Gateway, caller: Principal, settings: KeySettings): Promise<Fault | null> {
  const wrong = (param: string, words: string): Fault => fault('invalid_request', `${param}: ${words}`, { param });
  const clash = contradiction(settings);
  if (!clash.ok) return clash.error;
  const catalog = gateway.catalog();
  const model = settings.allowedModels?.find((id) => resolveModel(catalog, id)?.model.id !== id);
  if (model !== undefined) return wrong('allowed_models', `${model} is no model of this gateway`);
  const member = settings.allowedMembers?.find((id) => id !== caller.accountId);
  if (member !== undefined) return wrong('allowed_user_ids', `${member} is no member of the organization`);
  const hashes = settings.allowedKeys ?? [];
  const found = await Promise.all(hashes.map((hash) => gateway.access.keys.find(hash)));
  const stranger = hashes.find((_, at) => !owns(caller, found[at]));
  return stranger === undefined ? null : wrong('allowed_api_key_hashes', `${stranger} is no API key of the account`);
}

/** Why the key is not taken: it is none, or its provider refuses it, where that was to be asked. */
async function refusedKey(
  gateway: Gateway,
  provider: Provider,
  { secret, test }: { readonly secret: Hidden; readonly test: boolean | undefined },
): Promise<Fault | null> {
  const objection = objectionToKey(provider, secret);
  if (objection || !test) return objection;
  const verdict = await testKey(gateway, provider, secret);
  return verdict.mark === '✗'
    ? fault('invalid_request', `key: ${provider.name} does not take it: ${verdict.text}`, { param: 'key' })
    : null;
}

const LIST: Route = {
  method: 'GET',
  path: '/byok',
  auth: 'read-settings',
  query: PAGE_QUERY,
  handle: forManagers(async (caller, { query }, gateway) => {
    const page = readPage(query);
    if (!page.ok) return refusal(page.error);
    const workspace = await workspaceOf(gateway, caller, query.workspace_id);
    if (!workspace.ok) return refusal(workspace.error);
    const { keys, total } = await gateway.access.providerKeys.list({
      ...ownedBy(caller),
      ...(workspace.value !== null && { workspaceId: workspace.value }),
      ...(query.provider !== undefined && { provider: query.provider }),
      ...page.value,
    });
    return { status: 200, json: { data: keys.map(byokJson), total_count: total } };
  }),
};

const CREATE: Route = {
  method: 'POST',
  path: '/byok',
  auth: 'manage-provider-keys',
  body: NEW_BYOK,
  handle: forManagers(async (caller, { body }, gateway) => {
    const wish = readNewByok(body);
    if (!wish.ok) return refusal(wish.error);
    const { provider: slug, key, test, workspace_id, settings } = wish.value;
    const provider = gateway.catalog().providers.get(slug);
    if (!provider)
      return refusal(
        fault('invalid_request', `provider: ${slug} is no provider of this gateway`, { param: 'provider' }),
      );
    const workspace = await workspaceOf(gateway, caller, workspace_id);
    if (!workspace.ok) return refusal(workspace.error);
    const secret = new Hidden(key.trim());
    const wrong = (await checked(gateway, caller, settings)) ?? (await refusedKey(gateway, provider, { secret, test }));
    if (wrong) return refusal(wrong);
    const { sortOrder, ...said } = settings;
    const owned = ownedBy(caller);
    const wished = {
      ...PLAIN_KEY,
      ...said,
      ...owned,
      workspaceId: workspace.value,
      provider: slug,
      label: maskOf(key.trim()),
    };
    const made = await gateway.access.providerKeys.create(wished, secret);
    if (!made.ok) return refusal(made.error);
    if (made.value === null) return TOO_MANY;
    if (sortOrder === undefined) return { status: 201, json: { data: byokJson(made.value) } };
    const placed = await gateway.access.providerKeys.change(owned, made.value.id, { sortOrder });
    return { status: 201, json: { data: byokJson((placed.ok && placed.value) || made.value) } };
  }),
};

const ONE: Route = {
  method: 'GET',
  path: '/byok/:id',
  auth: 'read-settings',
  handle: forManagers(async (caller, { params }, { access }) => {
    const key = await access.providerKeys.find(ownedBy(caller), params.id ?? '');
    return key ? { status: 200, json: { data: byokJson(key) } } : NOT_FOUND;
  }),
};

const CHANGE: Route = {
  method: 'PATCH',
  path: '/byok/:id',
  auth: 'manage-provider-keys',
  body: BYOK_CHANGE,
  handle: forManagers(async (caller, { params, body }, gateway) => {
    const wish = readByokChange(body);
    if (!wish.ok) return refusal(wish.error);
    const { key, test, settings } = wish.value;
    const { providerKeys } = gateway.access;
    const before = await providerKeys.find(ownedBy(caller), params.id ?? '');
    const provider = before && gateway.catalog().providers.get(before.provider);
    if (!before) return NOT_FOUND;
    const { isFallback, isByokOnly } = before;
    const wrong = await checked(gateway, caller, { isFallback, isByokOnly, ...settings });
    if (wrong) return refusal(wrong);
    const secret = key === undefined ? undefined : new Hidden(key.trim());
    const refused = secret && provider ? await refusedKey(gateway, provider, { secret, test }) : null;
    if (refused) return refusal(refused);
    const rotated = secret && key !== undefined ? { secret, label: maskOf(key.trim()) } : {};
    const changed = await providerKeys.change(ownedBy(caller), before.id, { ...settings, ...rotated });
    if (!changed.ok) return refusal(changed.error);
    return changed.value ? { status: 200, json: { data: byokJson(changed.value) } } : NOT_FOUND;
  }),
};

const REMOVE: Route = {
  method: 'DELETE',
  path: '/byok/:id',
  auth: 'manage-provider-keys',
  handle: forManagers(async (caller, { params }, { access }) => {
    const isGone = await access.providerKeys.remove(ownedBy(caller), params.id ?? '');
    return isGone ? { status: 200, json: { deleted: true } } : NOT_FOUND;
  }),
};

/** `POST /byok/{id}/test`: does the provider take the key? Beyond the contract. */
const TEST: Route = {
  method: 'POST',
  path: '/byok/:id/test',
  auth: 'manage-provider-keys',
  handle: forManagers(async (caller, { params }, gateway) => {
    const { providerKeys } = gateway.access;
    const key = await providerKeys.find(ownedBy(caller), params.id ?? '');
    if (!key) return NOT_FOUND;
    const provider = gateway.catalog().providers.get(key.provider);
    const secret = await providerKeys.reveal(ownedBy(caller), key.id);
    if (!provider || !secret)
      return refusal(fault('server', 'The key cannot be opened, or its provider is gone from the catalogue.'));
    const { mark, text } = await testKey(gateway, provider, secret);
    return { status: 200, json: { data: { id: key.id, works: mark === '–' ? null : mark === '✓', message: text } } };
  }),
};

/** Keys at providers that the account pays for itself (spec §1.11, §3.7). */
export const BYOK_ROUTES: readonly Route[] = [LIST, CREATE, ONE, CHANGE, REMOVE, TEST];

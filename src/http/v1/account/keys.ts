import type { Access } from '../../../access/access.ts';
import { may, owns } from '../../../access/may.ts';
import { firstWorkspace } from '../../../access/owner.ts';
import { digestOf } from '../../../access/secret.ts';
import type { Key, KeyUsage } from '../../../access/store.ts';
import { fault } from '../../../base/fault.ts';
import type { Principal } from '../../../facts/principal.ts';
import { COUNTS, countOf, countScope, keyScope, ownerOf } from '../../../facts/scope.ts';
import type { Route, RouteAnswer } from '../../route.ts';
import { PAGE_QUERY, readPage } from './body.ts';
import { KEY_CHANGE, NEW_KEY, readKeyChange, readNewKey } from './key-body.ts';
import { keyJson, type LimitedCounts, NO_COUNTS, NO_KEY_USAGE } from './key-json.ts';
import { refusal } from './refusal.ts';

const PAGE = 100;
const notFound = refusal(fault('not_found', 'API key not found'));

/** Itself a manager's key neither sees nor changes; of others' keys only who may see or manage all. */
async function reached(
  { keys }: Access,
  caller: Principal | null,
  hash: string,
  all: 'read-settings' | 'manage-keys',
): Promise<Key | null> {
  if (caller === null || hash === caller.keyId) return null;
  const key = await keys.find(hash);
  if (!owns(caller, key)) return null;
  return may(caller, all) || isOwn(caller, key) ? key : null;
}

const isOwn = ({ memberId }: Principal, { creatorUserId }: Key): boolean =>
  memberId !== null && creatorUserId === memberId;

/** Keys with what they have used, and how much of what is counted they may. */
async function show({ keys, budgets }: Access, shown: readonly Key[]) {
  const hashes = shown.map(({ hash }) => hash);
  const scopes = hashes.flatMap((hash) => COUNTS.map((count) => countScope(count, keyScope(hash))));
  const [usage, limits] = await Promise.all([keys.usage(hashes), budgets.list(scopes)]);
  const counted = new Map<string, LimitedCounts>();
  for (const { scope, amount } of limits) {
    const owner = ownerOf(scope);
    counted.set(owner, { ...counted.get(owner), [countOf(scope) ?? '']: Number(amount) });
  }
  return shown.map((key) => {
    const used: KeyUsage = usage.get(key.hash) ?? NO_KEY_USAGE;
    return keyJson(key, {
      usage: used,
      seenAt: keys.seenAt(key.hash),
      counts: counted.get(keyScope(key.hash)) ?? NO_COUNTS,
    });
  });
}

const LIST: Route = {
  method: 'GET',
  path: '/keys',
  auth: 'see-keys',
  query: PAGE_QUERY,
  handle: async ({ query, caller }, { access }) => {
    const page = readPage(query, PAGE);
    if (!page.ok) return refusal(page.error);
    const { keys, total } = await access.keys.list({
      accountId: caller?.accountId ?? '',
      ...(caller !== null && { except: caller.keyId }),
      ...(!may(caller, 'read-settings') && { creatorUserId: caller?.memberId ?? '' }),
      ...(query.workspace_id !== undefined && { workspaceId: query.workspace_id }),
      withDisabled: query.include_disabled === 'true',
      ...page.value,
    });
    return { status: 200, json: { data: await show(access, keys), total_count: total } };
  },
};

const CREATE: Route = {
  method: 'POST',
  path: '/keys',
  auth: 'have-keys',
  body: NEW_KEY,
  handle: async ({ body, caller }, { access }) => {
    if (caller === null) return notFound;
    const wish = readNewKey(body, caller.accountId);
    if (!wish.ok) return refusal(wish.error);
    const { secret: chosen, workspaceId: reference = caller.workspaceId } = wish.value;
    const workspace = await access.workspaces.find(caller.accountId, reference);
    if (!workspace)
      return refusal(fault('invalid_request', 'workspace_id: there is no such workspace', { param: 'workspace_id' }));
    if (chosen !== undefined && (await access.keys.find(digestOf(chosen))))
      return refusal(fault('conflict', 'external.api_key: this key is in use', { param: 'external.api_key' }));
    const managesAll = may(caller, 'manage-keys');
    if (!managesAll && !(await isIn(access, caller, workspace.id))) return refusal(NO_MEMBER);
    const own = caller.kind === 'session' && (!managesAll || wish.value.creatorUserId === null);
    const { key, secret } = await access.keys.create({
      ...wish.value,
      workspaceId: workspace.id,
      ...(own && { creatorUserId: caller.memberId }),
    });
    const [data] = await show(access, [key]);
    return { status: 201, json: { data, key: secret } };
  },
};

const ONE: Route = {
  method: 'GET',
  path: '/keys/:hash',
  auth: 'see-keys',
  handle: async ({ params: { hash = '' }, caller }, { access }) =>
    shown(access, await reached(access, caller, hash, 'read-settings')),
};

const CHANGE: Route = {
  method: 'PATCH',
  path: '/keys/:hash',
  auth: 'have-keys',
  body: KEY_CHANGE,
  handle: async ({ params: { hash = '' }, body, caller }, { access }) => {
    const change = readKeyChange(body);
    if (!change.ok) return refusal(change.error);
    const key = await reached(access, caller, hash, 'manage-keys');
    if (key === null) return notFound;
    if (change.value.disabled && !(await isSpare(access, key))) return refusal(LAST);
    return shown(access, await access.keys.change(hash, change.value));
  },
};

const REMOVE: Route = {
  method: 'DELETE',
  path: '/keys/:hash',
  auth: 'have-keys',
  handle: async ({ params: { hash = '' }, caller }, { access }) => {
    const key = await reached(access, caller, hash, 'manage-keys');
    if (key === null) return notFound;
    if (!(await isSpare(access, key))) return refusal(LAST);
    if (!(await access.keys.remove(hash))) return notFound;
    return { status: 200, json: { deleted: true } };
  },
};

const NO_MEMBER = fault('permission_denied', 'You are no member of this workspace');

/** Everybody is in the first workspace of the account. */
const isIn = async ({ people }: Access, caller: Principal, workspaceId: string): Promise<boolean> =>
  workspaceId === firstWorkspace(caller.accountId).id ||
  (await people.workspacesOf(caller.memberId ?? '')).includes(workspaceId);

async function shown(access: Access, key: Key | null): Promise<RouteAnswer> {
  if (key === null) return notFound;
  const [data] = await show(access, [key]);
  return { status: 200, json: { data } };
}

const LAST = fault(
  'permission_denied',
  'The last management key can be neither deleted nor disabled: make another one first.',
);

/** Programs that administer the account would be locked out with the last key that may. */
const isSpare = async ({ keys }: Access, { hash, accountId, isManagement, disabled }: Key): Promise<boolean> =>
  !isManagement || disabled || keys.hasManagement({ accountId, except: hash });

/** The keys of the account, for management keys (spec §1.10). A key is named by its hash; its text is shown once. */
export const KEYS_ROUTES: readonly Route[] = [LIST, CREATE, ONE, CHANGE, REMOVE];

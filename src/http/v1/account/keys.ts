import type { Access } from '../../../access/access.ts';
import type { KeyUsage } from '../../../access/store.ts';
import { fault } from '../../../base/fault.ts';
import type { Route } from '../../route.ts';
import { readKeyChange, readNewKey } from './key-body.ts';
import { keyJson, NO_KEY_USAGE, type Used } from './key-json.ts';
import { refusal } from './refusal.ts';

const PAGE = 100;
const notFound = refusal(fault('not_found', 'API key not found'));

const usedOf = ({ keys }: Access, hash: string, usage: ReadonlyMap<string, KeyUsage>): Used => ({
  usage: usage.get(hash) ?? NO_KEY_USAGE,
  seenAt: keys.seenAt(hash),
});

const LIST: Route = {
  method: 'GET',
  path: '/keys',
  auth: 'management',
  handle: async ({ query, caller }, { access }) => {
    const offset = Number(query.offset ?? 0);
    if (!Number.isSafeInteger(offset) || offset < 0)
      return refusal(fault('invalid_request', 'offset must be a whole number from 0', { param: 'offset' }));
    const { keys, total } = await access.keys.list({
      accountId: caller?.accountId ?? '',
      ...(query.workspace_id !== undefined && { workspaceId: query.workspace_id }),
      withDisabled: query.include_disabled === 'true',
      offset,
      limit: PAGE,
    });
    const usage = await access.keys.usage(keys.map((key) => key.hash));
    const data = keys.map((key) => keyJson(key, usedOf(access, key.hash, usage)));
    return { status: 200, json: { data, total_count: total } };
  },
};

const CREATE: Route = {
  method: 'POST',
  path: '/keys',
  auth: 'management',
  handle: async ({ body, caller }, { access }) => {
    if (caller === null) return notFound;
    const wish = readNewKey(body, caller.accountId);
    if (!wish.ok) return refusal(wish.error);
    const { key, secret } = await access.keys.create(wish.value);
    return { status: 201, json: { data: keyJson(key), key: secret } };
  },
};

const ONE: Route = {
  method: 'GET',
  path: '/keys/:hash',
  auth: 'management',
  handle: async ({ params: { hash = '' }, caller }, { access }) => {
    const key = await access.keys.find(hash);
    if (key === null || key.accountId !== caller?.accountId) return notFound;
    return { status: 200, json: { data: keyJson(key, usedOf(access, hash, await access.keys.usage([hash]))) } };
  },
};

const CHANGE: Route = {
  method: 'PATCH',
  path: '/keys/:hash',
  auth: 'management',
  handle: async ({ params: { hash = '' }, body, caller }, { access }) => {
    const change = readKeyChange(body);
    if (!change.ok) return refusal(change.error);
    if ((await access.keys.find(hash))?.accountId !== caller?.accountId) return notFound;
    const key = await access.keys.change(hash, change.value);
    if (key === null) return notFound;
    return { status: 200, json: { data: keyJson(key, usedOf(access, hash, await access.keys.usage([hash]))) } };
  },
};

const REMOVE: Route = {
  method: 'DELETE',
  path: '/keys/:hash',
  auth: 'management',
  handle: async ({ params: { hash = '' }, caller }, { access }) => {
    if ((await access.keys.find(hash))?.accountId !== caller?.accountId) return notFound;
    if (!(await access.keys.remove(hash))) return notFound;
    return { status: 200, json: { deleted: true } };
  },
};

/** The keys of the account, for management keys (spec §1.10). A key is named by its hash; its text is shown once. */
export const KEYS_ROUTES: readonly Route[] = [LIST, CREATE, ONE, CHANGE, REMOVE];

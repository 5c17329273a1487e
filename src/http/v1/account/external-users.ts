import { z } from 'zod';
import type { ExternalUser } from '../../../access/directory.ts';
import { fault } from '../../../base/fault.ts';
import type { Route } from '../../route.ts';
import { PAGE_QUERY, readBody, readPage } from './body.ts';
import { refusal } from './refusal.ts';

const USER_LENGTH_MAX = 512;
const user = z
  .string()
  .min(1)
  .max(USER_LENGTH_MAX)
  .refine((text) => text.isWellFormed() && !text.includes('\u0000') && text.trim() === text, {
    message: 'well-formed Unicode without zeros and surrounding white space',
  });
const NEW = z.object({ user });
const CHANGE = z.object({ is_active: z.boolean() });

const NO_USER = refusal(fault('not_found', 'External user not found'));
const TAKEN = refusal(fault('conflict', 'user: is registered already', { param: 'user' }));

const userJson = ({ user: name, isActive, createdAt, updatedAt }: ExternalUser) => ({
  user: name,
  is_active: isActive,
  created_at: new Date(createdAt).toISOString(),
  updated_at: new Date(updatedAt).toISOString(),
});

const LIST: Route = {
  method: 'GET',
  path: '/external-users',
  auth: 'read-settings',
  query: PAGE_QUERY,
  handle: async ({ query, caller }, { access }) => {
    const page = readPage(query);
    if (!page.ok) return refusal(page.error);
    const wish = { ...page.value, user: query.user, withInactive: query.include_inactive === 'true' };
    const { rows, total } = await access.directory.externalUsers(caller?.accountId ?? '', wish);
    return { status: 200, json: { data: rows.map(userJson), total_count: total } };
  },
};

const CREATE: Route = {
  method: 'POST',
  path: '/external-users',
  auth: 'manage-members',
  body: NEW,
  handle: async ({ body, caller }, { access: { directory }, world }) => {
    const wish = readBody(NEW, body);
    if (!wish.ok || caller === null) return wish.ok ? NO_USER : refusal(wish.error);
    const isNew = await directory.addExternalUser(caller.accountId, wish.value.user, world.now());
    const made = isNew && (await directory.externalUser(caller.accountId, wish.value.user));
    return made ? { status: 201, json: { data: userJson(made) } } : TAKEN;
  },
};

const ONE: Route = {
  method: 'GET',
  path: '/external-users/:user',
  auth: 'read-settings',
  handle: async ({ params, caller }, { access: { directory } }) => {
    const found = await directory.externalUser(caller?.accountId ?? '', params.user ?? '');
    return found ? { status: 200, json: { data: userJson(found) } } : NO_USER;
  },
};

const UPDATE: Route = {
  method: 'PATCH',
  path: '/external-users/:user',
  auth: 'manage-members',
  body: CHANGE,
  handle: async ({ params, body, caller }, { access: { directory }, world }) => {
    const wish = readBody(CHANGE, body);
    if (!wish.ok) return refusal(wish.error);
    const [account, name] = [caller?.accountId ?? '', params.user ?? ''];
    const isThere = await directory.setExternalUser(account, name, wish.value.is_active, world.now());
    const now = isThere && (await directory.externalUser(account, name));
    return now ? { status: 200, json: { data: userJson(now) } } : NO_USER;
  },
};

/** As the contract has it, it is switched off and stays; calls are refused to nobody for it. */
const REMOVE: Route = {
  method: 'DELETE',
  path: '/external-users/:user',
  auth: 'manage-members',
  handle: async ({ params, caller }, { access: { directory }, world }) => {
    const [account, name] = [caller?.accountId ?? '', params.user ?? ''];
    const isThere = await directory.setExternalUser(account, name, false, world.now());
    return isThere ? { status: 204, text: '', contentType: 'application/json' } : NO_USER;
  },
};

/** Users of the account's callers, registered (`openrouter` 1.3.84, read 2026-11-29). */
export const EXTERNAL_USER_ROUTES: readonly Route[] = [LIST, CREATE, ONE, UPDATE, REMOVE];

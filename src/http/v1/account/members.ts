import { z } from 'zod';
import { fault } from '../../../base/fault.ts';
import type { Route } from '../../route.ts';
import { readBody, readPage } from './body.ts';
import { refusal } from './refusal.ts';
import { memberJson } from './workspace-json.ts';
import { ofWorkspace } from './workspaces.ts';

/**
 * The people of an account: so far its owner alone, whose id is the account's, who has signed in by a link of the
 * machine's and told no address. Whoever is no member of the account is added to no workspace of it.
 */
const USERS = z.object({ user_ids: z.array(z.string().min(1).max(200)).min(1).max(100) });

const ORGANIZATION: Route = {
  method: 'GET',
  path: '/organization/members',
  auth: 'manage-members',
  handle: async ({ query, caller }) => {
    const page = readPage(query);
    if (!page.ok) return refusal(page.error);
    const owner = { id: caller?.accountId ?? '', email: '', first_name: null, last_name: null, role: 'org:admin' };
    const data = [owner].slice(page.value.offset, page.value.offset + page.value.limit);
    return { status: 200, json: { data, total_count: 1 } };
  },
};

const LIST: Route = {
  method: 'GET',
  path: '/workspaces/:id/members',
  auth: 'manage-members',
  handle: ofWorkspace(({ workspace, caller }, { query }) => {
    const page = readPage(query);
    if (!page.ok) return refusal(page.error);
    const { offset, limit } = page.value;
    const data = [memberJson(workspace, caller.accountId)].slice(offset, offset + limit);
    return { status: 200, json: { data, total_count: 1 } };
  }),
};

const ADD: Route = {
  method: 'POST',
  path: '/workspaces/:id/members/add',
  auth: 'manage-members',
  handle: ofWorkspace(({ workspace, caller }, { body }) => {
    const wish = readBody(USERS, body);
    if (!wish.ok) return refusal(wish.error);
    const stranger = wish.value.user_ids.find((id) => id !== caller.accountId);
    if (stranger !== undefined)
      return refusal(fault('not_found', `${stranger} is no member of the organization`, { param: 'user_ids' }));
    return { status: 200, json: { data: [memberJson(workspace, caller.accountId)], added_count: 1 } };
  }),
};

const REMOVE: Route = {
  method: 'POST',
  path: '/workspaces/:id/members/remove',
  auth: 'manage-members',
  handle: ofWorkspace(({ caller }, { body }) => {
    const wish = readBody(USERS, body);
    if (!wish.ok) return refusal(wish.error);
    if (wish.value.user_ids.includes(caller.accountId))
      return refusal(fault('permission_denied', 'The owner of the organization is in all of its workspaces'));
    return { status: 200, json: { removed_count: 0 } };
  }),
};

export const MEMBER_ROUTES: readonly Route[] = [ORGANIZATION, LIST, ADD, REMOVE];

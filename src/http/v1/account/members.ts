import { z } from 'zod';
import { firstWorkspace } from '../../../access/owner.ts';
import type { Member } from '../../../access/people/person.ts';
import type { Workspace } from '../../../access/workspaces.ts';
import { fault } from '../../../base/fault.ts';
import type { Route } from '../../route.ts';
import { PAGE_QUERY, readBody, readPage } from './body.ts';
import { organizationMemberJson } from './people-json.ts';
import { refusal } from './refusal.ts';
import { isEverywhere, memberJson } from './workspace-json.ts';
import { ofWorkspace } from './workspaces.ts';

const MEMBERS_MAX = 100;
const USERS = z.object({ user_ids: z.array(z.string().min(1).max(200)).min(1).max(MEMBERS_MAX) });

const memberOf = ({ id, accountId }: Workspace): Member => ({
  accountId,
  workspaceId: id,
  isDefault: id === firstWorkspace(accountId).id,
});

const ORGANIZATION: Route = {
  method: 'GET',
  path: '/organization/members',
  auth: 'read-settings',
  query: PAGE_QUERY,
  handle: async ({ query, caller }, { access }) => {
    const page = readPage(query);
    if (!page.ok) return refusal(page.error);
    const { people, total } = await access.people.list(caller?.accountId ?? '', page.value);
    return { status: 200, json: { data: people.map(organizationMemberJson), total_count: total } };
  },
};

const LIST: Route = {
  method: 'GET',
  path: '/workspaces/:id/members',
  auth: 'read-settings',
  query: PAGE_QUERY,
  handle: ofWorkspace(async ({ workspace }, { query }, { access }) => {
    const page = readPage(query);
    if (!page.ok) return refusal(page.error);
    const { people, total } = await access.people.inWorkspace(memberOf(workspace), page.value);
    return { status: 200, json: { data: people.map((person) => memberJson(workspace, person)), total_count: total } };
  }),
};

/** Whoever is no member of the organization is added to no workspace of it, and with them nobody is. */
const ADD: Route = {
  method: 'POST',
  path: '/workspaces/:id/members/add',
  auth: 'manage-members',
  body: USERS,
  handle: ofWorkspace(async ({ workspace }, { body }, { access: { people } }) => {
    const wish = readBody(USERS, body);
    if (!wish.ok) return refusal(wish.error);
    const ids = [...new Set(wish.value.user_ids)];
    const found = await Promise.all(ids.map((id) => people.find(workspace.accountId, id)));
    const members = found.filter((person) => person !== null);
    const stranger = ids.find((id) => !members.some((person) => person.id === id));
    if (stranger !== undefined)
      return refusal(fault('not_found', `${stranger} is no member of the organization`, { param: 'user_ids' }));
    await people.addTo(memberOf(workspace), ids);
    const data = members.map((person) => memberJson(workspace, person));
    return { status: 200, json: { data, added_count: data.length } };
  }),
};

const REMOVE: Route = {
  method: 'POST',
  path: '/workspaces/:id/members/remove',
  auth: 'manage-members',
  body: USERS,
  handle: ofWorkspace(async ({ workspace }, { body }, { access: { people } }) => {
    const wish = readBody(USERS, body);
    if (!wish.ok) return refusal(wish.error);
    const member = memberOf(workspace);
    const ids = [...new Set(wish.value.user_ids)];
    const found = await Promise.all(ids.map((id) => people.find(workspace.accountId, id)));
    if (found.some((person) => person !== null && (member.isDefault || isEverywhere(person.role))))
      return refusal(
        fault(
          'permission_denied',
          member.isDefault
            ? 'Everybody of the organization is in its default workspace'
            : 'Owners and admins of the organization are in all of its workspaces',
        ),
      );
    return { status: 200, json: { removed_count: await people.removeFrom(member, ids) } };
  }),
};

/** Who is in the organization and its workspaces (spec §1.11). */
export const MEMBER_ROUTES: readonly Route[] = [ORGANIZATION, LIST, ADD, REMOVE];

import { z } from 'zod';
import { fault } from '../../../base/fault.ts';
import { handInvitation } from '../../mails.ts';
import type { Route } from '../../route.ts';
import { PAGE_QUERY, readBody, readPage } from './body.ts';
import { EMAIL, OWNERS_ALONE, ROLE, TAKEN } from './people.ts';
import { invitationJson } from './people-json.ts';
import { refusal } from './refusal.ts';

const WORKSPACES_MAX = 100;
const INVITATION = z.object({
  email: EMAIL,
  role: ROLE,
  workspace_ids: z.array(z.string().min(1).max(100)).max(WORKSPACES_MAX).default([]),
});
const FULL = fault('conflict', 'Too many invitations are open: withdraw some first');
const NO_INVITATION = refusal(fault('not_found', 'Invitation not found'));

const LIST: Route = {
  method: 'GET',
  path: '/organization/invitations',
  auth: 'read-settings',
  query: PAGE_QUERY,
  handle: async ({ query, caller }, { access, world }) => {
    const page = readPage(query);
    if (!page.ok) return refusal(page.error);
    const { invitations, total } = await access.people.invitations(caller?.accountId ?? '', world.now(), page.value);
    return { status: 200, json: { data: invitations.map(invitationJson), total_count: total } };
  },
};

const ONE: Route = {
  method: 'GET',
  path: '/organization/invitations/:id',
  auth: 'read-settings',
  handle: async ({ params: { id = '' }, caller }, { access, world }) => {
    const invitation = await access.people.invitationOf({ id, accountId: caller?.accountId ?? '' }, world.now());
    return invitation ? { status: 200, json: { data: invitationJson(invitation) } } : NO_INVITATION;
  },
};

/** The link goes by mail, or is answered once, for whoever invites to send on. */
const CREATE: Route = {
  method: 'POST',
  path: '/organization/invitations',
  auth: 'manage-members',
  body: INVITATION,
  handle: async ({ body, caller, origin }, gateway) => {
    const { access } = gateway;
    const wish = readBody(INVITATION, body);
    if (!wish.ok || caller === null) return wish.ok ? NO_INVITATION : refusal(wish.error);
    const { email, role, workspace_ids: references } = wish.value;
    const workspaces = await Promise.all(references.map((id) => access.workspaces.find(caller.accountId, id)));
    const missing = references.find((_reference, at) => !workspaces[at]);
    if (missing !== undefined)
      return refusal(
        fault('invalid_request', `workspace_ids: there is no workspace ${missing}`, { param: 'workspace_ids' }),
      );
    const workspaceIds = workspaces.flatMap((workspace) => (workspace ? [workspace.id] : []));
    const invited = await access.people.invite(caller, { email, role, workspaceIds });
    if (invited === 'forbidden') return refusal(OWNERS_ALONE);
    if (invited === 'taken') return refusal(TAKEN);
    if (invited === 'full') return refusal(FULL);
    const { invitation, token } = invited;
    const handed = await handInvitation(gateway, invitation, { origin, token });
    return { status: 201, json: { data: { ...invitationJson(invitation), ...handed } } };
  },
};

const WITHDRAW: Route = {
  method: 'DELETE',
  path: '/organization/invitations/:id',
  auth: 'manage-members',
  handle: async ({ params: { id = '' }, caller }, { access }) =>
    (await access.people.withdraw({ id, accountId: caller?.accountId ?? '' }))
      ? { status: 200, json: { deleted: true } }
      : NO_INVITATION,
};

/** Who has been invited to the organization, by a link that works once, within a week. */
export const INVITATION_ROUTES: readonly Route[] = [LIST, CREATE, ONE, WITHDRAW];

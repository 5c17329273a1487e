import { z } from 'zod';
import { EMAIL_LENGTH_MAX, emailOf, mayAppoint, NAME_LENGTH_MAX } from '../../../access/people/people.ts';
import type { Person } from '../../../access/people/person.ts';
import { type Fault, fault } from '../../../base/fault.ts';
import { PERSON_ROLES, type Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { handReset } from '../../mails.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { readBody } from './body.ts';
import { personJson } from './people-json.ts';
import { refusal } from './refusal.ts';

const email = z
  .string()
  .max(EMAIL_LENGTH_MAX)
  .transform((text, context) => {
    const address = emailOf(text);
    if (address === null) context.addIssue({ code: 'custom', message: 'is no e-mail address' });
    return address ?? '';
  });
export const ROLE = z.enum(PERSON_ROLES as [Person['role'], ...Person['role'][]]);
export const EMAIL = email;
const CHANGE = z.object({
  role: ROLE.optional(),
  name: z.string().trim().max(NAME_LENGTH_MAX).nullable().optional(),
  email: email.optional(),
});

const NOBODY_SUCH = refusal(fault('not_found', 'Member not found'));
export const OWNERS_ALONE: Fault = fault(
  'permission_denied',
  'Only an owner of the organization can make or change an owner',
);
const LAST: Fault = fault(
  'permission_denied',
  'The last owner of the organization stays: make somebody else an owner first',
);
export const TAKEN: Fault = fault('conflict', 'email: somebody has this address', { param: 'email' });

type Of = { readonly person: Person; readonly caller: Principal };

/** A route about one person of the caller's account; another account's is none. */
const ofPerson =
  (handle: (of: Of, request: RouteRequest, gateway: Gateway) => RouteAnswer | Promise<RouteAnswer>): Route['handle'] =>
  async (request, gateway) => {
    const { caller, params } = request;
    const person = caller && (await gateway.access.people.find(caller.accountId, params.id ?? ''));
    return caller && person ? handle({ person, caller }, request, gateway) : NOBODY_SUCH;
  };

async function shown({ access }: Gateway, person: Person | null): Promise<RouteAnswer> {
  if (person === null) return NOBODY_SUCH;
  return { status: 200, json: { data: personJson(person, await access.people.workspacesOf(person.id)) } };
}

const ONE: Route = {
  method: 'GET',
  path: '/organization/members/:id',
  auth: 'read-settings',
  handle: ofPerson(({ person }, _request, gateway) => shown(gateway, person)),
};

const CHANGING: Route = {
  method: 'PATCH',
  path: '/organization/members/:id',
  auth: 'manage-members',
  body: CHANGE,
  handle: ofPerson(async ({ person, caller }, { body }, gateway) => {
    const wish = readBody(CHANGE, body);
    if (!wish.ok) return refusal(wish.error);
    const { role, name, email } = wish.value;
    const changed = await gateway.access.people.change(caller, person.id, {
      ...(role !== undefined && { role }),
      ...(name !== undefined && { name: name || null }),
      ...(email !== undefined && { email }),
    });
    if (changed === 'forbidden') return refusal(OWNERS_ALONE);
    if (changed === 'last-owner') return refusal(LAST);
    if (changed === 'taken') return refusal(TAKEN);
    return shown(gateway, await gateway.access.people.find(caller.accountId, person.id));
  }),
};

const REMOVING: Route = {
  method: 'DELETE',
  path: '/organization/members/:id',
  auth: 'manage-members',
  handle: ofPerson(async ({ person, caller }, _request, { access }) => {
    const removed = await access.people.remove(caller, person.id);
    if (removed === 'forbidden') return refusal(OWNERS_ALONE);
    if (removed === 'last-owner') return refusal(LAST);
    return removed === 'missing' ? NOBODY_SUCH : { status: 200, json: { deleted: true } };
  }),
};

/** A link for somebody who has lost every way in, by mail where that goes. Whoever has it can set a new password. */
const LINK: Route = {
  method: 'POST',
  path: '/organization/members/:id/password-link',
  auth: 'manage-members',
  handle: ofPerson(async ({ person, caller }, { origin }, gateway) => {
    if (!mayAppoint(caller, person.role)) return refusal(OWNERS_ALONE);
    const token = await gateway.access.newReset(person);
    return { status: 201, json: { data: await handReset(gateway, person, { origin, token }) } };
  }),
};

const SIGN_OUT: Route = {
  method: 'POST',
  path: '/organization/members/:id/sign-out',
  auth: 'manage-members',
  handle: ofPerson(async ({ person, caller }, _request, { access }) => {
    if (!mayAppoint(caller, person.role)) return refusal(OWNERS_ALONE);
    return { status: 200, json: { data: { ended: await access.people.endSessions(person.id, { but: null }) } } };
  }),
};

/** For somebody who has lost the authenticator and the codes for emergencies. */
const SECOND_FACTOR: Route = {
  method: 'DELETE',
  path: '/organization/members/:id/second-factor',
  auth: 'manage-members',
  handle: ofPerson(async ({ person, caller }, _request, { access }) => {
    if (!mayAppoint(caller, person.role)) return refusal(OWNERS_ALONE);
    return { status: 200, json: { deleted: await access.secondFactors.clear(person.id) } };
  }),
};

/** For somebody whose devices are in other hands. */
const PASSKEYS: Route = {
  method: 'DELETE',
  path: '/organization/members/:id/passkeys',
  auth: 'manage-members',
  handle: ofPerson(async ({ person, caller }, _request, { access }) => {
    if (!mayAppoint(caller, person.role)) return refusal(OWNERS_ALONE);
    return { status: 200, json: { data: { deleted: await access.passkeys.removeAll(person.id) } } };
  }),
};

/** People of the organization, with what the contract does not have: roles, leaving, lost passwords. */
export const PEOPLE_ROUTES: readonly Route[] = [ONE, CHANGING, REMOVING, LINK, SIGN_OUT, SECOND_FACTOR, PASSKEYS];

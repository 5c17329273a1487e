import { isObject, type JsonObject } from '../../../base/json.ts';
import { PERSON_ROLES } from '../../../facts/principal.ts';
import { copyable } from '../code.ts';
import type { Field } from '../form.ts';
import { valuesOf } from '../form-body.ts';
import { type Html, html } from '../html.ts';
import { listOf, type Managing } from './frame.ts';
import type { Action, Noun, Section } from './noun.ts';
import { pagesOf } from './pages.ts';
import { NONE, stateWords, textIn, timeOf } from './words.ts';

/** What each role is for; who may what in detail stands in `access/may.ts`. */
const ROLE_WORDS = {
  owner: 'Owner: everything, and who else owns it',
  admin: 'Admin: everything but owners',
  member: 'Member: calls, and keys of their own',
  billing: 'Billing: what is spent',
  viewer: 'Viewer: sees everything, changes nothing',
} as const;
const ROLE: Field = {
  name: 'role',
  label: 'Role',
  kind: { options: PERSON_ROLES.map((role) => [role, ROLE_WORDS[role]]) },
  required: true,
};
const EMAIL: Field = { name: 'email', label: 'E-mail', kind: 'text', required: true };
const FIELDS: readonly Field[] = [{ name: 'name', label: 'Name', kind: 'text', empty: 'null' }, EMAIL, ROLE];

type Workspaces = readonly JsonObject[];
const workspacesOf = async ({ api }: Managing): Promise<Workspaces> => {
  const answer = await api({ method: 'GET', path: '/workspaces', query: { limit: '100' } });
  return answer.ok ? listOf(answer.json) : [];
};

/** A link for somebody, which only this page shows, unless a mail has it. */
const linkShown = (json: JsonObject, words: string): Html => {
  const handed = isObject(json.data) ? json.data : {};
  if (handed.mailed === true)
    return html`<div class="secret" role="status"><p>A mail with the link is on its way to them.</p></div>`;
  const url = textIn(handed, 'url');
  return html`<div class="secret" role="status"><p>${words}</p><p>${copyable(url)}</p><p>It is shown only now, and works once.</p></div>`;
};

const invite = (): Action => ({
  name: 'new',
  label: 'Invite',
  fields: [
    EMAIL,
    ROLE,
    {
      name: 'workspace_ids',
      label: 'Workspaces',
      kind: 'lines',
      hint: 'Ids or slugs, one a line, beside the default one. Owners and admins are in all.',
    },
  ],
  values: { role: 'member' },
  call: (body) => ({ method: 'POST', path: '/organization/invitations', body }),
  done: 'made',
  shown: (json) => linkShown(json, 'Send this link to whom you invite. Whoever opens it joins with the role above.'),
});

const roleIn = (object: JsonObject): string =>
  isObject(object.switchwright) ? textIn(object.switchwright, 'role') : textIn(object, 'role');
const nameIn = (object: JsonObject): string =>
  textIn(object, 'name') || textIn(object, 'first_name') || textIn(object, 'email') || textIn(object, 'id');

/** What helps somebody who cannot come in, or should no longer be in. */
const waysIn = (params: { readonly id: string }): Section => {
  const path = '/organization/members/:id';
  return {
    id: 'access',
    title: 'Ways in',
    actions: [
      {
        name: 'password',
        label: 'Make a link to a new password',
        lead: 'For somebody who has forgotten it. Whoever has the link can set one, within the hour.',
        fields: [],
        values: {},
        call: () => ({ method: 'POST', path: `${path}/password-link`, params }),
        done: 'made',
        folded: 'New password',
        shown: (json) => linkShown(json, 'Send this link to them, and to nobody else.'),
      },
      {
        name: 'second-factor',
        label: 'Switch their second factor off',
        lead: 'For somebody who has lost the authenticator and the codes for emergencies.',
        fields: [],
        values: {},
        call: () => ({ method: 'DELETE', path: `${path}/second-factor`, params }),
        done: 'saved',
        folded: 'Second factor',
      },
      {
        name: 'passkeys',
        label: 'Remove all their passkeys',
        lead: 'For somebody whose devices are lost or in other hands.',
        fields: [],
        values: {},
        call: () => ({ method: 'DELETE', path: `${path}/passkeys`, params }),
        done: 'saved',
        folded: 'Passkeys',
      },
      {
        name: 'sign-out',
        label: 'Sign them out everywhere',
        fields: [],
        values: {},
        call: () => ({ method: 'POST', path: `${path}/sign-out`, params }),
        done: 'saved',
        folded: 'Sign out everywhere',
      },
    ],
  };
};

async function sections(person: JsonObject, workspaces: Workspaces): Promise<readonly Section[]> {
  const params = { id: textIn(person, 'id') };
  const path = '/organization/members/:id';
  const ids = Array.isArray(person.workspace_ids) ? person.workspace_ids : [];
  const own = workspaces.filter((workspace) => ids.includes(textIn(workspace, 'id')));
  return [
    {
      id: 'settings',
      title: 'Settings',
      actions: [
        {
          name: 'edit',
          label: 'Save',
          fields: FIELDS,
          values: valuesOf(FIELDS, person),
          call: (body) => ({ method: 'PATCH', path, params, body }),
          done: 'saved',
        },
      ],
    },
    {
      id: 'workspaces',
      title: 'Workspaces',
      content: html`<p>${own.length === 0 ? 'The default one' : html`The default one, ${own.map((workspace, at) => html`${at > 0 && ', '}<a href="/settings/workspaces/${textIn(workspace, 'id')}">${textIn(workspace, 'name')}</a>`)}`}; owners and admins are in all.</p>`,
    },
    waysIn(params),
    {
      id: 'end',
      title: 'Remove',
      actions: [
        {
          name: 'delete',
          label: 'Remove from the organization',
          folded: 'Remove',
          lead: 'Their sessions end and the keys that they made are switched off. What was booked stays.',
          fields: [],
          values: {},
          call: () => ({ method: 'DELETE', path, params }),
          done: 'deleted',
          isGone: true,
        },
      ],
    },
  ];
}

const PEOPLE: Noun<Workspaces> = {
  path: '/settings/people',
  one: 'person',
  many: 'People',
  verb: 'manage-members',
  lead: html`Who belongs to the organization, and what they may. <a href="/settings/invitations">Invitations</a> that are open stand apart.`,
  list: { method: 'GET', path: '/organization/members' },
  read: (id) => ({ method: 'GET', path: '/organization/members/:id', params: { id } }),
  idOf: (person) => textIn(person, 'id'),
  titleOf: nameIn,
  beside: (person) => copyable(textIn(person, 'id')),
  about: workspacesOf,
  facts: (person) => [textIn(person, 'email'), roleIn(person), html`since ${timeOf(person.created_at)}`],
  columns: () => [
    {
      key: 'name',
      label: 'Name',
      kind: 'text',
      sortBy: nameIn,
      cell: (person) => html`<a href="/settings/people/${textIn(person, 'id')}">${nameIn(person)}</a>`,
    },
    { key: 'email', label: 'E-mail', kind: 'text', cell: (person) => textIn(person, 'email') || NONE },
    { key: 'role', label: 'Role', kind: 'text', sortBy: roleIn, cell: roleIn },
  ],
  filters: () => [{ name: 'q', label: 'Search people', match: 'search', field: 'text' }],
  fields: (person) => ({ text: `${nameIn(person)} ${textIn(person, 'email')} ${roleIn(person)}`.toLowerCase() }),
  empty: 'There is nobody yet.',
  create: invite,
  sections: (person, workspaces) => sections(person, workspaces),
};

const INVITATIONS: Noun<null> = {
  path: '/settings/invitations',
  one: 'invitation',
  many: 'Invitations',
  verb: 'manage-members',
  lead: 'Who has been invited and has not come yet. A link works once, within a week; a new one takes its place.',
  list: { method: 'GET', path: '/organization/invitations' },
  read: (id) => ({ method: 'GET', path: '/organization/invitations/:id', params: { id } }),
  idOf: (invitation) => textIn(invitation, 'id'),
  titleOf: (invitation) => textIn(invitation, 'email'),
  beside: () => stateWords(true, { on: 'open', off: '' }),
  about: async () => null,
  facts: (invitation) => [
    textIn(invitation, 'role'),
    html`made ${timeOf(invitation.created_at)}`,
    html`until ${timeOf(invitation.expires_at)}`,
  ],
  columns: () => [
    {
      key: 'email',
      label: 'E-mail',
      kind: 'text',
      sortBy: (invitation) => textIn(invitation, 'email'),
      cell: (invitation) =>
        html`<a href="/settings/invitations/${textIn(invitation, 'id')}">${textIn(invitation, 'email')}</a>`,
    },
    { key: 'role', label: 'Role', kind: 'text', cell: (invitation) => textIn(invitation, 'role') },
    { key: 'until', label: 'Until', kind: 'text', cell: (invitation) => timeOf(invitation.expires_at) },
  ],
  filters: () => [{ name: 'q', label: 'Search invitations', match: 'search', field: 'text' }],
  fields: (invitation) => ({ text: `${textIn(invitation, 'email')} ${textIn(invitation, 'role')}`.toLowerCase() }),
  empty: 'No invitation is open.',
  create: invite,
  sections: async (invitation) => [
    {
      id: 'end',
      title: 'Withdraw',
      actions: [
        {
          name: 'delete',
          label: 'Withdraw the invitation',
          fields: [],
          values: {},
          call: () => ({
            method: 'DELETE',
            path: '/organization/invitations/:id',
            params: { id: textIn(invitation, 'id') },
          }),
          done: 'deleted',
          isGone: true,
        },
      ],
    },
  ],
};

export const PEOPLE_PAGES = [...pagesOf(PEOPLE), ...pagesOf(INVITATIONS)];

import { PASSWORD_LENGTH_MIN } from '../../../access/people/passwords.ts';
import type { Objection } from '../../../access/people/people.ts';
import { NAME_LENGTH_MAX } from '../../../access/people/people.ts';
import type { Invitation } from '../../../access/people/person.ts';
import { PRODUCT } from '../../../base/product.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { type Html, html } from '../html.ts';
import { page } from '../layout.ts';
import { begun, clientOf, fieldOf, isOurForm, NOT_KEPT } from './begun.ts';
import { entryForm } from './entries.ts';

export const PASSWORD_HINT = `At least ${PASSWORD_LENGTH_MIN} characters; four or five words that nobody would expect together are good.`;

const show = (request: RouteRequest, status: number, content: Html): RouteAnswer =>
  page(request, '/invitation', {
    status,
    title: 'Invitation',
    description: `An invitation to this ${PRODUCT.name} instance.`,
    headers: NOT_KEPT,
    content: html`<div class="head measure narrow"><h1>Invitation</h1>${content}</div>`,
  });

const GONE = html`<p class="notice">This invitation has been used already, was withdrawn, or is too old. Ask for a new one.</p>`;

function form(request: RouteRequest, { email, role }: Invitation, name = '', objection: Objection | null = null): Html {
  const token = request.query.token ?? '';
  return html`<p>You are invited as <strong>${email}</strong>, with the role ${role}. Choose a password to come in.</p>
${entryForm({
  name: 'invitation',
  action: `/invitation?${new URLSearchParams({ token })}`,
  label: 'Join',
  entries: [
    {
      name: 'email',
      label: 'E-mail',
      type: 'email',
      autocomplete: 'username',
      value: email,
      hint: 'As invited; whoever administers the organization can change it later.',
    },
    { name: 'name', label: 'Name', type: 'text', autocomplete: 'name', value: name },
    {
      name: 'password',
      label: 'Password',
      type: 'password',
      autocomplete: 'new-password',
      hint: PASSWORD_HINT,
      required: true,
    },
  ],
  complaint: objection,
})}`;
}

/** Shows who is invited; nothing is used up by looking. */
export const invitationRoute: Route = {
  method: 'GET',
  path: '/invitation',
  auth: 'none',
  handle: async (request, { access }) => {
    const invitation = await access.people.invitation(request.query.token ?? '');
    if (invitation) return show(request, 200, form(request, invitation));
    const wait = access.guesses.wrong(request.address);
    return show(request, wait === null ? 404 : 429, GONE);
  },
};

/** Makes the person and signs them in. */
export const joinedRoute: Route = {
  method: 'POST',
  path: '/invitation',
  auth: 'none',
  form: true,
  handle: async (request, gateway) => {
    const { access } = gateway;
    const token = request.query.token ?? '';
    const invitation = await access.people.invitation(token);
    if (!invitation || !isOurForm(request)) {
      const wait = access.guesses.wrong(request.address);
      return show(request, wait === null ? 404 : 429, GONE);
    }
    const name = fieldOf(request, 'name').slice(0, NAME_LENGTH_MAX);
    const wish = { name, password: fieldOf(request, 'password') };
    const joined = await access.people.accept(token, wish, clientOf(request));
    if ('session' in joined) return begun(request, gateway, { session: joined, email: invitation.email });
    if (joined.field === 'token') return show(request, 404, GONE);
    return show(request, 400, form(request, invitation, name, joined));
  },
};

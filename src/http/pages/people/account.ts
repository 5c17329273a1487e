import { sessionCookie } from '../../../access/credential.ts';
import { may } from '../../../access/may.ts';
import { emailOf, NAME_LENGTH_MAX } from '../../../access/people/people.ts';
import type { Means, SessionRecord } from '../../../access/people/person.ts';
import { digestOf } from '../../../access/secret.ts';
import { PRODUCT } from '../../../base/product.ts';
import type { Route, RouteAnswer } from '../../route.ts';
import { moment } from '../figures.ts';
import { type Html, html, type Part } from '../html.ts';
import { page } from '../layout.ts';
import { accountForm, type Mine, mine } from './account-frame.ts';
import { secondFactorSection } from './account-second.ts';
import { fieldOf, NOT_KEPT, redirect } from './begun.ts';
import { buttonForm, entryForm } from './entries.ts';
import { PASSWORD_HINT } from './invitation.ts';
import { passkeysSection } from './passkeys.ts';

type Wrong = { readonly form: 'profile' | 'password'; readonly field: string | null; readonly words: string };

/** Who one is here, one's password, and where one is signed in. */
export const accountRoute: Route = {
  method: 'GET',
  path: '/account',
  auth: 'none',
  handle: mine((of) => show(of, null)),
};

async function show(of: Mine, wrong: Wrong | null): Promise<RouteAnswer> {
  const { request, gateway, person, session } = of;
  const sessions = await gateway.access.people.sessionsOf(person.id);
  const said = DONE[request.query.done ?? ''];
  return page(request, '/account', {
    status: wrong === null ? 200 : 400,
    title: 'Your account',
    description: `Your account on this ${PRODUCT.name} instance.`,
    headers: NOT_KEPT,
    content: html`<div class="head measure"><h1>Your account</h1><p class="facts"><span>${person.email ?? 'no e-mail address'}</span><span>${person.role}</span></p></div>
<div class="measure">${said && html`<p class="notice done" role="status">${said}</p>`}
<section class="part"><h2>Profile</h2>${profileForm(of, wrong)}</section>
<section class="part"><h2>Password</h2>${passwordForm(of, wrong)}</section>
<section class="part"><h2>Passkeys</h2>${await passkeysSection(of)}</section>
<section class="part"><h2>Second factor</h2>${await secondFactorSection(of)}</section>
${await identitiesSection(of)}<section class="part"><h2>Sessions</h2>${sessionsTable(sessions, digestOf(session))}</section></div>`,
  });
}

/** Where else one comes from; nothing where that is nowhere. */
async function identitiesSection({ gateway, person }: Mine): Promise<Part> {
  const identities = await gateway.access.people.identitiesOf(person.id);
  if (identities.length === 0) return '';
  const hostOf = (issuer: string): string => URL.parse(issuer)?.host ?? issuer;
  return html`<section class="part"><h2>Other providers</h2><p>You also come in by these:</p><ul class="plain">${identities.map(({ issuer, createdAt }) => html`<li>${hostOf(issuer)}, since ${moment(createdAt)}</li>`)}</ul></section>
`;
}

const DONE: { readonly [word: string]: string | undefined } = Object.assign(Object.create(null), {
  saved: 'Saved.',
  password: 'Your password is changed. All other sessions have ended.',
  ended: 'The session has ended.',
  passkey: 'The passkey is there. Sign in with it next time.',
  'no-passkey': 'The passkey is gone from here. Remove it from your authenticator, too.',
  'wrong-passkey': 'Your browser gave no passkey that can be used here.',
  'many-passkeys': 'You have as many passkeys as there can be: remove one first.',
  others: 'All other sessions have ended.',
});

const complaintIn = (form: Wrong['form'], wrong: Wrong | null): Wrong | null => (wrong?.form === form ? wrong : null);

/** Whoever manages people may change their own address; others ask them to, for it is what invitations and mails go by. */
const changesEmail = ({ caller }: Mine): boolean => may(caller, 'manage-members');

function profileForm(of: Mine, wrong: Wrong | null): Html {
  const { request, person } = of;
  const typed = wrong?.form === 'profile';
  return entryForm({
    name: 'profile',
    action: '/account/profile',
    label: 'Save',
    entries: [
      {
        name: 'name',
        label: 'Name',
        type: 'text',
        autocomplete: 'name',
        value: typed ? fieldOf(request, 'name') : (person.name ?? ''),
      },
      ...(changesEmail(of)
        ? [
            {
              name: 'email',
              label: 'E-mail',
              type: 'email',
              autocomplete: 'email',
              value: typed ? fieldOf(request, 'email') : (person.email ?? ''),
              hint: 'What you sign in with.',
            } as const,
          ]
        : []),
    ],
    complaint: complaintIn('profile', wrong),
  });
}

function passwordForm({ person }: Mine, wrong: Wrong | null): Html {
  if (person.email === null) return html`<p>Give your e-mail address first: it is what you sign in with.</p>`;
  return html`${!person.hasPassword && html`<p>You have none yet, and come in by links alone.</p>`}${entryForm({
    name: 'password',
    action: '/account/password',
    label: person.hasPassword ? 'Change it' : 'Set it',
    entries: [
      ...(person.hasPassword
        ? [
            {
              name: 'old',
              label: 'Present password',
              type: 'password',
              autocomplete: 'current-password',
              required: true,
            } as const,
          ]
        : []),
      {
        name: 'password',
        label: 'New password',
        type: 'password',
        autocomplete: 'new-password',
        hint: PASSWORD_HINT,
        required: true,
      },
    ],
    complaint: complaintIn('password', wrong),
  })}`;
}

const MEANS: { readonly [means in Means]: string } = {
  link: 'a link',
  password: 'the password',
  invitation: 'the invitation',
  provider: 'another provider',
  passkey: 'a passkey',
};

function sessionsTable(sessions: readonly SessionRecord[], own: string): Html {
  const row = (session: SessionRecord): Part =>
    html`<tr><td>${session.createdAt === null ? 'unknown' : moment(session.createdAt)}</td><td>${session.means === null ? 'unknown' : MEANS[session.means]}</td><td>${session.address ?? 'unknown'}</td><td>${session.agent ?? 'unknown'}</td><td>${session.hash === own ? 'this one' : buttonForm('/account/sessions', 'Sign out', { session: session.hash })}</td></tr>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Your sessions"><table><thead><tr><th scope="col" class="text">Since, UTC</th><th scope="col" class="text">By</th><th scope="col" class="text">From</th><th scope="col" class="text">Program</th><th scope="col" class="text">End</th></tr></thead><tbody>${sessions.map(row)}</tbody></table></div>
${sessions.length > 1 && buttonForm('/account/sessions', 'Sign out everywhere else')}`;
}

/** Each changes one thing about whoever is signed in, and leads back to the page. */
export const accountForms: readonly Route[] = [
  accountForm('/account/profile', async (of) => {
    const { request, gateway, caller, person } = of;
    const name = fieldOf(request, 'name').trim().slice(0, NAME_LENGTH_MAX) || null;
    const entered = changesEmail(of) ? fieldOf(request, 'email').trim() : '';
    const email = emailOf(entered);
    if (entered !== '' && email === null)
      return show(of, { form: 'profile', field: 'email', words: 'This is no e-mail address.' });
    const change = { name, ...(email !== null && { email }) };
    const changed = await gateway.access.people.changeOwn(caller, person.id, change);
    if (changed === 'taken') return show(of, { form: 'profile', field: 'email', words: 'Somebody has this address.' });
    return redirect('/account?done=saved');
  }),
  accountForm('/account/password', async (of) => {
    const { request, gateway, person, session } = of;
    if (person.email === null) return redirect('/account');
    const entered = { old: fieldOf(request, 'old'), password: fieldOf(request, 'password'), session };
    const objection = await gateway.access.people.setPassword(person, entered, {
      address: request.address,
      agent: undefined,
    });
    return objection === null
      ? redirect('/account?done=password')
      : show(of, { form: 'password', field: objection.field, words: objection.words });
  }),
  accountForm('/account/sessions', async ({ request, gateway, person, session }) => {
    const chosen = fieldOf(request, 'session');
    const own = digestOf(session);
    await gateway.access.people.endSessions(person.id, chosen === '' ? { but: own } : { hash: chosen });
    if (chosen === own)
      return redirect('/', [sessionCookie('', { maxAgeS: 0, secure: request.origin.startsWith('https:') })]);
    return redirect(`/account?done=${chosen === '' ? 'others' : 'ended'}`);
  }),
];

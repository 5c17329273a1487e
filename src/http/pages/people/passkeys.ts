import { PASSKEY_NAME_LENGTH_MAX } from '../../../access/people/passkeys.ts';
import type { Passkey } from '../../../access/people/person.ts';
import type { Route } from '../../route.ts';
import { moment } from '../figures.ts';
import { type Html, html, type Part } from '../html.ts';
import { accountForm, type Mine } from './account-frame.ts';
import { fieldOf, redirect } from './begun.ts';
import { buttonForm } from './entries.ts';
import { askingForm } from './passkey-form.ts';

const PATH = '/account/passkeys';

/** What the account page says of them. */
export async function passkeysSection({ gateway, person, request }: Mine): Promise<Html> {
  const { passkeys } = gateway.access;
  const all = await passkeys.of(person.id);
  const options = await passkeys.optionsToCreate(person, request);
  const name = html`<div class="field"><label for="passkey-name">Name</label><input type="text" id="passkey-name" name="name" maxlength="${PASSKEY_NAME_LENGTH_MAX}" placeholder="My phone" autocomplete="off"></div>`;
  return html`<p>You sign in by what unlocks your device: no password, nothing to type, nothing to steal.</p>${all.length > 0 && table(all)}
${options ? askingForm('create', options, { action: PATH, label: 'Add a passkey', within: name }) : html`<p>They need an address by a name and TLS: whoever runs this instance sets <code>SWITCHWRIGHT_PUBLIC_URL</code>.</p>`}`;
}

function table(passkeys: readonly Passkey[]): Html {
  const row = ({ id, name, createdAt, usedAt }: Passkey): Part =>
    html`<tr><td>${name}</td><td>${moment(createdAt)}</td><td>${usedAt === null ? 'never' : moment(usedAt)}</td><td>${buttonForm(`${PATH}/remove`, 'Remove', { id })}</td></tr>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Your passkeys"><table><thead><tr><th scope="col" class="text">Name</th><th scope="col" class="text">Added, UTC</th><th scope="col" class="text">Last used</th><th scope="col" class="text">Remove</th></tr></thead><tbody>${passkeys.map(row)}</tbody></table></div>`;
}

const DONE = { created: 'passkey', wrong: 'wrong-passkey', full: 'many-passkeys' } as const;

/** Adding one, and taking one away. */
export const passkeyForms: readonly Route[] = [
  accountForm(PATH, async ({ gateway, person, request }) => {
    const answer = { text: fieldOf(request, 'answer'), name: fieldOf(request, 'name') };
    const created = await gateway.access.passkeys.create(person, answer, request);
    return redirect(`/account?done=${DONE[created]}`);
  }),
  accountForm(`${PATH}/remove`, async ({ gateway, person, request }) => {
    const isGone = await gateway.access.passkeys.remove(person.id, fieldOf(request, 'id'));
    return redirect(isGone ? '/account?done=no-passkey' : '/account');
  }),
];

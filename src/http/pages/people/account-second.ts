import type { Route, RouteAnswer } from '../../route.ts';
import { copyable } from '../code.ts';
import { type Html, html } from '../html.ts';
import { page } from '../layout.ts';
import { accountForm, type Mine, mine } from './account-frame.ts';
import { fieldOf, NOT_KEPT, redirect } from './begun.ts';
import { buttonForm, entryForm } from './entries.ts';

const PATH = '/account/second-factor';

/** What the account page says of it. */
export async function secondFactorSection({ gateway, person }: Mine): Promise<Html> {
  if (await gateway.access.secondFactors.isOn(person.id))
    return html`<p>On: after your password you are asked for a code of your authenticator.</p>
${codeForm('off', `${PATH}/off`, 'Switch it off', null)}`;
  return html`<p>Off. With it a stolen password alone lets nobody in.</p>${buttonForm(PATH, 'Set it up')}`;
}

const codeForm = (name: string, action: string, label: string, words: string | null): Html =>
  entryForm({
    name: `second-${name}`,
    action,
    label,
    entries: [{ name: 'code', label: 'Code', type: 'text', autocomplete: 'one-time-code', required: true }],
    complaint: words === null ? null : { field: 'code', words },
  });

const show = ({ request }: Mine, status: number, content: Html): RouteAnswer =>
  page(request, PATH, {
    status,
    title: 'Second factor',
    description: 'Your second factor.',
    headers: NOT_KEPT,
    content: html`<div class="head measure narrow"><h1>Second factor</h1>${content}</div>`,
  });

async function setUp(of: Mine, words: string | null): Promise<RouteAnswer> {
  const { gateway, person } = of;
  const begun = await gateway.access.secondFactors.begun(person);
  if (!begun) return redirect('/account');
  return show(
    of,
    words === null ? 200 : 400,
    html`<p>Add this to your authenticator, by <a href="${begun.uri}">opening it there</a> or by typing its key:</p><p>${copyable(begun.secret)}</p>
<p>Then enter the code that it shows. Nothing is asked of you before that.</p>${codeForm('on', `${PATH}/on`, 'Switch it on', words)}`,
  );
}

/** Setting it up, switching it on by a first code, and off by another. */
export const secondFactorRoutes: readonly Route[] = [
  { method: 'GET', path: PATH, auth: 'none', handle: mine((of) => setUp(of, null)) },
  accountForm(PATH, async (of) => {
    const begun = await of.gateway.access.secondFactors.begin(of.person);
    if (begun) return redirect(PATH);
    return show(
      of,
      503,
      html`<p class="notice">It is on already, or this gateway can keep no secrets at the moment.</p>`,
    );
  }),
  accountForm(`${PATH}/on`, async (of) => {
    const codes = await of.gateway.access.secondFactors.confirm(of.person, fieldOf(of.request, 'code'));
    if (!codes) return setUp(of, 'This is not the code of now.');
    return show(
      of,
      200,
      html`<p role="status">It is on. These codes help where your authenticator is lost, each of them once. They are shown only now: keep them where you keep what matters.</p>
<ul class="secret">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul><p><a href="/account">Back to your account</a></p>`,
    );
  }),
  accountForm(`${PATH}/off`, async (of) => {
    if (await of.gateway.access.secondFactors.remove(of.person, fieldOf(of.request, 'code')))
      return redirect('/account?done=saved');
    return show(
      of,
      403,
      html`${codeForm('off', `${PATH}/off`, 'Switch it off', 'This is not the code of now, or too many were wrong.')}`,
    );
  }),
];

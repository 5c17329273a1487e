import { emailOf } from '../../../access/people/people.ts';
import { PRODUCT } from '../../../base/product.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { handReset } from '../../mails.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { type Html, html } from '../html.ts';
import { page } from '../layout.ts';
import { fieldOf, isOurForm, NOT_KEPT } from './begun.ts';
import { entryForm } from './entries.ts';

const PATH = '/forgotten-password';

const show = (request: RouteRequest, status: number, content: Html): RouteAnswer =>
  page(request, PATH, {
    status,
    title: 'Forgotten password',
    description: `A new password for this ${PRODUCT.name} instance.`,
    headers: NOT_KEPT,
    content: html`<div class="head measure narrow"><h1>Forgotten password</h1>${content}</div>`,
  });

function form(email: string, words: string | null): Html {
  return html`<p>You are sent a link by which you can set a new one.</p>
${entryForm({
  name: 'forgotten',
  action: PATH,
  label: 'Send me the link',
  entries: [{ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'username', value: email, required: true }],
  complaint: words === null ? null : { field: 'email', words },
})}`;
}

/** The way on where this gateway sends no mails. */
const ASK = html`<p>This instance sends no mails. Whoever administers your organization can give you a link to a new password.</p>`;

/** What everybody is told, so that nobody learns who is here. */
const TOLD = html`<p role="status">If somebody here has this address, a mail with a link is on its way to it. Nothing came? Look among what your mail program takes for advertisements, or ask again in some minutes.</p>`;

/** Asks whose password it is. */
export const forgottenRoute: Route = {
  method: 'GET',
  path: PATH,
  auth: 'none',
  handle: (request, { mailer }) => show(request, 200, mailer ? form('', null) : ASK),
};

/** Sends the link to whoever is there. The answer is the same, and as fast, whoever it is. */
export const linkSentRoute: Route = {
  method: 'POST',
  path: PATH,
  auth: 'none',
  form: true,
  handle: (request, gateway) => {
    if (!gateway.mailer) return show(request, 404, ASK);
    const entered = fieldOf(request, 'email');
    const email = emailOf(entered);
    if (email === null || !isOurForm(request)) return show(request, 400, form(entered, 'This is no e-mail address.'));
    const waitMs = gateway.access.mailRequests.from(request.address);
    if (waitMs !== null)
      return show(request, 429, html`<p class="notice">Too many mails were asked for from here. Try again later.</p>`);
    sendLink(gateway, email, request.origin).catch((cause) => gateway.log('a link was not sent', cause));
    return show(request, 200, TOLD);
  },
};

async function sendLink(gateway: Gateway, email: string, origin: string): Promise<void> {
  const person = await gateway.access.people.byEmail(email);
  if (!person || !gateway.access.mailRequests.mayGoTo(email)) return;
  await handReset(gateway, person, { origin, token: await gateway.access.newReset(person) });
}

import { PRODUCT } from '../../../base/product.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { RouteAnswer, RouteRequest } from '../../route.ts';
import { codeBlock } from '../code.ts';
import { type Html, html } from '../html.ts';
import { page } from '../layout.ts';
import { localPath, NOT_KEPT } from './begun.ts';
import { type EntryForm, entryForm } from './entries.ts';
import { passkeyForm } from './passkey-form.ts';

type Shown = {
  readonly status: number;
  readonly wait?: number | null;
  readonly above?: Html;
  readonly email?: string;
  readonly complaint?: string;
};

/** A page of sign-in with where to go on to, which must be one of this instance. */
export const withNext = (path: string, request: RouteRequest): string => {
  const next = localPath(request.query.next);
  return next === '/' ? path : `${path}?${new URLSearchParams({ next })}`;
};

/** All ways to come in that this instance has. */
export function signInPage(
  request: RouteRequest,
  gateway: Gateway,
  { status, wait = null, above, email = '', complaint }: Shown,
): RouteAnswer {
  const { mailer, identityProviders = [] } = gateway;
  const form: EntryForm = {
    name: 'sign-in',
    action: withNext('/sign-in', request),
    label: 'Sign in',
    entries: [
      { name: 'email', label: 'E-mail', type: 'email', autocomplete: 'username', value: email, required: true },
      { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', required: true },
    ],
    complaint: complaint === undefined ? null : { field: null, words: complaint },
  };
  const forgotten = mailer
    ? html`<p><a href="/forgotten-password">Forgotten your password?</a> Whoever runs this instance gets a link, which works once, from its machine:</p>`
    : html`<p>No password yet, or forgotten? Whoever administers your organization can give you a link. Whoever runs this instance gets one, which works once, from its machine:</p>`;
  return page(request, '/sign-in', {
    status,
    title: 'Sign in',
    description: `Sign in to the console of this ${PRODUCT.name} instance.`,
    headers: { ...NOT_KEPT, ...(wait !== null && { 'retry-after': String(Math.ceil(wait / 1000)) }) },
    content: html`<div class="head measure narrow"><h1>Sign in</h1>${above}
${identityProviders.map(({ id, name }) => html`<p><a class="button" href="${withNext(`/sign-in/with/${id}`, request)}">Sign in with ${name}</a></p>`)}
${passkeyForm(request, gateway, withNext('/sign-in/passkey', request))}
${entryForm(form)}
${forgotten}
${codeBlock('shell', 'npm run switchwright -- keys sign-in', 'Command that prints a sign-in link')}</div>`,
  });
}

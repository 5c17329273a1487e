import { cookie, cookieIn } from '../../../access/credential.ts';
import type { Person } from '../../../access/people/person.ts';
import type { AskedBy } from '../../../access/people/second-factor.ts';
import { PRODUCT } from '../../../base/product.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { html } from '../html.ts';
import { page } from '../layout.ts';
import { begun, clientOf, fieldOf, isOurForm, localPath, NOT_KEPT, redirect } from './begun.ts';
import { entryForm } from './entries.ts';
import { passkeyForm } from './passkey-form.ts';
import { withNext } from './sign-in-page.ts';

const COOKIE = `${PRODUCT.slug}_second`;
const FORM = /^[\w-]{1,100}\.\d{1,16}\.[a-z]{1,20}\.[0-9a-f]{64}$/;
const ASKED_S = 300;
const PATH = '/sign-in/second';

const pathFor = (next: string): string => (next === '/' ? PATH : `${PATH}?${new URLSearchParams({ next })}`);

/** Signs in whoever has proved to be this person, or asks them for their second factor first. */
export async function signedInBy(
  means: AskedBy,
  person: Person,
  {
    request,
    gateway,
    next = localPath(request.query.next),
  }: { readonly request: RouteRequest; readonly gateway: Gateway; readonly next?: string },
): Promise<RouteAnswer> {
  const { access } = gateway;
  const token = await access.secondFactors.ask(person, means);
  if (token !== null) {
    const secure = request.origin.startsWith('https:');
    return redirect(pathFor(next), [cookie(COOKIE, token, { maxAgeS: ASKED_S, secure })]);
  }
  const session = await access.beginSession(person, means, clientOf(request));
  return begun(request, gateway, { session, email: person.email, next });
}

type Shown = { readonly status: number; readonly words?: string; readonly wait?: number };
function show(request: RouteRequest, gateway: Gateway, { status, words, wait }: Shown): RouteAnswer {
  return page(request, PATH, {
    status,
    title: 'Second factor',
    description: `Sign in to the console of this ${PRODUCT.name} instance.`,
    headers: { ...NOT_KEPT, ...(wait !== undefined && { 'retry-after': String(Math.ceil(wait / 1000)) }) },
    content: html`<div class="head measure narrow"><h1>Second factor</h1>
${entryForm({
  name: 'second',
  action: pathFor(localPath(request.query.next)),
  label: 'Sign in',
  entries: [
    {
      name: 'code',
      label: 'Code',
      type: 'text',
      autocomplete: 'one-time-code',
      hint: 'The six digits that your authenticator shows, or one of the codes for emergencies.',
      required: true,
    },
  ],
  complaint: words === undefined ? null : { field: 'code', words },
})}
${passkeyForm(request, gateway, withNext('/sign-in/passkey', request))}
<p>Both lost? Whoever administers your organization can switch the second factor off.</p></div>`,
  });
}

const begin = (): RouteAnswer => redirect('/sign-in');

/** Asks for the code. */
export const secondRoute: Route = {
  method: 'GET',
  path: PATH,
  auth: 'none',
  handle: (request, gateway) =>
    cookieIn(request.headers, COOKIE, FORM) ? show(request, gateway, { status: 200 }) : begin(),
};

/** Whoever has the right one is in; after five minutes the password is asked for again. */
export const secondGivenRoute: Route = {
  method: 'POST',
  path: PATH,
  auth: 'none',
  form: true,
  handle: async (request, gateway) => {
    const token = cookieIn(request.headers, COOKIE, FORM);
    if (token === undefined || !isOurForm(request)) return begin();
    const { access } = gateway;
    const answered = await access.secondFactors.answer(token, fieldOf(request, 'code'));
    if (answered === 'gone') return begin();
    if (answered === 'wrong') return show(request, gateway, { status: 403, words: 'This is not the code of now.' });
    if ('waitMs' in answered)
      return show(request, gateway, {
        status: 429,
        words: 'Too many wrong codes. Try again in some minutes.',
        wait: answered.waitMs,
      });
    const { person, means } = answered;
    const session = await access.beginSession(person, means, clientOf(request));
    return begun(request, gateway, { session, email: person.email, next: localPath(request.query.next) });
  },
};

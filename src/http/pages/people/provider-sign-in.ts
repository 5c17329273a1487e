import { cookie, cookieIn } from '../../../access/credential.ts';
import type { NotEntered } from '../../../access/people/entering.ts';
import { PRODUCT } from '../../../base/product.ts';
import type { Begun, IdentityProvider, NotVouched } from '../../../facts/federation.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { type Html, html } from '../html.ts';
import { page } from '../layout.ts';
import { notFound } from '../not-found.ts';
import { localPath, NOT_KEPT, redirect } from './begun.ts';
import { signedInBy } from './second.ts';

const PATH = '/sign-in/with/:provider';
const COOKIE = `${PRODUCT.slug}_provider`;
/** Provider, state, nonce, verifier, and where to go on to. */
const FORM = /^[a-z]{1,20}(?:\.[0-9a-f]{64}){3}\.[A-Za-z0-9_-]{0,3000}$/;
const BEGUN_S = 600;

type Going = { readonly provider: string; readonly begun: Begun; readonly next: string };

const written = ({ provider, begun: { state, nonce, verifier }, next }: Going): string =>
  [provider, state, nonce, verifier, Buffer.from(next).toString('base64url')].join('.');

function read(text: string | undefined): Going | null {
  if (text === undefined) return null;
  const [provider = '', state = '', nonce = '', verifier = '', next = ''] = text.split('.');
  return { provider, begun: { state, nonce, verifier }, next: localPath(Buffer.from(next, 'base64url').toString()) };
}

const providerOf = ({ params }: RouteRequest, { identityProviders = [] }: Gateway): IdentityProvider | null =>
  identityProviders.find(({ id }) => id === params.provider) ?? null;

const returnTo = ({ origin }: RouteRequest, { id }: IdentityProvider): string =>
  `${origin}/sign-in/with/${id}/callback`;

const nobody = (request: RouteRequest): RouteAnswer =>
  notFound(request, { message: 'Nobody signs in here that way.', list: '/sign-in' });

/** Sends the browser to the provider. What it is to bring back only this browser knows. */
export const sentToProviderRoute: Route = {
  method: 'GET',
  path: PATH,
  auth: 'none',
  handle: async (request, gateway) => {
    const provider = providerOf(request, gateway);
    if (!provider) return nobody(request);
    if (request.look !== null) return { status: 503, text: '', contentType: 'text/plain', headers: NOT_KEPT };
    const { newSecret } = gateway.access;
    const begun = { state: newSecret(), nonce: newSecret(), verifier: newSecret() };
    const url = await provider.begin(returnTo(request, provider), begun);
    if (!url.ok) return notVouched(request, gateway, { provider, why: url.error });
    const going = written({ provider: provider.id, begun, next: localPath(request.query.next) });
    const secure = request.origin.startsWith('https:');
    return redirect(url.value.href, [cookie(COOKIE, going, { maxAgeS: BEGUN_S, secure })]);
  },
};

/** Whoever comes back with what they took along, and for whom the provider vouches, is signed in. */
export const returnedRoute: Route = {
  method: 'GET',
  path: `${PATH}/callback`,
  auth: 'none',
  handle: async (request, gateway) => {
    const provider = providerOf(request, gateway);
    if (!provider) return nobody(request);
    if (request.look !== null) return { status: 503, text: '', contentType: 'text/plain', headers: NOT_KEPT };
    const going = read(cookieIn(request.headers, COOKIE, FORM));
    const { access } = gateway;
    // An answer to somebody else's question, or to one that was answered: nobody is asked about it.
    if (going?.provider !== provider.id || going.begun.state !== request.query.state) {
      const wait = access.guesses.wrong(request.address);
      return refused(request, { provider, status: wait === null ? 400 : 429, words: OLD });
    }
    const returned = new URL(returnTo(request, provider));
    for (const [name, value] of Object.entries(request.query)) returned.searchParams.set(name, value ?? '');
    const vouched = await provider.finish(returned, going.begun);
    if (!vouched.ok) return notVouched(request, gateway, { provider, why: vouched.error });
    const person = await access.people.enter(vouched.value, provider.rules);
    if (typeof person === 'string') return refused(request, { provider, status: 403, words: NOT_IN[person] });
    return arrived(request, await signedInBy('provider', person, { request, gateway, next: going.next }));
  },
};

const OLD = 'This answer is too old, was used already, or is not for this browser.';
const NOT_IN: { readonly [why in NotEntered]: string } = {
  unverified: 'It has verified no e-mail address of yours, so nobody here can be found by it.',
  stranger:
    'Nobody here has your address, and nobody with it is invited. Whoever administers your organization can invite you.',
  gone: 'You came in by a group that you are no longer in. Whoever administers your organization can help.',
};
const WHY: { readonly [kind in NotVouched['kind']]: readonly [status: number, words: string] } = {
  denied: [403, 'You did not agree there.'],
  unreachable: [502, 'It does not answer at the moment. Try again in a minute.'],
  unbelievable: [400, 'What it answered cannot be believed.'],
};

type Refused = { readonly provider: IdentityProvider; readonly status: number; readonly words: string };

/** What was said in detail is the operator's to know. */
function notVouched(
  request: RouteRequest,
  { log, access }: Gateway,
  { provider, why }: { readonly provider: IdentityProvider; readonly why: NotVouched },
): RouteAnswer {
  const [status, words] = WHY[why.kind];
  if (why.kind !== 'denied') {
    const wait = access.guesses.wrong(request.address);
    if (wait === null) log(`signing in with ${provider.name} failed: ${why.words}`);
  }
  return refused(request, { provider, status, words });
}

const forgotten = ({ origin }: RouteRequest): string =>
  cookie(COOKIE, '', { maxAgeS: 0, secure: origin.startsWith('https:') });

function refused(request: RouteRequest, { provider, status, words }: Refused): RouteAnswer {
  const content = html`<p class="notice" role="alert">You are not signed in with ${provider.name}. ${words}</p><p><a href="/sign-in">Begin anew</a></p>`;
  return withCookies(show(request, status, content), [forgotten(request)]);
}

/**
 * The browser came from another site, and would say so of whatever it is redirected to, where its new session would not
 * count. A page of this instance has it go on by itself.
 */
function arrived(request: RouteRequest, answer: RouteAnswer): RouteAnswer {
  const next = 'text' in answer ? (answer.headers?.location ?? '/') : '/';
  const cookies = 'text' in answer ? (answer.cookies ?? []) : [];
  const on = html`<p role="status">You are expected. <a href="${next}">Go on</a></p>`;
  return withCookies(show(request, 200, on, { refresh: `0;url=${next}` }), [...cookies, forgotten(request)]);
}

const withCookies = (answer: RouteAnswer, cookies: readonly string[]): RouteAnswer =>
  'text' in answer ? { ...answer, cookies } : answer;

const show = (request: RouteRequest, status: number, content: Html, headers = {}): RouteAnswer =>
  page(request, '/sign-in', {
    status,
    title: 'Sign in',
    description: `Sign in to the console of this ${PRODUCT.name} instance.`,
    headers: { ...NOT_KEPT, ...headers },
    content: html`<div class="head measure narrow"><h1>Sign in</h1>${content}</div>`,
  });

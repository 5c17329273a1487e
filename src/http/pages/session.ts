import { sessionCookie, sessionIn } from '../../access/credential.ts';
import type { NotSignedIn } from '../../access/people/people.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { Route, RouteAnswer, RouteRequest } from '../route.ts';
import { html } from './html.ts';
import { begun, clientOf, deviceIn, fieldOf, isOurForm, NOT_KEPT, redirect } from './people/begun.ts';
import { signedInBy } from './people/second.ts';
import { signInPage } from './people/sign-in-page.ts';

const UNSEEN = { text: '', contentType: 'text/html; charset=utf-8', headers: NOT_KEPT } as const;

/** Redeems the one-time token of a sign-in link; without one it asks for e-mail and password. */
export const signInRoute: Route = {
  method: 'GET',
  path: '/sign-in',
  auth: 'none',
  handle: async (request, gateway) => {
    const { token } = request.query;
    // A browser drops what it fetched ahead in vain, and asks again when the link is followed.
    if (token && request.look === 'ahead') return { ...UNSEEN, status: 503 };
    // HEAD tells neither whether the link is good: whoever checks links would find out without using one up.
    if (token && request.look === 'head') return { ...UNSEEN, status: 200 };
    if (!token) return signInPage(request, gateway, { status: 200 });
    const session = await gateway.access.redeemSignIn(token, clientOf(request));
    if (session) return begun(request, gateway, { session, email: null });
    const wait = gateway.access.guesses.wrong(request.address);
    return signInPage(request, gateway, { status: wait === null ? 403 : 429, wait, above: USED });
  },
};

const USED = html`<p class="notice">This link has been used already, or is too old. Ask for a new one.</p>`;

/** E-mail and password. Who guesses waits; who is right is sent on to the page that asked for it. */
export const signedInRoute: Route = {
  method: 'POST',
  path: '/sign-in',
  auth: 'none',
  form: true,
  handle: async (request, gateway) => {
    const [email, password] = [fieldOf(request, 'email'), fieldOf(request, 'password')];
    if (!isOurForm(request))
      return signInPage(request, gateway, {
        status: 403,
        email,
        complaint: 'This form did not come from a page of this instance.',
      });
    const { access } = gateway;
    const device = deviceIn(request, email, gateway);
    const person = await access.people.signIn({ email, password, device }, clientOf(request));
    if (typeof person === 'string' || 'waitMs' in person) return notSignedIn(request, gateway, email, person);
    return signedInBy('password', person, { request, gateway });
  },
};

function notSignedIn(request: RouteRequest, gateway: Gateway, email: string, why: NotSignedIn): RouteAnswer {
  if (why === 'wrong') return signInPage(request, gateway, { status: 403, email, complaint: WRONG });
  if (why === 'busy') return signInPage(request, gateway, { status: 503, wait: 10_000, email, complaint: BUSY });
  const minutes = Math.ceil(why.waitMs / 60_000);
  const complaint = `Too many wrong passwords came from here. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}, or ask for a link.`;
  return signInPage(request, gateway, { status: 429, wait: why.waitMs, email, complaint });
}
const WRONG = 'There is nobody here with this address and this password.';
const BUSY = 'Too many are signing in at the moment. Try again in a minute.';

/** Ends the session, here and in the store. The cookie is strict enough that no other site can post it. */
export const signOutRoute: Route = {
  method: 'POST',
  path: '/sign-out',
  auth: 'none',
  handle: async (request, gateway) => {
    const session = sessionIn(request.headers);
    if (session !== undefined) await gateway.access.signOut(session);
    const secure = request.origin.startsWith('https:');
    return redirect('/', [sessionCookie('', { maxAgeS: 0, secure })]);
  },
};

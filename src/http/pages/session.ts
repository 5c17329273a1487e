import { sessionCookie, sessionIn } from '../../access/credential.ts';
import { PRODUCT } from '../../base/product.ts';
import type { Route } from '../route.ts';
import { codeBlock } from './code.ts';
import { html } from './html.ts';
import { page } from './layout.ts';

const NOT_KEPT = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

const UNSEEN = { text: '', contentType: 'text/html; charset=utf-8', headers: NOT_KEPT } as const;

/** Redeems the one-time token of a sign-in link; without one it tells how to get such a link. */
export const signInRoute: Route = {
  method: 'GET',
  path: '/sign-in',
  auth: 'none',
  handle: async (request, gateway) => {
    const token = request.query.token;
    // A browser drops what it fetched ahead in vain, and asks again when the link is followed.
    if (token && request.look === 'ahead') return { ...UNSEEN, status: 503 };
    // HEAD tells neither whether the link is good: whoever checks links would find out without using one up.
    if (token && request.look === 'head') return { ...UNSEEN, status: 200 };
    const redeemed = token ? await gateway.access.redeemSignIn(token) : null;
    const wait = token && !redeemed ? gateway.access.guesses.wrong(request.address) : null;
    if (redeemed) {
      const secure = request.origin.startsWith('https:');
      const cookie = sessionCookie(redeemed.session, { maxAgeS: redeemed.maxAgeS, secure });
      return {
        status: 303,
        text: '',
        contentType: 'text/plain; charset=utf-8',
        headers: { location: '/', 'set-cookie': cookie, ...NOT_KEPT },
      };
    }
    return page(request, '/sign-in', {
      status: wait !== null ? 429 : token ? 403 : 200,
      title: 'Sign in',
      description: `Sign in to the console of this ${PRODUCT.name} instance.`,
      headers: { ...NOT_KEPT, ...(wait !== null && { 'retry-after': String(Math.ceil(wait / 1000)) }) },
      content: html`<div class="head measure narrow"><h1>Sign in</h1>
${token && html`<p class="notice">This link has been used already, or is too old. Ask for a new one.</p>`}
<p>A sign-in link comes from the machine that runs this instance. It works once.</p>
${codeBlock('shell', 'npm run switchwright -- keys sign-in', 'Command that prints a sign-in link')}</div>`,
    });
  },
};

/** Ends the session, here and in the store. The cookie is strict enough that no other site can post it. */
export const signOutRoute: Route = {
  method: 'POST',
  path: '/sign-out',
  auth: 'none',
  handle: async (request, gateway) => {
    const session = sessionIn(request.headers);
    if (session !== undefined) await gateway.access.signOut(session);
    const secure = request.origin.startsWith('https:');
    return {
      status: 303,
      text: '',
      contentType: 'text/plain; charset=utf-8',
      headers: { location: '/', 'set-cookie': sessionCookie('', { maxAgeS: 0, secure }), 'cache-control': 'no-store' },
    };
  },
};

import { z } from 'zod';
import type { Challenge, CodeWish } from '../../access/codes.ts';
import { may } from '../../access/may.ts';
import { formatUsd, usdToNano } from '../../base/money.ts';
import { PRODUCT } from '../../base/product.ts';
import type { Principal } from '../../facts/principal.ts';
import { callbackIn } from '../callback.ts';
import type { Route, RouteAnswer, RouteRequest } from '../route.ts';
import { codeBlock } from './code.ts';
import { type Html, html } from './html.ts';
import { page } from './layout.ts';

/** What a program asks for by the address it sends a person to. */
type Asked = { readonly callback: URL | null; readonly wish: Pick<CodeWish, 'keyName' | 'limit' | 'challenge'> };

const QUERY = z.object({
  callback_url: z.string().max(2_000).optional(),
  code_challenge: z
    .string()
    .regex(/^[A-Za-z0-9._~+/=-]{1,128}$/)
    .optional(),
  code_challenge_method: z.enum(['S256', 'plain']).default('S256'),
  limit: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/)
    .optional(),
  key_label: z.string().min(1).max(100).optional(),
});

/** Or what is wrong with it, for the person to tell whoever made the program. */
function read(query: RouteRequest['query']): Asked | string {
  const asked = QUERY.safeParse(query);
  if (!asked.success) return `${asked.error.issues[0]?.path.join('.')} is not valid`;
  const { callback_url: address, code_challenge: text, code_challenge_method: method, limit, key_label } = asked.data;
  const callback = address === undefined ? null : callbackIn(address);
  if (address !== undefined && callback === null) return 'callback_url must be https, or http on your own machine';
  if (callback === null && text === undefined) return 'without a callback_url a code_challenge is needed';
  const challenge: Challenge | null = text === undefined ? null : { challenge: text, method };
  const keyName = key_label ?? callback?.host ?? 'A program without an address';
  return { callback, wish: { keyName, limit: limit === undefined ? null : (usdToNano(limit) ?? null), challenge } };
}

const NOT_KEPT = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

const show = (request: RouteRequest, status: number, content: Html, headers = {}): RouteAnswer =>
  page(request, '/auth', {
    status,
    title: 'Authorise a program',
    description: `A program asks for a key of this ${PRODUCT.name} instance.`,
    headers: { ...NOT_KEPT, ...headers },
    content: html`<div class="head measure narrow"><h1>Authorise a program</h1>${content}</div>`,
  });

const mayConsent = (caller: Principal | null): caller is Principal => may(caller, 'consent');
const signIn = ({ query }: RouteRequest): Html => {
  const next = `/auth?${new URLSearchParams(Object.entries(query).filter(isGiven))}`;
  return html`<p><a href="/sign-in?${new URLSearchParams({ next }).toString()}">Sign in</a> first: you are brought back here.</p>`;
};

/** Asks the owner whether a program may have a key. Nothing happens before the button is pressed. */
export const consentRoute: Route = {
  method: 'GET',
  path: '/auth',
  auth: 'none',
  handle: (request) => {
    const asked = read(request.query);
    if (typeof asked === 'string')
      return show(request, 400, html`<p class="notice">The program asks wrongly: ${asked}.</p>`);
    if (!mayConsent(request.caller)) return show(request, 401, signIn(request));
    const { callback, wish } = asked;
    const limit = wish.limit === null ? 'without a limit' : `for up to $${formatUsd(wish.limit)}`;
    const where =
      callback === null ? 'You will be shown a code to give to it.' : `It will be sent to ${callback.host}.`;
    const action = `/auth?${new URLSearchParams(Object.entries(request.query).filter(isGiven))}`;
    return show(
      request,
      200,
      html`<p><strong>${wish.keyName}</strong> asks for an API key of this instance, ${limit}. ${where}</p>
<form method="post" action="${action}"><button type="submit" class="button primary">Give it a key</button> <a href="/">Do not</a></form>`,
    );
  },
};

const isGiven = (pair: [string, string | undefined]): pair is [string, string] => pair[1] !== undefined;

/** The owner has agreed. The cookie is strict enough that no other site can post this. */
export const consentedRoute: Route = {
  method: 'POST',
  path: '/auth',
  auth: 'none',
  handle: async (request, { access }) => {
    const asked = read(request.query);
    const { caller } = request;
    if (typeof asked === 'string')
      return show(request, 400, html`<p class="notice">The program asks wrongly: ${asked}.</p>`);
    if (!mayConsent(caller)) return show(request, 401, signIn(request));
    const { accountId, workspaceId } = caller;
    const { callback, wish } = asked;
    const { code } = await access.codes.issue({
      ...wish,
      accountId,
      workspaceId,
      limitReset: null,
      keyExpiresAt: null,
      creatorUserId: caller.memberId,
    });
    if (callback === null)
      return show(
        request,
        200,
        html`<p>Give this code to the program. It works once, within ten minutes.</p>${codeBlock('shell', code, 'Code')}`,
      );
    callback.searchParams.set('code', code);
    // Not a redirect: browsers follow none from a form to where the page's policy does not let forms go.
    return show(request, 200, html`<p>Back to <a href="${callback.href}">${callback.host}</a> …</p>`, {
      refresh: `0; url=${callback.href}`,
    });
  },
};

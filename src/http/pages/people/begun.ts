import { createHmac, timingSafeEqual } from 'node:crypto';
import { cookie, cookieIn, isFromElsewhere, sessionCookie } from '../../../access/credential.ts';
import { emailOf } from '../../../access/people/people.ts';
import type { Client, NewSession } from '../../../access/sessions.ts';
import { PRODUCT } from '../../../base/product.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { RouteAnswer, RouteRequest } from '../../route.ts';

/** Nothing of these pages is kept anywhere, and no other site learns their addresses. */
export const NOT_KEPT = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

export const clientOf = ({ address, headers }: RouteRequest): Client => ({ address, agent: headers['user-agent'] });

/** Did a page of ours send this form? Whoever is signed in by another site's form would work in somebody else's name. */
export const isOurForm = ({ headers }: RouteRequest): boolean => !isFromElsewhere(headers);

export const fieldOf = ({ body }: RouteRequest, name: string): string => {
  const value = body[name];
  return typeof value === 'string' ? value : '';
};

const NEXT_LENGTH_MAX = 2_000;
/** Where to go on to: only to a page of this instance, whatever an address asks for. */
export function localPath(text: string | undefined): string {
  if (!text || text.length > NEXT_LENGTH_MAX || !/^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(text)) return '/';
  const url = URL.parse(text, 'http://here.invalid');
  return url?.host === 'here.invalid' ? url.pathname + url.search : '/';
}

export const redirect = (location: string, cookies: readonly string[] = []): RouteAnswer => ({
  status: 303,
  text: '',
  contentType: 'text/plain; charset=utf-8',
  headers: { location, ...NOT_KEPT },
  cookies,
});

const DEVICE_COOKIE = `${PRODUCT.slug}_device`;
const DEVICE_S = 365 * 24 * 3_600;
const DEVICE_FORM = /^[0-9a-f]{32}\.[0-9a-f]{64}$/;

type Keys = Pick<Gateway, 'signingKey'>;
const markOf = ({ signingKey }: Keys, id: string, email: string): string | null => {
  const key = signingKey('known browsers');
  return key && createHmac('sha256', key).update(`${id} ${email}`).digest('hex');
};

/**
 * The name of this browser, if this person has signed in with it before. Only we can make one: a guesser cannot have a
 * new one for every ten guesses.
 */
export function deviceIn({ headers }: RouteRequest, email: string, keys: Keys): string | null {
  const [id = '', mark = ''] = cookieIn(headers, DEVICE_COOKIE, DEVICE_FORM)?.split('.') ?? [];
  const expected = id && markOf(keys, id, emailOf(email) ?? '');
  return expected && timingSafeEqual(Buffer.from(mark), Buffer.from(expected)) ? id : null;
}

function deviceCookie(request: RouteRequest, email: string, { signingKey, world }: Gateway): readonly string[] {
  const id = deviceIn(request, email, { signingKey }) ?? idOf(world.newId('device'), world.random());
  const mark = markOf({ signingKey }, id, email);
  const secure = request.origin.startsWith('https:');
  return mark === null ? [] : [cookie(DEVICE_COOKIE, `${id}.${mark}`, { maxAgeS: DEVICE_S, secure })];
}
/** It need not be secret, only another than all others. */
const idOf = (id: string, chance: number): string =>
  createHmac('sha256', id).update(String(chance)).digest('hex').slice(0, 32);

/** The answer that signs somebody in. `email`: whose browser this is known to be from now on. */
export function begun(
  request: RouteRequest,
  gateway: Gateway,
  {
    session,
    email,
    next = '/',
  }: { readonly session: NewSession; readonly email: string | null; readonly next?: string },
): RouteAnswer {
  const secure = request.origin.startsWith('https:');
  const signed = sessionCookie(session.session, { maxAgeS: session.maxAgeS, secure });
  return redirect(next, [signed, ...(email === null ? [] : deviceCookie(request, email, gateway))]);
}

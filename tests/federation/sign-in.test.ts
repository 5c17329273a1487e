import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { codeAt } from '../../src/access/people/totp.ts';
import { type GatewayProcess, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { CLIENT, type RealProvider, startProvider } from './provider.ts';

const PUBLIC = 'https://gateway.example.com';
const CALLBACK = '/sign-in/with/oidc/callback';
const PASSWORD = 'seven quiet herons sleep';

/** The product and a real provider; who comes from there, and who does not come in. */
describe('people come from another provider', () => {
  let provider: RealProvider;
  let gateway: GatewayProcess;
  before(async () => {
    provider = await startProvider(PUBLIC + CALLBACK);
    gateway = await startGateway({
      environment: {
        SWITCHWRIGHT_PUBLIC_URL: PUBLIC,
        SWITCHWRIGHT_OIDC_ISSUER: provider.issuer,
        SWITCHWRIGHT_OIDC_CLIENT_ID: CLIENT.id,
        SWITCHWRIGHT_OIDC_CLIENT_SECRET: CLIENT.secret,
        SWITCHWRIGHT_OIDC_NAME: 'Our Company',
        SWITCHWRIGHT_OIDC_SCOPE: 'openid email profile groups',
        SWITCHWRIGHT_OIDC_ROLES: 'platform=admin, staff=member',
        SWITCHWRIGHT_SIGN_IN_DOMAINS: 'partner.example=viewer',
      },
    });
  });
  after(async () => {
    await gateway?.stop();
    await provider?.close();
  });

  const api = async (method: string, path: string, body?: object) => {
    const answer = await fetch(gateway.base + path, {
      method,
      headers: { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as { data: never };
  };
  type Member = { readonly id: string; readonly email: string; readonly switchwright: { readonly role: string } };
  const members = async () => (await api('GET', '/organization/members?limit=100')).data as readonly Member[];
  const roleOf = async (email: string): Promise<string | undefined> =>
    (await members()).find((member) => member.email === email)?.switchwright.role;
  const invite = async (email: string, role: string): Promise<string> => {
    const { url } = (await api('POST', '/organization/invitations', { email, role })).data as { url: string };
    return url.slice(PUBLIC.length);
  };
  const form = (path: string, fields: { readonly [name: string]: string }, cookie = '') =>
    fetch(gateway.origin + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'same-origin', cookie },
      body: new URLSearchParams(fields),
    });
  const cookieOf = (answer: Response, name: string): string =>
    new RegExp(`${name}=[^;]+`).exec(answer.headers.getSetCookie().join('\n'))?.[0] ?? '';

  const begin = async (next = '/account') => {
    const path = `/sign-in/with/oidc?${new URLSearchParams({ next })}`;
    const answer = await fetch(gateway.origin + path, { redirect: 'manual' });
    assert.equal(answer.status, 303, await answer.text());
    return { url: answer.headers.get('location') ?? '', cookie: cookieOf(answer, 'switchwright_provider') };
  };
  /** As a browser comes back: from another site. */
  const back = (returned: URL, cookie: string) => {
    assert.equal(returned.origin + returned.pathname, PUBLIC + CALLBACK);
    const headers = { cookie, 'sec-fetch-site': 'cross-site' };
    return fetch(gateway.origin + returned.pathname + returned.search, { redirect: 'manual', headers });
  };
  const comeIn = async (login: string, next?: string): Promise<Response> => {
    const { url, cookie } = await begin(next);
    return back(await provider.signIn(url, login), cookie);
  };
  const sessionIn = (answer: Response): string => cookieOf(answer, 'switchwright_session');
  const account = async (session: string): Promise<string> => {
    const page = await fetch(`${gateway.origin}/account`, { redirect: 'manual', headers: { cookie: session } });
    assert.equal(page.status, 200);
    return page.text();
  };
  const isRefused = async (answer: Response, status: number, words: RegExp): Promise<void> => {
    assert.equal(answer.status, status);
    assert.match(await answer.text(), words);
    assert.equal(sessionIn(answer), '');
  };

  test('somebody who is here is found by a verified address, and from then on by who they are there', async () => {
    const joined = await form(await invite('vic@example.com', 'billing'), { name: 'Vic', password: PASSWORD });
    assert.equal(joined.status, 303);
    assert.match(await (await fetch(`${gateway.origin}/sign-in`)).text(), /Sign in with Our Company/);
    provider.people.set('vic', { email: 'Vic@Example.com', email_verified: true });
    const answer = await comeIn('vic');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('refresh'), '0;url=/account');
    assert.match(answer.headers.getSetCookie().join('\n'), /switchwright_session=.*Max-Age=86400; Secure/);
    assert.match(await account(sessionIn(answer)), /vic@example\.com.*127\.0\.0\.1:\d+, since.*another provider/s);
    // Whatever the address becomes there, and whoever has it then.
    provider.people.set('vic', { email: 'victoria@example.com', email_verified: false });
    assert.match(await account(sessionIn(await comeIn('vic'))), /vic@example\.com/);
    assert.equal(await roleOf('vic@example.com'), 'billing');
  });

  test('nobody is taken for somebody by an address that is not verified; strangers stay outside', async () => {
    for (const claims of [
      { email: 'vic@example.com', email_verified: false },
      { email: 'vic@example.com' },
      { email: ['vic@example.com'], email_verified: true },
      { email: 'no address', email_verified: true },
      {},
    ]) {
      provider.people.set('mallory', claims);
      await isRefused(await comeIn('mallory'), 403, /has verified no e-mail address/);
    }
    provider.people.set('mallory', { email: 'mallory@example.com', email_verified: true, groups: ['visitors'] });
    await isRefused(await comeIn('mallory'), 403, /nobody with it is invited/);
    provider.people.set('mallory', { email: 'm@partner.example.evil.example', email_verified: true });
    await isRefused(await comeIn('mallory'), 403, /nobody with it is invited/);
    assert.equal(
      (await members()).some(({ email }) => email.startsWith('m')),
      false,
    );
  });

  test('whoever is invited comes in once; a domain and a group let in, and roles follow the group', async () => {
    await invite('wes@example.com', 'admin');
    provider.people.set('wes', { email: 'wes@example.com', email_verified: true, name: 'Wes <b>' });
    assert.equal((await comeIn('wes')).status, 200);
    assert.equal(await roleOf('wes@example.com'), 'admin');
    const { data: open } = await api('GET', '/organization/invitations');
    assert.deepEqual(open, []);

    provider.people.set('dora', { email: 'dora@partner.example', email_verified: true });
    // Twice at once.
    const both = await Promise.all([comeIn('dora'), comeIn('dora')]);
    assert.deepEqual(
      both.map(({ status }) => status),
      [200, 200],
    );
    assert.equal(await roleOf('dora@partner.example'), 'viewer');

    const gus = (...groups: string[]) =>
      provider.people.set('gus', { email: 'gus@example.com', email_verified: true, groups });
    gus('staff');
    assert.equal((await comeIn('gus')).status, 200);
    assert.equal(await roleOf('gus@example.com'), 'member');
    gus('staff', 'platform');
    assert.equal((await comeIn('gus')).status, 200);
    assert.equal(await roleOf('gus@example.com'), 'admin');
    gus('visitors');
    await isRefused(await comeIn('gus'), 403, /by a group that you are no longer in/);
  });

  test('an answer counts once, and only for the browser that asked', async () => {
    const [mine, other] = [await begin(), await begin()];
    const returned = await provider.signIn(mine.url, 'vic');
    await isRefused(await back(returned, other.cookie), 400, /is not for this browser/);
    await isRefused(await back(returned, ''), 400, /is not for this browser/);
    await isRefused(await back(new URL(PUBLIC + CALLBACK), mine.cookie), 400, /is not for this browser/);
    const tampered = new URL(returned);
    tampered.searchParams.set('iss', 'https://evil.example');
    await isRefused(await back(tampered, mine.cookie), 400, /cannot be believed/);
    const before = 'switchwright_session='.padEnd(85, '0');
    const answer = await back(returned, `${mine.cookie}; ${before}`);
    assert.equal(answer.status, 200);
    assert.notEqual(sessionIn(answer), before, 'nobody chooses the session of somebody else');
    await isRefused(await back(returned, mine.cookie), 400, /cannot be believed/);
    const denied = new URL(returned);
    denied.search = String(
      new URLSearchParams({
        error: 'access_denied',
        state: returned.searchParams.get('state') ?? '',
        iss: provider.issuer,
      }),
    );
    await isRefused(await back(denied, mine.cookie), 403, /did not agree/);
  });

  test('it leads nowhere but into this instance, and nothing begins by looking', async () => {
    for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example', '/a\r\nset-cookie: x=1'])
      assert.equal((await comeIn('vic', next)).headers.get('refresh'), '0;url=/');
    const { url, cookie } = await begin();
    const forged = cookie.replace(/[^.]*$/, Buffer.from('https://evil.example').toString('base64url'));
    assert.equal((await back(await provider.signIn(url, 'vic'), forged)).headers.get('refresh'), '0;url=/');
    const ahead = await fetch(`${gateway.origin}/sign-in/with/oidc`, { headers: { 'sec-purpose': 'prefetch' } });
    assert.deepEqual([ahead.status, ahead.headers.getSetCookie()], [503, []]);
    for (const path of ['/sign-in/with/google', '/sign-in/with/x', '/sign-in/with/github/callback'])
      assert.equal((await fetch(gateway.origin + path, { redirect: 'manual' })).status, 404, path);
  });

  test('a second factor is asked for whichever way somebody comes', async () => {
    const session = sessionIn(await comeIn('vic'));
    assert.equal((await form('/account/second-factor', {}, session)).status, 303);
    const page = await fetch(`${gateway.origin}/account/second-factor`, { headers: { cookie: session } });
    const secret = /secret=([A-Z2-7]+)/.exec(await page.text())?.[1] ?? '';
    const codes = (await (await form('/account/second-factor/on', { code: codeOf(secret) }, session)).text()).match(
      /([A-Z2-7]{4}-){3}[A-Z2-7]{4}/g,
    );
    const answer = await comeIn('vic');
    assert.equal(answer.headers.get('refresh'), '0;url=/sign-in/second?next=%2Faccount');
    assert.equal(sessionIn(answer), '');
    const asked = cookieOf(answer, 'switchwright_second');
    const wrong = await form('/sign-in/second?next=%2Faccount', { code: '000 000' }, asked);
    assert.deepEqual([wrong.status, sessionIn(wrong)], [403, '']);
    const right = await form('/sign-in/second?next=%2Faccount', { code: codes?.[0] ?? '' }, asked);
    assert.equal(right.headers.get('location'), '/account');
    assert.match(await account(sessionIn(right)), /another provider/);
  });

  test('whoever is removed is out at once, and what they were there is nobody here', async () => {
    const session = sessionIn(await comeIn('wes'));
    const wes = (await members()).find(({ email }) => email === 'wes@example.com');
    await api('DELETE', `/organization/members/${wes?.id}`);
    const page = await fetch(`${gateway.origin}/account`, { redirect: 'manual', headers: { cookie: session } });
    assert.equal(page.status, 303);
    await isRefused(await comeIn('wes'), 403, /nobody with it is invited/);
  });
});

/** What an authenticator shows for this key. */
function codeOf(key: string): string {
  const bits = [...key].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const secret = Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  return codeAt(secret, Math.floor(Date.now() / 30_000));
}

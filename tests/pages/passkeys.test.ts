import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type GatewayProcess, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { launch, missingBrowser, onPage } from './browser.ts';
import { buildConsole } from './built.ts';

/** The product, a browser, and an authenticator as Chromium plays one (its DevTools protocol, domain WebAuthn). */
describe('people come by passkeys', { skip: missingBrowser }, () => {
  let browser: Browser;
  let gateway: GatewayProcess;
  /** Passkeys are bound to names; an address has none. */
  let origin: string;
  before(async () => {
    buildConsole();
    browser = await launch();
    gateway = await startGateway();
    origin = gateway.origin.replace('127.0.0.1', 'localhost');
  });
  after(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  const withAuthenticator = async (page: Page): Promise<void> => {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true } as const;
    const verified = { hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
    await devtools.send('WebAuthn.addVirtualAuthenticator', { options: { ...options, ...verified } });
  };
  /** The answer that the browser sends to this path. */
  const answerTo = (page: Page, path: string): Promise<string> =>
    page
      .waitForRequest((request) => request.method() === 'POST' && new URL(request.url()).pathname === path)
      .then((request) => new URLSearchParams(request.postData() ?? '').get('answer') ?? '');
  const send = (path: string, answer: string, headers: { readonly [name: string]: string } = {}) =>
    fetch(origin + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'same-origin', ...headers },
      body: new URLSearchParams({ answer, name: 'Another' }),
    });

  test('one is added, signs in without a name or a password, and is gone when it is removed', async () => {
    const link = /sign-in\?token=[0-9a-f]+/.exec(gateway.output())?.[0];
    await onPage(browser, {}, async ({ page }) => {
      await withAuthenticator(page);
      await page.goto(`${origin}/${link}`);
      await page.goto(`${origin}/account`);
      await page.getByLabel('Name').last().fill('My <b>phone</b>');
      const [created] = await Promise.all([
        answerTo(page, '/account/passkeys'),
        page.getByRole('button', { name: 'Add a passkey' }).click(),
      ]);
      await page.getByText('The passkey is there.').waitFor();
      assert.equal(await page.getByRole('cell', { name: 'My <b>phone</b>' }).count(), 1);
      await page.getByRole('button', { name: 'Add a passkey' }).click();
      await page.getByText('has a passkey for you already').waitFor();
      const session = (await page.context().cookies()).find(({ name }) => name === 'switchwright_session')?.value;
      const cookie = `switchwright_session=${session}`;
      await hostileCreations(created, cookie);

      await page.context().clearCookies();
      await page.goto(`${origin}/sign-in?next=%2Faccount`);
      const [used] = await Promise.all([
        answerTo(page, '/sign-in/passkey'),
        page.getByRole('button', { name: 'Sign in with a passkey' }).click(),
      ]);
      await page.waitForURL('**/account');
      assert.equal(await page.getByRole('cell', { name: 'a passkey', exact: true }).count(), 1);
      await hostileUses(used);

      await page.getByRole('button', { name: 'Remove' }).click();
      await page.getByText('The passkey is gone from here.').waitFor();
      await page.context().clearCookies();
      await page.goto(`${origin}/sign-in`);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await page.getByText('This passkey is not known here').waitFor();
      assert.equal(
        (await page.context().cookies()).some(({ name }) => name === 'switchwright_session'),
        false,
      );
    });
  });

  /** What the browser of the owner has sent once, changed or sent by others. */
  const hostileCreations = async (created: string, cookie: string): Promise<void> => {
    const answer = JSON.parse(created) as { response: { attestationObject: string } };
    const bytes = Buffer.from(answer.response.attestationObject, 'base64url').toString('latin1');
    // "none" → "packed": an authenticator that says what make it is, by a chain that we would have to ask about.
    assert.ok(bytes.includes('dnone'));
    const packed = Buffer.from(bytes.replace('dnone', 'fpacked'), 'latin1').toString('base64url');
    const told = { ...answer, response: { ...answer.response, attestationObject: packed } };
    const done = async (text: string, headers = {}) =>
      (await send('/account/passkeys', text, { cookie, ...headers })).headers.get('location');
    for (const text of [
      JSON.stringify(told),
      '{}',
      'x',
      '[]',
      '{"id":"a","rawId":"a","type":"public-key","response":{}}',
      'x'.repeat(40_000),
    ])
      assert.equal(await done(text), '/account?done=wrong-passkey');
    assert.match((await done(created)) ?? '', /many-passkeys/, 'it is there already, and not there twice');
    assert.match((await done(created, { cookie: '' })) ?? '', /^\/sign-in/);
    assert.equal(await done(created, { 'sec-fetch-site': 'cross-site' }), '/account');
    const other = await invited();
    assert.equal(
      await done(created, { cookie: other }),
      '/account?done=wrong-passkey',
      'it was asked of somebody else',
    );
  };

  const hostileUses = async (used: string): Promise<void> => {
    const answer = JSON.parse(used) as { response: { [name: string]: string } };
    const withResponse = (more: { readonly [name: string]: unknown }): string =>
      JSON.stringify({ ...answer, response: { ...answer.response, ...more } });
    const clientData = JSON.parse(Buffer.from(answer.response.clientDataJSON ?? '', 'base64url').toString()) as object;
    const claiming = (more: object): string =>
      withResponse({ clientDataJSON: Buffer.from(JSON.stringify({ ...clientData, ...more })).toString('base64url') });
    for (const [why, text] of [
      ['it was used', used],
      ['another signature', withResponse({ signature: Buffer.from('x'.repeat(70)).toString('base64url') })],
      ['another page', claiming({ origin: 'https://evil.example' })],
      ['a question of nobody', claiming({ challenge: Buffer.from('1.2.3').toString('base64url') })],
      ['somebody else', withResponse({ userHandle: Buffer.from('somebody').toString('base64url') })],
      ['no numbers', withResponse({ signature: 7 })],
      ['nothing', ''],
    ] as const) {
      const refused = await send('/sign-in/passkey', text);
      assert.deepEqual([why, refused.status, refused.headers.getSetCookie()], [why, 403, []]);
    }
    const elsewhere = await send('/sign-in/passkey', used, { 'sec-fetch-site': 'cross-site' });
    assert.equal(elsewhere.status, 403);
  };

  /** The session of somebody who joined by an invitation. */
  const invited = async (): Promise<string> => {
    const answer = await fetch(`${gateway.base}/organization/invitations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'vic@example.com', role: 'member' }),
    });
    const { data } = (await answer.json()) as { data: { url: string } };
    const joined = await fetch(data.url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ name: 'Vic', password: 'seven quiet herons sleep' }),
    });
    return /switchwright_session=[0-9a-f]{64}/.exec(joined.headers.getSetCookie().join())?.[0] ?? '';
  };
});

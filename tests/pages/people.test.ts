import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { codeAt } from '../../src/access/people/totp.ts';
import { type GatewayProcess, startGateway } from '../gateway-process.ts';
import { launch, missingBrowser, onPage } from './browser.ts';
import { buildConsole } from './built.ts';
import { FIND_VIOLATIONS } from './in-page.ts';

const PASSWORD = 'seven quiet herons sleep';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The product itself, and people who come to it by what a browser shows them. */
describe('people come to the console', { skip: missingBrowser }, () => {
  let browser: Browser;
  let gateway: GatewayProcess;
  before(async () => {
    buildConsole();
    browser = await launch();
    gateway = await startGateway();
  });
  after(async () => {
    await browser?.close();
    await gateway?.stop();
  });
  const goto = (page: Page, path: string) => page.goto(gateway.origin + path);
  const heading = (page: Page) => page.getByRole('heading', { level: 1 }).textContent();
  const isAccessible = async (page: Page): Promise<void> => {
    await page.evaluate(AXE);
    assert.deepEqual(await page.evaluate(FIND_VIOLATIONS), [], page.url());
  };
  const signIn = async (page: Page, email: string, password: string): Promise<void> => {
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  };

  /** The first owner takes a password, and invites somebody; answers the invitation's link. */
  const begin = async (page: Page, role: string, email: string): Promise<string> => {
    await goto(page, '/settings/new/people');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Role').selectOption(role);
    await page.getByRole('button', { name: 'Invite' }).click();
    const link = await page.locator('.secret code').textContent();
    assert.match(link ?? '', /\/invitation\?token=[0-9a-f]{64}$/);
    return link ?? '';
  };

  test('an owner takes a password and invites; who is invited joins, without a script, and is kept to their role', async () => {
    const link = /sign-in\?token=[0-9a-f]+/.exec(gateway.output())?.[0];
    const invitations: string[] = [];
    await onPage(browser, { javaScriptEnabled: false }, async ({ page }) => {
      await goto(page, `/${link}`);
      await goto(page, '/account');
      await page.getByLabel('Name').fill('Olive');
      await page.getByLabel('E-mail').fill('Olive@Example.com');
      await page.getByRole('button', { name: 'Save' }).click();
      assert.equal(await page.getByText('olive@example.com').count(), 1);
      await page.getByLabel('New password').fill('olive@example.com');
      await page.getByRole('button', { name: 'Set it', exact: true }).click();
      assert.equal(await page.getByText('can be guessed').count(), 1);
      await page.getByLabel('New password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Set it', exact: true }).click();
      assert.equal(await page.getByText('Your password is changed').count(), 1);
      invitations.push(await begin(page, 'viewer', 'vic@example.com'));
    });
    await onPage(browser, { javaScriptEnabled: false }, async ({ page }) => {
      await page.goto(invitations[0] ?? '');
      assert.equal(await heading(page), 'Invitation');
      await page.getByLabel('Name').fill('<b>Vic</b>');
      await page.getByLabel('Password').fill('short');
      await page.getByRole('button', { name: 'Join' }).click();
      assert.equal(await page.getByText('Take at least 15 characters').count(), 1);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Join' }).click();
      await page.waitForURL(`${gateway.origin}/`);
      await goto(page, '/settings/people');
      assert.equal(await heading(page), 'People');
      assert.equal(await page.locator('main form[method="post"]').count(), 0, 'a viewer reads and changes nothing');
      await goto(page, '/account');
      assert.equal(await page.getByLabel('Name').inputValue(), '<b>Vic</b>');
      assert.equal(await page.getByLabel('E-mail').count(), 0, 'a viewer’s address is the admins’ affair');
      await page.goto(invitations[0] ?? '');
      assert.equal(await page.getByText('used already').count(), 1);
    });
  });

  test('a password leads where one wanted to go and nowhere else; a wrong one says nothing of who there is', async () => {
    await onPage(browser, {}, async ({ page, errors }) => {
      await goto(page, '/settings/people');
      await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
      await isAccessible(page);
      await signIn(page, 'nobody@example.com', PASSWORD);
      const said = await page.locator('.notice.wrong').textContent();
      await signIn(page, 'vic@example.com', 'not this one at all');
      assert.equal(await page.locator('.notice.wrong').textContent(), said);
      assert.equal(await page.getByLabel('E-mail').inputValue(), 'vic@example.com');
      await signIn(page, ' OLIVE@example.com', PASSWORD);
      await page.waitForURL('**/settings/people');
      await isAccessible(page);
      const cookies = await page.context().cookies();
      assert.deepEqual(cookies.map(({ name }) => name).sort(), ['switchwright_device', 'switchwright_session']);
      assert.ok(cookies.every(({ httpOnly, sameSite }) => httpOnly && sameSite === 'Lax'));
      await page.getByRole('link', { name: '<b>Vic</b>' }).click();
      await isAccessible(page);
      await page.getByText('New password', { exact: true }).click();
      await page.getByRole('button', { name: 'Make a link to a new password' }).click();
      const link = (await page.locator('.secret code').textContent()) ?? '';
      await page.context().clearCookies();
      await page.goto(link);
      await isAccessible(page);
      await page.getByLabel('New password').fill('nine loud geese wake up');
      await page.getByRole('button', { name: 'Set the password' }).click();
      await page.getByRole('status').getByRole('link', { name: 'Sign in' }).click();
      for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example', '/%0d%0aset-cookie:x=1']) {
        await goto(page, `/sign-in?${new URLSearchParams({ next })}`);
        await signIn(page, 'vic@example.com', 'nine loud geese wake up');
        await page.waitForURL((url) => url.pathname !== '/sign-in');
        assert.equal(new URL(page.url()).origin, gateway.origin, next);
        assert.match(new URL(page.url()).pathname, /^\/(%0d%0aset-cookie:x=1)?$/);
      }
      await goto(page, '/account');
      await isAccessible(page);
      assert.ok((await page.getByRole('row').count()) > 3, 'several sessions');
      await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
      assert.equal(await page.getByRole('row').count(), 2);
      assert.deepEqual(
        errors.filter((error) => !/40[0-9]/.test(error)),
        [],
      );
    });
  });

  test('the audit log tells who did what, on its page and as a file, and no secret', async () => {
    await onPage(browser, {}, async ({ page }) => {
      await goto(page, '/settings/audit-log');
      await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
      await signIn(page, 'olive@example.com', PASSWORD);
      await page.waitForURL('**/settings/audit-log');
      await isAccessible(page);
      await page.getByRole('cell').getByRole('link', { name: 'invitation.create' }).first().click();
      assert.equal(await page.getByRole('row').count(), 2);
      assert.equal(await page.getByRole('cell', { name: 'olive@example.com' }).count(), 1);
      const href = await page.getByRole('link', { name: 'Export as JSON Lines' }).getAttribute('href');
      assert.match(href ?? '', /act=invitation\.create/);
      await goto(page, '/settings/audit-log');
      const all = await page.getByRole('link', { name: 'Export as JSON Lines' }).getAttribute('href');
      const answer = await page.request.get(gateway.origin + all);
      assert.match(answer.headers()['content-disposition'] ?? '', /audit-log\.jsonl/);
      const text = await answer.text();
      const entries = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { act: string; actor: { name: string }; before: unknown; after: unknown });
      const acts = new Set(entries.map(({ act }) => act));
      for (const act of ['session.begin', 'person.change', 'person.password', 'person.join', 'password-link.make'])
        assert.ok(acts.has(act), `${act} is not among ${[...acts].join(', ')}`);
      assert.doesNotMatch(text, /herons|scrypt|[0-9a-f]{64}/);
    });
  });

  test('a second factor is set up, asked for, and helped with where it is lost', async () => {
    await onPage(browser, { javaScriptEnabled: false }, async ({ page }) => {
      await goto(page, '/sign-in');
      await signIn(page, 'vic@example.com', 'nine loud geese wake up');
      await goto(page, '/account');
      await page.getByRole('button', { name: 'Set it up' }).click();
      const secret = (await page.locator('.copyable code').textContent()) ?? '';
      await page.getByLabel('Code').fill('000000');
      await page.getByRole('button', { name: 'Switch it on' }).click();
      assert.equal(await page.getByText('not the code of now').count(), 1);
      await page.getByLabel('Code').fill(codeOf(secret));
      await page.getByRole('button', { name: 'Switch it on' }).click();
      const [emergency = ''] = await page.locator('.secret code').allTextContents();
      assert.match(emergency, /^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
      await page.context().clearCookies();
      await goto(page, '/sign-in?next=%2Faccount');
      await signIn(page, 'vic@example.com', 'nine loud geese wake up');
      assert.equal(await heading(page), 'Second factor');
      assert.equal(
        (await page.context().cookies()).some(({ name }) => name === 'switchwright_session'),
        false,
      );
      await page.getByLabel('Code').fill('123 456');
      await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
      assert.equal(await page.getByText('not the code of now').count(), 1);
      await page.getByLabel('Code').fill(emergency);
      await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('**/account');
      assert.equal(await page.getByText('On: after your password').count(), 1);
    });
    await onPage(browser, {}, async ({ page }) => {
      await goto(page, '/sign-in?next=%2Fsettings%2Fpeople');
      await signIn(page, 'vic@example.com', 'nine loud geese wake up');
      await isAccessible(page);
      await page.context().clearCookies();
      await goto(page, '/sign-in?next=%2Fsettings%2Fpeople');
      await signIn(page, 'olive@example.com', PASSWORD);
      await page.getByRole('link', { name: '<b>Vic</b>' }).click();
      await page.getByText('Second factor', { exact: true }).click();
      await page.getByRole('button', { name: 'Switch their second factor off' }).click();
      await page.context().clearCookies();
      await goto(page, '/sign-in?next=%2Faccount');
      await signIn(page, 'vic@example.com', 'nine loud geese wake up');
      await page.waitForURL('**/account');
      await isAccessible(page);
    });
  });

  test('a form of another site signs nobody in, and changes nothing of whoever is', async () => {
    const body = new URLSearchParams({ email: 'olive@example.com', password: PASSWORD });
    const post = (headers: { readonly [name: string]: string }, path: string) =>
      fetch(gateway.origin + path, { method: 'POST', body, headers, redirect: 'manual' });
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
      const answer = await post(headers, '/sign-in');
      assert.equal(answer.status, 403);
      assert.equal(answer.headers.get('set-cookie'), null);
    }
    const own = await post({ 'sec-fetch-site': 'same-origin' }, '/sign-in');
    assert.equal(own.status, 303);
    const session = /switchwright_session=[0-9a-f]{64}/.exec(own.headers.getSetCookie().join())?.[0] ?? '';
    const away = await post({ cookie: session, 'sec-fetch-site': 'cross-site' }, '/account/sessions');
    assert.equal(away.headers.get('location'), '/account');
    const page = await fetch(`${gateway.origin}/account`, { headers: { cookie: session }, redirect: 'manual' });
    assert.equal(page.status, 200);
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

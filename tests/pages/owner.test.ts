import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type GatewayProcess, startGateway } from '../gateway-process.ts';
import { launch, missingBrowser, onPage } from './browser.ts';
import { buildConsole } from './built.ts';

const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script> **bold**';

/** The product itself: a process of its own, its sandbox, its printed link. */
describe('what the owner does on the pages', { skip: missingBrowser }, () => {
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
  const follow = async (page: Page, path: string): Promise<void> => {
    await page.goto(gateway.origin + path);
    await page.waitForSelector('html[data-ready]');
  };

  test('signs in, makes a key where the sample needs it, runs the sample, sees the app; talks; signs out', async () => {
    await onPage(browser, {}, async ({ page, errors }) => {
      const link = /sign-in\?token=[0-9a-f]+/.exec(gateway.output())?.[0];
      assert.ok(link, gateway.output());
      await follow(page, `/${link}`);
      assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Latest requests');

      await follow(page, '/sandbox/echo');
      await page.getByRole('tab', { name: 'curl' }).click();
      const sample = page.getByRole('tabpanel').locator('pre');
      assert.match((await sample.textContent()) ?? '', /Bearer \$SWITCHWRIGHT_API_KEY"/);
      await page.getByRole('button', { name: 'Make a key' }).click();
      await page.getByText('stands in the samples').waitFor();
      const key = /Bearer (sk-\S+)"/.exec((await sample.textContent()) ?? '')?.[1];
      await follow(page, '/sandbox/lorem');
      const elsewhere = await page.getByRole('tabpanel').locator('pre').textContent();
      assert.ok(key && elsewhere?.includes(key), 'the key is not in the samples of the next page');

      const run = (): Promise<Response> =>
        fetch(`${gateway.base}/chat/completions`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${key}`,
            'content-type': 'application/json',
            'http-referer': 'https://example.com',
            'x-title': 'Example',
          },
          body: JSON.stringify({ model: 'sandbox/echo', messages: [{ role: 'user', content: HOSTILE }] }),
        });
      const { usage } = (await (await run()).json()) as { usage: { total_tokens: number } };
      await follow(page, '/apps');
      const row = page.getByRole('row', { name: /Example example\.com/ });
      assert.match((await row.textContent()) ?? '', new RegExp(`${usage.total_tokens}1new$`));
      await run();
      await page.reload();
      assert.match((await row.textContent()) ?? '', new RegExp(`${usage.total_tokens * 2}2new$`));
      await row.getByRole('link', { name: 'Example', exact: true }).click();
      await page.waitForURL('**/apps?url=*');
      assert.equal(await page.getByText('sandbox/echo').count(), 1);

      await follow(page, '/chat?model=openai%2Fgpt-4.1-mini');
      await page.getByRole('button', { name: 'Model: openai/gpt-4.1-mini' }).waitFor();
      const notice = (await page.locator('.notice').textContent()) ?? '';
      assert.match(notice, /No provider of this model is on\. Start with OPENAI_API_KEY or OPENROUTER_API_KEY or/);

      await follow(page, '/chat?model=sandbox%2Fecho');
      await page.getByLabel('Message').fill(HOSTILE);
      const asked = page.waitForRequest('**/chat/completions');
      await page.keyboard.press('Enter');
      assert.equal(await (await asked).headerValue('referer'), null, 'the gateway is no app of its own');
      await page.getByRole('link', { name: 'receipt' }).waitFor();
      const said = (await page.locator('.markdown').textContent()) ?? '';
      assert.ok(said.includes(HOSTILE.replaceAll('*', '')), said);
      assert.equal(await page.locator('.talk img, .talk script').count(), 0);
      assert.equal(await page.locator('.markdown strong').textContent(), 'bold');
      await page.getByRole('link', { name: 'receipt' }).click();
      await page.waitForURL('**/generation/gen-*');
      assert.equal(await page.getByText('completed').count(), 1);

      await page.keyboard.press('ControlOrMeta+k');
      await page.getByRole('combobox').waitFor();
      await page.keyboard.type('sign out');
      await page.getByRole('option', { name: 'Sign out' }).waitFor();
      await page.keyboard.press('Enter');
      await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).waitFor();
      assert.equal(await page.evaluate("sessionStorage.getItem('sample-key')"), null);
      assert.deepEqual(errors, []);
    });
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { OWNER_ACCOUNT_ID } from '../../src/access/owner.ts';
import { launch, missingBrowser, onPage, until } from './browser.ts';
import { buildConsole } from './built.ts';
import { FILTER_TWICE } from './in-page.ts';
import { type Instance, readCatalogue, startInstance } from './instance.ts';
import { enlarged, withSandbox } from './large.ts';
import { monthOfReceipts } from './receipt.ts';

const VISIBLE_ROWS = 'tbody tr[data-at]:not([hidden])';
const QUERIES = [
  'q=GPT',
  'price=0.5',
  'context=200000',
  'feature=tools',
  'state=on',
  'feature=temperature',
  'author=openai&reads=file',
  'q=zzz',
  'sort=input',
  'sort=-input',
  'sort=-name&price=5',
];
const STREAM = [
  ': PROCESSING',
  'data: {"id":"gen-9","choices":[{"index":0,"delta":{"role":"assistant","content":"The "}}]}',
  'data: {"id":"gen-9","choices":[{"index":0,"delta":{"content":"Loire."}}]}',
  'data: {"id":"gen-9","choices":[],"usage":{"completion_tokens":4,"cost":0.0000042}}',
  'data: [DONE]',
  '',
].join('\n\n');

describe('pages in a browser', { skip: missingBrowser }, () => {
  let browser: Browser;
  let instance: Instance;
  let large: Instance;
  before(async () => {
    buildConsole();
    browser = await launch();
    instance = await startInstance({
      catalog: withSandbox(readCatalogue()),
      receipts: monthOfReceipts(OWNER_ACCOUNT_ID),
    });
    large = await startInstance({ catalog: enlarged(readCatalogue(), 400) });
  });
  after(async () => {
    await browser?.close();
    await instance?.close();
    await large?.close();
  });

  test('filters narrow the list, the URL holds them, and the way back undoes them', async () => {
    await onPage(browser, {}, async ({ page }) => {
      await page.goto(`${instance.origin}/models`);
      const all = await page.locator(VISIBLE_ROWS).count();
      await page.getByLabel('Search models').fill('gpt mini');
      assert.equal(await page.locator(VISIBLE_ROWS).count(), 1);
      assert.equal(new URL(page.url()).search, '?q=gpt+mini');
      await page.getByLabel('Search models').fill('');
      await page.getByRole('combobox', { name: 'Reads' }).selectOption('image');
      assert.equal(await page.locator(VISIBLE_ROWS).count(), 3);
      await page.getByRole('link', { name: 'Input /M' }).click();
      assert.equal(await page.locator(VISIBLE_ROWS).first().locator('code').textContent(), 'openai/gpt-4.1-mini');
      assert.equal(new URL(page.url()).search, '?reads=image&sort=input');
      await page.locator(VISIBLE_ROWS).first().getByRole('link').click();
      await page.waitForURL('**/openai/gpt-4.1-mini');
      await page.goBack();
      assert.equal(await page.locator(VISIBLE_ROWS).count(), 3);
      assert.equal(await page.getByRole('combobox', { name: 'Reads' }).inputValue(), 'image');
      await page.goBack();
      assert.equal(new URL(page.url()).search, '?reads=image');
      assert.equal(await page.getByRole('columnheader', { name: 'Input /M' }).getAttribute('aria-sort'), null);
      await page.goBack();
      assert.equal(new URL(page.url()).search, '');
      assert.equal(await page.locator(VISIBLE_ROWS).count(), all);
    });
  });

  test('the server and the browser agree on what a URL shows, and the sandbox stands last', async () => {
    const shown: string[][] = [];
    for (const javaScriptEnabled of [true, false])
      await onPage(browser, { javaScriptEnabled }, async ({ page }) => {
        const seen: string[] = [];
        for (const query of QUERIES) {
          await page.goto(`${instance.origin}/models?${query}`);
          const rows = await page.locator(`${VISIBLE_ROWS} code`).allTextContents();
          seen.push(`${query}: ${await page.locator('[data-shown]').textContent()}: ${rows.join()}`);
        }
        shown.push(seen);
      });
    assert.deepEqual(shown[0], shown[1]);
    for (const seen of shown[0] ?? [])
      assert.match(seen, /^[^:]+: \d of 5: (?:(?!sandbox)[^,]*,?)*(?:sandbox\/echo)?$/);
    assert.match(shown[0]?.find((seen) => seen.startsWith('sort=-input')) ?? '', /,sandbox\/echo$/);
  });

  test('a click on a column sorts the models, and the sandbox stays below them', async () => {
    await onPage(browser, {}, async ({ page }) => {
      await page.goto(`${instance.origin}/models`);
      for (const order of ['ascending', 'descending']) {
        await page.getByRole('link', { name: 'Input /M' }).click();
        assert.equal(await page.locator('th[aria-sort]').getAttribute('aria-sort'), order);
        assert.equal(await page.locator(VISIBLE_ROWS).last().locator('code').textContent(), 'sandbox/echo');
        assert.equal(await page.locator('tbody.apart').getByText('how to use them').isVisible(), true);
      }
      await page.getByLabel('Search models').fill('gpt');
      assert.equal(await page.locator('tbody.apart').getByText('how to use them').isVisible(), false);
    });
  });

  test('the way back leads to the place one came from', async () => {
    await onPage(browser, {}, async ({ page }) => {
      await page.goto(`${large.origin}/models?sort=-context`);
      const row = page.locator('tbody tr').nth(200).getByRole('link');
      await row.scrollIntoViewIfNeeded();
      const before = Number(await page.evaluate('scrollY'));
      assert.ok(before > 1000, `${before}`);
      await row.click();
      await page.waitForURL((url) => url.pathname !== '/models');
      await page.goBack();
      await until(page, 'scrollY', before);
    });
  });

  test('a keystroke in a list of 400 lays out no more rows than a window holds; the others follow by frames', async () => {
    await onPage(browser, {}, async ({ page }) => {
      await page.goto(`${large.origin}/models`);
      assert.equal(await page.locator('tbody tr').count(), 400);
      assert.deepEqual(await page.evaluate(FILTER_TWICE), { none: 0, atOnce: 16 });
      await until(page, `document.querySelectorAll('${VISIBLE_ROWS}').length`, 400);
    });
  });

  test('by keyboard alone: search, move along the list, open a model, choose a sample, find by palette', async () => {
    await onPage(browser, {}, async ({ page }) => {
      await page.goto(`${instance.origin}/models`);
      await page.keyboard.press('/');
      await page.keyboard.type('gpt');
      const region = page.getByRole('region', { name: 'Models' });
      await region.focus();
      await page.keyboard.press('j');
      await page.keyboard.press('ArrowDown');
      assert.match((await page.locator('tr.here code').textContent()) ?? '', /^openai\/gpt-4\.1/);
      await page.keyboard.press('Enter');
      await page.waitForURL('**/openai/gpt-4.1*');
      await page.getByRole('tab', { name: 'Python' }).focus();
      await page.keyboard.press('ArrowRight');
      assert.equal(await page.getByRole('tabpanel').count(), 1);
      assert.match((await page.getByRole('tabpanel').textContent()) ?? '', /import OpenAI from 'openai'/);
      await page.keyboard.press('ControlOrMeta+k');
      await page.getByRole('combobox').waitFor();
      await page.keyboard.type('haiku');
      await page.getByRole('option').first().waitFor();
      assert.equal(await page.getByRole('option').count(), 1);
      await page.keyboard.press('Enter');
      await page.waitForURL('**/anthropic/claude-haiku-4.5');
    });
  });

  test('what is copied is the exact text', async () => {
    await onPage(browser, { permissions: ['clipboard-read', 'clipboard-write'] }, async ({ page }) => {
      await page.clock.install(); // the word stays until this test has read it, however busy the machine
      await page.goto(`${instance.origin}/openai/gpt-4.1-mini`);
      await page.waitForSelector('html[data-ready]');
      await page.clock.pauseAt(Date.now() + 3_600_000);
      await page.getByRole('button', { name: 'Copy openai/gpt-4.1-mini' }).click();
      await page.getByText('Copied').waitFor();
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'openai/gpt-4.1-mini');
      await page.getByRole('tabpanel').getByRole('button', { name: 'Copy', exact: true }).click();
      await page.getByText('Copied').nth(1).waitFor();
      const copied = String(await page.evaluate('navigator.clipboard.readText()'));
      assert.ok(copied.startsWith('from openai import OpenAI\n') && copied.includes(`"${instance.origin}/api/v1"`));
      await page.clock.runFor(1_500);
      assert.equal(await page.getByText('Copied').count(), 0);
    });
  });

  test('the theme that was chosen stays', async () => {
    await onPage(browser, { colorScheme: 'light' }, async ({ page }) => {
      await page.goto(instance.origin);
      const background = (): Promise<unknown> =>
        page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
      const light = await background();
      await page.getByRole('button', { name: 'Switch between light and dark' }).click();
      const dark = await background();
      assert.notEqual(dark, light);
      await page.goto(`${instance.origin}/models`);
      assert.equal(await background(), dark);
    });
  });

  test('columns can be hidden and the visible rows saved with exact values', async () => {
    await onPage(browser, { acceptDownloads: true }, async ({ page }) => {
      await page.goto(`${instance.origin}/models?author=openai`);
      await page.getByText('Columns').click();
      await page.getByRole('checkbox', { name: 'Created' }).uncheck();
      await page.getByText('Columns').click();
      assert.equal(await page.getByRole('columnheader', { name: 'Created' }).count(), 0);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'CSV' }).click(),
      ]);
      const chunks: Buffer[] = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
      const lines = Buffer.concat(chunks).toString().trim().split('\r\n');
      assert.equal(lines[0], 'Model,Answers here,Input /M,Output /M,Context,Max output,Reads,Providers');
      assert.ok(
        lines.includes('openai/gpt-4.1-mini,yes,0.4,1.6,1047576,32768,"text, images, files",2'),
        lines.join('\n'),
      );
      assert.equal(lines.length, 3);
    });
  });

  test('a chat streams the answer, names its cost and links its receipt; a refusal is shown', async () => {
    await onPage(browser, {}, async ({ page, errors }) => {
      const host = new URL(instance.origin).hostname;
      await page.context().addCookies([{ ...instance.session, domain: host, path: '/' }]);
      const asked: unknown[] = [];
      await page.route('**/api/v1/chat/completions', async (route) => {
        asked.push(route.request().postDataJSON());
        if (asked.length === 2)
          return route.fulfill({ status: 402, json: { error: { code: 402, message: 'No <b>credit</b>' } } });
        return route.fulfill({ status: 200, contentType: 'text/event-stream', body: STREAM });
      });
      await page.goto(`${instance.origin}/chat?model=openai%2Fgpt-4.1`);
      await page.getByLabel('Message').fill('Name a river.');
      await page.keyboard.press('Enter');
      const answers = page.locator('.markdown');
      await answers.filter({ hasText: 'The Loire.' }).waitFor();
      assert.equal(await page.getByText('$0.0000042').count(), 1);
      assert.equal(await page.getByRole('link', { name: 'receipt' }).getAttribute('href'), '/generation/gen-9');
      assert.deepEqual(errors, []);
      await page.getByLabel('Message').fill('Another?');
      await page.keyboard.press('Enter');
      await page.locator('.state.down').filter({ hasText: 'No <b>credit</b>' }).waitFor();
      const said = ['Name a river.', 'The Loire.', 'Another?'];
      const messages = said.map((content, at) => ({ role: at === 1 ? 'assistant' : 'user', content }));
      assert.deepEqual(asked[1], { model: 'openai/gpt-4.1', messages, stream: true });
      await page.getByRole('button', { name: 'Name a river.' }).waitFor();
      await page.reload();
      await answers.filter({ hasText: 'The Loire.' }).waitFor();
    });
  });

  test('on paper there is no navigation, and the sample is whole', async () => {
    await onPage(browser, {}, async ({ page }) => {
      await page.goto(`${instance.origin}/openai/gpt-4.1-mini`);
      await page.emulateMedia({ media: 'print' });
      assert.equal(await page.getByRole('navigation', { name: 'Main' }).isVisible(), false);
      assert.equal(await page.getByRole('heading', { level: 1 }).isVisible(), true);
      assert.equal(await page.getByText('from openai import OpenAI').isVisible(), true);
      assert.equal(await page.locator('[data-copy]').first().isVisible(), false);
    });
  });
});

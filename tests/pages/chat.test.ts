import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type GatewayProcess, startGateway } from '../gateway-process.ts';
import { launch, missingBrowser, onPage, until } from './browser.ts';
import { buildConsole } from './built.ts';
import { FIND_VIOLATIONS } from './in-page.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const HOSTILE = [
  '# Heading',
  'Some **bold**, `code`, [a link](https://example.com/a), [none](javascript:alert(1)), ![a picture](https://evil.example/x.png).',
  '<img src="https://evil.example/y.png" onerror="alert(1)"><script>alert(2)</script>',
  '| a | b |\n|---|--:|\n| 1 | 2 |',
  '- one\n- two\n  - three',
  '```python\nprint("<b>")  # said\n```',
  '[evil](https://user:password@evil.example/), <https://evil.example/z>, data:text/html,<script>alert(3)</script>',
].join('\n\n');
/** A picture of one red point. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);

describe('the chat', { skip: missingBrowser }, () => {
  let browser: Browser;
  let gateway: GatewayProcess;
  let cookies: NonNullable<Exclude<BrowserContextOptions['storageState'], string>>;
  before(async () => {
    buildConsole();
    browser = await launch();
    gateway = await startGateway();
    await onPage(browser, {}, async ({ page }) => {
      await page.goto(`${gateway.origin}/${/sign-in\?token=[0-9a-f]+/.exec(gateway.output())?.[0]}`);
      cookies = await page.context().storageState();
    });
  });
  after(async () => {
    await browser?.close();
    await gateway?.stop();
  });
  const open = async (page: Page, model: string): Promise<void> => {
    await page.goto(`${gateway.origin}/chat?model=${encodeURIComponent(model)}`);
    await page.getByLabel('Message').waitFor();
  };
  const say = async (page: Page, text: string): Promise<void> => {
    await page.getByLabel('Message').fill(text);
    await page.keyboard.press('Enter');
  };
  const answers = (page: Page) => page.locator('.answered');
  const addModel = async (page: Page, words: string): Promise<void> => {
    await page.getByRole('button', { name: 'Add a model' }).click();
    await page.getByRole('combobox', { name: 'Model' }).fill(words);
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
  };

  test('two models answer side by side; what they write is Markdown, and hostile markup is text', async () => {
    await onPage(browser, { storageState: cookies }, async ({ page, errors, hosts }) => {
      await open(page, 'sandbox/echo');
      await addModel(page, 'sandbox lorem');
      await say(page, HOSTILE);
      await page.getByRole('link', { name: 'receipt' }).nth(1).waitFor();
      assert.equal(await answers(page).count(), 2);
      const echo = answers(page).first();
      assert.equal(await echo.locator('h3.heading').textContent(), 'Heading');
      assert.equal(await echo.locator('strong').textContent(), 'bold');
      assert.equal(await echo.locator('td.number').textContent(), '2');
      assert.equal(await echo.locator('ul ul li').textContent(), 'three');
      assert.equal(await echo.locator('.code .s').textContent(), '"<b>"');
      assert.equal(await echo.locator('img, script, iframe, object, [onerror]').count(), 0);
      assert.ok((await echo.textContent())?.includes('<script>alert(2)</script>'));
      const links = await echo
        .locator('.markdown a')
        .evaluateAll((all) => all.map((each) => (each as unknown as { href: string }).href));
      assert.deepEqual(links, ['https://example.com/a', 'https://evil.example/x.png', 'https://evil.example/z']);
      for (const link of await echo.locator('.markdown a').all())
        assert.equal(await link.getAttribute('rel'), 'noopener noreferrer nofollow');
      for (const receipt of await page.getByRole('link', { name: 'receipt' }).all())
        assert.match((await receipt.getAttribute('href')) ?? '', /^\/generation\/gen-/);
      assert.match((await echo.locator('.facts').textContent()) ?? '', /\d+ tokens.*\$0.*first word after \d+ ms/);
      assert.deepEqual(errors, []);
      assert.deepEqual([...hosts], [new URL(gateway.origin).host]);
    });
  });

  test('conversations are kept, found by what was said, renamed, branched, edited, exported and deleted', async () => {
    await onPage(browser, { storageState: cookies }, async ({ page, errors }) => {
      const names = page.locator('.conversations .name');
      await open(page, 'sandbox/echo');
      await say(page, 'The first question');
      await names.filter({ hasText: 'The first question' }).waitFor();
      await say(page, 'A second one');
      await page.getByRole('link', { name: 'receipt' }).nth(1).waitFor();
      await page.getByRole('button', { name: 'New conversation' }).click();
      await say(page, 'Something about rivers');
      await names.filter({ hasText: 'Something about rivers' }).waitFor();
      await page.reload();
      await names.nth(1).waitFor();
      await answers(page).filter({ hasText: 'Something about rivers' }).waitFor();

      await page.getByLabel('Search conversations').fill('second');
      await until(page, "document.querySelectorAll('.conversations .name').length", 1);
      await names.first().click();
      await answers(page).nth(1).waitFor();
      await page.getByLabel('Search conversations').fill('');
      await page.locator('.conversations summary').nth(1).click();
      await page.getByRole('button', { name: 'Rename' }).click();
      await page.getByLabel('Name', { exact: true }).fill('Named');
      await page.keyboard.press('Enter');
      await names.filter({ hasText: 'Named' }).waitFor();

      await page.getByRole('button', { name: 'Branch from here' }).first().click();
      await names.filter({ hasText: 'Named (branch)' }).waitFor();
      assert.equal(await answers(page).count(), 1);
      await names.filter({ hasText: /^Named$/ }).click();
      await answers(page).nth(1).waitFor();
      await page.getByRole('button', { name: 'Edit the question' }).nth(1).click();
      assert.equal(await page.getByLabel('Message').inputValue(), 'A second one');
      await say(page, 'Another second one');
      await answers(page).filter({ hasText: 'Another second one' }).waitFor();
      await names.filter({ hasText: /^Named$/ }).click();
      await answers(page)
        .filter({ hasText: /A second one/ })
        .waitFor();

      const row = page.locator('.conversations li').filter({ has: page.locator('.name', { hasText: /^Named$/ }) });
      await row.locator('summary').click();
      const saved = page.waitForEvent('download');
      await row.getByRole('button', { name: 'Export as Markdown' }).click();
      const text = readFileSync(await (await saved).path(), 'utf8');
      assert.match(text, /^# Named\n\n## You\n\nThe first question\n\n## sandbox\/echo\n\nThe first question\n/);
      await row.locator('summary').click();
      await row.getByRole('button', { name: 'Delete' }).click();
      await until(
        page,
        "[...document.querySelectorAll('.conversations .name')].filter((each) => each.textContent === 'Named').length",
        0,
      );
      await page.reload();
      await names.first().waitFor();
      assert.equal(await names.filter({ hasText: /^Named$/ }).count(), 0);
      assert.deepEqual(errors, []);
    });
  });

  test('an answer is stopped and asked for again; a failure has its receipt; settings and files go along', async () => {
    await onPage(browser, { storageState: cookies }, async ({ page }) => {
      const bodies: { readonly [name: string]: unknown }[] = [];
      page.on('request', (request) => {
        if (request.url().endsWith('/chat/completions')) bodies.push(request.postDataJSON());
      });
      await open(page, 'sandbox/slow-stream');
      await say(page, 'Tell me');
      await page.locator('.markdown').filter({ hasText: /\w/ }).waitFor();
      await page.locator('.compose').getByRole('button', { name: 'Stop' }).click();
      await answers(page).filter({ hasText: 'stopped' }).waitFor();
      assert.match((await page.locator('.markdown').textContent()) ?? '', /\w/, 'what was said stays');

      await open(page, 'sandbox/error-503');
      await say(page, 'Fail');
      await page.locator('.answered .state.down').waitFor();
      assert.match(
        (await page.getByRole('link', { name: 'receipt' }).getAttribute('href')) ?? '',
        /^\/generation\/gen-/,
      );
      await page.getByRole('button', { name: 'Retry' }).click();
      await until(page, "document.querySelectorAll('.answered .state.down').length", 1);

      await open(page, 'sandbox/vision');
      await page.getByText('System prompt, parameters, providers').click();
      await page.getByLabel('System prompt').fill('Be exact.');
      await page.getByLabel('Temperature').fill('0.5');
      await page.getByLabel('Provider', { exact: true }).selectOption('price');
      await page.getByLabel('Files').setInputFiles([
        { name: 'red.png', mimeType: 'image/png', buffer: PICTURE },
        { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('a note') },
      ]);
      await page.locator('.attached li').nth(1).waitFor();
      await say(page, 'What is it?');
      await answers(page)
        .filter({ hasText: /PNG|png/ })
        .waitFor();
      const body = bodies.at(-1);
      assert.deepEqual(body, {
        model: 'sandbox/vision',
        messages: [
          { role: 'system', content: 'Be exact.' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is it?' },
              { type: 'image_url', image_url: { url: `data:image/png;base64,${PICTURE.toString('base64')}` } },
              { type: 'text', text: 'notes.txt:\n\na note' },
            ],
          },
        ],
        stream: true,
        temperature: 0.5,
        provider: { sort: 'price' },
      });
      await page
        .getByLabel('Files')
        .setInputFiles([{ name: 'x.bin', mimeType: 'application/octet-stream', buffer: PICTURE }]);
      await page.getByText('x.bin is neither a picture, a recording, a PDF nor a text.').waitFor();
    });
  });

  for (const view of [
    { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
    { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
  ] as const)
    test(`in ${view.colorScheme} at ${view.viewport.width} px: axe finds nothing, nothing sticks out`, async () => {
      await onPage(browser, { ...view, storageState: cookies }, async ({ page, errors }) => {
        await open(page, 'sandbox/echo');
        await addModel(page, 'sandbox reasoner');
        await say(page, HOSTILE);
        await page.getByRole('link', { name: 'receipt' }).nth(1).waitFor();
        await page.getByText('System prompt, parameters, providers').click();
        await page.evaluate(AXE);
        assert.deepEqual(await page.evaluate(FIND_VIOLATIONS), []);
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), view.viewport.width);
        await page.getByRole('button', { name: 'Add a model' }).click();
        await page.getByRole('option').first().waitFor();
        assert.deepEqual(await page.evaluate(FIND_VIOLATIONS), []);
        assert.deepEqual(errors, []);
      });
    });
});

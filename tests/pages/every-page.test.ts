import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { OWNER_ACCOUNT_ID } from '../../src/access/owner.ts';
import { launch, missingBrowser, onPage } from './browser.ts';
import { buildConsole } from './built.ts';
import { FIND_VIOLATIONS, WATCH_SHIFTS } from './in-page.ts';
import { type Instance, readCatalogue, startInstance } from './instance.ts';
import { withSandbox } from './large.ts';
import { monthOfReceipts, receiptOf } from './receipt.ts';

const PAGES = [
  '/',
  '/models',
  '/openai',
  '/openai/gpt-4.1-mini',
  '/hostile/model',
  '/rankings',
  '/apps',
  '/apps?url=https%3A%2F%2Fevil.example',
  '/providers',
  '/provider/openai',
  '/compare',
  '/compare/openai/gpt-4.1/openai/gpt-4.1-mini',
  '/chat',
  '/status',
  '/docs/api',
  '/playground',
  '/generation/gen-own',
  '/requests',
  '/activity',
  '/activity?show=latency&window=day',
  '/requests?state=failed&window=month&from=2026-11-01',
  '/requests?cost=cheap',
  '/docs',
  '/docs/request',
  '/docs/parameters',
  '/docs/response',
  '/docs/operations',
  '/docs/frameworks',
  '/docs/errors',
  '/docs/sandbox',
  '/sign-in',
  '/openai/gpt-4.1-mni',
];
/** Of every page, and of the chat. */
const JS_BYTES_MAX = 15 * 1024;
const CHAT_BYTES_MAX = 120 * 1024;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VIEWS = [
  { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const;

describe('every page', { skip: missingBrowser }, () => {
  let browser: Browser;
  let instance: Instance;
  before(async () => {
    buildConsole();
    browser = await launch();
    const receipts = [...monthOfReceipts(OWNER_ACCOUNT_ID), receiptOf('gen-own', OWNER_ACCOUNT_ID, 'Atlas')];
    instance = await startInstance({ catalog: withSandbox(readCatalogue()), receipts });
  });
  after(async () => {
    await browser?.close();
    await instance?.close();
  });
  const signIn = (page: Page): Promise<void> => {
    const domain = new URL(instance.origin).hostname;
    return page.context().addCookies([{ ...instance.session, domain, path: '/' }]);
  };

  for (const view of VIEWS)
    test(`in ${view.colorScheme} at ${view.viewport.width} px: axe finds nothing, nothing moves, nothing is asked elsewhere`, async () => {
      await onPage(browser, view, async ({ page, errors, hosts }) => {
        await signIn(page);
        await page.addInitScript(WATCH_SHIFTS);
        for (const path of PAGES) {
          const answer = await page.goto(instance.origin + path);
          await page.waitForSelector('html[data-ready]');
          await page.evaluate(AXE);
          assert.deepEqual(await page.evaluate(FIND_VIOLATIONS), [], path);
          assert.equal(await page.evaluate('document.documentElement.scrollWidth'), view.viewport.width, path);
          assert.deepEqual(await page.evaluate('shifts'), [], path);
          assert.equal(await page.evaluate('document.getAnimations().length'), 0, path);
          // Chromium itself says so where the page is the answer to something that is not there.
          const expected = (answer?.status() ?? 0) >= 400 ? 1 : 0;
          assert.equal(errors.splice(0).length, expected, `${path}: ${errors}`);
        }
        assert.deepEqual([...hosts], [new URL(instance.origin).host]);
      });
    });

  test('the first view needs little script, which may be kept for ever, and two typefaces of ours', async () => {
    for (const path of ['/', '/models', '/openai/gpt-4.1-mini', '/chat'])
      await onPage(browser, {}, async ({ page }) => {
        await signIn(page);
        const network = await page.context().newCDPSession(page);
        await network.send('Network.enable');
        const scripts = new Map<string, number>();
        network.on('Network.responseReceived', ({ requestId, response, type }) => {
          if (type !== 'Script') return;
          scripts.set(requestId, 0);
          assert.match(response.headers['cache-control'] ?? '', /immutable/);
        });
        network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
          if (scripts.has(requestId)) scripts.set(requestId, encodedDataLength);
        });
        await page.goto(instance.origin + path, { waitUntil: 'networkidle' });
        const bytes = [...scripts.values()].reduce((sum, each) => sum + each, 0);
        const most = path === '/chat' ? CHAT_BYTES_MAX : JS_BYTES_MAX;
        assert.ok(bytes > 0 && bytes <= most, `${path}: ${bytes} bytes of compressed script`);
        for (const font of ['16px Geist', '16px "Geist Mono"'])
          assert.equal(await page.evaluate(`document.fonts.check('${font}')`), true, font);
      });
  });

  test('by keyboard alone everything can be reached, and what has the focus shows it', async () => {
    await onPage(browser, { viewport: { width: 1440, height: 900 } }, async ({ page }) => {
      await page.goto(`${instance.origin}/openai/gpt-4.1-mini`);
      const reached: string[] = [];
      for (let at = 0; at < 40; at++) {
        await page.keyboard.press('Tab');
        const [name, outline] = (await page.evaluate(
          `[document.activeElement.textContent.trim(), getComputedStyle(document.activeElement).outlineStyle]`,
        )) as [string, string];
        reached.push(name);
        assert.notEqual(outline, 'none', `${name} has the focus and does not show it`);
      }
      for (const name of ['Skip to content', 'Models', 'Search Ctrl K', 'Chat', 'Endpoints', 'OpenAI'])
        assert.ok(
          reached.some((each) => each.startsWith(name)),
          `${name} is not among ${reached.join(', ')}`,
        );
    });
  });

  test('whoever wants less motion has none', async () => {
    await onPage(browser, { reducedMotion: 'reduce' }, async ({ page }) => {
      await page.goto(`${instance.origin}/openai/gpt-4.1-mini`);
      assert.equal(await page.evaluate('getComputedStyle(document.documentElement).scrollBehavior'), 'auto');
    });
  });
});

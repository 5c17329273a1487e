import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { API_KEY, type GatewayProcess, startGateway } from '../gateway-process.ts';
import { launch, missingBrowser, onPage } from './browser.ts';
import { buildConsole } from './built.ts';
import { FIND_VIOLATIONS } from './in-page.ts';
import { type KeyProvider, startKeyProvider } from './key-provider.ts';

const HOSTILE = '"><img src=x onerror="alert(1)"><script>alert(2)</script>';
const PROVIDER_KEY = 'sk-the-right-key-of-the-provider';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VIEWS = [
  { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const;

/** The product itself, and its owner at a browser. */
describe('what is managed on the pages', { skip: missingBrowser }, () => {
  let browser: Browser;
  let gateway: GatewayProcess;
  let provider: KeyProvider;
  let cookies: NonNullable<Exclude<BrowserContextOptions['storageState'], string>>;
  before(async () => {
    buildConsole();
    browser = await launch();
    provider = await startKeyProvider(PROVIDER_KEY);
    gateway = await startGateway({ catalogue: provider.catalogue, environment: { MINE_API_KEY: PROVIDER_KEY } });
    await onPage(browser, {}, async ({ page }) => {
      await page.goto(`${gateway.origin}/${/sign-in\?token=[0-9a-f]+/.exec(gateway.output())?.[0]}`);
      cookies = await page.context().storageState();
    });
  });
  after(async () => {
    await browser?.close();
    await gateway?.stop();
    provider?.close();
  });
  const open = (page: Page, path: string) => page.goto(gateway.origin + path);
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const fieldOf = (page: Page, label: string, options = {}) => page.locator('main form').getByLabel(label, options);
  const call = async (key: string): Promise<number> => {
    const answer = await fetch(`${gateway.base}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'acme/one', max_tokens: 100, messages: [{ role: 'user', content: 'hello' }] }),
    });
    await answer.text();
    return answer.status;
  };

  for (const javaScriptEnabled of [true, false])
    test(`a key ${javaScriptEnabled ? 'with' : 'without'} a script: made with a limit, used, changed, off, deleted`, async () => {
      await onPage(browser, { storageState: cookies, javaScriptEnabled }, async ({ page, errors }) => {
        await open(page, '/settings/keys');
        await page.getByRole('link', { name: 'New API key' }).first().click();
        await fieldOf(page, 'Name').fill(HOSTILE);
        await fieldOf(page, 'Limit in US dollars').fill('a lot');
        await fieldOf(page, 'Limit starts afresh').selectOption('weekly');
        await press(page, 'Make the key');
        const limit = fieldOf(page, 'Limit in US dollars');
        assert.equal(await limit.getAttribute('aria-invalid'), 'true');
        const [, wrong] = ((await limit.getAttribute('aria-describedby')) ?? '').split(' ');
        assert.equal(await page.locator(`#${wrong}`).textContent(), 'must be a number');
        assert.equal(await limit.inputValue(), 'a lot', 'what was typed is gone');
        assert.equal(await fieldOf(page, 'Name').inputValue(), HOSTILE);
        assert.equal(await fieldOf(page, 'Limit starts afresh').inputValue(), 'weekly');
        assert.deepEqual(errors.splice(0).length, 1, 'Chromium says that the answer is 400');

        await limit.fill('0.5');
        await press(page, 'Make the key');
        const key = (await page.locator('.secret .copyable code').textContent()) ?? '';
        assert.match(key, /^sk-sw-v1-[0-9a-f]{64}$/);
        assert.equal(await call(key), 200);

        await page.locator('.secret').getByRole('link').click();
        assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), HOSTILE);
        assert.ok(!(await page.content()).includes(key), 'a key is shown once');
        await fieldOf(page, 'Limit in US dollars').fill('0.04');
        await fieldOf(page, 'Name').fill(`Mine ${javaScriptEnabled}`);
        await press(page, 'Save');
        assert.equal(await page.getByRole('status').textContent(), 'Saved.');
        assert.equal(await fieldOf(page, 'Limit in US dollars').inputValue(), '0.04');
        assert.equal(await call(key), 402, 'the limit holds');
        await fieldOf(page, 'Limit in US dollars').fill('');
        await press(page, 'Save');
        assert.equal(await call(key), 200, 'an empty field takes the limit away');

        await press(page, 'Switch off');
        assert.equal(await page.getByRole('status').textContent(), 'Switched off.');
        assert.equal(await call(key), 401);
        await press(page, 'Switch on');
        assert.equal(await call(key), 200);

        await page.locator('summary', { hasText: /^Delete$/ }).click();
        await press(page, 'Delete the key');
        assert.equal(await page.locator('.notice.done').textContent(), 'Deleted.');
        assert.equal(await page.getByRole('link', { name: `Mine ${javaScriptEnabled}` }).count(), 0);
        assert.equal(await call(key), 401);
        assert.deepEqual(errors, []);
      });
    });

  test('a workspace and its budgets: what contradicts stands beside its field', async () => {
    await onPage(browser, { storageState: cookies, javaScriptEnabled: false }, async ({ page }) => {
      await open(page, '/settings/new/workspaces');
      await fieldOf(page, 'Name').fill('Research');
      await fieldOf(page, 'Slug').fill('Not a slug');
      await press(page, 'Make the workspace');
      assert.match((await page.locator('.field .wrong').textContent()) ?? '', /lower-case letters/);
      await fieldOf(page, 'Slug').fill('research');
      await press(page, 'Make the workspace');
      assert.equal(await page.getByRole('status').textContent(), 'Made.');
      const set = async (summary: string, usd: string): Promise<void> => {
        await page.locator('summary', { hasText: summary }).click();
        await page.locator('details[open]').getByRole('textbox').fill(usd);
        await page.locator('details[open]').getByRole('button').first().click();
      };
      await set('Each day: no limit', '5');
      await set('Each month: no limit', '4');
      const month = page.locator('details[open]');
      assert.equal(await month.locator('.field .wrong').textContent(), 'must be more than the daily budget');
      assert.equal(await month.getByRole('textbox').inputValue(), '4');
      await month.getByRole('textbox').fill('50.25');
      await month.getByRole('button').first().click();
      assert.equal(await page.locator('summary', { hasText: 'Each month: $50.25' }).count(), 1);
      await page.locator('summary', { hasText: 'Each day: take the limit away' }).click();
      await press(page, 'Take it away');
      assert.equal(await page.locator('summary', { hasText: 'Each day: no limit' }).count(), 1);
      await page.locator('summary', { hasText: /^Delete$/ }).click();
      await press(page, 'Delete the workspace');
      assert.equal(await page.getByRole('link', { name: 'Research' }).count(), 0);
    });
  });

  for (const [path, heading] of [
    ['provider-keys', 'Provider keys'],
    ['byok', 'Own provider keys'],
  ] as const)
    test(`${heading}: a wrong one is refused by its provider, the right one is taken, and neither is read again`, async () => {
      await onPage(browser, { storageState: cookies, javaScriptEnabled: false }, async ({ page }) => {
        await open(page, `/settings/new/${path}?provider=mine`);
        assert.equal(await fieldOf(page, 'Provider', { exact: true }).inputValue(), 'mine');
        const seen: string[] = [];
        const look = async (): Promise<void> => void seen.push(await page.content());
        await fieldOf(page, 'Key', { exact: true }).fill('sk-a-wrong-key-of-nobody');
        await fieldOf(page, 'Name').fill('First');
        await press(page, 'Add the key');
        await look();
        assert.match(
          (await page.locator('.field .wrong').textContent()) ?? '',
          /the key was refused \(HTTP 401, “no such key”\)/,
        );
        assert.equal(await fieldOf(page, 'Name').inputValue(), 'First');
        await fieldOf(page, 'Key', { exact: true }).fill(PROVIDER_KEY);
        await press(page, 'Add the key');
        await look();
        assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'First');
        await press(page, 'Test the key');
        assert.match((await page.getByRole('status').textContent()) ?? '', /^It works\./);
        await look();
        await page.locator('summary', { hasText: 'Replace the key' }).click();
        await fieldOf(page, 'New key').fill('sk-another-wrong-key');
        await press(page, 'Put it in place');
        await look();
        assert.match((await page.locator('.field .wrong').textContent()) ?? '', /the key was refused/);
        await page.getByRole('link', { name: heading }).first().click();
        await look();
        assert.equal(await page.getByRole('row', { name: /First/ }).count(), 1);
        for (const markup of seen)
          for (const secret of [PROVIDER_KEY, 'sk-a-wrong-key-of-nobody', 'sk-another-wrong-key'])
            assert.ok(!markup.includes(secret), `${secret} stands in a page`);
        await page.getByRole('row', { name: /First/ }).getByRole('link').click();
        await page.locator('summary', { hasText: /^Delete$/ }).click();
        await press(page, 'Delete the key');
        assert.equal(await page.getByRole('row', { name: /First/ }).count(), 0);
      });
    });

  test('a preset is made, called, given another version, and switched off', async () => {
    await onPage(browser, { storageState: cookies, javaScriptEnabled: false }, async ({ page }) => {
      await open(page, '/settings/new/presets');
      await fieldOf(page, 'Slug').fill('terse');
      await fieldOf(page, 'Model').fill('sandbox/echo');
      await fieldOf(page, 'System prompt').fill('Be terse.');
      await fieldOf(page, 'Other fields of a request').fill('{"top_p": ');
      await press(page, 'Make the preset');
      assert.equal(await page.locator('.field .wrong').textContent(), 'must be a JSON object');
      assert.equal(await fieldOf(page, 'System prompt').inputValue(), 'Be terse.');
      await fieldOf(page, 'Other fields of a request').fill('{"top_p": 0.5}');
      await fieldOf(page, 'Temperature').fill('hot');
      await press(page, 'Make the preset');
      assert.equal(await page.locator('[aria-invalid]').getAttribute('name'), 'temperature');
      await fieldOf(page, 'Temperature').fill('0.25');
      await press(page, 'Make the preset');
      assert.equal(await page.locator('.notice.done').textContent(), 'Made.');
      const ask = async (): Promise<string> => {
        const answer = await fetch(`${gateway.base}/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
          body: JSON.stringify({ model: '@preset/terse', messages: [{ role: 'user', content: 'hello' }] }),
        });
        const { choices, error } = (await answer.json()) as {
          readonly choices?: readonly { readonly message: { readonly content: string } }[];
          readonly error?: { readonly message: string };
        };
        return choices?.[0]?.message.content ?? error?.message ?? '';
      };
      assert.match(await ask(), /hello/);
      await page.locator('summary', { hasText: 'New version' }).click();
      assert.equal(await fieldOf(page, 'Temperature').inputValue(), '0.25');
      assert.equal(await fieldOf(page, 'Other fields of a request').inputValue(), '{\n  "top_p": 0.5\n}');
      await fieldOf(page, 'Temperature').fill('1');
      await press(page, 'Keep the version');
      assert.match((await page.locator('.facts').textContent()) ?? '', /version 2/);
      await fieldOf(page, 'Calls are made with').selectOption('1');
      await fieldOf(page, 'State').selectOption('disabled');
      await press(page, 'Save');
      assert.match((await page.locator('.facts').textContent()) ?? '', /disabled.*version 1/s);
      assert.match(await ask(), /disabled|no such|not found/i);
    });
  });

  test('a destination is made of its kind’s fields; its secret stays what it was and is never written into a page', async () => {
    await onPage(browser, { storageState: cookies, javaScriptEnabled: false }, async ({ page }) => {
      await open(page, '/settings/new/destinations');
      await page.getByRole('link', { name: 'langfuse' }).click();
      await fieldOf(page, 'Name').fill('Traces');
      await fieldOf(page, 'Secret key').fill('sk-lf-the-secret-of-langfuse');
      await fieldOf(page, 'Public key').fill('pk-lf-public');
      await fieldOf(page, 'Base url').fill('not an address');
      await press(page, 'Make the destination');
      assert.equal(await page.locator('.field .wrong').textContent(), 'must be an http or https URL');
      assert.equal(await fieldOf(page, 'Public key').inputValue(), 'pk-lf-public');
      await fieldOf(page, 'Base url').fill('https://traces.example.com');
      await fieldOf(page, 'Secret key').fill('sk-lf-the-secret-of-langfuse');
      await press(page, 'Make the destination');
      const masked = await fieldOf(page, 'Secret key').inputValue();
      assert.match(masked, /^sk-l\.\.\.fuse$/);
      await fieldOf(page, 'Share of calls').fill('0.5');
      await press(page, 'Save');
      assert.match((await page.locator('.facts').textContent()) ?? '', /50% of calls/);
      assert.equal(await fieldOf(page, 'Secret key').inputValue(), masked);
      assert.ok(!(await page.content()).includes('sk-lf-the-secret-of-langfuse'));
      await press(page, 'Switch off');
      assert.match((await page.locator('.facts').textContent()) ?? '', /off/);
    });
  });

  test('a guardrail is made, put on a key whose calls it then refuses, changed and deleted', async () => {
    await onPage(browser, { storageState: cookies, javaScriptEnabled: false }, async ({ page }) => {
      await open(page, '/settings/new/keys');
      await fieldOf(page, 'Name').fill('Guarded');
      await press(page, 'Make the key');
      const key = (await page.locator('.secret .copyable code').textContent()) ?? '';
      const hash = createHash('sha256').update(key).digest('hex');
      await open(page, '/settings/new/guardrails');
      await fieldOf(page, 'Name').fill('Echo alone');
      await fieldOf(page, 'Only these models').fill('sandbox/echo\nno/such-model');
      await fieldOf(page, 'Zero retention at OpenAI').selectOption('true');
      await press(page, 'Make the guardrail');
      assert.equal(await page.locator('.field .wrong').textContent(), 'no/such-model is no model of this gateway');
      assert.equal(await fieldOf(page, 'Zero retention at OpenAI').inputValue(), 'true');
      await fieldOf(page, 'Only these models').fill('sandbox/echo');
      await fieldOf(page, 'Filters of your own').fill('{"action": "block"}');
      await press(page, 'Make the guardrail');
      assert.equal(await page.locator('.field .wrong').textContent(), 'must be a JSON list');
      await fieldOf(page, 'Filters of your own').fill('[{"action": "block", "pattern": "PRJ-[0-9]{6}"}]');
      await press(page, 'Make the guardrail');
      assert.equal(await call(key), 200);
      await page.locator('summary', { hasText: 'Put it on more' }).first().click();
      await fieldOf(page, 'Hashes of keys').first().fill('x');
      await press(page, 'Put it on them');
      assert.equal(await page.locator('.field .wrong').textContent(), 'x is no API key of the account');
      await fieldOf(page, 'Hashes of keys').first().fill(hash);
      await press(page, 'Put it on them');
      assert.equal(await page.locator('#keys').getByRole('link', { name: 'Guarded' }).count(), 1);
      assert.ok((await call(key)) >= 400, 'a model that is not allowed answers');
      await page.locator('summary', { hasText: /^Delete$/ }).click();
      await press(page, 'Delete the guardrail');
      assert.equal(await call(key), 200);
    });
  });

  test('where no provider is on, the start page takes a key and leads to a first answer', async () => {
    const fresh = await startGateway({ catalogue: provider.catalogue });
    try {
      await onPage(browser, {}, async ({ page, errors }) => {
        await page.goto(`${fresh.origin}/${/sign-in\?token=[0-9a-f]+/.exec(fresh.output())?.[0]}`);
        await page.goto(`${fresh.origin}/`);
        const first = page.locator('#form-first');
        await first.getByLabel('Provider', { exact: true }).selectOption('mine');
        await first.getByLabel('Key', { exact: true }).fill('sk-a-wrong-key-of-nobody');
        await press(page, 'Test and add the key');
        assert.match((await page.locator('.field .wrong').textContent()) ?? '', /the key was refused/);
        errors.splice(0);
        assert.equal(await fieldOf(page, 'Provider', { exact: true }).inputValue(), 'mine');
        await fieldOf(page, 'Key', { exact: true }).fill(PROVIDER_KEY);
        await press(page, 'Add the key');
        await page.getByRole('link', { name: /^Ask .* something now$/ }).click();
        await page.getByLabel('Message').fill('hello');
        await page.keyboard.press('Enter');
        await page.locator('.markdown').filter({ hasText: 'Hello there' }).waitFor();
        await page.goto(`${fresh.origin}/`);
        assert.equal(await page.locator('#form-first').count(), 0);
        assert.deepEqual(errors, []);
      });
    } finally {
      await fresh.stop();
    }
  });

  const PAGES = [
    '',
    '/keys',
    '/new/keys',
    '/workspaces',
    '/new/workspaces',
    '/credits',
    '/provider-keys',
    '/new/provider-keys',
    '/byok',
    '/new/byok',
    '/guardrails',
    '/new/guardrails',
    '/presets',
    '/new/presets',
    '/destinations',
    '/new/destinations',
    '/new/destinations?type=arize',
    '/mcp-servers',
    '/new/mcp-servers',
  ];
  for (const view of VIEWS)
    test(`in ${view.colorScheme} at ${view.viewport.width} px: axe finds nothing, nothing sticks out, nothing is asked elsewhere`, async () => {
      await onPage(browser, { ...view, storageState: cookies }, async ({ page, errors, hosts }) => {
        const look = async (where: string): Promise<void> => {
          await page.waitForSelector('html[data-ready]');
          await page.evaluate(
            "for (const each of document.querySelectorAll('details.api, details.folded')) each.open = true",
          );
          await page.evaluate(AXE);
          assert.deepEqual(await page.evaluate(FIND_VIOLATIONS), [], where);
          assert.equal(await page.evaluate('document.documentElement.scrollWidth'), view.viewport.width, where);
        };
        for (const path of PAGES) {
          await open(page, `/settings${path}`);
          await look(path);
        }
        for (const list of ['/keys', '/workspaces', '/presets', '/destinations']) {
          await open(page, `/settings${list}`);
          await page.locator('tbody a').first().click();
          await look(`the first of ${list}`);
        }
        assert.deepEqual(errors, []);
        await open(page, '/settings/new/keys');
        await press(page, 'Make the key');
        await look('what a refused form says');
        assert.deepEqual([...hosts], [new URL(gateway.origin).host]);
      });
    });
});

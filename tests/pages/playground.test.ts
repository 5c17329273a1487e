import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { SNIPPETS } from '../../console/src/play/snippets.ts';
import { INFERENCE_ROUTES } from '../../src/http/inference-routes.ts';
import { FIRST_BODIES } from '../../src/http/pages/playground.ts';
import { API_KEY, type GatewayProcess, startGateway } from '../gateway-process.ts';
import { launch, missingBrowser, onPage } from './browser.ts';
import { buildConsole } from './built.ts';

const run = promisify(execFile);

test('a request of every wire format of ours can be built', () => {
  const formats = new Set(INFERENCE_ROUTES.map(({ dialect }) => dialect));
  assert.deepEqual(
    [...formats].filter((dialect) => !FIRST_BODIES[dialect]),
    [],
  );
});

describe('the playground', { skip: missingBrowser }, () => {
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
  const open = async (page: Page): Promise<void> => {
    await page.goto(`${gateway.origin}/playground?model=sandbox%2Fecho`);
    await page.getByLabel('Body').waitFor();
  };
  const send = async (page: Page): Promise<string> => {
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.facts').filter({ hasText: 'end after' }).waitFor();
    return (await page.locator('.frames').innerText()).replaceAll(/\s+/g, ' ');
  };

  test('a stream is shown frame by frame with its times; what is no JSON is not sent; other operations answer, too', async () => {
    await onPage(browser, { storageState: cookies }, async ({ page, errors }) => {
      await open(page);
      const frames = await send(page);
      assert.match(frames, /\d+ ms data: \{.*rivers.*\d+ ms data: \[DONE\]/);
      assert.match(
        (await page.locator('.play .facts').innerText()).replaceAll('\n', ' '),
        /200.*head after \d+ ms.*frames.*receipt/,
      );
      await page.getByRole('link', { name: 'receipt' }).click();
      await page.waitForURL('**/generation/gen-*');

      await open(page);
      await page.getByLabel('Body').fill('{"model": ');
      assert.equal(await page.getByRole('button', { name: 'Send' }).isDisabled(), true);
      assert.equal(await page.getByLabel('Body').getAttribute('aria-invalid'), 'true');
      for (const [wanted, expected] of [
        ['anthropic-messages', /event: message_start/],
        ['openai-embeddings', /"embedding"/],
        ['gemini', /"candidates"/],
        ['openrouter-rerank', /"relevance_score"/],
      ] as const) {
        const options = await page.getByLabel('Request').locator('option').allTextContents();
        const label = options.find((option) => option.endsWith(`(${wanted})`)) ?? '';
        await page.getByLabel('Request').selectOption({ label });
        if (wanted === 'gemini' || wanted.startsWith('anthropic')) {
          const body = await page.getByLabel('Body').inputValue();
          await page.getByLabel('Body').fill(body.replace(/"model": "[^"]*"/, '"model": "sandbox/echo"'));
        }
        assert.match(await send(page), expected, wanted);
      }
      assert.deepEqual(errors, []);
    });
  });

  test('the code that is shown makes the same call', async () => {
    await onPage(browser, { storageState: cookies }, async ({ page }) => {
      await open(page);
      const said = `It's "quoted" \\\\ #{here} $there \`so\` <b>`;
      await page
        .getByLabel('Body')
        .fill(JSON.stringify({ model: 'sandbox/echo', messages: [{ role: 'user', content: said }] }, null, 2));
      assert.equal(await page.locator('fieldset.choice label').count(), SNIPPETS.length);
      const environment = { ...process.env, SWITCHWRIGHT_API_KEY: API_KEY };
      for (const [label, program, file] of PROGRAMS) {
        await page.getByLabel(label, { exact: true }).check();
        const code = await page.locator('.play .code pre').innerText();
        const path = join(gateway.folder, file);
        writeFileSync(path, code);
        const made = await run(program[0], [...program.slice(1), path], { env: environment }).catch(
          (cause: { code?: string }) => {
            if (cause.code === 'ENOENT') return null;
            throw cause;
          },
        );
        if (made === null) {
          console.log(`SKIPPED: there is no ${program[0]} here`);
          continue;
        }
        const answer = JSON.parse(made.stdout) as {
          readonly choices: readonly { readonly message: { readonly content: string } }[];
        };
        assert.equal(answer.choices[0]?.message.content, said, label);
      }
    });
  });
});

/** How each language is run here. */
const PROGRAMS: readonly (readonly [label: string, program: readonly [string, ...string[]], file: string])[] = [
  ['curl', ['sh'], 'call.sh'],
  ['Python', ['python3'], 'call.py'],
  ['TypeScript', [process.execPath], 'call.mts'],
  ['Go', ['go', 'run'], 'call.go'],
  ['Ruby', ['ruby'], 'call.rb'],
  ['PHP', ['php'], 'call.php'],
];

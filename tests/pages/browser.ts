import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why the browser tests cannot run here; false = they can. With `CI_STRICT=1` they run and fail instead. */
export const missingBrowser: string | false =
  existsSync(EXECUTABLE) || process.env.CI_STRICT === '1' ? false : `SKIPPED: there is no Chromium at ${EXECUTABLE}`;

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });

/** Guards against waiting for ever; no test may depend on them, however slow the machine. */
const ROUNDS_MAX = 12_000;
const WAIT_MS_MAX = 600_000;

/** What went wrong on a page, and every host it asked. */
export type Watched = { readonly page: Page; readonly errors: string[]; readonly hosts: Set<string> };

/** Waits until a script of the page gives the value. Playwright's own way evaluates in the page, which our policy forbids. */
export async function until(page: Page, script: string, value: unknown): Promise<void> {
  for (let round = 0; (await page.evaluate(script)) !== value; round++) {
    if (round === ROUNDS_MAX) throw new Error(`${script} is ${await page.evaluate(script)}, not ${value}`);
    await page.waitForTimeout(50);
  }
}

/** Runs `look` on a fresh page of its own context; what the page complained about is handed along. */
export async function onPage(
  browser: Browser,
  options: BrowserContextOptions,
  look: (watched: Watched) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(WAIT_MS_MAX);
  const page = await context.newPage();
  const errors: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  page.on('dialog', (dialog) => {
    errors.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  try {
    await look({ page, errors, hosts });
  } finally {
    await context.close();
  }
}

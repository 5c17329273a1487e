/** What the console's cookie may do (decisions/0015), and that pages of others cannot make it do anything. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { ENVIRONMENT, skipReason } from '../gateway-process.ts';
import { launch, missingBrowser, onPage } from '../pages/browser.ts';
import { PATHS, type Path, soundModel } from './inference.ts';
import { startSubject } from './subject.ts';
import { catalogueOf, startUpstream } from './upstream.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');
const ANSWER = { id: 'c', object: 'chat.completion', created: 1, model: 'm' };
const choice = { index: 0, message: { role: 'assistant', content: 'done' }, finish_reason: 'stop' };

const upstream = await startUpstream({
  sound: ({ response }) =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...ANSWER, choices: [choice] })),
});
const subject = await startSubject({ catalogue: catalogueOf(upstream.origin, ['sound'], 'openai-chat') });
after(async () => {
  await subject.proveUnharmed();
  upstream.close();
});
const cookie = await signIn();

async function signIn(): Promise<string> {
  const { origin, folder } = subject.gateway;
  const environment = { ...ENVIRONMENT, SWITCHWRIGHT_DATA_DIR: join(folder, 'data'), PORT: new URL(origin).port };
  const made = spawnSync(process.execPath, [main, 'keys', 'sign-in'], { env: environment, encoding: 'utf8' });
  const link = /^http:\S+$/m.exec(made.stdout)?.[0] ?? '';
  const signedIn = await fetch(link, { redirect: 'manual' });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  assert.match(cookie, /_session=[0-9a-f]{64}$/);
  return cookie;
}

type Headers = { readonly [name: string]: string };
const JSON_TYPE = { 'content-type': 'application/json' };
const send = (path: Path, headers: Headers) =>
  fetch(subject.gateway.origin + path.url(soundModel(path)), {
    method: 'POST',
    headers: { cookie, ...headers },
    body: JSON.stringify(path.body(soundModel(path), 'hello')),
  });

/** What a browser adds for a page of this instance: over TLS or on this machine, and over plain HTTP elsewhere. */
const own = (): readonly Headers[] => [
  { ...JSON_TYPE, 'sec-fetch-site': 'same-origin', origin: subject.gateway.origin },
  { 'content-type': 'application/json; charset=utf-8', origin: subject.gateway.origin },
];

test('the console may ask any model in any way, and manage keys', async () => {
  for (const headers of own()) {
    for (const path of PATHS) assert.equal((await send(path, headers)).status, 200, path.name);
    const keys = `${subject.gateway.base}/keys`;
    const made = await fetch(keys, { method: 'POST', headers: { cookie, ...headers }, body: '{"name": "mine"}' });
    assert.equal(made.status, 201);
    assert.equal((await fetch(keys, { headers: { cookie } })).status, 200);
  }
});

const FOREIGN: readonly (readonly [name: string, headers: Headers])[] = [
  ['another site', { ...JSON_TYPE, 'sec-fetch-site': 'cross-site' }],
  ['another port or subdomain', { ...JSON_TYPE, 'sec-fetch-site': 'same-site' }],
  ['another site, over plain HTTP', { ...JSON_TYPE, origin: 'http://evil.example' }],
  ['another port, over plain HTTP', { ...JSON_TYPE, origin: 'http://127.0.0.1:1' }],
  ['a sandboxed frame', { ...JSON_TYPE, origin: 'null' }],
  ['no URL', { ...JSON_TYPE, origin: '][' }],
];

test('a page of another origin is nobody, whatever it sends', async () => {
  for (const [name, headers] of FOREIGN)
    for (const path of PATHS) {
      const response = await send(path, headers);
      assert.equal(response.status, 401, `${name}, ${path.name}`);
    }
});

test('a session calls with JSON that says so', async () => {
  const origin = { origin: subject.gateway.origin };
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp'])
    for (const path of PATHS) {
      const response = await send(path, { ...origin, 'content-type': type });
      assert.equal(response.status, 403, `${type}, ${path.name}`);
    }
});

test('a form of another page signs nobody out', async () => {
  const url = `${subject.gateway.origin}/sign-out`;
  const form = { cookie, 'content-type': 'application/x-www-form-urlencoded' };
  const alive = async (): Promise<number> =>
    (await fetch(`${subject.gateway.base}/keys`, { headers: { cookie, ...own()[0] } })).status;
  for (const headers of [{ origin: 'http://evil.example' }, { 'sec-fetch-site': 'same-site' }])
    await fetch(url, { method: 'POST', redirect: 'manual', headers: { ...form, ...headers } });
  assert.equal(await alive(), 200);
});

test('CORS never lets credentials along', async () => {
  const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
  for (const path of PATHS) {
    const url = subject.gateway.origin + path.url(soundModel(path));
    const asked = { ...headers, 'access-control-request-headers': 'authorization,content-type,x-stainless-os' };
    const preflight = await fetch(url, { method: 'OPTIONS', headers: asked });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*');
    // A star would not cover `authorization`: the SDKs in a browser depend on this.
    assert.equal(preflight.headers.get('access-control-allow-headers'), asked['access-control-request-headers']);
    const answer = await send(path, own()[0] ?? {});
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    assert.match(answer.headers.get('access-control-expose-headers') ?? '', /x-generation-id/);
    for (const response of [preflight, answer])
      assert.equal(response.headers.get('access-control-allow-credentials'), null);
  }
});

/** Everything a page can try with somebody else's cookie, without being allowed to. */
const EVIL = (target: string): string => `<!doctype html><title>trying</title><script>
const body = JSON.stringify({ model: 'my/sound', messages: [{ role: 'user', content: 'spend' }] });
const url = ${JSON.stringify(target)};
const types = ['application/json', 'text/plain', 'application/x-www-form-urlencoded'];
const tries = types.flatMap((type) => ['cors', 'no-cors', 'same-origin'].map((mode) =>
  fetch(url, { method: 'POST', mode, credentials: 'include', headers: { 'content-type': type }, body }).catch(() => 0)));
tries.push(new Promise((done) => done(navigator.sendBeacon(url, body))));
tries.push(new Promise((done) => {
  const request = new XMLHttpRequest();
  request.withCredentials = true;
  request.onloadend = done;
  request.open('POST', url);
  request.send(body);
}));
tries.push(new Promise((done) => {
  const frame = document.createElement('iframe');
  frame.name = 'frame';
  frame.onload = done;
  const form = document.createElement('form');
  Object.assign(form, { method: 'post', enctype: 'text/plain', action: url, target: 'frame' });
  const input = document.createElement('input');
  input.name = body.slice(0, -1) + ',"user":"';
  input.value = '"}';
  form.append(input);
  document.documentElement.append(frame, form);
  form.submit();
}));
Promise.all(tries).then(() => { document.title = 'tried'; });
</script>`;

test('in a real browser: a page on another port of this machine spends nothing', {
  skip: missingBrowser === false ? false : skipReason(missingBrowser),
}, async () => {
  const url = `${subject.gateway.base}/chat/completions`;
  const evil = createServer(
    (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(EVIL(url)),
  );
  await new Promise<void>((done) => evil.listen(0, '127.0.0.1', done));
  const address = evil.address();
  assert(typeof address === 'object' && address);
  const browser = await launch();
  try {
    await onPage(browser, {}, async ({ page }) => {
      const [name = '', value = ''] = cookie.split('=');
      await page
        .context()
        .addCookies([{ name, value, domain: '127.0.0.1', path: '/', sameSite: 'Lax', httpOnly: true }]);
      const seen: string[] = [];
      page.on('request', (request) => seen.push(request.url()));
      await page.goto(`http://127.0.0.1:${address.port}/`);
      await page.waitForFunction('document.title === "tried"');
      assert(seen.includes(url), 'it tried');
      assert.equal(upstream.asked('sound'), 0);
      // The same call from a page of the instance itself goes through: the cookie was good all along.
      await page.goto(`${subject.gateway.origin}/chat`);
      const status = await page.evaluate(async (to) => {
        const body = JSON.stringify({ model: 'my/sound', messages: [{ role: 'user', content: 'spend' }] });
        const response = await fetch(to, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
        return response.status;
      }, url);
      assert.equal(status, 200);
      assert.equal(upstream.asked('sound'), 1);
    });
  } finally {
    await browser.close();
    evil.close();
  }
});

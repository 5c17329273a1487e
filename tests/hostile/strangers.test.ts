/** What strangers may do: guess, look, stay silent. Nothing of it costs anybody else anything. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { API_KEY, ENVIRONMENT, startGateway } from '../gateway-process.ts';
import { assertRefused, PATHS, soundModel } from './inference.ts';
import { startSubject } from './subject.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');
const subject = await startSubject({ environment: { SWITCHWRIGHT_BOARDS: 'private' } });
after(() => subject.proveUnharmed());
const { origin, base, folder } = subject.gateway;

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const statusOf = async (key: string) => (await fetch(`${base}/key`, { headers: bearer(key) })).status;

function signInLink(): string {
  const environment = { ...ENVIRONMENT, SWITCHWRIGHT_DATA_DIR: join(folder, 'data'), PORT: new URL(origin).port };
  const made = spawnSync(process.execPath, [main, 'keys', 'sign-in'], { env: environment, encoding: 'utf8' });
  return /^http:\S+$/m.exec(made.stdout)?.[0] ?? '';
}

test('whoever only looks at a sign-in link does not use it up', async () => {
  const link = signInLink();
  for (let looks = 0; looks < 2; looks++) {
    const head = await fetch(link, { method: 'HEAD', redirect: 'manual' });
    assert.deepEqual([head.status, head.headers.get('set-cookie')], [200, null]);
    assert.equal(head.headers.get('cache-control'), 'no-store');
    for (const [name, value] of [
      ['sec-purpose', 'prefetch'],
      ['sec-purpose', 'prefetch;prerender'],
      ['purpose', 'prefetch'],
      ['x-purpose', 'preview'],
      ['x-moz', 'prefetch'],
    ] as const)
      for (const method of ['GET', 'HEAD']) {
        const ahead = await fetch(link, { method, headers: { [name]: value }, redirect: 'manual' });
        // A browser must not show what it fetched ahead.
        assert.deepEqual([ahead.status, ahead.headers.get('set-cookie')], [503, null], `${method} ${name}`);
      }
  }
  const unknown = await fetch(`${origin}/sign-in?token=${'0'.repeat(64)}`, { method: 'HEAD' });
  assert.equal(unknown.status, 200, 'nor does it tell which links are good');
  const followed = await fetch(link, { redirect: 'manual' });
  assert.equal(followed.status, 303);
  assert.match(followed.headers.get('set-cookie') ?? '', /_session=/);
  assert.equal((await fetch(link, { redirect: 'manual' })).status, 403, 'and it works once');
});

test('private boards are for those with a key or a session', async () => {
  for (const path of ['/rankings', '/apps', '/apps?url=https%3A%2F%2Fa.example']) {
    assert.equal((await fetch(origin + path)).status, 404, path);
    const told = await fetch(origin + path, { headers: bearer(API_KEY) });
    if (!path.includes('?')) assert.equal(told.status, 200, path);
  }
  const page = async (headers = {}) => (await fetch(`${origin}/openai/gpt-4.1-mini`, { headers })).text();
  assert.doesNotMatch(await page(), /id="(activity|apps)"|href="#(activity|apps)"/);
  assert.match(await page(bearer(API_KEY)), /id="activity".*id="apps"/s);
});

test('a connection over which nothing comes is closed; one that is used stays', async (context) => {
  // Of its own: on a busy machine a sound request may take longer than this one waits.
  const hasty = await startGateway({ environment: { SWITCHWRIGHT_DEADLINE_SCALE: '0.05' } });
  context.after(() => hasty.stop());
  const { port, hostname } = new URL(hasty.origin);
  const silent = Array.from({ length: 200 }, () => connect(Number(port), hostname));
  const used = connect(Number(port), hostname);
  const ask = async () => {
    used.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    const [bytes] = await once(used, 'data');
    assert.match(String(bytes), /^HTTP\/1\.1 200 /);
  };
  await ask();
  await Promise.all(silent.map((socket) => once(socket.resume(), 'close')));
  await ask();
  used.destroy();
});

test('wrong keys are slowed down by their address; the right one always comes in', async () => {
  const statuses = await Promise.all(Array.from({ length: 160 }, (_, tries) => statusOf(`sk-guess-${tries}`)));
  assert.deepEqual([...new Set(statuses)].sort(), [401, 429]);
  for (const path of PATHS) {
    const asked = await fetch(origin + path.url(soundModel(path)), {
      method: 'POST',
      headers: { ...bearer('sk-guess'), 'content-type': 'application/json' },
      body: JSON.stringify(path.body(soundModel(path), 'hello')),
    });
    const answer = { status: asked.status, headers: asked.headers, text: await asked.text() };
    if (answer.status === 401) continue; // a second has passed since the one before
    assertRefused(path, answer, 429);
    assert(Number(answer.headers.get('retry-after')) >= 1);
  }
  assert.equal(await statusOf(API_KEY), 200);
  assert.equal((await fetch(`${base}/key`)).status, 401, 'who shows no key guesses none');
});

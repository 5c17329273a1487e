/** The operator's own keys at run time, sealed secrets through rotation and a kill, and a look for what leaked. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { API_KEY, type GatewayProcess, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { runCli } from './cli.ts';
import { catalogueOf, type ProviderHost, startProvider } from './provider-host.ts';

const KEYS = [
  'sk-operator-given-over-http-01',
  'sk-operator-given-by-command-02',
  'sk-own-key-of-the-account-03',
  'sk-rotated-by-the-operator-04',
] as const;
const [HTTP, COMMAND, OWN, ROTATED] = KEYS;
const INLINE = 'sk-brought-along-by-a-request-5';
let first: ProviderHost;
let second: ProviderHost;
let gateway: GatewayProcess;
let output = '';
const options = () => ({
  catalogue: catalogueOf(first, second),
  environment: {
    SWITCHWRIGHT_WORKERS: '2',
    SWITCHWRIGHT_REQUEST_LOG: 'json',
    SECOND_API_KEY: 'sk-of-the-environment-0006',
  },
});
before(async () => {
  [first, second] = await Promise.all([startProvider(), startProvider()]);
  gateway = await startGateway(options());
});
after(async () => {
  await gateway.stop();
  rmSync(gateway.folder, { recursive: true, force: true });
  first.close();
  second.close();
});

const send = async (
  method: string,
  path: string,
  body?: object,
  key = MANAGEMENT_KEY,
  more: Readonly<Record<string, string>> = {},
) => {
  const response = await fetch(gateway.base + path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', connection: 'close', ...more },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
};
const call = (more: Readonly<Record<string, string>> = {}) =>
  send(
    'POST',
    '/chat/completions',
    { model: 'acme/two', messages: [{ role: 'user', content: 'Hello' }] },
    API_KEY,
    more,
  );
/** All processes hear of a change within a moment; each answers some of so many calls. */
async function untilAll(holds: () => Promise<boolean>): Promise<void> {
  for (let inARow = 0; inARow < 8; ) inARow = (await holds()) ? inARow + 1 : 0;
}

test('a key that is given at run time turns its provider on in every process, and off again', async () => {
  assert.equal((await call()).status, 404);
  const { status, text } = await send('POST', '/operator/provider-keys', { provider: 'first', key: HTTP, test: true });
  assert.equal(status, 201, text);
  const { id, label } = JSON.parse(text).data;
  assert.equal(label, 'sk-...p-01');
  await untilAll(async () => (await call()).status === 200);
  assert.ok(first.keys().every((key) => key === HTTP || key === ''));
  const listed = JSON.parse((await send('GET', '/operator/provider-keys')).text);
  assert.deepEqual(listed.environment, [{ source: 'environment', provider: 'second', variable: 'SECOND_API_KEY' }]);
  assert.deepEqual([listed.data.length, listed.data[0].id, listed.total_count], [1, id, 1]);
  assert.equal((await send('GET', '/operator/provider-keys', undefined, API_KEY)).status, 403);
  await send('PATCH', `/operator/provider-keys/${id}`, { key: ROTATED });
  await untilAll(async () => {
    first.keys();
    return (await call()).status === 200 && first.keys().join() === ROTATED;
  });
  assert.deepEqual(JSON.parse((await send('POST', `/operator/provider-keys/${id}/test`)).text).data.works, true);
  await send('PATCH', `/operator/provider-keys/${id}`, { disabled: true });
  await untilAll(async () => (await call()).status === 404);
  const added = await runCli(gateway, ['providers', 'add', 'first', '--name', 'by command'], {}, `${COMMAND}\n`);
  assert.equal(added.code, 0, added.output);
  await untilAll(async () => (await call()).status === 200);
  first.keys();
  await call();
  assert.equal(first.keys().join(), COMMAND);
  for (const bad of [
    { provider: 'first', key: 'sk-two\nlines-of-it' },
    { provider: 'nobody', key: HTTP },
    { provider: 'first' },
  ])
    assert.equal((await send('POST', '/operator/provider-keys', bad)).status, 400);
  assert.equal((await send('PATCH', '/operator/provider-keys/x', {})).status, 404);
});

test('secrets are sealed anew while calls run, and nobody is refused; a kill loses none', async () => {
  assert.equal((await send('POST', '/byok', { provider: 'first', key: OWN })).status, 201);
  await untilAll(async () => (await call()).text.includes('"is_byok":true'));
  const statuses: number[] = [];
  let isOver = false;
  const calls = (async () => {
    while (!isOver) statuses.push((await call()).status);
  })();
  for (let at = 0; at < 3; at++) {
    const rotated = await runCli(gateway, ['rotate-secrets'], {});
    assert.equal(rotated.code, 0, rotated.output);
    assert.match(rotated.output, /^3 sealed anew/);
  }
  assert.equal((await send('POST', '/byok', { provider: 'second', key: OWN })).status, 201, 'sealed by the newest');
  isOver = true;
  await calls;
  assert.ok(statuses.length > 0 && statuses.every((status) => status === 200), statuses.join());
  // Keys are made until the process is killed in the midst of it; whatever was answered is there, and opens.
  const made: string[] = [];
  const making = (async () => {
    for (let at = 0; at < 100; at++) {
      const { status, text } = await send('POST', '/byok', { provider: 'first', key: OWN, disabled: true });
      if (status === 201) made.push(JSON.parse(text).data.id);
    }
  })().catch(() => {});
  while (made.length < 5) await new Promise((next) => setTimeout(next, 5));
  output += gateway.output();
  const { folder } = gateway;
  const killed = new Promise((done) => gateway.child.once('close', done));
  gateway.child.kill('SIGKILL');
  await Promise.all([killed, making]);
  gateway = await startGateway({ ...options(), folder });
  for (const id of made) {
    const tested = await send('POST', `/byok/${id}/test`);
    assert.equal(JSON.parse(tested.text).data?.works, true, tested.text);
  }
  assert.match((await call()).text, /"is_byok":true/);
});

test('no table, log, receipt, metric, answer or error holds a secret', async () => {
  first.refuse(OWN, 401);
  first.refuse(INLINE, 401);
  const told = [await call({ 'x-provider-api-keys': JSON.stringify({ first: INLINE }) }), await call()];
  const pages = ['/byok', '/operator/provider-keys', '/keys', '/activity', '/providers'];
  for (const path of pages) told.push(await send('GET', path));
  const metrics = await fetch(`${gateway.origin}/metrics`, { headers: { authorization: `Bearer ${MANAGEMENT_KEY}` } });
  told.push({ status: metrics.status, text: await metrics.text() });
  await gateway.stop('SIGTERM');
  output += gateway.output();
  const secrets = [...KEYS, INLINE];
  const files = readdirSync(join(gateway.folder, 'data'), { recursive: true, encoding: 'utf8' });
  assert.ok(files.includes('switchwright.db'));
  for (const name of files) {
    let bytes: Buffer;
    try {
      bytes = readFileSync(join(gateway.folder, 'data', name));
    } catch {
      continue; // a folder
    }
    for (const secret of secrets) assert.ok(!bytes.includes(secret), `${name} holds ${secret}`);
  }
  for (const secret of secrets) {
    assert.ok(!output.includes(secret), `the output holds ${secret}`);
    for (const { text } of told) assert.ok(!text.includes(secret), `${secret} in ${text.slice(0, 500)}`);
  }
});

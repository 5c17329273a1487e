/** Alerts, as those who make them see them: a real gateway, a real server for mail, a real receiver of posts. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { accountScope, keyScope } from '../../src/facts/scope.ts';
import { tellOnce } from '../../src/gateway/alerts/tell.ts';
import { watchOnce } from '../../src/gateway/alerts/watch.ts';
import { isHold } from '../../src/ledger/ledger.ts';
import { cents, receiptOf, requestOf } from '../../src/storage/testing/sample.ts';
import { startMailServer } from '../mail-server.ts';
import { startInstance, type Who } from '../rights/instance.ts';

const posts: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
let status = 200;
const receiver = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (status === 200) posts.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
  response.writeHead(status).end();
});
await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
const { port } = receiver.address() as AddressInfo;
const WEBHOOK = `http://127.0.0.1:${port}/hook?token=secret`;
const mail = await startMailServer();
const instance = await startInstance({
  SWITCHWRIGHT_EGRESS_ALLOW: `127.0.0.1:${port}`,
  SWITCHWRIGHT_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
  SWITCHWRIGHT_MAIL_FROM: 'gateway@example.com',
  SWITCHWRIGHT_PUBLIC_URL: 'https://gateway.example.com',
});
const { gateway, storage } = instance.composed;
after(async () => {
  await instance.close();
  await mail.close();
  receiver.close();
});

type Json = { readonly [name: string]: unknown };
async function api(method: string, path: string, body?: object, who: Who = 'manager') {
  const answer = await fetch(`${instance.origin}/api/v1${path}`, {
    method,
    headers: { ...instance.headersOf(who), 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const json = (await answer.json()) as { readonly data?: Json; readonly error?: Json };
  return { status: answer.status, data: json.data ?? {}, error: String(json.error?.message ?? '') };
}
const eventsOf = async (id: unknown) => (await api('GET', `/alerts/${id}/events`)).data as unknown as readonly Json[];
const watch = () => watchOnce({ ...gateway, left: storage.ledgerStore.left });
async function until<T>(look: () => Promise<T | null> | T | null): Promise<T> {
  for (;;) {
    await tellOnce(gateway);
    const found = await look();
    if (found !== null) return found;
    await wait(50);
  }
}

async function call(keyId: string, cost: number, isFailed = false): Promise<void> {
  const request = requestOf(gateway.world.newId('gen'), keyId, cents(cost), gateway.world.now());
  const hold = await gateway.ledger.hold({ ...request, scopes: [keyScope(keyId), accountScope('owner')] });
  assert.ok(isHold(hold));
  const receipt = { ...receiptOf(request, cents(isFailed ? 0 : cost)), createdAt: gateway.world.now() };
  await (isFailed ? hold.release({ ...receipt, state: 'failed' }) : hold.settle(receipt));
}

test('a budget that comes to its end is told once: here, by a signed post, by mail', async () => {
  const { key } = await gateway.access.keys.create({
    name: 'Spends\r\nBcc: x',
    secret: gateway.world.newId('sk'),
    limit: cents(100),
  });
  const made = await api('POST', '/alerts', {
    type: 'budget',
    name: 'Nearly\nspent',
    scope: `key:${key.hash}`,
    webhook_url: WEBHOOK,
    emails: ['admin@example.com'],
  });
  assert.equal(made.status, 201, made.error);
  const { id } = made.data;
  assert.equal(made.data.webhook_url, `http://127.0.0.1:${port}/...`, 'a token is not shown again');
  await call(key.hash, 79);
  await watch();
  assert.deepEqual(await eventsOf(id), []);
  await call(key.hash, 1);
  await Promise.all([watch(), watch()]);
  await watch();
  const [event, ...others] = await until(async () => {
    const events = await eventsOf(id);
    return JSON.stringify(events).includes('waiting') ? null : events;
  });
  assert.deepEqual(others, []);
  assert.equal(event?.type, 'raised');
  assert.match(String(event?.message), /^The key “Spends Bcc: x” has used 80 % of what it may spend\.$/);
  assert.deepEqual(event?.deliveries, [
    { to: 'webhook', state: 'sent', reason: null },
    { to: 'admin@example.com', state: 'sent', reason: null },
  ]);
  const [post] = posts;
  assert.ok(post);
  const [, time = '', signature] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(post.headers['x-openrouter-signature'])) ?? [];
  const secret = String(made.data.webhook_secret);
  assert.equal(signature, createHmac('sha256', secret).update(`${time},${post.body}`).digest('hex'));
  const said = JSON.parse(post.body);
  assert.deepEqual([said.type, said.id, said.data.alert_id], ['alert.raised', event?.id, id]);
  assert.equal(post.headers['x-openrouter-idempotency-key'], event?.id);
  assert.equal(mail.mails.length, 1);
  assert.match(mail.mails[0]?.source ?? '', /^Subject: Alert: Nearly spent\r\n/m);
  assert.doesNotMatch(mail.mails[0]?.source ?? '', /^Bcc:/im);
  assert.ok(
    mail.mails[0]?.source.replaceAll('=\r\n', '').includes(`https://gateway.example.com/settings/alerts/${id}`),
  );
  assert.deepEqual((await api('GET', `/alerts/${id}`)).data.state, 'raised');
  const viewed = await api('GET', `/alerts/${id}`, undefined, 'viewer');
  assert.deepEqual([viewed.status, viewed.data.webhook_secret], [200, null], 'who may only look cannot sign');
});

test('what was used today is watched without being named, and fills up again without a word', async () => {
  const { key } = await gateway.access.keys.create({
    name: 'Unnamed',
    secret: gateway.world.newId('sk'),
    limit: cents(10),
  });
  const { id } = (await api('POST', '/alerts', { type: 'budget', name: 'Any', threshold: 1 })).data;
  await call(key.hash, 10);
  await watch();
  const [event] = await eventsOf(id);
  assert.match(String(event?.message), /The key “Unnamed” has used 100 %/);
  assert.deepEqual(event?.deliveries, []);
  await gateway.access.keys.change(key.hash, { limit: cents(1_000) });
  await watch();
  assert.equal((await api('GET', `/alerts/${id}`)).data.state, 'ok');
  assert.equal((await eventsOf(id)).length, 1);
});

test('calls that fail are told, and that they do no longer', async () => {
  const wish = { type: 'error_rate', name: 'Failing', threshold: 0.5, min_requests: 4 };
  const { id } = (await api('POST', '/alerts', wish)).data;
  const told = async () => (await eventsOf(id)).map(({ type }) => type);
  await watch();
  assert.deepEqual(await told(), []);
  for (let at = 0; at < 20; at++) await call('key', 1, true);
  await watch();
  assert.deepEqual(await told(), ['raised']);
  for (let at = 0; at < 40; at++) await call('key', 1);
  await watch();
  assert.deepEqual(await told(), ['resolved', 'raised']);
});

test('a receiver that is away is tried again; a test reaches everybody', async () => {
  const { id } = (await api('POST', '/alerts', { type: 'outage', name: 'Hook', webhook_url: WEBHOOK })).data;
  status = 503;
  assert.equal((await api('POST', `/alerts/${id}/test`, {})).status, 202);
  await until(async () => {
    const [event] = await eventsOf(id);
    return JSON.stringify(event?.deliveries).includes('answered 503') ? event : null;
  });
  status = 200;
  const { deliveries } = await until(async () => {
    const [event] = await eventsOf(id);
    return JSON.stringify(event?.deliveries).includes('sent') ? (event ?? null) : null;
  });
  assert.deepEqual(deliveries, [{ to: 'webhook', state: 'sent', reason: null }]);
  assert.ok(posts.some(({ body }) => JSON.parse(body).type === 'alert.test'));
  const shown = await api('PATCH', `/alerts/${id}`, { webhook_url: `http://127.0.0.1:${port}/...`, name: 'Still' });
  assert.equal(shown.data.name, 'Still');
  const alert = await storage.alertStore.find('owner', String(id));
  assert.equal(alert && gateway.alerts.urlOf(alert), WEBHOOK, 'what comes back masked is as it was');
});

test('nobody else is written to, nothing inside is reached, and what is not the account’s is not watched', async () => {
  const budget = { type: 'budget', name: 'x' };
  const wrong = [
    [{ ...budget, emails: ['stranger@example.com'] }, /emails: must be addresses of people/],
    [{ ...budget, webhook_url: 'http://10.0.0.1/hook' }, /webhook_url: points into a private network/],
    [{ ...budget, webhook_url: 'http://localhost/hook' }, /webhook_url/],
    [{ ...budget, webhook_url: 'file:///etc/passwd' }, /webhook_url/],
    [{ ...budget, scope: `key:${instance.hashOf('other caller')}` }, /scope: must be/],
    [{ ...budget, scope: 'account:other' }, /scope: must be/],
    [{ ...budget, threshold: 0 }, /threshold/],
    [{ ...budget, window_minutes: 5 }, /window_minutes: is of alerts of the type error_rate/],
    [{ type: 'weather', name: 'x' }, /type/],
  ] as const;
  for (const [body, message] of wrong) {
    const { status: refused, error } = await api('POST', '/alerts', body);
    assert.deepEqual([refused, message.test(error)], [400, true], `${JSON.stringify(body)}: ${error}`);
  }
});

/** Destinations that managers of workspaces set up for their receipts: the API through OpenRouter's own client, and what arrives. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { OpenRouter } from '@openrouter/sdk';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { attribute, type Collector, startCollector } from './collector.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchwright-destinations-'));
const environment = { SWITCHWRIGHT_EGRESS_ALLOW: '127.0.0.0/8' };
const gateway = await startGateway({ folder, environment });
after(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

const client = new OpenRouter({ apiKey: MANAGEMENT_KEY, serverURL: gateway.base });
const SECRET = 'sk-lf-00000000-a-secret-of-langfuse-AbCd';

async function send(method: string, path: string, body?: unknown, key = MANAGEMENT_KEY) {
  const answer = await fetch(`${gateway.base}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}

async function call(more: object = {}): Promise<string> {
  const answer = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sandbox/echo', messages: [{ role: 'user', content: 'a secret word' }], ...more }),
  });
  await answer.text();
  return answer.headers.get('x-generation-id') ?? '';
}

const idsIn = (collector: Collector): Set<unknown> =>
  new Set([...collector.spans().values()].map((span) => attribute(span, 'gen_ai.response.id')));

/** Waits until a call has arrived; that it does is what the test says. */
async function arrived(collector: Collector, id: string): Promise<void> {
  while (!idsIn(collector).has(id)) await wait(50);
}

test('a destination is made, read masked, changed and deleted through the official client', async () => {
  const { data: made } = await client.observability.create({
    createObservabilityDestinationRequest: {
      type: 'langfuse',
      name: 'Production',
      config: { publicKey: 'pk-lf-1234567890-EfGh', secretKey: SECRET, baseUrl: 'https://cloud.langfuse.com' },
    },
  });
  assert.ok(made.type === 'langfuse');
  assert.deepEqual(made.config, {
    baseUrl: 'https://cloud.langfuse.com',
    publicKey: 'pk-l...EfGh',
    secretKey: 'sk-l...AbCd',
  });
  const { data: changed } = await client.observability.update({
    id: made.id,
    updateObservabilityDestinationRequest: {
      samplingRate: 0.5,
      enabled: false,
      config: { ...made.config, baseUrl: 'https://us.cloud.langfuse.com' },
    },
  });
  assert.ok(changed.type === 'langfuse');
  assert.deepEqual([changed.samplingRate, changed.enabled], [0.5, false]);
  assert.equal(changed.config.secretKey, 'sk-l...AbCd', 'what comes back masked stays');
  const { result: listed } = await client.observability.list({});
  assert.deepEqual(
    listed.data.map((one) => one.type === 'langfuse' && one.id),
    [made.id],
  );
  assert.deepEqual((await client.observability.get({ id: made.id })).data, changed);
  assert.equal((await client.observability.delete({ id: made.id })).deleted, true);
  assert.equal((await send('GET', `/observability/destinations/${made.id}`)).status, 404);
});

test('receipts arrive with the headers of the destination, from the moment it is there until it is gone', async () => {
  const collector = await startCollector('/api/public/otel/v1/traces');
  const before = await call();
  const config = { publicKey: 'pk', secretKey: SECRET, baseUrl: collector.url };
  const { text } = await send('POST', '/observability/destinations', { type: 'langfuse', name: 'here', config });
  const { id } = JSON.parse(text).data;
  const first = await firstArrived(collector);
  assert.ok(!idsIn(collector).has(before), 'what was before it is not sent');
  assert.equal(collector.headers[0]?.authorization, `Basic ${Buffer.from(`pk:${SECRET}`).toString('base64')}`);
  assert.ok(!collector.bodies.join('').includes('a secret word'));
  assert.ok(!collector.bodies.join('').includes('switchwright.key'), 'identity goes out only where it was wished');

  await send('PATCH', `/observability/destinations/${id}`, {
    broadcast_generation_identity: true,
    filter_rules: { groups: [{ rules: [{ field: 'session_id', operator: 'equals', value: 'wanted' }] }] },
  });
  const wanted = await firstArrived(collector, { session_id: 'wanted' });
  const unwanted = await call({ session_id: 'other' });
  const later = await call({ session_id: 'wanted' });
  await arrived(collector, later);
  assert.ok(!idsIn(collector).has(unwanted));
  assert.ok(first !== wanted && collector.bodies.at(-1)?.includes('switchwright.key'));

  assert.equal((await send('DELETE', `/observability/destinations/${id}`)).status, 200);
  const asked = collector.asked();
  await call({ session_id: 'wanted' });
  await wait(2_500);
  assert.equal(collector.asked(), asked);
  collector.close();
});

/** Calls until one has arrived: what was set up is heard of a moment later. */
async function firstArrived(collector: Collector, more: object = {}): Promise<string> {
  for (;;) {
    const id = await call(more);
    for (let turn = 0; turn < 40; turn++) {
      if (idsIn(collector).has(id)) return id;
      await wait(50);
    }
  }
}

test('what is wrong is refused in words, and no secret lies about in the clear', async () => {
  const create = (more: object) =>
    send('POST', '/observability/destinations', {
      type: 'otel-collector',
      name: 'x',
      config: { endpoint: 'https://collector.example.com/v1/traces' },
      ...more,
    });
  const wrong: readonly (readonly [more: object, words: RegExp])[] = [
    [{ type: 'snowflake' }, /type: is not offered by this gateway/],
    [{ config: {} }, /config\.endpoint/],
    [{ config: { endpoint: 'ftp://x' } }, /config\.endpoint/],
    [{ config: { endpoint: 'https://user:password@example.com/' } }, /config\.endpoint/],
    [{ config: { endpoint: 'https://:password@example.com/' } }, /config\.endpoint/],
    [{ config: { endpoint: 'no address' } }, /config\.endpoint/],
    [{ config: { endpoint: 'https://example.com/', headers: { 'a b': 'x' } } }, /config\.headers/],
    [{ config: { endpoint: 'https://example.com/', headers: { a: 'x\r\ny: z' } } }, /config\.headers/],
    [{ sampling_rate: 0 }, /sampling_rate/],
    [{ api_key_hashes: [] }, /api_key_hashes/],
    [{ filter_rules: { groups: [{ rules: [{ field: 'input', operator: 'equals' }] }] } }, /kept nowhere/],
    [{ filter_rules: { groups: [{ rules: [{ field: 'model', operator: 'regex', value: 'x' }] }] } }, /operator/],
    [{ workspace_id: 'nobodys' }, /Workspace not found/],
  ];
  for (const [more, words] of wrong) {
    const { status, text } = await create(more);
    assert.ok(status === 400 || status === 404, `${status} ${text}`);
    assert.match(text, words);
  }
  assert.equal((await send('GET', '/observability/destinations', undefined, API_KEY)).status, 403);
  for (let at = 0; at < 5; at++) assert.equal((await create({ enabled: false })).status, 201);
  assert.equal((await create({ enabled: false })).status, 400, 'five of a kind');
  for (const file of ['switchwright.db', 'switchwright.db-wal', 'switchwright.db-journal-1'])
    assert.ok(!readFileSync(join(folder, 'data', file)).includes(SECRET), file);
  assert.ok(!gateway.output().includes(SECRET));
});

test('without leave of the operator nothing inside the network is reached', async () => {
  const collector = await startCollector();
  const other = await startGateway();
  const answer = await fetch(`${other.base}/observability/destinations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'webhook', name: 'in', config: { url: `${collector.url}/v1/traces`, method: 'PUT' } }),
  });
  assert.equal(answer.status, 201);
  while (!/takes no receipts/.test(other.output())) {
    await fetch(`${other.base}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sandbox/echo', messages: [{ role: 'user', content: 'Hi' }] }),
    });
    await wait(200);
  }
  assert.equal(collector.asked(), 0);
  await other.stop();
  collector.close();
});

type Heard = { readonly url: string; readonly authorization: string | undefined; readonly text: string };

/** Whoever takes something else than OTLP: what it was sent, as it came. */
async function startReceiver() {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const text = (await buffer(request)).toString();
    heard.push({ url: request.url ?? '', authorization: request.headers.authorization, text });
    response.end('{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard, close: () => server.close() };
}

/** Calls until a call of these has come, and answers with what it came in. */
async function heardOf(heard: readonly Heard[]): Promise<{ readonly id: string; readonly one: Heard }> {
  const ids: string[] = [];
  for (;;) {
    ids.push(await call({ user: 'somebody' }));
    for (let turn = 0; turn < 40; turn++) {
      for (const one of heard) {
        const id = ids.find((each) => one.text.includes(each));
        if (id !== undefined) return { id, one };
      }
      await wait(50);
    }
  }
}

test('PostHog hears of a call as an event of its own', async () => {
  const receiver = await startReceiver();
  const config = { apiKey: 'phc_0123456789abcdef', endpoint: receiver.url };
  const made = await send('POST', '/observability/destinations', { type: 'posthog', name: 'events', config });
  assert.equal(made.status, 201, made.text);
  assert.ok(!made.text.includes(config.apiKey));
  const { id, one } = await heardOf(receiver.heard);
  assert.equal(one.url, '/batch/');
  const { api_key, batch } = JSON.parse(one.text);
  const event = batch.find(
    ({ properties }: { properties: Record<string, unknown> }) => properties.generation_id === id,
  );
  assert.deepEqual([api_key, event.event, event.distinct_id], [config.apiKey, '$ai_generation', 'somebody']);
  const { $ai_model, $ai_provider, $ai_input_tokens, $ai_is_error, $ai_trace_id, key } = event.properties;
  assert.deepEqual([$ai_model, $ai_provider, $ai_is_error, key], ['sandbox/echo', 'sandbox', false, undefined]);
  assert.ok($ai_input_tokens > 0 && /^[\da-f]{32}$/.test($ai_trace_id));
  assert.ok(!one.text.includes('a secret word'));
  await send('DELETE', `/observability/destinations/${JSON.parse(made.text).data.id}`);
  receiver.close();
});

test('ClickHouse is told a row for each call, and nothing that a name could smuggle in', async () => {
  const receiver = await startReceiver();
  const config = {
    host: receiver.url,
    database: 'default',
    username: 'writer',
    password: 'a password of many letters',
  };
  const create = (more: object) =>
    send('POST', '/observability/destinations', { type: 'clickhouse', name: 'rows', config: { ...config, ...more } });
  for (const table of ['a"; DROP TABLE b', 'a b', '', '1a']) assert.equal((await create({ table })).status, 400, table);
  const made = await create({});
  assert.equal(made.status, 201, made.text);
  assert.ok(!made.text.includes(config.password));
  const { id, one } = await heardOf(receiver.heard);
  const { searchParams } = new URL(one.url, receiver.url);
  assert.equal(searchParams.get('query'), 'INSERT INTO "default"."OPENROUTER_TRACES" FORMAT JSONEachRow');
  assert.equal(one.authorization, `Basic ${Buffer.from(`writer:${config.password}`).toString('base64')}`);
  const rows = one.text.split('\n').map((line) => JSON.parse(line));
  const row = rows.find((each) => each.id === id);
  assert.deepEqual(
    [row.requested_model, row.provider, row.user, row.streamed],
    ['sandbox/echo', 'sandbox', 'somebody', false],
  );
  assert.ok(row.prompt_tokens > 0 && !('key' in row) && !one.text.includes('a secret word'));
  await send('DELETE', `/observability/destinations/${JSON.parse(made.text).data.id}`);
  receiver.close();
});

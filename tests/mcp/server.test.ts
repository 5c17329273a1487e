/** The gateway as an MCP server, asked by the protocol's own client: over HTTP in both revisions, and over stdin and stdout. */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { API_KEY, ENVIRONMENT, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';

// A model with a price, which the sandbox's own have not.
const gateway = await startGateway({
  catalogue: {
    'models/sandbox/dear-echo.toml': `name = "Dear echo"
description = "Repeats the last user message."
created = 2026-11-22
sandbox = true
routed = false
context = 131_072
max_output = 16_384
[endpoints.sandbox]
upstream_id = "echo"
price = { input = "100", output = "200" }
`,
  },
});
after(() => gateway.stop());
const root = resolve(import.meta.dirname, '../..');
const ABOUT = { name: 'test', version: '1' };
const BOTH = ['2025-06-18', '2026-07-28'] as const;

type Revision = (typeof BOTH)[number];
const clientOf = (revision: Revision): Client =>
  new Client(ABOUT, revision === '2026-07-28' ? { versionNegotiation: { mode: { pin: revision } } } : {});

async function overHttp(revision: Revision, key = API_KEY): Promise<Client> {
  const client = clientOf(revision);
  const headers = { authorization: `Bearer ${key}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${gateway.origin}/mcp`), { requestInit: { headers } }),
  );
  return client;
}

async function overStdio(): Promise<Client> {
  const client = clientOf('2025-06-18');
  const env = { ...ENVIRONMENT, SWITCHWRIGHT_API_KEY: API_KEY, PATH: process.env.PATH ?? '' };
  const args = [join(root, 'src/main.ts'), 'mcp', '--url', gateway.origin];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: 'inherit' }));
  return client;
}

type Answer = { readonly [name: string]: unknown };
async function use(client: Client, name: string, given: Answer = {}) {
  const answer = await client.callTool({ name, arguments: given });
  const [first] = answer.content as readonly { readonly type: string; readonly text?: string }[];
  return {
    isError: answer.isError === true,
    value: (answer.structuredContent ?? {}) as Answer,
    text: first?.text ?? '',
  };
}

const usageOf = async (): Promise<number> => {
  const answer = await fetch(`${gateway.base}/key`, { headers: { authorization: `Bearer ${API_KEY}` } });
  return ((await answer.json()) as { data: { usage: number } }).data.usage;
};

async function goThrough(client: Client): Promise<void> {
  const { tools } = await client.listTools();
  assert.deepEqual(
    tools.map(({ name }) => name),
    ['list-models', 'get-model', 'list-model-endpoints', 'send-message', 'get-generation', 'get-key', 'get-activity'],
  );
  const ask = tools.find(({ name }) => name === 'send-message');
  assert.deepEqual([ask?.annotations?.readOnlyHint, ask?.inputSchema.required], [false, ['model', 'message']]);
  const listed = await use(client, 'list-models', { query: 'sandbox/echo' });
  assert.match(listed.text, /"id":"sandbox\/echo"/);
  const model = await use(client, 'get-model', { model: 'sandbox/echo' });
  assert.equal(model.value.id, 'sandbox/echo');
  const endpoints = await use(client, 'list-model-endpoints', { model: 'sandbox/echo' });
  assert.equal((endpoints.value.endpoints as readonly unknown[]).length > 0, true);

  const before = await usageOf();
  const told = await use(client, 'send-message', { model: 'sandbox/dear-echo', message: 'three quiet herons' });
  assert.equal(told.isError, false, told.text);
  assert.match(told.text, /three quiet herons/);
  assert.ok(Number(told.value.cost_usd) > 0, 'it is billed');
  const receipt = await use(client, 'get-generation', { id: String(told.value.generation_id) });
  assert.equal(receipt.value.total_cost, told.value.cost_usd);
  assert.equal(receipt.value.tokens_completion, told.value.completion_tokens);
  const spent = await use(client, 'get-key');
  assert.ok(Math.abs(Number(spent.value.usage) - before - Number(told.value.cost_usd)) < 1e-9);

  const nowhere = await use(client, 'send-message', { model: 'nobody/nothing', message: 'hi' });
  assert.deepEqual([nowhere.isError, nowhere.value.status], [true, 400]);
  const refused = await use(client, 'get-activity');
  assert.deepEqual([refused.isError, refused.value.status], [true, 403]);
  assert.match(refused.text, /Only management keys/);
}

for (const revision of BOTH)
  test(`over HTTP by ${revision}: models, a question that is billed, its receipt`, async (context) => {
    const client = await overHttp(revision);
    context.after(() => client.close());
    await goThrough(client);
  });

test('over stdin and stdout the same', async (context) => {
  const client = await overStdio();
  context.after(() => client.close());
  await goThrough(client);
});

test('a management key reads what the account used, and asks nobody', async (context) => {
  const client = await overHttp('2026-07-28', MANAGEMENT_KEY);
  context.after(() => client.close());
  assert.ok(Array.isArray((await use(client, 'get-activity')).value.days));
  const asked = await use(client, 'send-message', { model: 'sandbox/echo', message: 'hi' });
  assert.deepEqual([asked.isError, asked.value.status], [true, 403]);
});

const post = (headers: { readonly [name: string]: string }, body: string): Promise<Response> =>
  fetch(`${gateway.origin}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body,
  });
const LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });

test('nobody comes in without a key, nor by the cookie of a browser', async () => {
  for (const headers of [
    {},
    { authorization: `Bearer sk-sw-v1-${'0'.repeat(64)}` },
    { cookie: `switchwright_session=${'0'.repeat(64)}` },
  ]) {
    const answer = await post(headers as { [name: string]: string }, LIST);
    assert.equal(answer.status, 401);
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
    await answer.text();
  }
});

test('what is no request is answered in words, and nothing breaks', async () => {
  const key = { authorization: `Bearer ${API_KEY}` };
  for (const body of [
    '',
    '[]',
    'null',
    '{"jsonrpc":"2.0"}',
    '{"jsonrpc":"2.0","id":1,"method":"nothing/there"}',
    '{',
  ]) {
    const answer = await post(key, body);
    assert.ok(answer.status < 500, `${body} is ${answer.status}`);
    assert.match(await answer.text(), /error/i, body);
  }
  const calling = (params: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  for (const params of [
    { name: 'nothing' },
    { name: '__proto__', arguments: {} },
    { name: 'get-model', arguments: { model: 7 } },
    { name: 'list-models', arguments: { limit: 1_000_000 } },
    { name: 'get-model', arguments: { model: '../../keys' } },
    { name: 'get-generation', arguments: { id: 'x'.repeat(101) } },
  ]) {
    const answer = await post(key, calling(params));
    assert.ok(answer.status < 500);
    assert.match(await answer.text(), /error/i, JSON.stringify(params));
  }
  for (const method of ['GET', 'DELETE', 'PUT']) {
    const answer = await fetch(`${gateway.origin}/mcp`, { method, headers: key });
    assert.ok(answer.status === 405 || answer.status === 404, `${method} is ${answer.status}`);
    await answer.text();
  }
  assert.equal((await fetch(`${gateway.origin}/healthz`)).status, 200);
});

/** MCP servers of a workspace: named over the API, used by a model in a chat, with what hostile ones may do to a call. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { listen, type Served, serveToolbox } from './servers.ts';

type Body = { readonly [name: string]: unknown };
type Message = { readonly role: string; readonly content: string };
type HostCall = { readonly messages: readonly Message[]; readonly tools?: readonly { function: Body }[] };

/** A model that calls what its user tells it to, and then says what came of it. */
const asked: HostCall[] = [];
const host = createServer(async (request, response) => {
  const call = (await json(request)) as HostCall;
  asked.push(call);
  const last = call.messages.at(-1);
  const calls = last?.role === 'user' ? (JSON.parse(last.content) as readonly Body[]) : [];
  const heard = call.messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
  const message =
    calls.length > 0
      ? {
          role: 'assistant',
          content: null,
          tool_calls: calls.map(({ name, given = {} }, at) => ({
            id: `call_${at}`,
            type: 'function',
            function: { name, arguments: JSON.stringify(given) },
          })),
        }
      : { role: 'assistant', content: `heard: ${heard.join(' | ')}` };
  response.setHeader('content-type', 'application/json');
  const finish_reason = calls.length > 0 ? 'tool_calls' : 'stop';
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  response.end(
    JSON.stringify({
      id: 'x',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [{ index: 0, message, finish_reason }],
      usage,
    }),
  );
});
await new Promise<void>((done) => host.listen(0, '127.0.0.1', done));

const modern = await serveToolbox('modern');
const legacy = await serveToolbox('legacy');
const endless = await listen((_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const pour = (): void => {
    while (!response.destroyed && response.write('A'.repeat(65_536)));
  };
  response.on('drain', pour);
  pour();
});
const broken = await listen((_, response) => response.writeHead(500).end('<html>'));
const served: readonly Served[] = [modern, legacy, endless, broken];

const ports = [modern, legacy, endless, broken].map(({ url }) => `127.0.0.1:${new URL(url).port}`);
const gateway = await startGateway({
  environment: {
    SWITCHWRIGHT_EGRESS_ALLOW: ports.join(','),
    PLAIN_HOST_BASE_URL: `http://127.0.0.1:${(host.address() as AddressInfo).port}/v1`,
  },
  catalogue: {
    'providers/plain-host.toml': `name = "Plain host"
base_url = "https://api.example.com/v1"
auth = { scheme = "none" }
docs = "https://docs.example.com/api"
docs_read = 2026-11-24
[dialects.openai-chat]
`,
    'models/plain/caller.toml': `name = "Caller"
created = 2026-11-01
context = 4_000_000
max_output = 8_192
description = "Calls what it is told to call."
[endpoints.plain-host]
features = ["tools"]
price = { input = "1", output = "1" }
`,
  },
});
after(async () => {
  for (const one of served) one.close();
  host.closeAllConnections();
  host.close();
  await gateway.stop();
});

async function api(method: string, path: string, body?: Body, key = MANAGEMENT_KEY) {
  const answer = await fetch(gateway.base + path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const told = (await answer.json()) as { readonly data: Body; readonly error?: { readonly message: string } };
  return { status: answer.status, data: told.data, message: told.error?.message ?? '', text: JSON.stringify(told) };
}

type Use = { readonly name: string; readonly given?: Body };
async function chat(uses: readonly Use[], parameters: Body, more: Body = {}) {
  const body = {
    model: 'plain/caller',
    messages: [{ role: 'user', content: JSON.stringify(uses) }],
    tools: [{ type: 'openrouter:mcp', parameters }],
    ...more,
  };
  const answer = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const told = (await answer.json()) as {
    readonly id: string;
    readonly choices?: readonly { readonly message: { readonly content: string } }[];
    readonly usage?: Body;
    readonly error?: { readonly message: string };
  };
  const said = told.choices?.[0]?.message.content ?? '';
  return { status: answer.status, id: told.id, said, usage: told.usage ?? {}, error: told.error?.message ?? '' };
}

const add = (name: string, url: string, more: Body = {}) => api('POST', '/mcp/servers', { name, url, ...more });

test('a server is named, shows no secret, and tells its tools', async () => {
  const made = await add('tools', modern.url, { headers: { Authorization: 'Bearer a-secret-of-many-letters' } });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(made.data.headers, { Authorization: 'Bear...ters' });
  const told = await api('POST', `/mcp/servers/${made.data.id}/tools`);
  assert.equal(told.status, 200, told.text);
  const tools = told.data.tools as readonly { readonly function_name: string; readonly description: string }[];
  assert.deepEqual(tools.map(({ function_name }) => function_name).slice(0, 5), [
    'tools__add',
    'tools__fail',
    'tools__wait',
    'tools__shout',
    'tools__picture',
  ]);
  for (const { function_name } of tools) assert.match(function_name, /^[A-Za-z0-9_-]{1,64}$/);
  assert.equal(
    tools[0]?.description.startsWith('Tool of the MCP server "tools", described by it: Adds two numbers.'),
    true,
  );
  assert.doesNotMatch(tools[0]?.description ?? '', /[\p{Cc}\p{Cf}]/u);
  const listed = await api('GET', '/mcp/servers');
  assert.doesNotMatch(listed.text, /a-secret-of-many/);
  assert.equal((await add('tools', legacy.url)).status, 409);
  const renamed = await api('PATCH', `/mcp/servers/${made.data.id}`, {
    headers: { Authorization: 'Bear...ters', 'X-More': 'yes' },
  });
  assert.equal(renamed.status, 200);
  await api('POST', `/mcp/servers/${made.data.id}/tools`);
  assert.equal(modern.heard.at(-1)?.authorization, 'Bearer a-secret-of-many-letters', 'what came back masked stays');
  assert.equal(modern.heard.at(-1)?.['x-more'], 'yes');
});

test('a secret goes to nobody it was not given to: another host must be given its own', async () => {
  const made = await add('moving', modern.url, { headers: { Authorization: 'Bearer a-secret-of-many-letters' } });
  const path = `/mcp/servers/${made.data.id}`;
  await api('PATCH', path, { url: legacy.url, headers: { Authorization: 'Bear...ters' } });
  assert.equal((await api('POST', `${path}/tools`)).status, 200);
  assert.equal(legacy.heard.at(-1)?.authorization, 'Bear...ters');
  await api('PATCH', path, { url: modern.url });
  assert.deepEqual((await api('GET', path)).data.headers, {});
  await api('DELETE', path);
  assert.equal((await api('GET', path)).status, 404);
});

test('what is no server is refused in words', async () => {
  for (const body of [
    { name: 'A', url: modern.url },
    { name: 'a__b', url: modern.url },
    { name: 'x', url: 'file:///etc/passwd' },
    { name: 'x', url: 'https://user:password@example.com/' },
    { name: 'x', url: modern.url, headers: { 'Mcp-Session-Id': '1' } },
    { name: 'x', url: modern.url, headers: { Host: 'elsewhere' } },
    { name: 'x', url: modern.url, headers: { 'X-Y': 'a\r\nb: c' } },
    { name: 'x', url: modern.url, timeout_ms: 1 },
    { name: 'x' },
  ]) {
    const { status, message } = await api('POST', '/mcp/servers', body);
    assert.equal(status, 400, JSON.stringify(body));
    assert.notEqual(message, '');
  }
});

test('a model uses its tools, in a call with one receipt that names them', async () => {
  await add('old', legacy.url, { allowed_tools: ['add'] });
  for (const server of ['tools', 'old']) {
    const uses = [{ name: `${server}__add`, given: { a: 2, b: 40 } }];
    const { status, said, id, usage, error } = await chat(uses, { server });
    assert.equal(status, 200, error);
    assert.equal(said, 'heard: 42');
    assert.equal((usage.server_tool_use_details as Body | undefined)?.tool_calls_executed, 1, JSON.stringify(usage));
    const page = await fetch(`${gateway.origin}/generation/${id}`, { headers: { authorization: `Bearer ${API_KEY}` } });
    assert.match(await page.text(), new RegExp(`${server}/add`));
  }
  const offered = asked.at(-1)?.tools?.map((tool) => tool.function.name);
  assert.deepEqual(offered, ['old__add'], 'the list of allowed tools holds');
});

test('streams are one answer, and other dialects have the tools too', async () => {
  const answer = await fetch(`${gateway.base}/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'plain/caller',
      input: JSON.stringify([{ name: 'tools__add', given: { a: 1, b: 2 } }]),
      tools: [{ type: 'openrouter:mcp', parameters: { server: 'tools' } }],
    }),
  });
  const { output } = (await answer.json()) as { output: readonly Body[] };
  const item = output.find(({ type }) => type === 'openrouter:mcp');
  assert.deepEqual([item?.server, item?.name, item?.status, item?.output], ['tools', 'add', 'completed', '3']);
});

test('what tools do wrong is told to the model, within bounds', async () => {
  await api('PATCH', `/mcp/servers/${(await find('tools')).id}`, { timeout_ms: 300_000, max_uses: 3 });
  await add('slow', modern.url, { timeout_ms: 1_000 });
  const failed = await chat(
    [{ name: 'tools__fail' }, { name: 'tools__picture' }, { name: 'tools__add', given: { a: 'x' } }],
    { server: 'tools' },
  );
  assert.match(failed.said, /it cannot be done/);
  assert.match(failed.said, /\(image of type image\/png, left out\)/);
  assert.match(failed.said, /nvalid/);
  const much = await chat([{ name: 'tools__shout' }], { server: 'tools' });
  assert.equal(much.status, 200, much.error);
  assert.ok(much.said.length < 500_000, 'a result is cut');
  const waits = await chat([{ name: 'slow__wait' }], { server: 'slow' });
  assert.match(waits.said, /within 1000 ms|could not be used/);
  const often = await chat(
    Array.from({ length: 4 }, () => ({ name: 'tools__add', given: { a: 1, b: 1 } })),
    { server: 'tools' },
  );
  assert.match(often.said, /most uses of this MCP server/);
});

const find = async (name: string): Promise<Body> => {
  const listed = (await api('GET', '/mcp/servers')).data as unknown as readonly Body[];
  return listed.find((server) => server.name === name) ?? {};
};

test('a server that is away, broken, endless or inside is an error of the call, before anything is paid', async () => {
  await add('endless', endless.url);
  await add('broken', broken.url);
  await add('inside', 'http://127.0.0.1:1/mcp');
  await add('off', modern.url, { enabled: false });
  const before = asked.length;
  for (const server of ['endless', 'broken', 'inside']) {
    const { status, error } = await chat([], { server });
    assert.equal(status, 502, server);
    assert.match(error, new RegExp(`The MCP server '${server}' does not answer`));
  }
  for (const server of ['off', 'nobodys', '']) assert.equal((await chat([], { server })).status, 400);
  assert.equal((await chat([], { allowed_tools: 'add' })).status, 400);
  assert.equal(asked.length, before, 'no model was asked');
  // Named by nobody, one that is down would take all calls with it that use the others.
  for (const name of ['endless', 'broken', 'inside', 'slow'])
    await api('DELETE', `/mcp/servers/${(await find(name)).id}`);
  assert.equal((await chat([], {})).status, 200);
  assert.ok((asked.at(-1)?.tools?.length ?? 0) > 2);
});

test('another key’s workspace has no such server', async () => {
  const workspace = await api('POST', '/workspaces', { name: 'Elsewhere', slug: 'elsewhere' });
  const key = (await (
    await fetch(`${gateway.base}/keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'other', workspace_id: workspace.data.id }),
    })
  ).json()) as { readonly key: string };
  const answer = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'plain/caller',
      messages: [{ role: 'user', content: '[]' }],
      tools: [{ type: 'openrouter:mcp', parameters: { server: 'tools' } }],
    }),
  });
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /no MCP server 'tools'/);
});

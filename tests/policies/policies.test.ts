/** An operator's policies beside a running gateway: files in its catalogue folder, and what they do to calls. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import OpenAI from 'openai';
import { runCommand } from '../../src/cli/commands.ts';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';

type Heard = { readonly host: string; readonly model: string };
const heard: Heard[] = [];
/** Each host is a path of this server, and answers with its name. */
const server = createServer(async (request, response) => {
  const host = request.url?.split('/')[1] ?? '';
  const { model, max_tokens } = (await json(request)) as { model: string; max_tokens: number };
  const tokens = max_tokens === 10 ? 10 : 100_000;
  heard.push({ host, model });
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      id: 'x',
      object: 'chat.completion',
      created: 1,
      model,
      choices: [{ index: 0, message: { role: 'assistant', content: host }, finish_reason: 'stop' }],
      usage: { prompt_tokens: tokens, completion_tokens: tokens, total_tokens: 2 * tokens },
    }),
  );
});
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const hostFile = (name: string): string =>
  `name = "${name}"\nbase_url = "${origin}/${name}"\nauth = { scheme = "none" }\n`;
const both =
  '[endpoints.cheap]\nprice = { input = "1", output = "1" }\n[endpoints.dear]\nprice = { input = "2", output = "2" }\n';

const gateway = await startGateway({
  catalogue: {
    'providers/cheap.toml': hostFile('cheap'),
    'providers/dear.toml': hostFile('dear'),
    'models/acme/plain.toml': both,
    'models/acme/thrift.toml': both,
    'models/acme/ruled.toml': both,
    'models/acme/test.toml': both,
    'models/acme/next.toml': both,
    'models/acme/watched.toml': both,
    'models/acme/tight.toml': both,
    'policies/thrift.toml': '[when]\nmodels = ["acme/thrift"]\n[defaults]\nprovider = { sort = "price" }\n',
    'policies/team/ruled.toml': `[when]\nmodels = ["acme/ruled"]\n[rules]\nignore = ["cheap"]\nmax_price = { prompt = 3 }\n`,
    'policies/canary.toml': `[when]\nmodels = ["acme/test"]
[split]
by = "user"
[[split.arms]]
name = "new"
weight = 50
model = "acme/next"
[[split.arms]]
name = "old"
weight = 50
`,
    'policies/watch.toml': `[when]\nmodels = ["acme/watched"]
[defaults]
provider = { only = ["cheap"] }
[shadow]
model = "acme/next"
provider = { only = ["dear"] }
share = 1
max_usd_per_day = 1.0
`,
    'policies/tight.toml': `[when]\nmodels = ["acme/tight"]\nbudget_left_below_percent = 50\n[rules]\nonly = ["cheap"]\n`,
    'policies/off.toml': 'enabled = false\n[rules]\nonly_models = ["none/*"]\n',
  },
});
after(async () => {
  await gateway.stop();
  server.close();
});
const openai = (apiKey: string) => new OpenAI({ baseURL: gateway.base, apiKey, maxRetries: 0 });

async function ask(
  model: string,
  more: { readonly user?: string; readonly max_tokens?: number; readonly provider?: object } = {},
  key = API_KEY,
) {
  const answer = openai(key).chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'Hello' }],
    max_tokens: 100,
    ...more,
  });
  const { data, response } = await answer.withResponse();
  return {
    host: data.choices[0]?.message.content,
    model: data.model,
    id: response.headers.get('x-generation-id') ?? '',
  };
}

async function explained(id: string): Promise<{
  policy: { arm?: object; given: object; rules: object[] };
  candidates: { endpoint: string; reason: string }[];
  rejected: { endpoint: string; reason: string }[];
}> {
  for (;;) {
    let out = '';
    const { log, error } = console;
    console.log = (line: string) => {
      out += `${line}\n`;
    };
    console.error = console.log;
    try {
      const code = await runCommand(['explain', id, '--json'], {
        SWITCHWRIGHT_LOCAL_SERVERS: '0',
        SWITCHWRIGHT_DATA_DIR: join(gateway.folder, 'data'),
        SWITCHWRIGHT_CATALOG: join(gateway.folder, 'catalogue'),
      });
      if (code === 0) return JSON.parse(out);
    } finally {
      Object.assign(console, { log, error });
    }
    if (!out.includes('There is no receipt')) assert.fail(out);
    await wait(50);
  }
}

async function managed(path: string, method: string, body: object): Promise<{ data: { id: string }; key: string }> {
  const headers = { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' };
  const answer = await fetch(gateway.base + path, { method, headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, await answer.clone().text());
  return (await answer.json()) as { data: { id: string }; key: string };
}

test('by what a workspace has hosts sorted fills what the request and policies leave open, and is told so', async () => {
  const wish = { name: 'Quick', slug: 'quick', default_provider_sort: 'price' };
  const { data: workspace } = await managed('/workspaces', 'POST', wish);
  const { key } = await managed('/keys', 'POST', { name: 'quick', workspace_id: workspace.id });
  const firstOf = async (body: object): Promise<string> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await fetch(`${gateway.base}/plan`, { method: 'POST', headers, body: JSON.stringify(body) });
    const { data } = (await answer.json()) as { data: { candidates: { reason: string }[] } };
    return data.candidates[0]?.reason ?? '';
  };
  assert.equal(await firstOf({ model: 'acme/plain' }), 'sorted by price, by the workspace');
  assert.equal(await firstOf({ model: 'acme/thrift' }), 'sorted by price, by policy thrift');
  assert.equal(await firstOf({ model: 'acme/plain', provider: { sort: 'latency' } }), 'sorted by latency');
  assert.equal(await firstOf({ model: 'acme/plain:nitro' }), 'sorted by throughput');
  assert.equal(await firstOf({ model: 'acme/plain', provider: { order: ['dear'] } }), 'provider.order[0]');
  const { id } = await ask('acme/plain', {}, key);
  const told = await explained(id);
  assert.deepEqual(told.policy.given, { sort: 'the workspace' });
  assert.equal(told.candidates[0]?.reason, 'sorted by price, by the workspace');
});

test('a call that no policy is about has none', async () => {
  const { id } = await ask('acme/plain');
  assert.equal((await explained(id)).policy, null);
});

test('what the request leaves open is said by the policy, whose word that was says the receipt', async () => {
  const { host, id } = await ask('acme/thrift');
  assert.equal(host, 'cheap');
  const { candidates, policy } = await explained(id);
  assert.deepEqual(
    candidates.map(({ reason }) => reason),
    Array(2).fill('sorted by price, by policy thrift'),
  );
  assert.deepEqual(policy.given, { sort: 'policy thrift' });
  assert.equal(
    (await ask('acme/thrift', { provider: { order: ['dear'] } })).host,
    'dear',
    'the request’s own word goes before',
  );
});

test('a rule holds whatever the request says, and is named where nothing is left', async () => {
  for (let time = 0; time < 5; time++) assert.equal((await ask('acme/ruled')).host, 'dear');
  const { id } = await ask('acme/ruled', { provider: { order: ['cheap'] } });
  const { rejected } = await explained(id);
  assert.deepEqual(
    rejected.map(({ reason }) => reason),
    ['policy: policy team/ruled: the provider is forbidden'],
  );
  const refused = await ask('acme/ruled', { provider: { only: ['cheap'] } }).catch((cause) => cause);
  assert.equal(refused.status, 404);
  assert.match(refused.message, /policy team\/ruled: the provider is forbidden/);
});

test('an experiment keeps each user in one arm, and says which', async () => {
  const models = new Set<string>();
  for (const user of ['ann', 'bob', 'cid', 'dan', 'eve', 'fay', 'gus', 'hal']) {
    const first = await ask('acme/test', { user });
    models.add(first.model);
    assert.equal((await ask('acme/test', { user })).model, first.model);
    const { policy } = await explained(first.id);
    assert.deepEqual(policy.arm, { policy: 'canary', name: first.model === 'acme/next' ? 'new' : 'old' });
  }
  assert.deepEqual([...models].sort(), ['acme/next', 'acme/test']);
});

async function soon(is: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await is()); tries++) {
    assert(tries < 400, `it never came to be: ${gateway.output().slice(-1_000)}`);
    await wait(50);
  }
}

const management = (path: string, body?: object): Promise<{ data: never; key: string }> =>
  fetch(`${gateway.base}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  }).then((response) => response.json() as never);

test('a shadow is asked behind the caller’s back, costs the caller nothing, and no more in a day than it may', async () => {
  const { key } = await management('/keys', { name: 'shadowed' });
  const spent = async (): Promise<number> =>
    (
      (await fetch(`${gateway.base}/key`, { headers: { authorization: `Bearer ${key}` } }).then((response) =>
        response.json(),
      )) as { data: { usage: number } }
    ).data.usage;
  const shadows = () => heard.filter(({ model, host }) => model === 'next' && host === 'dear');
  const before = shadows().length;
  assert.equal((await ask('acme/watched', { user: 'ann' }, key)).host, 'cheap');
  await soon(() => shadows().length > before);
  await soon(async () => (await spent()) >= 0.2);
  assert.equal(await spent(), 0.2);
  // Each shadow costs $0.40, of a dollar: the third of them may still begin, a tenth may not.
  for (let time = 0; time < 10; time++) await ask('acme/watched', {}, key);
  await wait(300);
  const cast = shadows().length - before;
  assert(cast >= 2 && cast <= 4, `${cast}`);
  const forbidden = shadows().length;
  await ask('acme/watched', { provider: { ignore: ['dear'] } }, key);
  await wait(100);
  assert.equal(shadows().length, forbidden, 'where the first may not go, the second may not');
});

test('what is left of a limit brings a policy on', async () => {
  const { key } = await management('/keys', { name: 'tight', limit: 2 });
  for (let time = 0; time < 3; time++)
    assert.equal((await ask('acme/tight', { provider: { order: ['dear'] } }, key)).host, 'dear');
  // $1.20 of $2 are spent; within seconds that is known.
  const frugal = { max_tokens: 10, provider: { order: ['dear'] } };
  await soon(async () => (await ask('acme/tight', frugal, key)).host === 'cheap');
});

test('a reload takes new policies, and refuses one with a mistake by file, line and reason', async () => {
  const file = join(gateway.folder, 'catalogue/policies/late.toml');
  const said = async (pattern: RegExp) => {
    gateway.child.kill('SIGHUP');
    while (!pattern.test(gateway.output())) await wait(25);
  };
  writeFileSync(file, '[when]\nmodels = ["acme/plain"]\n[rules]\nonly = ["nobody"]\n');
  await said(/late\.toml:4:? rules\.only: there is no provider nobody/);
  assert.equal((await ask('acme/plain')).model, 'acme/plain');
  writeFileSync(file, '[when]\nmodels = ["acme/plain"]\n[rules]\nonly = ["dear"]\n');
  await said(/the catalogue was read again/);
  for (let time = 0; time < 5; time++) assert.equal((await ask('acme/plain')).host, 'dear');
  rmSync(file);
});

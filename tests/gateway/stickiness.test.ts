/** A conversation stays where its prompt is cached, whatever the draw says, until it cannot. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { isObject, parseJson } from '#src/base/json.ts';
import { API_KEY, type GatewayProcess, startGateway } from '../gateway-process.ts';

type Host = { readonly server: Server; readonly base: string; cached: number; isDown: boolean };

async function startHost(): Promise<Host> {
  const server = createServer((request, response) => {
    request.resume();
    const usage = {
      prompt_tokens: 2_000,
      completion_tokens: 5,
      total_tokens: 2_005,
      prompt_tokens_details: { cached_tokens: host.cached },
    };
    const choices = [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }];
    response.writeHead(host.isDown ? 503 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(host.isDown ? { error: { message: 'Down.' } } : { id: 'c', choices, usage }));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const host: Host = { server, base, cached: 0, isDown: false };
  return host;
}

const hosts: { [name: string]: Host } = {};
let gateway: GatewayProcess;
before(async () => {
  const names = ['one', 'two', 'three'];
  for (const name of names) hosts[name] = await startHost();
  const prices = (more: string): string =>
    names.map((name) => `[endpoints.${name}]\nprice = { input = "1", output = "2"${more} }\n`).join('');
  gateway = await startGateway({
    environment: { SWITCHWRIGHT_WORKERS: '2' },
    catalogue: {
      ...Object.fromEntries(
        names.map((name) => [
          `providers/${name}.toml`,
          `name = "${name}"\nbase_url = "${hosts[name]?.base}"\nauth = { scheme = "none" }\n`,
        ]),
      ),
      'models/acme/caching.toml': `name = "Caching"\n${prices(', input_cache_read = "0.1"')}`,
      'models/acme/plain.toml': `name = "Plain"\n${prices('')}`,
    },
  });
});
after(async () => {
  await gateway.stop();
  for (const { server } of Object.values(hosts)) {
    server.closeAllConnections();
    server.close();
  }
});
beforeEach(() => {
  for (const host of Object.values(hosts)) Object.assign(host, { cached: 1_500, isDown: false });
});

/** Whether the host that answered is told by the provider's name; each call may reach either process. */
async function call(body: object, headers: object = {}): Promise<string> {
  const response = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${API_KEY}`,
      'content-type': 'application/json',
      connection: 'close',
      ...headers,
    },
    body: JSON.stringify({ model: 'acme/caching', messages: messages('Hello'), ...body }),
  });
  const answer = parseJson(await response.text());
  assert(isObject(answer) && typeof answer.provider === 'string', JSON.stringify(answer));
  await new Promise((done) => setTimeout(done, 60)); // for the other process to hear of it
  return answer.provider;
}
const messages = (first: string, ...more: string[]) => [
  { role: 'system', content: 'You are an agent.' },
  ...[first, ...more].map((content, at) => ({ role: at % 2 ? 'assistant' : 'user', content })),
];

/** By three draws of equal weight they would all be the same once in 59,049 times. */
const ROUNDS = 11;
async function placesOf(bodyOf: (round: number) => object, headers: object = {}): Promise<Set<string>> {
  const places = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) places.add(await call(bodyOf(round), headers));
  return places;
}

test('from its first cached prompt on a conversation stays, known by how it began', async () => {
  const turns = (round: number) => Array.from({ length: 2 * round }, (_, at) => `turn ${at}`);
  const places = await placesOf((round) => ({ messages: messages('Fix the bug.', ...turns(round)) }));
  assert.equal(places.size, 1);
});

test('conversations that began otherwise, and models whose caches are no cheaper, are drawn as ever', async () => {
  assert((await placesOf((round) => ({ messages: messages(`Question ${round}`) }))).size > 1);
  assert((await placesOf(() => ({ model: 'acme/plain', session_id: 'plain' }))).size > 1);
});

test('without a cached prompt nothing is kept, but for a conversation that its caller names', async () => {
  for (const host of Object.values(hosts)) host.cached = 0;
  assert((await placesOf(() => ({ messages: messages('Nothing is cached.') }))).size > 1);
  const other = (round: number) => messages(`Whatever ${round}`);
  assert.equal((await placesOf((round) => ({ session_id: 'mine', messages: other(round) }))).size, 1);
  assert.equal((await placesOf((round) => ({ messages: other(round) }), { 'x-session-id': 'header' })).size, 1);
  assert.equal((await placesOf((round) => ({ prompt_cache_key: 'key', messages: other(round) }))).size, 1);
});

test('the caller’s own order comes first', async () => {
  const session = { session_id: 'ordered' };
  const home = await call(session);
  const away = ['one', 'two', 'three'].find((name) => name !== home) ?? '';
  assert.equal(await call({ ...session, provider: { order: [away] } }), away);
});

test('where its host fails it moves, and stays there', async () => {
  const session = { session_id: 'moving' };
  const home = await call(session);
  const host = hosts[home];
  assert(host);
  host.isDown = true;
  const next = await call(session);
  assert.notEqual(next, home);
  host.isDown = false;
  assert.deepEqual([...(await placesOf(() => session))], [next]);
});

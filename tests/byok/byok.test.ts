/** Keys at providers of the account's own, through OpenRouter's client and over the wire: kept, tried, billed, told. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import { API_KEY, type GatewayProcess, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { catalogueOf, LIST_PRICE, type ProviderHost, startProvider } from './provider-host.ts';

const OPERATORS = 'sk-operators-key-at-the-hosts';
const OWN = 'sk-own-key-of-the-account-0001';
const OTHER = 'sk-own-key-of-the-account-0002';

let first: ProviderHost;
let second: ProviderHost;
let gateway: GatewayProcess;
let manager: OpenRouter;

before(async () => {
  [first, second] = await Promise.all([startProvider(), startProvider()]);
  gateway = await startGateway({
    catalogue: catalogueOf(first, second),
    environment: { SECOND_API_KEY: OPERATORS, SWITCHWRIGHT_BYOK_FEE_PERCENT: '5' },
  });
  manager = new OpenRouter({ serverURL: gateway.base, apiKey: MANAGEMENT_KEY });
});
after(async () => {
  assert.equal(await gateway.stop(), 0);
  first.close();
  second.close();
});

type Usage = {
  readonly cost: number;
  readonly is_byok: boolean;
  readonly cost_details: { readonly upstream_inference_cost: number | null };
};
type Answer = { readonly status: number; readonly id: string; readonly usage: Usage; readonly text: string };

async function ask(body: object = {}, headers: Readonly<Record<string, string>> = {}, key = API_KEY): Promise<Answer> {
  const response = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      model: 'acme/one',
      messages: [{ role: 'user', content: 'Hello' }],
      max_tokens: 50,
      ...body,
    }),
  });
  const text = await response.text();
  const last = text.startsWith('data:') || text.startsWith(':') ? lastUsage(text) : JSON.parse(text).usage;
  return { status: response.status, id: response.headers.get('x-generation-id') ?? '', usage: last, text };
}

const lastUsage = (stream: string): Usage =>
  stream
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)).usage)
    .findLast(Boolean);

async function generation(id: string) {
  return (await manager.generations.getGeneration({ id })).data;
}

const send = async (method: string, path: string, body?: unknown, key = MANAGEMENT_KEY) => {
  const response = await fetch(gateway.base + path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
};

const drained = (): readonly string[][] => [first, second].map((host) => [...host.keys()]);
async function clear(): Promise<void> {
  const { result } = await manager.byok.list({ limit: 100 });
  for (const { id } of result.data) await manager.byok.delete({ id });
  drained();
}

test('a key is made, listed, changed and deleted by OpenRouter’s client, and never told again', async () => {
  const { data: made } = await manager.byok.create({
    createBYOKKeyRequest: {
      provider: 'first' as never,
      key: OWN,
      name: 'Ours',
      isFallback: true,
      allowedModels: ['acme/one'],
    },
  });
  assert.deepEqual(
    [made.label, made.name, made.provider, made.sortOrder, made.isFallback, made.allowedModels, made.declaredZdr],
    ['sk-...0001', 'Ours', 'first', 0, true, ['acme/one'], null],
  );
  assert.equal(made.workspaceId, '00000000-0000-4000-8000-000000000001');
  assert.deepEqual((await manager.byok.get({ id: made.id })).data, made);
  const { result } = await manager.byok.list({ provider: 'first' as never });
  assert.deepEqual([result.data, result.totalCount], [[made], 1]);
  const { data: changed } = await manager.byok.update({
    id: made.id,
    updateBYOKKeyRequest: { key: OTHER, name: null, isFallback: false, isRequired: true, allowedModels: null },
  });
  assert.deepEqual(
    [changed.label, changed.name, changed.isFallback, changed.isRequired, changed.allowedModels],
    ['sk-...0002', null, false, true, null],
  );
  for (const path of ['/byok', `/byok/${made.id}`]) {
    const { text } = await send('GET', path);
    assert.ok(!text.includes(OWN) && !text.includes(OTHER) && !text.includes('sw1.'), text);
  }
  assert.equal((await manager.byok.delete({ id: made.id })).deleted, true);
  assert.equal((await send('DELETE', `/byok/${made.id}`)).status, 404);
  assert.equal((await send('GET', `/byok/${made.id}`)).status, 404);
});

test('the account’s own key is asked first, wherever it is dearer; it is billed our fee and told', async () => {
  await clear();
  const plain = await ask();
  assert.deepEqual([drained(), plain.usage.is_byok], [[[], [OPERATORS]], false]);
  await manager.byok.create({ createBYOKKeyRequest: { provider: 'first' as never, key: OWN } });
  for (const stream of [false, true]) {
    const { status, usage, id } = await ask({ stream, provider: { order: ['second'] } });
    assert.deepEqual([status, drained()], [200, [[OWN], []]], 'first, even against the order asked for');
    assert.deepEqual([usage.is_byok, usage.cost_details.upstream_inference_cost], [true, LIST_PRICE]);
    assert.ok(Math.abs(usage.cost - LIST_PRICE * 0.05) < 1e-9, `${usage.cost}`);
    const told = await generation(id);
    assert.deepEqual([told.isByok, told.upstreamInferenceCost, told.providerName], [true, LIST_PRICE, 'First']);
    assert.ok(Math.abs(told.totalCost - LIST_PRICE * 0.05) < 1e-9);
    assert.deepEqual(
      told.providerResponses?.map(({ isByok }) => isByok),
      [true],
    );
  }
  const { data: key } = await new OpenRouter({
    serverURL: gateway.base,
    apiKey: API_KEY,
  }).apiKeys.getCurrentKeyMetadata();
  assert.equal(key.byokUsage, 2 * LIST_PRICE);
  const planned = await send('POST', '/plan', { model: 'acme/one', seed: 1 }, API_KEY);
  const { candidates } = JSON.parse(planned.text).data as {
    candidates: { endpoint: string; reason: string; byok_key?: string }[];
  };
  assert.deepEqual(
    candidates.map(({ endpoint, byok_key }) => [endpoint, byok_key !== undefined]),
    [
      ['acme/one@first', true],
      ['acme/one@second', false],
    ],
  );
  assert.match(candidates[0]?.reason ?? '', /, with your own key [0-9a-f-]{36}$/);
});

test('a refused own key is the account’s affair: it rests, the next one pays, and the host is not thought ill of', async () => {
  await clear();
  const create = (key: string, more: object = {}) =>
    manager.byok.create({ createBYOKKeyRequest: { provider: 'first' as never, key, ...more } });
  const { data: bad } = await create(OWN);
  await create(OTHER);
  first.refuse(OWN, 401);
  const answer = await ask();
  assert.deepEqual([answer.status, drained()], [200, [[OWN, OTHER], []]]);
  const told = await generation(answer.id);
  assert.deepEqual(
    told.providerResponses?.map(({ status, isByok }) => [status, isByok]),
    [
      [401, true],
      [200, true],
    ],
  );
  assert.deepEqual([(await ask()).status, drained()], [200, [[OTHER], []]], 'it is not tried again so soon');
  first.refuse(OTHER, 402);
  const fallen = await ask();
  assert.deepEqual([fallen.status, fallen.usage.is_byok, drained()], [200, false, [[OTHER], [OPERATORS]]]);
  first.accept(OWN);
  await manager.byok.update({ id: bad.id, updateBYOKKeyRequest: { key: OWN } });
  assert.deepEqual(
    [(await ask()).usage.is_byok, drained()],
    [true, [[OWN], []]],
    'a key that was put anew rests no more',
  );
  first.accept(OTHER);
});

test('required: the operator’s are not asked, and the refusal says whose key it was without telling it', async () => {
  await clear();
  const { data: key } = await manager.byok.create({
    createBYOKKeyRequest: { provider: 'second' as never, key: OWN, isRequired: true, allowedModels: ['acme/one'] },
  });
  second.refuse(OWN, 401);
  const { status, text } = await ask();
  assert.deepEqual([status, drained()], [502, [[], [OWN]]]);
  assert.match(text, /Your own key sk-\.\.\.0001 was refused/);
  assert.ok(!text.includes(OWN), text);
  second.accept(OWN);
  await manager.byok.update({ id: key.id, updateBYOKKeyRequest: { disabled: true } });
  assert.deepEqual([(await ask()).status, drained()], [200, [[], [OPERATORS]]]);
  await manager.byok.update({
    id: key.id,
    updateBYOKKeyRequest: { disabled: false, isByokOnly: true, allowedModels: ['acme/two'] },
  });
  const none = await ask();
  assert.equal(none.status, 404);
  assert.match(none.text, /the account uses its own keys there and nothing else/);
  assert.deepEqual(drained(), [[], []]);
});

test('a fallback key is asked after the operator’s', async () => {
  await clear();
  await manager.byok.create({ createBYOKKeyRequest: { provider: 'first' as never, key: OWN, isFallback: true } });
  assert.deepEqual([(await ask()).usage.is_byok, drained()], [false, [[], [OPERATORS]]]);
  second.refuse(OPERATORS, 500);
  const { status, usage } = await ask();
  assert.deepEqual([status, usage.is_byok], [200, true]);
  assert.equal(drained()[0]?.join(), OWN);
  second.accept(OPERATORS);
});

test('a key is for those alone whom it names: models, API keys, workspaces', async () => {
  await clear();
  const { data: other } = await manager.apiKeys.create({ requestBody: { name: 'another' } });
  const { key: secret } = await manager.apiKeys.create({ requestBody: { name: 'a third' } });
  await manager.byok.create({
    createBYOKKeyRequest: { provider: 'first' as never, key: OWN, allowedApiKeyHashes: [other.hash] },
  });
  await ask();
  await ask({}, {}, secret);
  assert.deepEqual(drained()[0], []);
  await clear();
  await manager.byok.create({
    createBYOKKeyRequest: { provider: 'first' as never, key: OWN, allowedModels: ['acme/two'] },
  });
  await ask();
  assert.deepEqual(drained()[0], []);
  assert.equal((await ask({ model: 'acme/two' })).usage.is_byok, true);
  await clear();
  const { data: team } = await manager.workspaces.create({ createWorkspaceRequest: { name: 'Team', slug: 'team' } });
  const { key: teams } = await manager.apiKeys.create({ requestBody: { name: 'teams', workspaceId: team.id } });
  const global = JSON.parse(
    (await send('POST', '/byok', { provider: 'first', key: OWN, workspace_id: null })).text,
  ).data;
  assert.equal(global.workspace_id, null);
  assert.equal((await ask({}, {}, teams)).usage.is_byok, true, 'one of every workspace');
  await manager.byok.delete({ id: global.id });
  await manager.byok.create({ createBYOKKeyRequest: { provider: 'first' as never, key: OWN, workspaceId: team.id } });
  assert.equal((await ask({}, {}, teams)).usage.is_byok, true);
  assert.equal((await ask()).usage.is_byok, false);
  const { result } = await manager.byok.list({ workspaceId: team.id });
  for (const { id } of result.data) await manager.byok.delete({ id });
});

test('a limit that counts own keys bounds them; one that does not lets them pass when it is used up', async () => {
  await clear();
  await manager.byok.create({ createBYOKKeyRequest: { provider: 'first' as never, key: OWN, isRequired: true } });
  // 50 tokens of answer and the prompt cost up to some $12 of the list: two calls of $5 leave too little for a third.
  const limit = { limit: 24, includeByokInLimit: true };
  const { key: counted, data: countedKey } = await manager.apiKeys.create({
    requestBody: { name: 'counted', ...limit },
  });
  const only = { provider: { only: ['first'] } };
  const results: number[] = [];
  for (let at = 0; at < 5; at++) results.push((await ask(only, {}, counted)).status);
  const passed = results.filter((status) => status === 200).length;
  assert.ok(passed >= 2 && passed <= 3 && results.at(-1) === 402, results.join());
  const { data: seen } = await manager.apiKeys.get({ hash: countedKey.hash });
  assert.ok((seen.limitRemaining ?? 99) < 24 - passed * LIST_PRICE + 1e-9, `${seen.limitRemaining}`);
  const { key: free } = await manager.apiKeys.create({ requestBody: { name: 'free', limit: 3 } });
  for (let at = 0; at < 4; at++) assert.equal((await ask(only, {}, free)).status, 200);
});

test('keys that a request brings along come first and are gone with it', async () => {
  await clear();
  const header = (keys: unknown) => ({ 'x-provider-api-keys': typeof keys === 'string' ? keys : JSON.stringify(keys) });
  const { usage } = await ask({}, header({ first: OTHER }));
  assert.deepEqual([usage.is_byok, drained()], [true, [[OTHER], []]]);
  assert.deepEqual([(await ask()).usage.is_byok, drained()], [false, [[], [OPERATORS]]]);
  const bad: readonly [unknown, RegExp][] = [
    ['not json', /must be a JSON object/],
    [[OTHER], /must be a JSON object/],
    [{ nobody: OTHER }, /nobody is no provider/],
    [{ first: 7 }, /must be a string/],
    [{ first: 'sk with spaces' }, /printable ASCII/],
    [{ first: `sk-${'x'.repeat(9_000)}` }, /characters/],
    [Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`p${at}`, OTHER])), /more than 20/],
    [{ sandbox: OTHER }, /takes no key/],
  ];
  for (const [keys, words] of bad) {
    const { status, text } = await ask({}, header(keys));
    assert.deepEqual([status, drained()], [400, [[], []]], text);
    assert.match(text, words);
    assert.ok(!text.includes(OTHER), text);
  }
  assert.equal(
    (await ask({}, header({ first: `sk-${'x'.repeat(1_000_000)}` })).catch(() => ({ status: 431 }))).status,
    431,
  );
});

test('what is asked wrongly is refused in words, and nothing is kept', async () => {
  await clear();
  const wish = { provider: 'first', key: OWN };
  const cases: readonly [object, RegExp][] = [
    [{ provider: 'first' }, /^key: /],
    [{ key: OWN }, /^provider: /],
    [{ ...wish, provider: 'nobody' }, /no provider/],
    [{ ...wish, provider: 'sandbox' }, /takes no key/],
    [{ ...wish, key: 'sk-two\nlines-of-it' }, /printable ASCII/],
    [{ ...wish, key: 'sk-a\r\nx-injected: 1' }, /printable ASCII/],
    [{ ...wish, key: 'x'.repeat(9_000) }, /key: /],
    [{ ...wish, is_fallback: true, is_byok_only: true }, /cannot be combined/],
    [{ ...wish, allowed_models: [] }, /allowed_models/],
    [{ ...wish, allowed_models: ['acme/none'] }, /acme\/none is no model/],
    [{ ...wish, allowed_models: Array.from({ length: 101 }, () => 'acme/one') }, /allowed_models/],
    [{ ...wish, allowed_api_key_hashes: ['f'.repeat(64)] }, /no API key of the account/],
    [{ ...wish, allowed_user_ids: ['somebody'] }, /no member/],
    [{ ...wish, workspace_id: 'elsewhere' }, /no such workspace/],
    [{ ...wish, sort_order: -1 }, /sort_order/],
    [{ ...wish, declared_zdr: 'yes' }, /declared_zdr/],
  ];
  for (const [body, words] of cases) {
    const { status, text } = await send('POST', '/byok', body);
    assert.equal(status, 400, text);
    assert.match(JSON.parse(text).error.message, words);
    assert.ok(!text.includes(OWN), text);
  }
  first.refuse(OWN, 401);
  const tested = await send('POST', '/byok', { ...wish, test: true });
  assert.equal(tested.status, 400);
  assert.match(tested.text, /First does not take it: the key was refused \(HTTP 401/);
  assert.ok(!tested.text.includes(OWN), 'though the host has told it');
  first.accept(OWN);
  assert.equal((await send('GET', '/byok')).text, '{"data":[],"total_count":0}');
  const { status, text } = await send('POST', '/byok', { ...wish, test: true });
  assert.equal(status, 201, text);
  const { id } = JSON.parse(text).data;
  assert.deepEqual(JSON.parse((await send('POST', `/byok/${id}/test`)).text).data, {
    id,
    works: true,
    message: 'the key works',
  });
});

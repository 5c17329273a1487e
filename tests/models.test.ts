import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { OpenRouter } from '@openrouter/sdk';
import type { FastifyInstance } from 'fastify';
import { openAccess } from '../src/access/access.ts';
import { prepareAccess } from '../src/access/prepare.ts';
import { nano } from '../src/base/money.ts';
import { loadCatalog } from '../src/catalog/load.ts';
import { KNOWN } from '../src/cli/catalogue.ts';
import type { Gateway } from '../src/gateway/gateway.ts';
import { createKept } from '../src/gateway/kept.ts';
import { createServer } from '../src/http/server.ts';
import { MODEL_ROUTES } from '../src/http/v1/models/index.ts';
import { openInsights } from '../src/insights/insights.ts';
import { isHold, openLedger } from '../src/ledger/ledger.ts';
import { newSecret, openMemoryStorage, type Storage } from '../src/storage/open.ts';
import { receiptOf, requestOf } from '../src/storage/testing/sample.ts';
import { NO_TELEMETRY } from '../src/telemetry/telemetry.ts';
import { createHealth } from '../src/upstream/health.ts';
import { realWorld } from '../src/upstream/world.ts';

const KEY = 'sk-mine';
const NOW = Date.parse('2026-11-22T12:00:00Z');
const enabled = new Set(['groq', 'sandbox']);
let storage: Storage;
let server: FastifyInstance;
let url: string;
let sdk: OpenRouter;

before(async () => {
  const loaded = loadCatalog([resolve(import.meta.dirname, '../data')], KNOWN, {});
  assert.ok(loaded.ok, loaded.ok ? '' : JSON.stringify(loaded.error.slice(0, 5)));
  const health = createHealth(() => NOW);
  health.ended('openai/gpt-4.1-mini@openai', { kind: 'success', latencyMs: 250, throughput: 90 });
  const world = { ...realWorld(), now: () => NOW };
  storage = openMemoryStorage(world);
  const parts = { store: storage.accessStore, world, newSecret };
  await prepareAccess({ ...parts, apiKey: KEY });
  const gateway = {
    world,
    catalog: () => loaded.value,
    enabled: () => enabled,
    access: openAccess(parts),
    health,
    telemetry: NO_TELEMETRY,
    boards: 'public',
    insights: openInsights(storage.insightsStore, world),
    log: () => {},
    kept: createKept(world),
    files: null,
    batches: null,
  } as Partial<Gateway> as Gateway;
  const ledger = openLedger(storage.ledgerStore, world);
  const request = requestOf('gen-1', 'key', nano(12n), NOW);
  const hold = await ledger.hold(request);
  assert.ok(isHold(hold));
  await hold.settle(receiptOf(request, nano(12n), { model: 'openai/gpt-4o' }));
  ledger.close();
  server = createServer({ gateway, api: MODEL_ROUTES, pages: [] });
  await server.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}/api/v1`;
  sdk = new OpenRouter({ serverURL: url, apiKey: 'sk-none' });
});
after(async () => {
  await server.close();
  await storage.close();
});

type Listed = { data: { id: string; [name: string]: unknown }[]; total_count: number; links: { next: string | null } };
const list = async (query = ''): Promise<Listed> => (await (await fetch(`${url}/models${query}`)).json()) as Listed;

test("the validating client accepts the whole list, and its count is the list's", async () => {
  const page = await sdk.models.list();
  const { data, totalCount } = 'result' in page ? (page.result as typeof page.result & { totalCount: number }) : page;
  assert.ok(data.length >= 300, `${data.length} models`);
  assert.equal(totalCount, data.length);
  const count = await sdk.models.count();
  assert.equal(count.data.count, data.length);
  assert.ok(data.every((model) => !model.id.startsWith('sandbox/')));
  assert.ok(new Set(data.map(({ id }) => id.split('/')[0])).size >= 40);
});

test('no two models go by one name, and no score of a model is told twice', async () => {
  const { data } = await list('?output_modalities=all');
  const twice = (names: readonly string[]) => names.filter((name, at) => names.indexOf(name) !== at);
  assert.deepEqual(twice(data.map(({ name }) => String(name))), []);
  for (const { id, benchmarks } of data) {
    const scores = (benchmarks as { scores?: { name: string; source: string }[] } | undefined)?.scores ?? [];
    assert.deepEqual(twice(scores.map(({ name, source }) => `${name} ${source}`)), [], id);
  }
});

test('benchmarks are told with their sources, and Artificial Analysis where OpenRouter has it', async () => {
  const { data } = await list();
  const of = (id: string) => data.find((model) => model.id === id)?.benchmarks as { [member: string]: unknown };
  const source = 'https://openai.com/index/gpt-4-1/';
  assert.deepEqual(of('openai/gpt-4.1-mini'), {
    design_arena: [],
    scores: [
      { name: 'Hard instruction evals', score: 45.1, source, unit: '%' },
      { name: 'MultiChallenge', score: 35.8, source, unit: '%' },
      { name: 'IFEval', score: 84.1, source, unit: '%' },
      { name: 'Aider polyglot (diff)', score: 31.6, source, unit: '%' },
    ],
  });
  const indexes = { intelligence_index: null, coding_index: 38.9, agentic_index: null };
  assert.deepEqual(of('openai/gpt-5-codex').artificial_analysis, indexes);
});

test('a model is told in full, prices as decimal strings per token', async () => {
  const answer = await fetch(`${url}/model/openai/gpt-4.1-mini:nitro`);
  const { data } = (await answer.json()) as { data: { [name: string]: unknown } };
  assert.equal(data.name, 'OpenAI: GPT-4.1 Mini');
  assert.equal(data.created, Date.parse('2025-04-14') / 1000);
  assert.equal(data.context_length, 1_047_576);
  assert.deepEqual(data.pricing, {
    prompt: '0.0000004',
    completion: '0.0000016',
    input_cache_read: '0.0000001',
    web_search: '0.01',
  });
  assert.deepEqual(data.top_provider, {
    context_length: 1_047_576,
    max_completion_tokens: 32_768,
    is_moderated: false,
  });
  const { scores } = data.benchmarks as { scores: { name: string; score: number }[] };
  assert.deepEqual(
    scores.map(({ score }) => score),
    [45.1, 35.8, 84.1, 31.6],
  );
});

test('prices are those of a provider that is on; what can be called here is told, and can be asked for', async () => {
  const { data } = await list('?output_modalities=all');
  const of = (id: string) => data.find((model) => model.id === id);
  const priceAt = async (id: string, tag: string): Promise<unknown> => {
    const answer = await fetch(`${url}/models/${id}/endpoints`);
    const { data: model } = (await answer.json()) as { data: { endpoints: { tag: string; pricing: unknown }[] } };
    return model.endpoints.find((endpoint) => endpoint.tag === tag)?.pricing;
  };
  const oss = of('openai/gpt-oss-120b');
  assert.equal(oss?.callable, true);
  assert.deepEqual(
    oss.pricing,
    await priceAt('openai/gpt-oss-120b', 'groq'),
    'the only one that is on, though not the cheapest',
  );
  assert.equal(of('openai/gpt-4.1-mini')?.callable, false);
  const here = await list('?output_modalities=all&callable=true');
  assert.deepEqual(
    here.data.map(({ id }) => id),
    data.flatMap(({ id, callable }) => (callable ? [id] : [])),
  );
  const elsewhere = await list('?output_modalities=all&callable=false');
  assert.equal(here.total_count + elsewhere.total_count, data.length);
  assert.equal((await fetch(`${url}/models?callable=perhaps`)).status, 400);
});

test('no model reaches less far than an endpoint of it', async () => {
  const { data } = await list('?output_modalities=all&sandbox=false');
  for (const { id, context_length } of data.slice(0, 60)) {
    const answer = await fetch(`${url}/models/${id}/endpoints`);
    const { data: model } = (await answer.json()) as { data: { endpoints: { context_length: number }[] } };
    for (const endpoint of model.endpoints) assert.ok(endpoint.context_length <= Number(context_length), id);
  }
  assert.equal(data.find(({ id }) => id === 'google/gemini-3.1-flash-image-preview')?.context_length, 131_072);
});

test('a model is found by its bare name, as by its id, with its hosts', async () => {
  const named = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${url}/models/${path}`);
    return answer.ok ? ((await answer.json()) as { id?: string; data?: { id: string } }) : answer.status;
  };
  for (const name of [
    'gpt-4.1-mini',
    'gpt-4-1-mini',
    'openai%2Fgpt-4.1-mini',
    'gpt-4.1-mini:nitro',
    'openai/gpt-4.1-mini',
  ])
    assert.equal(((await named(name)) as { id: string }).id, 'openai/gpt-4.1-mini', name);
  assert.equal(((await named('gpt-4.1-mini/endpoints')) as { data: { id: string } }).data.id, 'openai/gpt-4.1-mini');
  assert.equal(await named('gpt-99'), 404);
  assert.equal(await named('gpt-99/endpoints'), 404);
});

test('the sandbox’s models are listed where they are asked for, and nowhere else', async () => {
  const isSandbox = ({ id }: { readonly id: string }): boolean => id.startsWith('sandbox/');
  for (const query of ['', '?output_modalities=all', '?callable=true', '?sandbox=false', '?q=echo'])
    assert.deepEqual((await list(query)).data.filter(isSandbox), [], query);
  for (const query of ['?sandbox=true', '?providers=sandbox', '?model_authors=sandbox', '?q=sandbox']) {
    const { data } = await list(query);
    assert.ok(data.length > 3 && data.every(isSandbox), query);
    assert.ok(data.every(({ callable }) => callable === true));
  }
  assert.ok((await list('?sandbox=true')).data.some(({ id }) => id === 'sandbox/embed'));
});

test('endpoints, providers, embeddings and zero retention pass the validating client', async () => {
  const { data } = await sdk.endpoints.list({ author: 'openai', slug: 'gpt-4.1-mini' });
  assert.equal(data.endpoints[0]?.tag, 'openai');
  assert.equal(data.endpoints[0]?.uptimeLast30m, 100);
  assert.equal(data.endpoints[0]?.latencyLast30m, null, 'figures of speed need a key');
  const providers = await sdk.providers.list();
  assert.ok(providers.data.length >= 60);
  const zdr = await sdk.endpoints.listZdrEndpoints();
  assert.ok(zdr.data.some((endpoint) => endpoint.tag === 'fireworks'));
  assert.ok(!zdr.data.some((endpoint) => endpoint.tag === 'openai'), 'it keeps prompts for 30 days');
  const embeddings = await list('?output_modalities=embeddings');
  assert.ok(embeddings.data.some(({ id }) => id === 'openai/text-embedding-3-small'));
  assert.equal((await fetch(`${url}/embeddings/models`)).status, 200);
});

test('what does not exist is 404 in the envelope; a missing variant of a model has no endpoints', async () => {
  const missing = await fetch(`${url}/model/openai/gpt-99`);
  assert.equal(missing.status, 404);
  const { error } = (await missing.json()) as { error: { code: number; metadata: object } };
  assert.equal(error.code, 404);
  assert.deepEqual(error.metadata, { error_type: 'not_found' });
  const variant = await fetch(`${url}/models/openai/gpt-4.1-mini:free/endpoints`);
  assert.equal(variant.status, 200);
  const { data } = (await variant.json()) as { data: { endpoints: unknown[] } };
  assert.deepEqual(data.endpoints, []);
});

test('filters narrow the list, sorts order it, pages cut it', async () => {
  const all = await list();
  const cheap = await list('?max_price=0.5&supported_parameters=tools,structured_outputs&context=200000');
  assert.ok(cheap.total_count > 0 && cheap.total_count < all.total_count);
  for (const { pricing } of cheap.data) assert.ok(Number((pricing as { prompt: string }).prompt) * 1e6 <= 0.5);
  const named = await list('?q=claude%20sonnet&model_authors=anthropic&providers=amazon-bedrock');
  assert.ok(named.data.some(({ id }) => id === 'anthropic/claude-sonnet-4.5'));
  const longest = await list('?sort=context-high-to-low');
  const contexts = longest.data.map((model) => Number(model.context_length));
  assert.deepEqual(
    contexts,
    contexts.toSorted((a, b) => b - a),
  );
  assert.equal((await list('?sort=top-weekly')).data[0]?.id, 'openai/gpt-4o');
  const page = await list('?limit=10&offset=5');
  assert.deepEqual(
    page.data.map(({ id }) => id),
    all.data.slice(5, 15).map(({ id }) => id),
  );
  assert.match(page.links.next ?? '', /offset=15&limit=10|limit=10&offset=15/);
  const coders = await list('?category=programming');
  assert.ok(coders.data.some(({ id }) => id === 'openai/gpt-5.3-codex') && coders.total_count < all.total_count / 4);
  assert.ok((await list('?category=roleplay')).data.some(({ id }) => id === 'gryphe/mythomax-l2-13b'));
  assert.equal((await list('?category=legal')).total_count, 0, 'no maker names that purpose');
  assert.equal((await list('?min_tool_success_rate=0.9')).total_count, 0, 'nobody has the figure');
  assert.equal((await fetch(`${url}/models?category=juggling`)).status, 400);
  assert.equal((await fetch(`${url}/models?sort=best`)).status, 400);
  assert.equal((await fetch(`${url}/models?limit=5000`)).status, 400);
  assert.equal(
    (await list('?sandbox=true')).data.every(({ id }) => id.startsWith('sandbox/')),
    true,
  );
});

test('Codex and Anthropic clients find their own members in the same list', async () => {
  const codex = (await (await fetch(`${url}/models?client_version=0.60.0`)).json()) as Listed & {
    models: { slug: string; display_name: string; base_instructions: string }[];
  };
  assert.equal(codex.models.find(({ slug }) => slug === 'openai/gpt-4.1-mini')?.display_name, 'OpenAI: GPT-4.1 Mini');
  assert.ok(codex.data.length >= codex.models.length && codex.models.length > 0);
  const anthropic = new Anthropic({ baseURL: url.replace(/\/v1$/, ''), apiKey: 'sk-none' });
  const ids: string[] = [];
  for await (const model of anthropic.models.list({ limit: 150 })) {
    assert.equal(model.type, 'model');
    ids.push(model.id);
  }
  assert.equal(ids.length, codex.data.length, 'pages join to the whole list');
  await assert.rejects(anthropic.models.retrieve('no-such'), (error: InstanceType<typeof Anthropic.NotFoundError>) => {
    assert.deepEqual([error.status, error.type], [404, 'not_found_error']);
    return true;
  });
});

test('with a key: the models that can be called now, and how fast endpoints are', async () => {
  assert.equal((await fetch(`${url}/models/user`)).status, 401);
  const headers = { authorization: `Bearer ${KEY}` };
  const { data } = (await (await fetch(`${url}/models/user`, { headers })).json()) as Listed;
  assert.ok(data.some(({ id }) => id === 'openai/gpt-oss-120b'));
  assert.ok(!data.some(({ id }) => id === 'openai/gpt-4.1-mini'));
  const known = new OpenRouter({ serverURL: url, apiKey: KEY });
  const { data: model } = await known.endpoints.list({ author: 'openai', slug: 'gpt-4.1-mini' });
  assert.equal(model.endpoints[0]?.latencyLast30m?.p50, 250);
});

test('the feed is XML', async () => {
  const answer = await fetch(`${url}/models?use_rss=true`);
  assert.match(answer.headers.get('content-type') ?? '', /rss\+xml/);
  const origin = new URL(url).origin;
  const [newest] = (await list()).data;
  assert.ok((await answer.text()).includes(`</title><link>${origin}/${newest?.id}</link>`));
  const chats = await (await fetch(`${url}/models?use_rss=true&use_rss_chat_links=true`)).text();
  assert.ok(chats.includes(`</title><link>${origin}/chat?model=${encodeURIComponent(newest?.id ?? '')}</link>`));
});

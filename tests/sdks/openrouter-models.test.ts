/** Every filter and order of `GET /models`, and every list beside it, through the client that checks each field. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { OpenRouter } from '@openrouter/sdk';
import type { Model } from '@openrouter/sdk/models';
import type { GetModelsRequest } from '@openrouter/sdk/models/operations';
import OpenAI from 'openai';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';

const gateway = await startGateway({ environment: { GROQ_API_KEY: 'never used' } });
after(() => gateway.stop());
const options = { serverURL: gateway.base, retryConfig: { strategy: 'none' } } as const;
const client = new OpenRouter({ ...options, apiKey: API_KEY });
const manager = new OpenRouter({ ...options, apiKey: MANAGEMENT_KEY });

async function list(request: GetModelsRequest = {}): Promise<Model[]> {
  const page = await client.models.list(request);
  return page.result.data;
}
const idsOf = (models: readonly { readonly id: string }[]): string[] => models.map(({ id }) => id);
const all = await list();
const DAY_S = 86_400;
const ageOf = ({ created }: Model): number => (Date.now() / 1000 - created) / DAY_S;
const promptPrice = ({ pricing }: Model): number => Number(pricing.prompt) * 1e6;
const outputPrice = ({ pricing }: Model): number => Number(pricing.completion) * 1e6;
const accepts = (model: Model, name: string): boolean => model.supportedParameters.some((own) => own === name);

const takes = ({ architecture }: Model, kind: string): boolean =>
  architecture.inputModalities.some((own) => own === kind);

type Filter = { readonly ask: GetModelsRequest; readonly holds: (model: Model) => boolean };
const FILTERS: readonly Filter[] = [
  { ask: { supportedParameters: 'tools,reasoning' }, holds: (m) => accepts(m, 'tools') && accepts(m, 'reasoning') },
  { ask: { outputModalities: 'image' }, holds: (m) => m.architecture.outputModalities.includes('image') },
  { ask: { inputModalities: 'image,file' }, holds: (m) => takes(m, 'image') && takes(m, 'file') },
  { ask: { q: 'gpt-4.1' }, holds: (m) => m.id.includes('gpt-4.1') },
  { ask: { context: 1_000_000 }, holds: (m) => (m.contextLength ?? 0) >= 1_000_000 },
  { ask: { minPrice: 1, maxPrice: 3 }, holds: (m) => promptPrice(m) >= 1 && promptPrice(m) <= 3 },
  { ask: { minOutputPrice: 10, maxOutputPrice: 15 }, holds: (m) => outputPrice(m) >= 10 && outputPrice(m) <= 15 },
  { ask: { modelAuthors: 'anthropic,qwen' }, holds: (m) => /^(?:anthropic|qwen)\//.test(m.id) },
  { ask: { minAgeDays: 200, maxAgeDays: 600 }, holds: (m) => ageOf(m) >= 199 && ageOf(m) <= 601 },
  { ask: { arch: 'claude' }, holds: (m) => m.id.includes('claude') },
];

for (const { ask, holds } of FILTERS)
  test(`models filtered by ${JSON.stringify(ask)}`, async () => {
    const found = await list(ask);
    assert.ok(found.length > 0 && found.length < all.length, `${found.length} of ${all.length}`);
    for (const model of found) assert.ok(holds(model), model.id);
    if (ask.outputModalities !== undefined || ask.minAgeDays !== undefined) return;
    const ids = new Set(idsOf(found));
    if (ask.arch === undefined)
      assert.ok(
        all.every((model) => ids.has(model.id) || !holds(model)),
        'none is left out',
      );
  });

test('models filtered by their hosts have an endpoint there', async () => {
  const isServed = async (id: string, holds: (tag: string) => boolean): Promise<boolean> => {
    const [author = '', slug = ''] = id.split('/');
    const { data } = await client.endpoints.list({ author, slug });
    return data.endpoints.some(({ tag }) => holds(tag));
  };
  const onGroq = await list({ providers: 'groq' });
  for (const { id } of onGroq) assert.ok(await isServed(id, (tag) => tag === 'groq'), id);
  const { data: zdr } = await client.endpoints.listZdrEndpoints();
  const keptNowhere = new Set(zdr.map(({ modelId }) => modelId));
  assert.ok(zdr.length > 0);
  assert.deepEqual(idsOf(await list({ zdr: 'true', outputModalities: 'all' })).toSorted(), [...keptNowhere].toSorted());
  for (const region of ['eu', 'us'] as const) assert.ok((await list({ region })).length < all.length);
  assert.ok((await list({ distillable: 'true' })).length < all.length);
});

const falling = (values: readonly number[]): boolean => values.every((value, at) => value <= (values[at - 1] ?? value));

test('models in every order', async () => {
  const orders = {
    newest: ({ created }: Model) => created,
    'context-high-to-low': ({ contextLength }: Model) => contextLength ?? 0,
    'pricing-high-to-low': (model: Model) => promptPrice(model) + outputPrice(model),
    'pricing-low-to-high': (model: Model) => -promptPrice(model) - outputPrice(model),
  } as const;
  for (const sort of Object.keys(orders) as (keyof typeof orders)[]) {
    const models = await list({ sort });
    // Router models cost what the model costs that they choose: they come last.
    const priced = models.filter(({ pricing }) => pricing.prompt !== '-1');
    if (sort.startsWith('pricing')) assert.deepEqual(priced, models.slice(0, priced.length), sort);
    const shown = sort.startsWith('pricing') ? priced : models;
    assert.ok(falling(shown.map((model) => Math.round(orders[sort](model) * 1e6))), sort);
  }
  const measured = [
    'most-popular',
    'top-weekly',
    'throughput-high-to-low',
    'latency-low-to-high',
    'intelligence-high-to-low',
    'coding-high-to-low',
    'agentic-high-to-low',
    'design-arena-elo-high-to-low',
  ] as const;
  for (const sort of measured) assert.equal((await list({ sort })).length, all.length, sort);
});

test('pages join to the whole list, and the count is the list’s', async () => {
  const joined: string[] = [];
  for await (const page of await client.models.list({ limit: 150 })) joined.push(...idsOf(page.result.data));
  assert.deepEqual(joined, idsOf(all));
  assert.equal((await client.models.count()).data.count, all.length);
  const images = await client.models.count({ outputModalities: 'image' });
  assert.equal(images.data.count, (await list({ outputModalities: 'image' })).length);
});

test('the models of this instance, embedding models and hosts', async () => {
  const page = await client.models.listForUser({ bearer: API_KEY });
  const mine = idsOf(page.result.data);
  assert.ok(mine.includes('openai/gpt-oss-120b') && !mine.includes('openai/gpt-4.1-mini'));
  const embedders = await client.embeddings.listModels();
  assert.deepEqual(idsOf(embedders.result.data), idsOf(await list({ outputModalities: 'embeddings' })));
  const { data } = await client.providers.list();
  assert.ok(data.some(({ slug, name }) => slug === 'anthropic' && name === 'Anthropic'));
});

test('activity of the completed days, and what a key and an account tell', async () => {
  assert.deepEqual((await manager.analytics.getUserActivity()).data, []);
  const today = await manager.analytics.getUserActivity({ date: new Date().toISOString().slice(0, 10) });
  assert.deepEqual(today.data, []);
  assert.equal((await manager.apiKeys.getCurrentKeyMetadata()).data.isManagementKey, true);
  assert.deepEqual((await manager.credits.getCredits()).data, { totalCredits: 0, totalUsage: 0 });
});

test('the SDKs of OpenAI and Anthropic find one model, whose id has a slash', async () => {
  const openai = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY });
  const ids: string[] = [];
  for await (const model of openai.models.list()) ids.push(model.id);
  assert.deepEqual(ids, idsOf(all));
  const { id, object, owned_by } = await openai.models.retrieve('openai/gpt-4.1-mini');
  assert.deepEqual([id, object, owned_by], ['openai/gpt-4.1-mini', 'model', 'openai']);
  const anthropic = new Anthropic({ baseURL: `${gateway.origin}/api`, apiKey: API_KEY });
  assert.equal((await anthropic.models.retrieve('anthropic/claude-sonnet-4.6')).type, 'model');
  await assert.rejects(openai.models.retrieve('openai/gpt-99'), (error) => error instanceof OpenAI.NotFoundError);
});

test('a method that a path does not take is 405 with those it takes; what is not served is 404 in the envelope', async () => {
  const asked = async (method: string, path: string): Promise<[number, string | null, number | undefined]> => {
    const answer = await fetch(gateway.base + path, { method });
    const { error } = (await answer.json()) as { error?: { code: number } };
    return [answer.status, answer.headers.get('allow'), error?.code];
  };
  assert.deepEqual(await asked('PUT', '/models'), [405, 'GET, HEAD', 405]);
  assert.deepEqual(await asked('GET', '/chat/completions'), [405, 'POST', 405]);
  assert.deepEqual(await asked('POST', '/keys/x'), [405, 'DELETE, GET, HEAD, PATCH', 405]);
  for (const path of ['/no/such', '/no/such/path']) assert.deepEqual(await asked('GET', path), [404, null, 404]);
});

test('aliases, slashes at the end and unknown fields change nothing', async () => {
  const ask = async (url: string): Promise<unknown> => {
    const answer = await fetch(gateway.origin + url, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}` },
      body: JSON.stringify({
        model: 'sandbox/echo',
        max_tokens: 50,
        messages: [{ role: 'user', content: 'Hello' }],
        no_such_field: { of: ['ours'] },
      }),
    });
    return [answer.status, /Hello/.test(await answer.text())];
  };
  for (const path of ['/chat/completions', '/messages'])
    for (const prefix of ['/api/v1', '/v1']) {
      assert.deepEqual(await ask(prefix + path), [200, true]);
      assert.deepEqual(await ask(`${prefix}${path}/`), [200, true]);
    }
});

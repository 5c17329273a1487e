import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import type { Catalog } from '../src/catalog/catalog.ts';
import { loadCatalog } from '../src/catalog/load.ts';
import { KNOWN } from '../src/cli/catalogue.ts';
import type { Question } from '../src/facts/question.ts';
import { type Offer, offersAt, offersOf } from '../src/router/offer.ts';
import { expectedCost } from '../src/router/order.ts';
import { plan } from '../src/router/plan.ts';

const loaded = loadCatalog([resolve(import.meta.dirname, '../data')], KNOWN, {});
assert.ok(loaded.ok);
const catalog: Catalog = loaded.value;
const slugs = [...catalog.providers.keys()];

/** An ordinary call. */
const questionFor = (model: string, enabled: ReadonlySet<string>, seed: number): Question => ({
  catalog,
  operation: 'chat',
  models: [model],
  preferences: {},
  tier: null,
  parameters: [],
  inputModalities: ['text'],
  outputModalities: ['text'],
  promptTokens: 1_500,
  maxOutputTokens: 500,
  usesTools: false,
  asksReasoning: false,
  clientDialect: null,
  completes: 'conversation',
  enabled,
  health: { of: () => undefined },
  seed,
});
const costOf = ({ endpoint }: Pick<Offer, 'endpoint'>): number =>
  expectedCost(endpoint, { promptTokens: 1_500, maxOutputTokens: 500 });

test('an offer is the cheapest of those that the router would send an ordinary call to, whoever is on', () => {
  let called = 0;
  for (let round = 1; round <= 8; round++) {
    const enabled = new Set(slugs.filter((_, at) => ((at + 1) * 7919 * round) % 97 < 12 * round));
    const offers = offersOf(enabled);
    for (const model of catalog.models.values()) {
      if (model.router || model.output.includes('embeddings')) continue;
      const { candidates } = plan(questionFor(model.id, enabled, round));
      const offer = offers(model);
      if (candidates.length === 0) continue;
      called += 1;
      assert.ok(offer?.isOn, model.id);
      const first = candidates.filter(
        ({ endpoint }) => endpoint.provider.reseller === candidates[0]?.endpoint.provider.reseller,
      );
      assert.ok(
        first.some(({ endpoint }) => endpoint.id === offer.endpoint.id),
        `${model.id} is not sent to ${offer.endpoint.id}`,
      );
      assert.equal(costOf(offer), Math.min(...first.map(costOf)), model.id);
    }
  }
  assert.ok(called > 1_000, `${called} models could be called`);
});

test('where nothing is on an offer says so, and none is a service tier', () => {
  const nothing = offersOf(new Set());
  for (const model of catalog.models.values()) {
    if (model.router) continue;
    const offer = nothing(model);
    assert.equal(offer?.isOn, false, model.id);
    assert.equal(offer.endpoint.tier, null, model.id);
  }
});

test('a provider’s own offers are of its endpoints alone, though others are cheaper', () => {
  for (const slug of ['openrouter', 'groq', 'vercel']) {
    const offers = offersAt(slug, new Set(['groq']));
    let served = 0;
    for (const model of catalog.models.values()) {
      const offer = offers(model);
      const tags = model.endpoints.filter(({ provider }) => provider.slug === slug);
      assert.equal(offer === null, tags.length === 0, model.id);
      if (!offer) continue;
      served += 1;
      assert.equal(offer.endpoint.provider.slug, slug);
      assert.equal(offer.isOn, slug === 'groq');
    }
    assert.ok(served > 5, slug);
  }
});

test('the models of this catalogue that others may learn from have open weights, and are there', () => {
  const told = [...catalog.models.values()].filter(({ distillable }) => distillable);
  assert.ok(told.length >= 50, `${told.length}`);
  for (const { id, openWeights } of told) assert.ok(openWeights, id);
  for (const id of ['deepseek/deepseek-r1', 'openai/gpt-oss-120b', 'qwen/qwen3-32b'])
    assert.ok(catalog.models.get(id)?.distillable, id);
});

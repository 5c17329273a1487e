import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { loadCatalog } from '../../catalog/load.ts';
import type { EndpointHealth } from '../../facts/health.ts';
import { UNMEASURED } from '../../facts/health.ts';
import type { Question } from '../../facts/question.ts';
import type { Demand, RoutingAsk } from '../../facts/routing.ts';
import { groundsFrom, groundsText } from '../grounds-text.ts';
import { plan } from '../plan.ts';
import { replay } from '../replay.ts';

const ANY = { has: () => true } as unknown as ReadonlySet<string>;
const loaded = loadCatalog(
  [resolve(import.meta.dirname, '../../../data')],
  { dialects: ANY, quirks: { get: () => ANY } as never },
  {},
);
assert(loaded.ok, JSON.stringify(loaded));
const catalog = loaded.value;

const HARD: Demand = { task: 'code', difficulty: 'hard' };
const EASY: Demand = { task: 'chat', difficulty: 'easy' };

type Options = ReturnType<RoutingAsk['optionsOf']>;
type Said = Partial<Question> & { readonly demand?: Demand; readonly options?: Options; readonly answeredBy?: string };

const ask = (router: string, { demand = EASY, options = {}, answeredBy, ...more }: Said = {}): Question => ({
  catalog,
  operation: 'chat',
  models: [router],
  preferences: {},
  tier: null,
  parameters: [],
  inputModalities: ['text'],
  outputModalities: ['text'],
  promptTokens: 500,
  maxOutputTokens: null,
  usesTools: false,
  asksReasoning: false,
  clientDialect: null,
  completes: 'conversation',
  enabled: new Set(['openrouter', 'openai', 'anthropic', 'sandbox']),
  health: { of: () => undefined },
  routing: () => ({ demand, answeredBy: answeredBy ?? null, optionsOf: () => options }),
  seed: 7,
  ...more,
});

const chosenOf = (question: Question) => {
  const { routed, fault } = plan(question);
  assert(routed?.[0], JSON.stringify(fault));
  return {
    models: routed[0].chosen.map(({ model }) => model),
    reasons: routed[0].chosen.map(({ reason }) => reason),
    pool: routed[0].pool,
  };
};
const modelOf = (id: string) => {
  const model = catalog.models.get(id);
  assert(model, id);
  return model;
};
const outputPrice = (id: string): number =>
  Math.min(
    ...modelOf(id)
      .endpoints.filter(({ tier }) => tier === null)
      .map(({ price }) => Number(price.output) / 1e6),
  );

test('three models stand for the router, with a reason each, and the plan has their endpoints in this order', () => {
  const decided = plan(ask('openrouter/auto'));
  const chosen = decided.routed?.[0]?.chosen ?? [];
  assert.equal(chosen.length, 3);
  assert.match(chosen[0]?.reason ?? '', /^the strongest of \d+ for chat, the cheapest 20 % as it seems easy$/);
  assert.match(chosen[1]?.reason ?? '', /^number 2 of /);
  const inOrder = [...new Set(decided.candidates.map(({ model }) => model.id))];
  assert.deepEqual(
    inOrder,
    chosen.map(({ model }) => model),
  );
});

test('hard work goes to stronger and dearer models than easy work', () => {
  const [easy = ''] = chosenOf(ask('openrouter/auto')).models;
  const [hard = ''] = chosenOf(ask('openrouter/auto', { demand: HARD })).models;
  assert(outputPrice(hard) > outputPrice(easy), `${hard} costs more than ${easy}`);
});

test('cost tiers are bands of a fifth each, from the cheapest to the dearest', () => {
  const prices = (['low', 'medium', 'high', 'xhigh', 'max'] as const).map((costTier) => {
    const { models, reasons } = chosenOf(ask('openrouter/auto', { options: { costTier } }));
    assert.match(reasons[0] ?? '', new RegExp(`cost_tier ${costTier}$`));
    return outputPrice(models[0] ?? '');
  });
  assert.deepEqual(
    prices,
    [...prices].sort((a, b) => a - b),
  );
  assert((prices[4] ?? 0) > 10 * (prices[0] ?? 0));
});

test('the older number is a ceiling, and the tier wins over it', () => {
  const at = (options: Options): number =>
    outputPrice(chosenOf(ask('openrouter/auto', { demand: HARD, options })).models[0] ?? '');
  assert(at({ costQualityTradeoff: 10 }) <= at({ costQualityTradeoff: 5 }));
  assert(at({ costQualityTradeoff: 5 }) <= at({ costQualityTradeoff: 0 }));
  assert.equal(at({ costQualityTradeoff: 10, costTier: 'max' }), at({ costTier: 'max' }));
});

test('patterns allow and exclude, and an exclusion wins', () => {
  const allowed = chosenOf(ask('openrouter/auto', { options: { allowedModels: ['anthropic/*'] } })).models;
  assert(allowed.length > 0 && allowed.every((id) => id.startsWith('anthropic/')), allowed.join());
  const both = { allowedModels: ['ANTHROPIC/*', 'openai/gpt-4.1-mini'], excludedModels: ['anthropic/*'] };
  assert.deepEqual(chosenOf(ask('openrouter/auto', { options: both })).models, ['openai/gpt-4.1-mini']);
});

test('where nothing is left it says so in the contract’s words', () => {
  const decided = plan(ask('openrouter/auto', { options: { allowedModels: ['nobody/*'] } }));
  assert.deepEqual(decided.candidates, []);
  assert.equal(decided.fault?.code, 'no_endpoints');
  assert.match(decided.fault?.message ?? '', /^No models match your request and model restrictions\./);
});

test('fallbacks behind a router that finds nothing are tried', () => {
  const models = ['openrouter/auto', 'openai/gpt-4.1-mini'];
  const decided = plan(ask('openrouter/auto', { models, options: { allowedModels: ['nobody/*'] } }));
  assert.equal(decided.candidates[0]?.model.id, 'openai/gpt-4.1-mini');
});

for (const [what, said, fits] of [
  ['pictures', { inputModalities: ['text', 'image'] }, (id: string) => modelOf(id).input.includes('image')],
  [
    'tools',
    { usesTools: true },
    (id: string) => modelOf(id).endpoints.some(({ parameters }) => parameters.has('tools')),
  ],
  ['a long prompt', { promptTokens: 600_000 }, (id: string) => modelOf(id).context >= 600_000],
  [
    'a long answer',
    { maxOutputTokens: 60_000 },
    (id: string) => modelOf(id).endpoints.some(({ maxOutput }) => maxOutput === null || maxOutput >= 60_000),
  ],
  ['a host', { preferences: { only: ['anthropic'] } }, (id: string) => id.startsWith('anthropic/')],
  [
    'a rule',
    { policy: { rules: [{ source: 'guardrail Interns', only_models: ['openai/*'] }], given: {} } },
    (id: string) => id.startsWith('openai/'),
  ],
] as const)
  for (const router of ['openrouter/auto', 'openrouter/auto-code', 'openrouter/pareto-code'])
    test(`${router} chooses only what can take ${what}`, () => {
      const { models } = chosenOf(ask(router, said as Said));
      assert(models.length > 0);
      for (const id of models) assert(fits(id), id);
    });

test('only models that answer here are chosen: of the sandbox where nothing else does, and no model made for one thing', () => {
  const here = chosenOf(ask('openrouter/auto', { enabled: new Set(['openai', 'sandbox']) })).models;
  assert(
    here.every((id) => modelOf(id).endpoints.some(({ provider }) => provider.slug === 'openai')),
    here.join(),
  );
  const { models, pool } = chosenOf(ask('openrouter/auto', { enabled: new Set(['sandbox']) }));
  assert(
    models.every((id) => id.startsWith('sandbox/')),
    models.join(),
  );
  assert.equal(pool, 5, 'echo, json, reasoner, tools and vision: none that only plays a failure');
  const guard = chosenOf(ask('openrouter/auto', { options: { allowedModels: ['*guard*', 'openai/gpt-4.1-nano'] } }));
  assert.deepEqual(guard.models, ['openai/gpt-4.1-nano']);
});

test('free models are drawn, evenly enough, and cost nothing at any host', () => {
  const firsts = new Set<string>();
  for (let seed = 0; seed < 40; seed++) {
    const decided = plan(ask('openrouter/free', { seed }));
    for (const { endpoint } of decided.candidates)
      assert.equal(endpoint.price.output + endpoint.price.input, 0n, endpoint.id);
    firsts.add(decided.routed?.[0]?.chosen[0]?.model ?? '');
  }
  assert(firsts.size > 5, `${firsts.size} of 40 draws differ`);
  const none = plan(ask('openrouter/free', { enabled: new Set(['openai']) }));
  assert.match(none.fault?.message ?? '', /^No models match/);
});

test('coders: the cheapest of the tier asked for, and the fastest with :nitro', () => {
  const scores = [1, 0.5, 0.1].map((minCodingScore) =>
    chosenOf(ask('openrouter/pareto-code', { options: { minCodingScore } })),
  );
  assert.deepEqual(
    scores.map(({ reasons }) => /of the (\w+) tier/.exec(reasons[0] ?? '')?.[1]),
    ['high', 'medium', 'low'],
  );
  assert.deepEqual(chosenOf(ask('openrouter/pareto-code')).models, scores[0]?.models, 'the highest tier unless said');
  const cheapest = scores[0]?.models[0];
  const fast = 'anthropic/claude-opus-4.8';
  const quick: EndpointHealth = { ...UNMEASURED, throughput: { p50: 900, p75: 900, p90: 900, p99: 900 } };
  const health = { of: (id: string) => (id.startsWith(`${fast}@`) ? quick : undefined) };
  assert.notEqual(cheapest, fast);
  assert.equal(chosenOf(ask('openrouter/pareto-code:nitro', { health })).models[0], fast);
});

test('coders within a price: the best of them, then cheaper ones; none is dearer', () => {
  const { models, reasons } = chosenOf(ask('openrouter/pareto-code', { options: { maxPrice: 0.5 } }));
  assert.equal(reasons[0], 'the best coder within max_price 0.5');
  for (const id of models)
    assert(
      modelOf(id).endpoints.some(({ price }) => Number(price.input) <= 0.5e6),
      id,
    );
  assert.match(
    plan(ask('openrouter/pareto-code', { options: { maxPrice: 0 }, enabled: new Set(['openai']) })).fault?.message ??
      '',
    /^No models match/,
  );
});

test('a conversation stays with its model, unless it cannot take the call or costs what its caller does not want', () => {
  const home = () => 'anthropic/claude-opus-4.8@anthropic';
  const { models, reasons } = chosenOf(ask('openrouter/auto', { home }));
  assert.equal(models[0], 'anthropic/claude-opus-4.8');
  assert.equal(reasons[0], 'kept: this conversation is with it');
  const first = (said: Said): string | undefined => chosenOf(ask('openrouter/auto', { home, ...said })).models[0];
  assert.notEqual(first({ options: { costTier: 'low' } }), 'anthropic/claude-opus-4.8');
  assert.notEqual(first({ options: { excludedModels: ['anthropic/*'] } }), 'anthropic/claude-opus-4.8');
  assert.notEqual(first({ enabled: new Set(['openai']) }), 'anthropic/claude-opus-4.8');
});

test('a caller may pin the model that gave the last answer', () => {
  const said = { answeredBy: 'openai/gpt-4.1-mini', home: () => 'anthropic/claude-opus-4.8@anthropic' };
  const pinned = chosenOf(ask('openrouter/auto', { ...said, options: { pinModel: true } }));
  assert.deepEqual([pinned.models[0], pinned.reasons[0]], ['openai/gpt-4.1-mini', 'pinned: it gave the last answer']);
  assert.equal(chosenOf(ask('openrouter/auto', said)).models[0], 'anthropic/claude-opus-4.8');
  const gone = chosenOf(ask('openrouter/auto', { answeredBy: 'nobody/none', options: { pinModel: true } }));
  assert.equal(gone.models.length, 3);
});

test('models that are down are chosen only where all are', () => {
  const [first = ''] = chosenOf(ask('openrouter/auto')).models;
  const down: EndpointHealth = { ...UNMEASURED, stable: false };
  const other = chosenOf(
    ask('openrouter/auto', { health: { of: (id) => (id.startsWith(`${first}@`) ? down : undefined) } }),
  );
  assert(!other.models.includes(first));
  assert.equal(chosenOf(ask('openrouter/auto', { health: { of: () => down } })).models.length, 3);
});

test('every name of a router means it: in any spelling, with a sort, of this gateway or of OpenRouter', () => {
  for (const name of ['openrouter/auto', 'switchwright/auto', 'openrouter/auto:nitro', 'openrouter/openrouter/auto'])
    assert.equal(plan(ask(name)).routed?.[0]?.router, 'openrouter/auto', name);
  for (const { aliases, id } of [
    { id: 'openrouter/free', aliases: 'switchwright/free' },
    { id: 'openrouter/pareto-code', aliases: 'switchwright/pareto-code' },
  ])
    assert.equal(plan(ask(aliases)).routed?.[0]?.router, id);
});

test('a router chooses among models of conversations only', () => {
  const { fault } = plan(ask('openrouter/auto', { operation: 'embeddings' }));
  assert.match(fault?.message ?? '', /chooses among models of conversations\.$/);
});

test('what was chosen is part of the grounds: asked anew, the plan is the same, whoever is on by then', () => {
  const question = ask('openrouter/free', { seed: 3 });
  const decided = plan(question);
  const grounds = groundsText(question, decided);
  const planned = { requestedModel: 'openrouter/free', operation: 'chat', seed: 3, grounds } as const;
  assert.deepEqual(groundsFrom(grounds, planned)?.question.routed, decided.routed);
  assert.equal(replay(planned, catalog)?.outcome, 'same');
});

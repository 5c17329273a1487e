import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import type { ProviderPreferences } from '../call/call.ts';
import type { Parameter } from '../call/parameters.ts';
import { loadCatalog } from '../catalog/load.ts';
import { type EndpointHealth, UNMEASURED } from '../facts/health.ts';
import type { Question } from '../facts/question.ts';
import { plan } from './plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'router-'));
after(() => rmSync(folder, { recursive: true }));

function file(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

for (const [slug, more] of [
  ['cheap', ''],
  ['middle', 'policy = { trains_on_data = true }'],
  ['dear', 'policy = { trains_on_data = false, retains_days = 0 }'],
  ['resold', 'reseller = true'],
  ['broker', 'reseller = true\npolicy = { per_request = true }'],
] as const)
  file(`providers/${slug}.toml`, `name = "${slug}"\nbase_url = "https://${slug}.example/v1"\n${more}\n`);

const price = (input: string) => `price = { input = "${input}", output = "${input}" }`;
file(
  'models/acme/one.toml',
  `name = "One"
aliases = ["~acme/family-latest"]
context = 1000
input = ["text", "image"]
[endpoints.cheap]
${price('1')}
features = ["tools"]
quantization = "fp8"
[endpoints.middle]
${price('2')}
features = ["tools", "json-schema"]
[endpoints.dear]
${price('3')}
input = ["text"]
features = []
[endpoints.resold]
${price('0.5')}
features = ["tools"]
[endpoints."dear/priority"]
${price('9')}
max_output = 900
[endpoints."cheap/flex"]
${price('0.4')}
`,
);
file('models/acme/two.toml', `name = "Two"\n[endpoints.dear]\nfeatures = []\n${price('1.2')}\n`);
file('models/acme/brokered.toml', `name = "Brokered"\n[endpoints.broker]\n${price('1')}\n`);
file('models/acme/two:free.toml', `name = "Two free"\n[endpoints.dear]\n${price('0')}\n`);

file(
  'models/acme/brief.toml',
  `name = "Brief"\n[endpoints.cheap]\n${price('1')}\nmax_output = 100\n[endpoints.middle]\n${price('2')}\nmax_output = 300\n[endpoints.dear]\n${price('3')}\nmax_output = 300\ninput = ["text"]\n`,
);
file(
  'models/acme/three.toml',
  `name = "Three"
max_output = 500
distillable = false
[endpoints.dear]
price = { input = "2", output = "2", request = "2", image = "2", input_audio = "2" }
`,
);

const loaded = loadCatalog([folder], { dialects: new Set(['openai-chat']), quirks: new Map() }, {});
assert(loaded.ok, JSON.stringify(loaded));
const catalog = loaded.value;

type Ask = Partial<Omit<Question, 'preferences' | 'health'>> & {
  preferences?: ProviderPreferences;
  health?: { [id: string]: Partial<EndpointHealth> };
};

function ask({ health = {}, ...more }: Ask = {}): ReturnType<typeof plan> {
  const known = (id: string): EndpointHealth | undefined => (health[id] ? { ...UNMEASURED, ...health[id] } : undefined);
  return plan({
    catalog,
    operation: 'chat',
    models: ['acme/one'],
    preferences: {},
    tier: null,
    parameters: [],
    inputModalities: ['text'],
    outputModalities: ['text'],
    promptTokens: 10,
    maxOutputTokens: null,
    usesTools: false,
    asksReasoning: false,
    clientDialect: null,
    completes: 'conversation',
    enabled: new Set(['cheap', 'middle', 'dear', 'resold', 'broker']),
    seed: 1,
    ...more,
    health: { of: known },
  });
}

const tags = (decided: ReturnType<typeof plan>): string[] =>
  decided.candidates.map(({ endpoint }) => `${endpoint.modelId.slice(5)}@${endpoint.tag}`);

test('the first endpoint is drawn with weight 1/price² among direct hosts; resellers come last; tiers are never used unasked', () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 3000; seed++) {
    const order = tags(ask({ seed }));
    assert.equal(order.at(-1), 'one@resold');
    assert.equal(order.length, 4);
    counts.set(order[0] ?? '', (counts.get(order[0] ?? '') ?? 0) + 1);
  }
  const share = (tag: string): number => (counts.get(tag) ?? 0) / 3000;
  const total = 1 + 1 / 4 + 1 / 9;
  assert(Math.abs(share('one@cheap') - 1 / total) < 0.04);
  assert(Math.abs(share('one@middle') - 1 / 4 / total) < 0.04);
  assert(Math.abs(share('one@dear') - 1 / 9 / total) < 0.04);
});

test('the same question gives the same plan', () => {
  assert.deepEqual(tags(ask({ seed: 42 })), tags(ask({ seed: 42 })));
});

test('order is followed exactly, others still follow, unless fallbacks are off', () => {
  assert.deepEqual(tags(ask({ preferences: { order: ['dear', 'cheap'] } })).slice(0, 2), ['one@dear', 'one@cheap']);
  assert.equal(tags(ask({ preferences: { order: ['dear', 'cheap'] } })).length, 4);
  assert.deepEqual(tags(ask({ preferences: { order: ['dear', 'cheap'], allow_fallbacks: false } })), [
    'one@dear',
    'one@cheap',
  ]);
  assert.equal(ask({ preferences: { allow_fallbacks: false } }).candidates.length, 1);
});

test('only and ignore are hard; a base slug never means a tier, the full tag does', () => {
  assert.deepEqual(tags(ask({ preferences: { only: ['dear'] } })), ['one@dear']);
  assert.deepEqual(tags(ask({ preferences: { only: ['dear/priority'] } })), ['one@dear/priority']);
  assert(!tags(ask({ preferences: { ignore: ['cheap'] } })).includes('one@cheap'));
  const none = ask({ preferences: { only: ['elsewhere'], allow_fallbacks: false } });
  assert.equal(none.fault?.code, 'no_endpoints');
  assert.match(none.fault?.message ?? '', /^No allowed providers are available/);
});

test('every endpoint is a candidate or has a reason', () => {
  const decided = ask({ preferences: { max_price: { prompt: '1.5' }, quantizations: ['fp8'] } });
  assert.equal(decided.candidates.length + decided.rejected.length, 6);
  for (const rejected of decided.rejected) assert(rejected.reason.length > 3 && rejected.step.length > 3);
  assert.deepEqual(tags(decided), ['one@cheap']);
});

test('a broker that takes wishes about data with each request is not asked to state a policy', () => {
  const brokered = (preferences: ProviderPreferences) => tags(ask({ models: ['acme/brokered'], preferences }));
  assert.deepEqual(brokered({ data_collection: 'deny', zdr: true }), ['brokered@broker']);
});

test('prices, policy, modalities, tools and parameters filter hard', () => {
  const denied = ask({ preferences: { data_collection: 'deny' } });
  assert.deepEqual(tags(denied), ['one@dear'], 'neither who trains nor who says nothing');
  const whyNot = (endpoint: string) => denied.rejected.find((entry) => entry.endpoint === endpoint)?.reason;
  assert.equal(whyNot('acme/one@middle'), 'may train on prompts');
  assert.equal(whyNot('acme/one@cheap'), 'does not state that it trains on no prompts');
  assert.deepEqual(tags(ask({ preferences: { zdr: true } })), ['one@dear']);
  assert(!tags(ask({ inputModalities: ['text', 'image'] })).includes('one@dear'));
  assert(!tags(ask({ usesTools: true })).includes('one@dear'));
  const strict = ask({ preferences: { require_parameters: true }, parameters: ['structured_outputs'] as Parameter[] });
  assert.deepEqual(tags(strict), ['one@middle']);
  assert.equal(strict.strict, true);
  assert.equal(ask({ promptTokens: 5000 }).fault?.code, 'context_length_exceeded');
});

test('a wish for structured output only prefers, and gives way when nobody can', () => {
  assert.deepEqual(tags(ask({ parameters: ['structured_outputs'] })), ['one@middle']);
  assert.equal(tags(ask({ models: ['acme/two'], parameters: ['structured_outputs'] })).length, 1);
});

test('sorts: price, latency, throughput, by preference or variant; the last variant wins', () => {
  const health = {
    'acme/one@dear': { latencyMs: { p50: 10, p75: 1, p90: 1, p99: 1 }, throughput: { p50: 9, p75: 1, p90: 1, p99: 1 } },
    'acme/one@middle': {
      latencyMs: { p50: 90, p75: 1, p90: 1, p99: 1 },
      throughput: { p50: 99, p75: 1, p90: 1, p99: 1 },
    },
  };
  assert.equal(tags(ask({ preferences: { sort: 'price' } }))[0], 'one@resold');
  assert.equal(tags(ask({ preferences: { sort: 'latency' }, health }))[0], 'one@dear');
  assert.equal(tags(ask({ models: ['acme/one:nitro'], health }))[0], 'one@middle');
  assert.equal(tags(ask({ models: ['acme/one:nitro:floor'], health }))[0], 'one@cheap/flex');
});

test('an endpoint with a recent outage goes to the back', () => {
  const order = tags(ask({ health: { 'acme/one@cheap': { stable: false } } }));
  assert.equal(order.at(-1), 'one@cheap');
});

test('what is down goes behind other models too, and behind others that the caller named after it', () => {
  const health = { 'acme/two@dear': { stable: false } };
  const models = ['acme/two', 'acme/one'];
  const order = ask({ models, health });
  assert.equal(tags(order).at(-1), 'two@dear');
  assert.equal(order.candidates.at(-1)?.reason, 'recent outage: tried last');
  assert.deepEqual(tags(ask({ models, health: {} }))[0], 'two@dear');
  assert.deepEqual(tags(ask({ models: ['acme/two'], health })), ['two@dear'], 'alone it is a candidate as before');
  const named = { order: ['middle', 'cheap'] };
  assert.equal(tags(ask({ preferences: named, health: { 'acme/one@middle': { stable: false } } }))[0], 'one@cheap');
});

test('models are tried in order; partition none sorts all endpoints together', () => {
  const models = ['acme/two', 'acme/one'];
  assert.equal(tags(ask({ models }))[0], 'two@dear');
  const together = ask({ models, preferences: { sort: { by: 'price', partition: 'none' } } });
  assert.deepEqual(tags(together).slice(0, 3), ['one@resold', 'one@cheap', 'two@dear']);
});

const figures = (p50: number) => ({ p50, p75: p50 / 2, p90: p50 / 4, p99: p50 / 8 });

test('who misses a preferred throughput or latency goes to the end and is never excluded', () => {
  const health = {
    'acme/one@cheap': { throughputLast5m: figures(20), latencyMsLast5m: figures(4_000) },
    'acme/one@middle': { throughputLast5m: figures(80), latencyMsLast5m: figures(400) },
  };
  const last = (preferences: ProviderPreferences) => ask({ preferences, health }).candidates.at(-1);
  for (const preferences of [
    { preferred_min_throughput: 50 },
    { preferred_min_throughput: { p50: 10, p90: 6 } },
    { preferred_max_latency: 1.5 },
    { preferred_max_latency: { p99: 0.3 } },
  ]) {
    assert.equal(last(preferences)?.endpoint.tag, 'cheap', JSON.stringify(preferences));
    assert.match(last(preferences)?.reason ?? '', /preferred_m.*: tried last$/);
    assert.equal(ask({ preferences, health }).candidates.length, 4);
  }
  assert.notEqual(last({ preferred_min_throughput: { p50: 20 } })?.endpoint.tag, 'cheap');
  const outage = { ...health, 'acme/one@dear': { stable: false } };
  const order = tags(ask({ preferences: { preferred_min_throughput: 50 }, health: outage }));
  assert.deepEqual(order.slice(-2), ['one@cheap', 'one@dear']);
});

test(':nitro admits the priority tier, :floor the flex tier, and nothing else does', () => {
  assert(tags(ask({ models: ['acme/one:nitro'] })).includes('one@dear/priority'));
  assert(!tags(ask({ models: ['acme/one:nitro'] })).includes('one@cheap/flex'));
  assert.equal(tags(ask({ models: ['acme/one:floor'] }))[0], 'one@cheap/flex');
  assert(!tags(ask({ models: ['acme/one:exacto'] })).some((tag) => /flex|priority/.test(tag)));
  assert.equal(tags(ask({ models: ['acme/one:online'] })).length, 4);
  assert(!tags(ask({ preferences: { order: ['dear', 'cheap'] } })).some((tag) => /flex|priority/.test(tag)));
});

test('service_tier: the priority tier comes first and the ordinary one after it; of flex there is nothing else', () => {
  const order = tags(ask({ tier: 'priority' }));
  assert.equal(order[0], 'one@dear/priority');
  assert.equal(order.length, 5);
  assert.deepEqual(tags(ask({ tier: 'flex' })), ['one@cheap/flex']);
  assert.deepEqual(tags(ask({ tier: 'flex', models: ['acme/one:nitro'] })), ['one@cheap/flex']);
  assert.deepEqual(tags(ask({ tier: 'priority', preferences: { only: ['dear'] } })), ['one@dear/priority', 'one@dear']);
  assert.equal(tags(ask({ tier: 'priority', preferences: { order: ['cheap'] } }))[0], 'one@cheap');
  assert(!tags(ask({ tier: 'priority', preferences: { ignore: ['dear'] } })).some((tag) => tag.includes('dear')));
  assert.deepEqual(tags(ask({ tier: 'flex', models: ['acme/two'] })), ['two@dear'], 'a tier nobody knows is forwarded');
  const none = ask({ tier: 'flex', preferences: { only: ['dear'] } });
  assert.match(none.fault?.message ?? '', /service tier flex/);
  assert.equal(none.fault?.availability?.constraint?.field, 'service_tier');
});

test('every price of max_price is a limit of its own', () => {
  const within = (max_price: ProviderPreferences['max_price'], models = ['acme/three']) =>
    tags(ask({ models, preferences: { ...(max_price && { max_price }) } })).length;
  assert.equal(within({}), 1);
  for (const field of ['prompt', 'completion', 'request', 'image', 'audio'] as const) {
    assert.equal(within({ [field]: '3' }), 1, field);
    assert.equal(within({ [field]: '0.001' }), 0, field);
  }
});

test('where no endpoint writes as much as was asked for, those that write most are taken, but not by a strict call', () => {
  const brief = (more: Ask) => tags(ask({ models: ['acme/brief'], ...more }));
  assert.deepEqual(brief({ maxOutputTokens: 64_000 }), ['brief@middle', 'brief@dear']);
  assert.deepEqual(brief({ maxOutputTokens: 64_000, preferences: { only: ['cheap'] } }), ['brief@cheap']);
  assert.deepEqual(brief({ maxOutputTokens: 64_000, preferences: { require_parameters: true } }), []);
});

test('a strict call for an answer longer than an endpoint can write, and a model nobody may learn from, are refused', () => {
  const strict = { preferences: { require_parameters: true } };
  const tooLong = ask({ models: ['acme/three'], maxOutputTokens: 501, ...strict });
  assert.equal(tooLong.fault?.code, 'max_tokens_exceeded');
  assert.equal(ask({ models: ['acme/three'], maxOutputTokens: 500 }).fault, undefined);
  const closed = ask({ models: ['acme/three'], preferences: { enforce_distillable_text: true } });
  assert.equal(closed.fault?.availability?.constraint?.field, 'provider.enforce_distillable_text');
});

const REFUSALS: readonly (readonly [Ask, words: RegExp, step: string, code: string, excludedBy?: string])[] = [
  [
    { preferences: { only: ['elsewhere'] } },
    /^No allowed providers are available for the selected model/,
    'only',
    'constraint_filtered',
    'allowed_providers',
  ],
  [
    { models: ['acme/two'], usesTools: true },
    /^No endpoints found that support tool use/,
    'tools',
    'constraint_filtered',
  ],
  [
    { models: ['acme/two'], inputModalities: ['text', 'image'] },
    /^No endpoints found that support image input/,
    'input_modalities',
    'constraint_filtered',
  ],
  [
    { preferences: { only: ['middle'], data_collection: 'deny' } },
    /^No endpoints found matching your data policy \(may train on prompts\)/,
    'data_policy',
    'privacy_restricted',
    'data_policy:training',
  ],
  [
    { preferences: { only: ['middle'], zdr: true } },
    /^No endpoints found matching your data policy/,
    'data_policy',
    'privacy_restricted',
    'data_policy:zdr',
  ],
  [
    { preferences: { max_price: { prompt: '0.1' } } },
    /^No endpoints found for acme\/one within max_price/,
    'max_price',
    'constraint_filtered',
    'max_price',
  ],
  [
    { preferences: { quantizations: ['int4'] } },
    /^No endpoints found for acme\/one/,
    'quantization',
    'constraint_filtered',
    'quantization',
  ],
  [
    { models: ['acme/two'], parameters: ['seed', 'structured_outputs'], preferences: { require_parameters: true } },
    /^No endpoints found that can handle the requested parameters/,
    'require_parameters',
    'constraint_filtered',
    'require_parameters',
  ],
  [{ promptTokens: 5_000 }, /maximum context length/, 'context_length', 'constraint_filtered', 'context_length'],
  [{ operation: 'embeddings' }, /^acme\/one answers elsewhere: it serves chat/, 'operation', 'wrong_endpoint'],
];

for (const [question, words, step, code, excludedBy] of REFUSALS)
  test(`refused at ${step}${excludedBy ? ` by ${excludedBy}` : ''}: in the field's words, and for programs`, () => {
    const { fault, rejected } = ask(question);
    assert(fault);
    assert.match(fault.message, words);
    assert.equal(fault.metadata?.failed_routing_step, step);
    const funnel = fault.metadata?.routing_funnel as { step: string; endpoint_count: number }[];
    assert.equal(funnel[0]?.step, 'endpoints');
    assert.equal(funnel.at(-1)?.endpoint_count, 0);
    assert.equal(rejected.length, funnel[0]?.endpoint_count);
    const { availability } = fault;
    assert.deepEqual(
      [availability?.code, availability?.excluded_by, availability?.retryable],
      [code, excludedBy, false],
    );
    assert.deepEqual(availability?.requested_models, question.models ?? ['acme/one']);
  });

test('a name among several that means no model is passed over with a reason; alone it is told with the nearest', () => {
  const some = ask({ models: ['acme/on', 'acme/one'] });
  assert.equal(some.candidates.length, 4);
  assert.equal(some.rejected[0]?.reason, 'not a valid model ID');
  const { fault } = ask({ models: ['acme/on'] });
  assert.deepEqual([fault?.code, fault?.availability?.code], ['unknown_model', 'model_not_found']);
  assert(fault?.availability?.fallback_models?.includes('acme/one'));
});

test('a family’s newest model is an alias, and takes variants like every name', () => {
  assert.deepEqual(tags(ask({ models: ['~acme/family-latest'] })), tags(ask()));
  assert.equal(tags(ask({ models: ['~acme/family-latest:floor'] }))[0], 'one@cheap/flex');
  assert.equal(ask({ models: ['~acme/nothing-latest'] }).fault?.code, 'unknown_model');
});

test('an exact id beats a variant, and a catalogue variant never falls back to its base', () => {
  assert.deepEqual(tags(ask({ models: ['acme/two:free:nitro'] })), ['two:free@dear']);
  const missing = ask({ models: ['acme/one:free'] });
  assert.equal(missing.fault?.code, 'unknown_model');
  assert.match(missing.fault?.message ?? '', /^acme\/one:free is not a valid model ID\./);
});

test('without any key the message names the variables and a model that works', () => {
  const decided = ask({ enabled: new Set() });
  assert.equal(decided.fault?.code, 'no_endpoints');
  assert.match(decided.fault?.message ?? '', /set CHEAP_API_KEY \(or MIDDLE_API_KEY/);
  assert.match(decided.fault?.message ?? '', /sandbox\/echo/);
});

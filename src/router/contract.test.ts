import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { newComplaints } from '../call/read.ts';
import { readPreferences } from '../call/read-gateway.ts';
import { loadCatalog } from '../catalog/load.ts';
import { type EndpointHealth, type Percentiles, UNMEASURED } from '../facts/health.ts';
import type { Question } from '../facts/question.ts';
import { plan } from './plan.ts';

/*
 * The routing of the contract, a row for each thing that is documented of `provider`, of names of models and of service
 * tiers (openrouter.ai/docs, provider routing and model variants; @openrouter/sdk 1.3.19; read 2026-11-29).
 */

const folder = mkdtempSync(join(tmpdir(), 'contract-'));
after(() => rmSync(folder, { recursive: true }));

function file(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

for (const [slug, more] of [
  ['a', ''],
  ['b', 'policy = { trains_on_data = false, retains_days = 30 }'],
  ['c', 'policy = { trains_on_data = false, retains_days = 0 }'],
  ['d', 'policy = { trains_on_data = true }'],
] as const)
  file(`providers/${slug}.toml`, `name = "Host ${slug}"\nbase_url = "https://${slug}.example/v1"\n${more}\n`);

const price = (dollars: string) => `price = { input = "${dollars}", output = "${dollars}" }`;
file(
  'models/acme/one.toml',
  `name = "One"
context = 1000
aliases = ["~acme/one-latest"]
distillable = true
[endpoints.a]
${price('1')}
quantization = "fp8"
features = ["tools"]
[endpoints.b]
${price('2')}
features = ["tools", "json-schema"]
[endpoints."b/int4"]
${price('1.5')}
features = ["tools"]
[endpoints.c]
${price('3')}
max_output = 100
features = []
[endpoints."c/priority"]
${price('9')}
features = []
[endpoints."a/flex"]
${price('0.5')}
features = ["tools"]
`,
);
file(
  'models/acme/two.toml',
  `name = "Two"\ndistillable = false\n[endpoints.d]\n${price('1.2')}\nfeatures = ["tools"]\n`,
);
file('models/acme/two:free.toml', `name = "Two, free"\n[endpoints.d]\n${price('0')}\n`);
file(
  'models/acme/four.toml',
  `name = "Four"\n${['a', 'b', 'c', 'd'].map((slug, at) => `[endpoints.${slug}]\n${price(String(at + 1))}\nfeatures = ["tools"]\n`).join('')}`,
);

const loaded = loadCatalog([folder], { dialects: new Set(['openai-chat']), quirks: new Map() }, {});
assert(loaded.ok, JSON.stringify(loaded));
const catalog = loaded.value;

type Health = { readonly [endpoint: string]: Partial<EndpointHealth> };
type Asked = Partial<Omit<Question, 'health'>> & { readonly health?: Health };
const all = (value: number): Percentiles => ({ p50: value, p75: value, p90: value, p99: value });
const speed = (value: number | Percentiles): Partial<EndpointHealth> => {
  const figures = typeof value === 'number' ? all(value) : value;
  return { throughput: figures, throughputLast5m: figures };
};
const delay = (value: number): Partial<EndpointHealth> => ({ latencyMs: all(value), latencyMsLast5m: all(value) });

/** Endpoints by their tags at the last model, or with the slug of another. */
const idOf = (name: string, model = 'acme/one'): string =>
  name.includes('@') ? `acme/${name}` : `${model.replace(/:.*/, '')}@${name}`;

/** The tags in order, of another model than the first with its slug; or the complaint, or the refusal. */
function outcome(provider: JsonObject | null, { health = {}, ...more }: Asked): readonly string[] | string {
  const complaints = newComplaints();
  const preferences = readPreferences(complaints, { provider }) ?? {};
  if (complaints.first) return `400 ${complaints.first.message}`;
  const known = new Map(Object.entries(health).map(([name, figures]) => [idOf(name, more.models?.at(-1)), figures]));
  const decided = plan({
    catalog,
    operation: 'chat',
    models: ['acme/one'],
    preferences,
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
    enabled: new Set(['a', 'b', 'c', 'd']),
    seed: 7,
    ...more,
    health: { of: (id) => (known.has(id) ? { ...UNMEASURED, ...known.get(id) } : undefined) },
  });
  if (decided.fault) return decided.fault.code;
  const first = more.models?.[0]?.replace(/^~|:(nitro|floor|exacto|online).*$/g, '') ?? 'acme/one';
  return decided.candidates.map(({ endpoint, model }) =>
    model.id === first || more.models?.length === 1 ? endpoint.tag : `${model.slug}@${endpoint.tag}`,
  );
}

/** `is: a b`: exactly these in this order; `first`, `last`: so it begins or ends; `any order`: these alone; else a refusal. */
type Expected =
  | `${'is' | 'first' | 'last' | 'any order'}: ${string}`
  | 'no_endpoints'
  | 'unknown_model'
  | 'context_length_exceeded'
  | RegExp;
type Row = readonly [what: string, provider: JsonObject | null, expected: Expected, asked?: Asked];

const FOUR: Asked = { models: ['acme/four'], usesTools: true };
const busy = (wellFormed: number, tokens = 50) => ({ wellFormed, ...speed(tokens) });
const JUDGED: Health = { a: busy(0.7), b: busy(0.99), c: busy(0.985), d: busy(0.99) };
const BOTH = ['acme/two', 'acme/one'];

const ROWS: readonly Row[] = [
  ['without a word every ordinary endpoint is a candidate, and no service tier', null, 'any order: a b b/int4 c'],
  ['provider: null is no provider', null, 'any order: a b b/int4 c'],
  [
    'members that are null are as if they were not there',
    Object.fromEntries(
      'order only ignore allow_fallbacks require_parameters data_collection zdr enforce_distillable_text quantizations sort max_price preferred_min_throughput preferred_max_latency'
        .split(' ')
        .map((field) => [field, null]),
    ),
    'any order: a b b/int4 c',
  ],
  ['an unknown member is refused', { sorted: 'price' }, /^400 Unrecognized key\(s\) in object: 'sorted'/],

  ['order: these first, the others behind', { order: ['c', 'a'] }, 'first: c a'],
  ['order: the others still follow', { order: ['c'] }, 'any order: a b b/int4 c'],
  ['order: by name too, whatever the case', { order: ['host C'] }, 'first: c'],
  ['order: a base slug means all its variants', { order: ['b'], allow_fallbacks: false }, 'any order: b b/int4'],
  ['order: a full tag means one', { order: ['b/int4'], allow_fallbacks: false }, 'is: b/int4'],
  ['order: a base slug never means a service tier', { order: ['a'], allow_fallbacks: false }, 'is: a'],
  ['order: the full tag of a tier does', { order: ['c/priority'], allow_fallbacks: false }, 'is: c/priority'],
  ['order: whom nobody knows is passed over', { order: ['nobody', 'b/int4'] }, 'first: b/int4'],
  ['order: turns drawing off, not outages', { order: ['a', 'c'] }, 'first: c', { health: { a: { stable: false } } }],
  ['allow_fallbacks: false alone leaves one', { allow_fallbacks: false, sort: 'price' }, 'is: a'],
  ['only', { only: ['c', 'b/int4'] }, 'any order: c b/int4'],
  ['only: none left', { only: ['nobody'] }, 'no_endpoints'],
  ['ignore', { ignore: ['b', 'a'] }, 'is: c'],
  ['ignore: a tag means one', { ignore: ['b/int4'] }, 'any order: a b c'],
  ['ignore goes before only', { only: ['a', 'c'], ignore: ['a'] }, 'is: c'],

  ['require_parameters', { require_parameters: true }, 'is: b', { parameters: ['structured_outputs'] }],
  ['require_parameters: none can', { require_parameters: true }, 'no_endpoints', { parameters: ['top_a'] }],
  ['without it a parameter that none takes is ignored', null, 'any order: a b b/int4 c', { parameters: ['top_a'] }],
  ['a soft one is preferred', null, 'is: b', { parameters: ['structured_outputs'] }],
  ['tools: whoever takes them', null, 'any order: a b b/int4', { usesTools: true }],
  ['max_tokens: whoever writes as much', null, 'any order: a b b/int4', { maxOutputTokens: 500 }],
  ['a prompt that no context holds', null, 'context_length_exceeded', { promptTokens: 2_000 }],

  ['data_collection: allow is what holds anyway', { data_collection: 'allow' }, 'any order: a b b/int4 c'],
  ['data_collection: deny', { data_collection: 'deny' }, 'any order: b b/int4 c'],
  ['data_collection: another word', { data_collection: 'maybe' }, /^400 .*data_collection/],
  ['zdr', { zdr: true }, 'is: c'],
  ['zdr: false asks for nothing', { zdr: false }, 'any order: a b b/int4 c'],
  [
    'enforce_distillable_text',
    { enforce_distillable_text: true },
    'any order: a b b/int4 c',
    { models: ['acme/one', 'acme/two'] },
  ],
  ['quantizations', { quantizations: ['fp8', 'int4'] }, 'any order: a b/int4'],
  ['quantizations: unknown is one', { quantizations: ['unknown'] }, 'any order: b c'],
  ['quantizations: no such', { quantizations: ['fp7'] }, /^400 .*'fp7'.*'mxfp4'/],
  ['max_price: in dollars a million, as number', { max_price: { prompt: 1.5, completion: 2 } }, 'any order: a b/int4'],
  ['max_price: as text', { max_price: { prompt: '1' } }, 'is: a'],
  ['max_price: none that cheap', { max_price: { prompt: 0 } }, 'no_endpoints'],
  ['max_price: no such price', { max_price: { tokens: 1 } }, /^400 Unrecognized/],

  ['sort: price', { sort: 'price' }, 'is: a b/int4 b c'],
  ['sort: throughput', { sort: 'throughput' }, 'first: c b', { health: { c: speed(90), b: speed(40) } }],
  ['sort: latency', { sort: 'latency' }, 'first: b c', { health: { c: delay(900), b: delay(400) } }],
  [
    'sort: exacto goes by tool calls that can be read',
    { sort: 'exacto' },
    'first: b a',
    { usesTools: true, health: { b: { success: 0.9, wellFormed: 0.999 }, a: { success: 1, wellFormed: 0.9 } } },
  ],
  ['sort: another word', { sort: 'speed' }, /^400 .*'exacto'/],
  ['sort as an object', { sort: { by: 'price' } }, 'is: a b/int4 b c'],
  ['sort as an object, members null', { sort: { by: null, partition: null } }, 'any order: a b b/int4 c'],
  ['sort: unknown member', { sort: { by: 'price', of: 'x' } }, /^400 Unrecognized/],
  [
    'partition: model keeps models apart',
    { sort: { by: 'price', partition: 'model' } },
    'first: d one@a',
    { models: BOTH },
  ],
  ['partition: none does not', { sort: { by: 'price', partition: 'none' } }, 'first: one@a d', { models: BOTH }],

  [
    'preferred_min_throughput: a number is the median',
    { preferred_min_throughput: 50 },
    'last: a',
    { health: { a: speed({ p50: 49, p75: 90, p90: 90, p99: 90 }) } },
  ],
  [
    'preferred_min_throughput: nobody is excluded',
    { preferred_min_throughput: 50 },
    'any order: a b b/int4 c',
    { health: { a: speed(1) } },
  ],
  [
    'preferred_min_throughput: all cut-offs hold',
    { preferred_min_throughput: { p50: 50, p99: 20 } },
    'last: a',
    { health: { a: speed({ p50: 80, p75: 60, p90: 40, p99: 10 }) } },
  ],
  [
    'preferred_max_latency: seconds',
    { preferred_max_latency: 1 },
    'last: a',
    { health: { a: delay(1_001), b: delay(999) } },
  ],
  [
    'preferred_max_latency: by percentile',
    { preferred_max_latency: { p90: 2 } },
    'last: a',
    { health: { a: { latencyMsLast5m: { p50: 300, p75: 900, p90: 2_100, p99: 2_200 } } } },
  ],
  [
    'preferred_…: five minutes count, not half an hour',
    { preferred_max_latency: 1, sort: 'price' },
    'first: a',
    { health: { a: { latencyMs: all(5_000), latencyMsLast5m: all(200) } } },
  ],
  [
    'preferred_…: what is not measured misses nothing',
    { preferred_max_latency: 0.001, sort: 'price' },
    'first: a',
    { health: { a: { latencyMs: all(5_000) } } },
  ],
  ['preferred_…: a percentile nobody knows', { preferred_max_latency: { p95: 1 } }, /^400 Unrecognized/],
  [
    'preferred_…: a fallback model that keeps to it goes first',
    { preferred_min_throughput: 50, sort: 'price' },
    'is: one@a one@b/int4 one@b one@c d',
    { models: BOTH, health: { 'two@d': speed(10), a: speed(60) } },
  ],
  [
    'preferred_…: not before whom the caller put in order',
    { preferred_min_throughput: 50, order: ['d'] },
    'first: d',
    { models: BOTH, health: { 'two@d': speed(10) } },
  ],

  ['models: one after the other', { sort: 'price' }, 'is: d one@a one@b/int4 one@b one@c', { models: BOTH }],
  [
    'models: one that nobody knows is passed over',
    { sort: 'price' },
    'first: one@a',
    { models: ['acme/none', 'acme/one'] },
  ],
  ['an alias', { sort: 'price' }, 'first: a', { models: ['~acme/one-latest'] }],
  [
    ':nitro sorts by speed and admits the priority tier',
    null,
    'first: c/priority b',
    { models: ['acme/one:nitro'], health: { 'c/priority': speed(200), b: speed(50) } },
  ],
  [':floor sorts by price and admits flex', null, 'first: a/flex a', { models: ['acme/one:floor'] }],
  [
    ':exacto',
    null,
    'first: b',
    { models: ['acme/one:exacto'], health: { b: { wellFormed: 0.999 }, a: { wellFormed: 0.9 } } },
  ],
  [':online changes no order', { sort: 'price' }, 'is: a b/int4 b c', { models: ['acme/one:online'] }],
  ['of several sorts the last wins', null, 'first: a/flex', { models: ['acme/one:nitro:floor'] }],
  [':free is a model of its own', null, 'is: d', { models: ['acme/two:free'] }],
  [':free that there is not never means the base', null, 'unknown_model', { models: ['acme/one:free'] }],
  [':free with a sort', null, 'is: d', { models: ['acme/two:free:nitro'] }],
  [':thinking and :extended are models of their own as well', null, 'unknown_model', { models: ['acme/one:thinking'] }],
  ['a suffix that nobody knows', null, 'unknown_model', { models: ['acme/one:faster'] }],

  [
    'service_tier priority: first those, then the ordinary',
    { sort: 'price' },
    'first: c/priority a',
    { tier: 'priority' },
  ],
  ['service_tier flex: nothing dearer', null, 'is: a/flex', { tier: 'flex' }],
  ['service_tier flex where no host has it goes along', null, 'is: d', { tier: 'flex', models: ['acme/two'] }],

  ['tools: who fails at them much oftener goes last', null, 'last: a', { ...FOUR, health: JUDGED }],
  [
    'tools: who is much slower goes last',
    null,
    'last: a',
    { ...FOUR, health: { a: busy(0.99, 8), b: busy(0.99, 50), c: busy(0.99, 60), d: busy(0.99, 55) } },
  ],
  [
    'tools: all alike, all stay',
    { allow_fallbacks: true },
    'first: a',
    { ...FOUR, health: { a: busy(0.989), b: busy(0.99), c: busy(0.99), d: busy(0.99) } },
  ],
  [
    'tools: of three nobody judges',
    null,
    'first: a',
    { ...FOUR, health: { a: busy(0.5), b: busy(0.99), c: busy(0.99) } },
  ],
  ['tools: sort: price opts out', { sort: 'price' }, 'first: a', { ...FOUR, health: JUDGED }],
  ['tools: :floor opts out', null, 'first: a', { ...FOUR, models: ['acme/four:floor'], health: JUDGED }],
  ['without tools nobody is judged by them', null, 'first: a', { models: ['acme/four'], health: JUDGED }],

  ['a conversation goes where its prompt is cached', null, 'first: c', { home: () => 'acme/one@c' }],
  ['… not before provider.order', { order: ['a'] }, 'first: a', { home: () => 'acme/one@c' }],
  ['… nor where that is down', null, 'last: c', { home: () => 'acme/one@c', health: { c: { stable: false } } }],
  ['… nor past what the request forbids', { ignore: ['c'] }, 'any order: a b b/int4', { home: () => 'acme/one@c' }],
];

for (const [what, provider, expected, asked = {}] of ROWS)
  test(`routing: ${what}`, () => {
    const found = outcome(provider, asked);
    if (expected instanceof RegExp) return assert.match(String(found), expected);
    const [how, tags = ''] = expected.split(': ');
    const wanted = tags.split(' ');
    if (tags === '') return assert.equal(found, expected);
    assert.ok(typeof found !== 'string', `refused: ${found}`);
    if (how === 'first') return assert.deepEqual(found.slice(0, wanted.length), wanted);
    if (how === 'last') return assert.deepEqual(found.slice(-wanted.length), wanted);
    return assert.deepEqual(how === 'is' ? found : [...found].sort(), how === 'is' ? wanted : wanted.sort());
  });

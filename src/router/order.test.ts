/** Who is tried before whom where several could answer: ties, tiers, wishes that nobody fulfils, and names. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { loadCatalog } from '../catalog/load.ts';
import { type EndpointHealth, type Percentiles, UNMEASURED } from '../facts/health.ts';
import type { Question } from '../facts/question.ts';
import { plan } from './plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'order-'));
after(() => rmSync(folder, { recursive: true }));
function file(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
for (const slug of ['alpha', 'beta', 'gamma'])
  file(`providers/${slug}.toml`, `name = "The ${slug} company"\nbase_url = "https://${slug}.example/v1"\n`);

const endpoint = (tag: string, price: string, features = ''): string =>
  `[endpoints."${tag}"]\nprice = { input = "${price}", output = "${price}" }\nfeatures = [${features}]\n`;
file(
  'models/acme/one.toml',
  `name = "One"\ncontext = 1000\n${endpoint('alpha', '3')}${endpoint('beta', '1')}${endpoint('gamma', '2')}`,
);
file(
  'models/acme/tiered.toml',
  `name = "Tiered"\ncontext = 1000\n${endpoint('alpha', '3')}${endpoint('alpha/priority', '9')}` +
    `${endpoint('beta/priority', '5')}${endpoint('alpha/flex', '2')}${endpoint('beta/flex', '1')}`,
);
file(
  'models/acme/cached.toml',
  'name = "Cached"\ncontext = 1000\n[endpoints.alpha]\nprice = { input = "4", output = "1", input_cache_read = "0.4" }\n' +
    '[endpoints.beta]\nprice = { input = "2", output = "1", input_cache_read = "2" }\n',
);
file(
  'models/acme/formatted.toml',
  `name = "Formatted"\ncontext = 1000\n${endpoint('alpha', '3', '"json"')}${endpoint('beta', '1')}`,
);

const loaded = loadCatalog([folder], { dialects: new Set(['openai-chat']), quirks: new Map() }, {});
assert(loaded.ok, JSON.stringify(loaded));
const catalog = loaded.value;

type Health = { readonly [tag: string]: Partial<EndpointHealth> };

function ask(model: string, { health = {}, ...more }: Partial<Omit<Question, 'health'>> & { health?: Health } = {}) {
  const known = new Map(
    Object.entries(health).map(([tag, some]) => [`acme/${model}@${tag}`, { ...UNMEASURED, ...some }]),
  );
  return plan({
    catalog,
    operation: 'chat',
    models: [`acme/${model}`],
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
    enabled: new Set(['alpha', 'beta', 'gamma']),
    seed: 1,
    ...more,
    health: { of: (id) => known.get(id) },
  });
}
const tags = ({ candidates }: ReturnType<typeof plan>): string[] => candidates.map(({ endpoint: { tag } }) => tag);
const always = (p50: number): Percentiles => ({ p50, p75: p50, p90: p50, p99: p50 });

test('those that are equally fast, late or sound are tried by price', () => {
  const alike: Health = Object.fromEntries(
    ['alpha', 'beta', 'gamma'].map((tag) => [tag, { throughput: always(50), latencyMs: always(300), success: 0.9 }]),
  );
  for (const sort of ['throughput', 'latency', 'exacto'] as const) {
    assert.deepEqual(tags(ask('one', { preferences: { sort }, health: alike })), ['beta', 'gamma', 'alpha'], sort);
    assert.deepEqual(tags(ask('one', { preferences: { sort } })), ['beta', 'gamma', 'alpha'], `${sort}, unmeasured`);
  }
  const faster: Health = { ...alike, alpha: { throughput: always(51), latencyMs: always(299), success: 0.91 } };
  for (const sort of ['throughput', 'latency', 'exacto'] as const)
    assert.deepEqual(tags(ask('one', { preferences: { sort }, health: faster })), ['alpha', 'beta', 'gamma'], sort);
});

test('of the priority tier the fastest is tried first, of the flex tier the cheapest', () => {
  const health: Health = {
    'alpha/priority': { throughput: always(90) },
    'beta/priority': { throughput: always(40) },
    'alpha/flex': { throughput: always(90) },
    'beta/flex': { throughput: always(40) },
  };
  assert.deepEqual(tags(ask('tiered', { tier: 'priority', health })), ['alpha/priority', 'beta/priority', 'alpha']);
  assert.deepEqual(tags(ask('tiered', { tier: 'flex', health })), ['beta/flex', 'alpha/flex']);
  const cheapest = ask('tiered', { tier: 'priority', health, preferences: { sort: 'price' } });
  assert.deepEqual(tags(cheapest), ['beta/priority', 'alpha/priority', 'alpha'], 'a sort that is asked for counts');
});

test('a wish removes those that cannot fulfil it while another is left, and never the last', () => {
  const formatted = ask('formatted', { parameters: ['response_format'] });
  assert.deepEqual(tags(formatted), ['alpha']);
  assert.deepEqual(
    formatted.rejected.map(({ step, provider }) => [step, provider]),
    [['response_format', 'beta']],
  );
  const nobody = ask('one', { parameters: ['response_format'], preferences: { sort: 'price' } });
  assert.deepEqual(tags(nobody), ['beta', 'gamma', 'alpha'], 'nobody can: all are tried');
  assert.deepEqual(nobody.rejected, []);
});

test('a host is named by its slug, by its name or by the whole tag, in any case', () => {
  for (const name of ['gamma', 'GAMMA', 'The gamma company', 'the Gamma Company']) {
    assert.deepEqual(tags(ask('one', { preferences: { only: [name] } })), ['gamma'], name);
    assert.equal(tags(ask('one', { preferences: { order: [name] } }))[0], 'gamma', name);
    assert.ok(!tags(ask('one', { preferences: { ignore: [name] } })).includes('gamma'), name);
  }
  for (const name of ['alpha', 'The Alpha company'])
    assert.deepEqual(
      tags(ask('tiered', { tier: 'priority', preferences: { only: [name] } })),
      ['alpha/priority', 'alpha'],
      `${name}: every variant`,
    );
  assert.deepEqual(tags(ask('one', { preferences: { only: ['gam'] } })), [], 'a part of a name is no name');
});

test('a host whose caches are read is as cheap as its prompts really are, and a fast one is drawn more often', () => {
  const shareOf = (health: Health, tag: string): number => {
    let first = 0;
    for (let seed = 0; seed < 2_000; seed++)
      if (tags(ask('one', { seed: seed * 2_654_435_761, health }))[0] === tag) first++;
    return first / 2_000;
  };
  const alike: Health = {
    alpha: { throughput: always(50) },
    beta: { throughput: always(50) },
    gamma: { throughput: always(50) },
  };
  const plain = shareOf({}, 'gamma');
  assert(Math.abs(shareOf(alike, 'gamma') - plain) < 1e-9, 'equally fast');
  const fast = shareOf({ ...alike, gamma: { throughput: always(500) } }, 'gamma');
  assert(Math.abs(fast - (2 * plain) / (1 + plain)) < 0.03, `${plain} ${fast}: twice the weight at most`);
  const slow = shareOf({ ...alike, gamma: { throughput: always(1) } }, 'gamma');
  assert(Math.abs(slow - plain / 2 / (1 - plain / 2)) < 0.03, `${plain} ${slow}: half of it`);
});

test('the fallbacks follow by what prompts cost with the caches as they were read lately', () => {
  const long = { promptTokens: 900, maxOutputTokens: 1 };
  const cheapest = (health: Health): string[] => {
    const firsts = new Map<string, number>();
    for (let seed = 0; seed < 400; seed++) {
      const [first = ''] = tags(ask('cached', { ...long, seed: seed * 2_654_435_761, health }));
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }
    return [...firsts].sort((a, b) => b[1] - a[1]).map(([tag]) => tag);
  };
  assert.deepEqual(cheapest({}), ['beta', 'alpha']);
  assert.deepEqual(cheapest({ alpha: { cacheShare: 0.9 } }), ['alpha', 'beta'], 'nine tenths at a tenth of the price');
  assert.deepEqual(
    cheapest({ beta: { cacheShare: 0.9 } }),
    ['beta', 'alpha'],
    'what is no cheaper from a cache stays as dear',
  );
});

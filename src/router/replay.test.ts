import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import type { SortPreference } from '../call/call.ts';
import type { Parameter } from '../call/parameters.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { loadCatalog } from '../catalog/load.ts';
import { type EndpointHealth, type Percentiles, UNMEASURED } from '../facts/health.ts';
import type { Policy, Rule } from '../facts/policy.ts';
import type { Question } from '../facts/question.ts';
import { groundsFrom, groundsText } from './grounds-text.ts';
import { plan } from './plan.ts';
import { replay } from './replay.ts';

const folder = mkdtempSync(join(tmpdir(), 'replay-'));
after(() => rmSync(folder, { recursive: true }));

const HOSTS = ['one', 'two', 'three', 'four', 'resold'] as const;
const price = (dollars: number): string =>
  `price = { input = "${dollars}", output = "${2 * dollars}", input_cache_read = "${dollars / 4}" }`;

function catalogWith(dollars: number): Catalog {
  const files: { [path: string]: string } = {};
  for (const slug of HOSTS)
    files[`providers/${slug}.toml`] =
      `name = "${slug}"\nbase_url = "https://${slug}.example/v1"\nauth = { scheme = "bearer", env = "${slug.toUpperCase()}_KEY" }\nreseller = ${slug === 'resold'}\n`;
  files['models/acme/big.toml'] =
    `name = "Big"\ncontext = 9000\n${HOSTS.map((slug, at) => `[endpoints.${slug}]\n${price(dollars + at)}\nfeatures = ${at % 2 ? '["tools"]' : '[]'}\n`).join('')}[endpoints."one/priority"]\n${price(9)}\n`;
  files['models/acme/small.toml'] =
    `name = "Small"\naliases = ["tiny"]\ncontext = 2000\n[endpoints.two]\n${price(1)}\n[endpoints.three]\n${price(1)}\nfeatures = ["tools"]\n`;
  const place = mkdtempSync(join(folder, 'data-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
  }
  const loaded = loadCatalog([place], { dialects: new Set(['openai-chat']), quirks: new Map() }, {});
  assert(loaded.ok, JSON.stringify(loaded));
  return loaded.value;
}
const catalog = catalogWith(1);

/** mulberry32: the same questions in every run. */
function drawsOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const NAMES = ['acme/big', 'acme/small', 'tiny', 'acme/big:nitro', 'acme/big:floor', 'acme/nobody', 'ACME/Big'];
const SORTS: readonly (SortPreference | undefined)[] = ['price', 'throughput', 'latency', 'exacto', undefined];

function randomHealth(draw: (below: number) => number): ReadonlyMap<string, EndpointHealth> {
  const health = new Map<string, EndpointHealth>();
  for (const id of catalog.endpoints.keys()) {
    if (draw(3) === 0) continue;
    const p50 = draw(5_000);
    const spread = draw(100);
    health.set(id, {
      ...UNMEASURED,
      stable: draw(4) > 0,
      ...(draw(9) === 0 && { overruns: true }),
      ...(p50 % 9 === 0 && { spent: true }),
      ...(p50 % 2 === 0 && { cacheShare: (p50 % 100) / 100 }),
      success: draw(5) === 0 ? null : draw(10_001) / 10_000,
      ...randomFigures(draw, p50, spread),
      ...(p50 % 3 === 0 && { wellFormed: (p50 % 1000) / 1000 }),
    });
  }
  return health;
}

/** What was met in five minutes was met in half an hour, too. */
function randomFigures(draw: (below: number) => number, p50: number, spread: number): Partial<EndpointHealth> {
  const around = (median: number): Percentiles => ({
    p50: median,
    p75: p50 + spread,
    p90: p50 + 200,
    p99: p50 + 1_000,
  });
  return {
    ...(draw(5) > 0 && { latencyMs: around(p50), latencyMsLast5m: p50 % 7 === 0 ? null : around(p50 / 2) }),
    ...(draw(5) > 0 && { throughput: around(p50 / 10), throughputLast5m: p50 % 5 === 0 ? null : around(p50 / 20) }),
  };
}

function randomPolicy(draw: (below: number) => number): Policy {
  const some = <Value>(values: readonly Value[]): Value => values[draw(values.length)] as Value;
  const rule = (): Rule => ({
    source: some(['guardrail Interns, "new"', 'policy nights']),
    ...(draw(3) === 0 && { about: [some(['acme/b*', '*', 'other/*'])] }),
    ...(draw(3) === 0 && { only_models: ['other/x', some(['acme/*', '*/small']), 'acme/big'] }),
    ...(draw(5) === 0 && { ignore_models: [some(['acme/small', 'other/y'])] }),
    ...(draw(3) === 0 && { only: HOSTS.slice(draw(3)) }),
    ...(draw(3) === 0 && { ignore: [some(HOSTS)] }),
    ...(draw(9) === 0 && { max_price: { prompt: '2.5' } }),
    ...(draw(20) === 0 && { data_collection: 'deny' }),
  });
  const source = 'policy nights/eu-1';
  return {
    rules: Array.from({ length: draw(3) }, rule),
    given: {
      ...(draw(2) === 0 && { sort: source }),
      ...(draw(2) === 0 && { order: source }),
      ...(draw(2) === 0 && { models: source }),
      ...(draw(2) === 0 && { allow_fallbacks: source }),
      ...(draw(2) === 0 && { ignore: source, max_price: source, preferred_max_latency: source }),
    },
    ...(draw(3) === 0 && { arm: { policy: 'canary', name: 'new' } }),
  };
}

function randomQuestion(draw: (below: number) => number): Question {
  const health = randomHealth(draw);
  const some = <Value>(values: readonly Value[]): Value => values[draw(values.length)] as Value;
  const sort = some(SORTS);
  const models = Array.from({ length: 1 + draw(3) }, () => some(NAMES));
  const home = draw(3) === 0 ? some([...catalog.endpoints.keys()]) : null;
  return {
    catalog,
    operation: 'chat',
    models,
    preferences: {
      ...(sort && { sort: draw(3) === 0 ? { by: sort, partition: 'none' } : sort }),
      ...(draw(4) === 0 && { order: [some(HOSTS), some(HOSTS)] }),
      ...(draw(6) === 0 && { ignore: [some(HOSTS)] }),
      ...(draw(8) === 0 && { allow_fallbacks: false }),
      ...(draw(5) === 0 && { preferred_max_latency: draw(2) ? 1 : { p90: 2, p50: 1 } }),
      ...(draw(5) === 0 && { preferred_min_throughput: draw(2) ? 100 : { p99: 90 } }),
      ...(draw(9) === 0 && { max_price: { prompt: '2.5' } }),
    },
    tier: draw(6) === 0 ? 'priority' : null,
    parameters: draw(2) ? ['temperature', 'seed' as Parameter] : [],
    inputModalities: draw(8) === 0 ? ['text', 'image'] : ['text'],
    outputModalities: ['text'],
    promptTokens: draw(3_000),
    ...(draw(4) === 0 && { expected: { promptTokens: draw(9_000), pieces: { searchUnits: draw(3) } } }),
    maxOutputTokens: draw(2) ? null : draw(500),
    usesTools: draw(4) === 0,
    asksReasoning: draw(4) === 0,
    clientDialect: draw(4) === 0 ? 'openai-responses' : null,
    completes: draw(9) === 0 ? 'prompt' : 'conversation',
    ...(draw(3) === 0 && { policy: randomPolicy(draw) }),
    enabled: new Set(HOSTS.filter(() => draw(5) > 0)),
    health: { of: (id) => health.get(id) },
    home: () => home,
    seed: draw(2 ** 31),
  };
}

const withoutPolicy = ({ policy: _, ...question }: Question): Question => question;
const about = ({ models, operation, seed }: Question) => ({ requestedModel: models[0] ?? '', operation, seed });

test('any plan is planned again from its receipt, bit for bit, whatever health and keys are by then', () => {
  const draw = drawsOf(13);
  let planned = 0;
  for (let round = 0; round < 3_000; round++) {
    const question = randomQuestion(draw);
    const decided = plan(question);
    if (decided.fault) continue;
    planned++;
    const found = replay({ ...about(question), grounds: groundsText(question, decided) }, catalog);
    assert.equal(found?.outcome, 'same', JSON.stringify(question.models));
    assert.deepEqual(found.plan, decided);
    assert.deepEqual(
      found.grounds.candidates.map(({ endpoint, reason }) => [endpoint, reason]),
      decided.candidates.map(({ endpoint, reason }) => [endpoint.id, reason]),
    );
    const told = (step: string, endpoint: string): string => `${step} ${endpoint}`;
    assert.deepEqual(
      found.grounds.rejected.map(({ step, endpoint }) => told(step, endpoint)).sort(),
      decided.rejected.map(({ step, endpoint, model }) => told(step, endpoint || model)).sort(),
    );
  }
  assert(planned > 1_500, `${planned}`);
});

test('what an ordinary call leaves behind is short and readable', () => {
  const question = {
    ...withoutPolicy(randomQuestion(drawsOf(1))),
    models: ['acme/big'],
    preferences: {},
    promptTokens: 812,
  };
  const asked: Question = {
    ...question,
    tier: null,
    parameters: ['max_tokens' as Parameter, 'temperature' as Parameter],
    inputModalities: ['text'],
    maxOutputTokens: 400,
    usesTools: false,
    asksReasoning: false,
    clientDialect: null,
    completes: 'conversation',
    enabled: new Set(['one', 'two']),
    home: () => null,
    health: {
      of: (id) =>
        id.endsWith('@one')
          ? { ...UNMEASURED, success: 0.9987, latencyMs: { p50: 640, p75: 1, p90: 1, p99: 1 }, throughput: null }
          : undefined,
    },
    seed: 7,
  };
  const text = groundsText(asked, plan(asked));
  const print = JSON.parse(text)[1];
  assert.match(print, /^[\w-]{8}$/);
  assert.equal(
    text,
    `[2,"${print}",812,{"a":"max_tokens temperature","x":400},[["one",80,1612000,[0,0.9987,640,null]],["two","p",3224000]],` +
      `[["credentials",0,"three","four","resold"],["tier","a service tier nobody asked for","one/priority"]]]`,
  );
});

test('receipts of the first format, which knew one window, are planned again by what they knew', () => {
  const asked: Question = {
    ...withoutPolicy(randomQuestion(drawsOf(1))),
    models: ['acme/big'],
    preferences: { preferred_max_latency: { p90: 1 } },
    promptTokens: 812,
    tier: null,
    maxOutputTokens: null,
    inputModalities: ['text'],
    home: () => null,
    enabled: new Set(['one', 'two']),
  };
  const figures = { p50: 400, p75: 700, p90: 1_200, p99: 3_000 };
  const slow = { ...UNMEASURED, latencyMs: figures, latencyMsLast5m: figures };
  const question: Question = { ...asked, health: { of: (id) => (id.endsWith('@one') ? slow : undefined) } };
  const text = groundsText(question, plan(question));
  assert.match(text, /\[0,null,\[400,400,700,1200,3000\],null\]/);
  const old = text.replace('[2,', '[1,').replace('[400,400,700,1200,3000]', '[400,700,1200,3000]');
  for (const grounds of [text, old]) {
    const found = replay({ ...about(question), grounds }, catalog);
    assert.equal(found?.outcome, 'same', grounds);
    assert.deepEqual(found.plan?.candidates, plan(question).candidates);
    assert.match(found.plan?.candidates.at(-1)?.reason ?? '', /^later than preferred_max_latency/);
  }
  assert.equal(replay({ ...about(question), grounds: text.replace('[2,', '[3,') }, catalog), null);
});

test('where the catalogue says something else by now, what was written down is told', () => {
  const question: Question = {
    ...withoutPolicy(randomQuestion(drawsOf(5))),
    models: ['acme/big'],
    enabled: new Set(HOSTS),
  };
  const plain: Question = { ...question, preferences: {}, usesTools: false, inputModalities: ['text'], tier: null };
  const decided = plan(plain);
  const planned = { ...about(plain), grounds: groundsText(plain, decided) };
  const dearer = replay(planned, catalogWith(2));
  assert.equal(dearer?.outcome, 'changed');
  assert.equal(dearer.plan, null);
  assert.deepEqual(
    dearer.grounds.candidates.map(({ endpoint, reason }) => [endpoint, reason]),
    decided.candidates.map(({ endpoint, reason }) => [endpoint.id, reason]),
  );
  const gone: Catalog = { ...catalog, models: new Map(), endpoints: new Map() };
  assert.equal(replay(planned, gone)?.outcome, 'changed');
});

test('what has nothing to do with the models changes nothing', () => {
  const question: Question = {
    ...withoutPolicy(randomQuestion(drawsOf(3))),
    models: ['acme/small'],
    enabled: new Set(HOSTS),
  };
  const decided = plan(question);
  assert.equal(decided.fault, undefined);
  const others: Catalog = { ...catalog, version: '9.other', models: new Map([...catalog.models].reverse()) };
  assert.equal(replay({ ...about(question), grounds: groundsText(question, decided) }, others)?.outcome, 'same');
});

test('a plan that this release would not make is told as such', () => {
  const question: Question = {
    ...withoutPolicy(randomQuestion(drawsOf(8))),
    models: ['acme/small'],
    preferences: {},
    home: () => null,
    seed: 1,
  };
  const easy = { usesTools: false, inputModalities: ['text'], promptTokens: 10, maxOutputTokens: null } as const;
  const plain: Question = { ...question, ...easy, enabled: new Set(HOSTS) };
  const text = groundsText(plain, plan(plain));
  const cells = JSON.parse(text);
  cells[4].reverse();
  const found = replay({ ...about(plain), grounds: JSON.stringify(cells) }, catalog);
  assert.equal(found?.outcome, 'other');
  assert.deepEqual(
    found.plan?.candidates.map(({ endpoint }) => endpoint.id),
    found.grounds.candidates.map(({ endpoint }) => endpoint).reverse(),
  );
});

test('what is no grounds is none', () => {
  const planned = { requestedModel: 'acme/big', operation: 'chat', seed: 1 } as const;
  for (const text of ['', '[]', '{}', '[99,"x"]', 'nonsense']) {
    assert.equal(groundsFrom(text, planned), null);
    assert.equal(replay({ ...planned, grounds: text }, catalog), null);
  }
  assert.equal(replay(planned, catalog), null);
});

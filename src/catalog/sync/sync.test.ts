import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'smol-toml';
import { MODEL_FILE } from '../schema.ts';
import { decimalPrice } from './decimal.ts';
import { keysOfSlug, readings } from './names.ts';
import { SYNC_FILE } from './settings.ts';
import { syncModels } from './sync.ts';

const entry = (id: string, more: object = {}) => ({
  id,
  name: id,
  release_date: '2025-09',
  tool_call: true,
  reasoning: false,
  open_weights: false,
  limit: { context: 200_000, output: 8_000 },
  modalities: { input: ['text', 'pdf'], output: ['text'] },
  cost: { input: 3, output: 15, cache_read: 0.30000000000000004, cache_write: 3.75 },
  ...more,
});
const models = (...entries: { id: string }[]) => ({ models: Object.fromEntries(entries.map((one) => [one.id, one])) });

const LISTING = {
  openrouter: models(
    entry('anthropic/claude-sonnet-4.5'),
    entry('openai/gpt-4o-2024-05-13'),
    entry('openai/gpt-4o'),
    entry('google/gemma-4:free', { cost: { input: 0, output: 0 } }),
  ),
  lab: models(entry('claude-sonnet-4-5', { name: 'Claude Sonnet 4.5 (latest)' }), entry('claude-sonnet-4-5-20250929')),
  cloud: models(
    entry('eu.anthropic.claude-sonnet-4-5-20250929-v1:0', { cost: { input: 3.3, output: 16.5 } }),
    entry('global.anthropic.claude-sonnet-4-5-20250929-v1:0'),
    entry('gpt-4o'),
    entry('whisper-large', { modalities: { input: ['audio'], output: ['text'] } }),
    entry('gift', { cost: { input: 0, output: 0 } }),
  ),
  unknown: models(entry('claude-sonnet-4-5')),
};
const SETTINGS = SYNC_FILE.parse({
  canonical: 'openrouter',
  hosts: {
    openrouter: { provider: 'openrouter' },
    lab: { provider: 'anthropic', author: 'anthropic' },
    cloud: { provider: 'bedrock', prefixes: ['global.', ''] },
  },
  authors: { anthropic: 'anthropic' },
  same: {},
  latest: { '~anthropic/claude-latest': 'anthropic/claude-sonnet-4.5' },
  tokenizers: [{ match: '^anthropic/', name: 'Claude' }],
  cache_write_1h: { anthropic: 2 },
  reasoning_on_request: [],
});

test('a benchmark is told by one name, with its version and how it was run', () => {
  const told = (...benchmarks: object[]) => {
    const openrouter = models(
      entry('openai/gpt-4o', { benchmarks: benchmarks.map((one) => ({ source: 's', ...one })) }),
    );
    const settings = { ...SETTINGS, benchmarks: { 'Terminal Bench 2.1': 'Terminal-Bench 2.1' } };
    const file = syncModels({ openrouter }, settings, {}).files.get('openai/gpt-4o.toml') ?? '';
    return MODEL_FILE.parse(parse(file)).benchmarks?.map(({ name, score, unit }) => `${name}: ${score}${unit}`);
  };
  assert.deepEqual(
    told(
      { name: 'Terminal Bench 2.1', score: 1 },
      { name: 'Terminal-Bench', version: '2.1', score: 2, metric: 'success rate', harness: 'Codex', variant: 'medium' },
      { name: 'SWE-Bench Pro', score: 3, metric: 'resolve rate', dataset: 'public' },
      { name: 'SWE-Bench Pro', score: 4, metric: 'pass@1', dataset: 'hard-aa' },
      { name: 'An Index', score: 5, metric: 'index' },
    ),
    [
      'Terminal-Bench 2.1: 1%',
      'Terminal-Bench 2.1 (Codex, medium): 2%',
      'SWE-Bench Pro: 3%',
      'SWE-Bench Pro (hard-aa): 4%',
      'An Index: 5index',
    ],
  );
});

test('one model from many spellings, with every host that has a price', () => {
  const { files } = syncModels(LISTING, SETTINGS, { anthropic: 'Anthropic' });
  assert.deepEqual([...files.keys()].sort(), [
    'anthropic/claude-sonnet-4.5.toml',
    'google/gemma-4+free.toml',
    'openai/gpt-4o-2024-05-13.toml',
    'openai/gpt-4o.toml',
  ]);
  const file = MODEL_FILE.parse(parse(files.get('anthropic/claude-sonnet-4.5.toml') ?? ''));
  assert.equal(file.name, 'Claude Sonnet 4.5');
  assert.deepEqual(file.input, ['text', 'file']);
  assert.deepEqual(file.aliases, ['claude-sonnet-4-5-20250929', '~anthropic/claude-latest']);
  assert.deepEqual(Object.keys(file.endpoints ?? {}), ['openrouter', 'anthropic', 'bedrock']);
  assert.equal(file.endpoints?.bedrock?.upstream_id, 'global.anthropic.claude-sonnet-4-5-20250929-v1:0');
  assert.deepEqual(file.endpoints?.anthropic?.price, {
    input: '3.00',
    output: '15.00',
    input_cache_read: '0.30',
    input_cache_write: '3.75',
    input_cache_write_1h: '6.00',
  });
  const plain = MODEL_FILE.parse(parse(files.get('openai/gpt-4o.toml') ?? ''));
  assert.deepEqual(
    Object.keys(plain.endpoints ?? {}),
    ['openrouter', 'bedrock'],
    'the undated name is not the dated model',
  );
});

test('a snapshot of the shape {models, providers} is the same listing', () => {
  const live = syncModels(LISTING, SETTINGS, {});
  const snapshot = syncModels({ models: {}, providers: LISTING }, SETTINGS, {});
  assert.deepEqual([...snapshot.files], [...live.files]);
});

test('prices lose the noise of floats; what is finer than a pico-dollar rounds up', () => {
  assert.equal(decimalPrice(0.1 + 0.2), '0.30');
  assert.equal(decimalPrice(0.049999999999999996), '0.05');
  assert.equal(decimalPrice(0.0000001), '0.000001');
  assert.equal(decimalPrice(2.0000001), '2.000001');
  assert.equal(decimalPrice(30), '30.00');
  assert.equal(decimalPrice(0.0375), '0.0375');
  assert.equal(decimalPrice(-1), undefined);
});

test('spellings of one model share a key; versions do not', () => {
  const keys = (id: string) => readings(id).map(({ key }) => key);
  const meets = (id: string, slug: string) => keysOfSlug(slug).some((key) => keys(id).includes(key));
  assert.ok(meets('accounts/fireworks/models/glm-5p1', 'glm-5.1'));
  assert.ok(meets('claude-4-5-sonnet', 'claude-sonnet-4.5'));
  assert.ok(meets('meta.llama3-3-70b-instruct-v1:0', 'llama-3.3-70b-instruct'));
  assert.ok(meets('deepseek-ai/DeepSeek-V3.2-NVFP4', 'deepseek-v3.2'));
  assert.ok(!meets('gpt-4.5', 'gpt-5.4'));
  assert.ok(!meets('gpt-4o-mini', 'gpt-4o'));
});

const priced = (input: number, output: number, more: object = {}) => ({ cost: { input, output, ...more } });
const PRICED_HOSTS = {
  ...SETTINGS,
  hosts: {
    openrouter: { provider: 'openrouter' },
    lab: { provider: 'anthropic', author: 'anthropic' },
    one: { provider: 'one' },
    two: { provider: 'two' },
  },
};

test('a price that cannot be meant is refused, an odd one is told, and an author is believed', () => {
  const id = 'anthropic/claude-sonnet-4.5';
  const listing = (lab: [number, number], one: [number, number], two: [number, number]) => ({
    openrouter: models(entry(id, priced(1, 5))),
    lab: models(entry('claude-sonnet-4-5', priced(...lab))),
    one: models(entry('claude-sonnet-4-5', priced(...one))),
    two: models(entry('claude-sonnet-4-5', priced(...two))),
  });
  const synced = (...prices: Parameters<typeof listing>) => {
    const { files, oddPrices } = syncModels(listing(...prices), PRICED_HOSTS, {});
    const table = MODEL_FILE.parse(parse(files.get(`${id}.toml`) ?? ''));
    return [Object.keys(table.endpoints ?? {}).sort(), oddPrices];
  };
  const all = ['anthropic', 'one', 'openrouter', 'two'];
  assert.deepEqual(synced([1, 5], [2, 8], [0.5, 2]), [all, []]);
  assert.deepEqual(synced([1, 5], [6, 60], [1, 5]), [
    ['anthropic', 'openrouter', 'two'],
    [`${id}@one: refused: $66 per million tokens in and out, where others ask $6`],
  ]);
  assert.deepEqual(synced([1, 5], [6, 36], [1, 5]), [
    all,
    [`${id}@one: odd: $42 per million tokens in and out, where others ask $6`],
  ]);
  assert.deepEqual(synced([1, 5], [0.05, 0.1], [1, 5]), [
    all,
    [`${id}@one: odd: $0.15 per million tokens in and out, where others ask $6`],
  ]);
  assert.deepEqual(synced([50, 100], [1, 5], [1, 5]), [all, []], 'its author');
});

test('what a cache costs is read by each of its names', () => {
  const cached = (more: object) => {
    const { files } = syncModels({ openrouter: models(entry('openai/gpt-4o', priced(1, 2, more))) }, SETTINGS, {});
    const { endpoints } = MODEL_FILE.parse(parse(files.get('openai/gpt-4o.toml') ?? ''));
    const price = endpoints?.openrouter?.price;
    return [price?.input_cache_read, price?.input_cache_write];
  };
  assert.deepEqual(cached({ cache_read: 0.1, cache_write: 1.25 }), ['0.10', '1.25']);
  assert.deepEqual(cached({ cached_input: 0.03, cached_write: 0.375 }), ['0.03', '0.375']);
  assert.deepEqual(cached({ cache_input: 0.07 }), ['0.07', undefined]);
  assert.deepEqual(cached({ cached_input: 0, cached_write: 0 }), [undefined, undefined], 'nothing was said');
});

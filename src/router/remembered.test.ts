/** What is remembered of earlier questions about a model changes no answer: whatever was asked before, plans are as if nothing was. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import type { Catalog } from '../catalog/catalog.ts';
import { loadCatalog } from '../catalog/load.ts';
import { UNMEASURED } from '../facts/health.ts';
import type { Plan } from '../facts/plan.ts';
import type { Question } from '../facts/question.ts';
import { plan } from './plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'remembered-'));
after(() => rmSync(folder, { recursive: true }));
function file(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
for (const slug of ['alpha', 'beta', 'gamma'])
  file(`providers/${slug}.toml`, `name = "The ${slug} company"\nbase_url = "https://${slug}.example/v1"\n`);
file(
  'models/acme/one.toml',
  `name = "One"
context = 1000
[endpoints.alpha]
price = { input = "3", output = "3" }
features = ["tools", "json"]
max_output = 100
[endpoints."beta/flex"]
price = { input = "1", output = "1" }
context = 500
[endpoints.beta]
price = { input = "2", output = "2" }
context = 500
features = ["tools"]
[endpoints.gamma]
price = { input = "0", output = "0" }
quantization = "fp8"
`,
);
file('models/acme/two.toml', 'name = "Two"\ncontext = 800\n[endpoints.gamma]\nprice = { input = "1", output = "1" }\n');

function fresh(): Catalog {
  const loaded = loadCatalog([folder], { dialects: new Set(['openai-chat']), quirks: new Map() }, {});
  assert(loaded.ok, JSON.stringify(loaded));
  return loaded.value;
}

const ALL = new Set(['alpha', 'beta', 'gamma']);
const SOME = new Set(['alpha', 'beta']);
const down = { ...UNMEASURED, stable: false };
const key = { id: 'k', provider: 'beta', models: null, isFallback: false, isRequired: false, isByokOnly: false };
const ownKey = { ...key, declaredZdr: null, feePpm: 0 };

/** Each member of a question with other values than the usual: a new one must be thought of here. */
const OTHERS: { readonly [Name in Exclude<keyof Question, 'catalog'>]-?: readonly Question[Name][] } = {
  operation: ['embeddings'],
  models: [['acme/one:free'], ['acme/one:flex'], ['acme/two'], ['acme/two', 'acme/one'], ['acme/none']],
  preferences: [
    ...[{ only: ['beta'] }, { ignore: ['alpha'] }, { order: ['gamma'], allow_fallbacks: false }],
    ...[{ allow_fallbacks: false }, { sort: 'price' as const }, { quantizations: ['fp8'] }, { zdr: true }],
    ...[{ data_collection: 'deny' as const }, { require_parameters: true }, { enforce_distillable_text: true }],
    ...[{ preferred_min_throughput: 5 }, { max_price: { prompt: 2_000_000n } as never }],
  ],
  policy: [{ rules: [], given: {} } as never],
  tier: ['flex', 'priority'],
  parameters: [['tools'], ['response_format'], ['response_format', 'tools']],
  inputModalities: [['text', 'image']],
  outputModalities: [['image']],
  promptTokens: [499, 500, 501, 900, 1_001],
  expected: [{ promptTokens: 700, pieces: {} }],
  maxOutputTokens: [50, 101],
  usesTools: [true],
  asksReasoning: [true],
  clientDialect: ['openai-chat', 'anthropic-messages'],
  completes: ['prompt', 'text'],
  enabled: [SOME, new Set()],
  ownKeys: [[], [ownKey]],
  health: [{ of: (id) => (id.endsWith('alpha') ? down : undefined) }],
  home: [() => 'acme/one@beta'],
  routing: [() => assert.fail('no router model is asked')],
  routed: [[]],
  seed: [1, 2 ** 31],
};

const USUAL: Omit<Question, 'catalog'> = {
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
  enabled: ALL,
  health: { of: () => undefined },
  seed: 0,
};

const QUESTIONS: readonly Omit<Question, 'catalog'>[] = [
  USUAL,
  ...Object.entries(OTHERS).flatMap(([name, values]) => values.map((value) => ({ ...USUAL, [name]: value }))),
  { ...USUAL, usesTools: true, maxOutputTokens: 101, promptTokens: 501 },
];

const told = ({ candidates, rejected, fault }: Plan) => ({
  candidates: candidates.map(({ endpoint, model, reason, payer }) => [endpoint.id, model.id, reason, payer?.id]),
  rejected,
  fault,
});

test('whatever was asked before, a plan is as if nothing was', () => {
  const shared = fresh();
  const expected = QUESTIONS.map((question) => told(plan({ ...question, catalog: fresh() })));
  for (const [before, first] of QUESTIONS.entries())
    for (const [at, second] of QUESTIONS.entries()) {
      plan({ ...first, catalog: shared });
      assert.deepEqual(told(plan({ ...second, catalog: shared })), expected[at], `question ${at} after ${before}`);
    }
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadCatalog } from '../catalog/load.ts';
import type { Question } from '../facts/question.ts';
import { FILTERS, type FilterStep } from './filters.ts';
import { plan } from './plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'filters-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'models/acme'), { recursive: true });
mkdirSync(join(folder, 'providers'));
const provider = (name: string, more: string): string =>
  `name = "${name}"\nbase_url = "https://${name}.example/v1"\n${more}`;
writeFileSync(
  join(folder, 'providers/host.toml'),
  provider('host', 'auth = { scheme = "bearer", env = "HOST_KEY" }\n'),
);
writeFileSync(
  join(folder, 'models/acme/one.toml'),
  `name = "One"
context = 1000
max_output = 500
distillable = false
[endpoints.host]
price = { input = "2", output = "2" }
features = []
[endpoints."host/flex"]
price = { input = "1", output = "1" }
features = []
`,
);
const loaded = loadCatalog([folder], { dialects: new Set(['openai-chat']), quirks: new Map() }, {});
assert(loaded.ok, JSON.stringify(loaded));

const QUESTION: Question = {
  catalog: loaded.value,
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
  enabled: new Set(['host']),
  health: { of: () => undefined },
  seed: 1,
};

type Refused = {
  readonly question: Partial<Question>;
  readonly words: RegExp;
  /** The field of the request that would have to change; null = none. */
  readonly field: string | null;
  readonly fault?: string;
};

/** A question for each hard filter, which nothing survives. The type demands one for every row of the table. */
const REFUSED: { readonly [S in (typeof FILTERS)[number]['step']]: Refused } = {
  operation: {
    question: { operation: 'rerank' },
    words: /^acme\/one answers elsewhere: it serves chat\.$/,
    field: null,
    fault: 'invalid_request',
  },
  only: {
    question: { preferences: { only: ['elsewhere'] } },
    words: /^No allowed providers are available for the selected model acme\/one\.$/,
    field: 'provider.only',
  },
  ignore: {
    question: { preferences: { ignore: ['host', 'host/flex'] } },
    words: /^No allowed providers are available/,
    field: 'provider.ignore',
  },
  order: {
    question: { preferences: { order: ['elsewhere'], allow_fallbacks: false } },
    words: /^No allowed providers are available/,
    field: 'provider.order',
  },
  tier: {
    question: { tier: 'flex', preferences: { ignore: ['host/flex'] } },
    words: /^No endpoints found for acme\/one in the service tier flex\.$/,
    field: 'service_tier',
  },
  credentials: {
    question: { enabled: new Set() },
    words: /^No provider of acme\/one is set up here: set HOST_KEY in the gateway's environment/,
    field: null,
  },
  own_keys: {
    question: {
      ownKeys: [
        {
          id: 'k',
          provider: 'host',
          models: ['acme/two'],
          isFallback: false,
          isRequired: false,
          isByokOnly: true,
          declaredZdr: null,
          feePpm: 0,
        },
      ],
    },
    words: /^No endpoints found for acme\/one: the account uses its own keys there and nothing else\.$/,
    field: null,
  },
  data_policy: {
    question: { preferences: { zdr: true } },
    words: /^No endpoints found matching your data policy \(does not state zero data retention\) for acme\/one\./,
    field: 'provider.zdr',
  },
  quantization: {
    question: { preferences: { quantizations: ['int4'] } },
    words: /^No endpoints found for acme\/one in the requested quantizations: quantization is unknown\.$/,
    field: 'provider.quantizations',
  },
  max_price: {
    question: { preferences: { max_price: { prompt: '0.1' } } },
    words: /^No endpoints found for acme\/one within max_price: prompt price is above max_price\.$/,
    field: 'provider.max_price',
  },
  input_modalities: {
    question: { inputModalities: ['text', 'audio'] },
    words: /^No endpoints found that support audio input for acme\/one\.$/,
    field: 'messages',
  },
  output_modalities: {
    question: { outputModalities: ['image'] },
    words: /^No endpoints found that support the requested output modalities for acme\/one: image\.$/,
    field: 'modalities',
  },
  tools: {
    question: { usesTools: true },
    words: /^No endpoints found that support tool use for acme\/one\.$/,
    field: 'tools',
  },
  text_completion: {
    question: { completes: 'text' },
    words: /^No endpoint of acme\/one completes texts: suffix/,
    field: 'prompt',
    fault: 'invalid_request',
  },
  require_parameters: {
    question: { parameters: ['structured_outputs'], preferences: { require_parameters: true } },
    words: /^No endpoints found that can handle the requested parameters for acme\/one: structured_outputs\.$/,
    field: 'provider.require_parameters',
  },
  distillable: {
    question: { preferences: { enforce_distillable_text: true } },
    words: /^No endpoints found for acme\/one: its author does not let others learn from its output\.$/,
    field: 'provider.enforce_distillable_text',
  },
  context_length: {
    question: { promptTokens: 5_000 },
    words: /^This request has about 5000 prompt tokens; the maximum context length of acme\/one is 1000 tokens\./,
    field: 'messages',
    fault: 'context_length_exceeded',
  },
  max_output: {
    question: { maxOutputTokens: 501, preferences: { require_parameters: true } },
    words: /^No endpoints found for acme\/one that can write 501 tokens\. Lower max_tokens\.$/,
    field: 'max_tokens',
    fault: 'max_tokens_exceeded',
  },
};

for (const [step, refused] of Object.entries(REFUSED) as [FilterStep, Refused][])
  test(`what is left out by ${step} is told by that name, in words, and with the field to change`, () => {
    const { fault, candidates, rejected } = plan({ ...QUESTION, ...refused.question });
    assert.deepEqual(candidates, []);
    assert(rejected.some((entry) => entry.step === step && entry.reason !== ''));
    assert.match(fault?.message ?? '', refused.words);
    assert.equal(fault?.code, refused.fault ?? 'no_endpoints');
    assert.equal(fault?.metadata?.failed_routing_step, step);
    assert.equal(fault?.availability?.constraint?.field ?? null, refused.field);
  });

test('no two filters go by one name', () => {
  const steps = FILTERS.map(({ step }) => step);
  assert.equal(new Set(steps).size, steps.length);
});

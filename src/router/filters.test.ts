import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadCatalog } from '../catalog/load.ts';
import type { Rule } from '../facts/policy.ts';
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
mkdirSync(join(folder, 'models/openrouter'));
writeFileSync(join(folder, 'models/openrouter/free.toml'), 'router = "free"\n');
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
  policy: {
    question: {
      policy: { rules: [{ source: 'guardrail Interns', ignore: ['host', 'host/flex'] }], given: {} },
    },
    words:
      /^No endpoints found for acme\/one that the rules for this call allow: guardrail Interns: the provider is forbidden\.$/,
    field: null,
  },
  policy_data: {
    question: { policy: { rules: [{ source: 'policy health', zdr: true, about: ['acme/*'] }], given: {} } },
    words:
      /^No endpoints found matching the data policy of this call \(policy health: does not state zero data retention\)/,
    field: null,
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
  free: {
    question: {
      models: ['openrouter/free'],
      routed: [
        {
          router: 'openrouter/free',
          demand: { task: 'chat', difficulty: 'easy' },
          pool: 1,
          chosen: [{ model: 'acme/one', reason: 'drawn when it was free' }],
        },
      ],
    },
    words: /^No endpoint of acme\/one costs nothing\.$/,
    field: 'model',
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

const RULES: readonly (readonly [rule: Omit<Rule, 'source'>, reason: string | null])[] = [
  [{ only_models: ['acme/*'] }, null],
  [{ only_models: ['acme/two'] }, 'the model is not allowed'],
  [{ only_models: [] }, 'the model is not allowed'],
  [{ ignore_models: ['*/one'] }, 'the model is forbidden'],
  [{ only: ['host'] }, null],
  [{ only: ['elsewhere'] }, 'the provider is not allowed'],
  [{ quantizations: ['fp8'] }, 'quantization is unknown'],
  [{ quantizations: ['unknown'] }, null],
  [{ max_price: { completion: '1.5' } }, 'completion price is above max_price'],
  [{ data_collection: 'deny' }, 'does not state that it trains on no prompts'],
  [{ ignore_models: ['*'], about: ['acme/two'] }, null],
];

for (const [rule, reason] of RULES)
  test(`a rule of ${JSON.stringify(rule)} ${reason === null ? 'keeps nothing out' : `keeps out: ${reason}`}`, () => {
    const free = { source: 'policy free', only_models: ['*'] };
    const policy = { rules: [free, { source: 'policy strict', ...rule }], given: {} };
    const { candidates, rejected } = plan({ ...QUESTION, policy });
    assert.deepEqual(
      candidates.map(({ endpoint }) => endpoint.tag),
      reason === null ? ['host'] : [],
    );
    assert.equal(
      rejected.find(({ step }) => step.startsWith('policy'))?.reason,
      reason === null ? undefined : `policy strict: ${reason}`,
    );
  });

test('where another filled in what the caller left open, reasons and refusals say who', () => {
  const given = { max_price: 'policy thrift', sort: 'policy thrift' };
  const dear = plan({ ...QUESTION, preferences: { max_price: { prompt: '0.1' } }, policy: { rules: [], given } });
  assert.equal(
    dear.rejected.find(({ step }) => step === 'max_price')?.reason,
    'prompt price is above max_price, by policy thrift',
  );
  const sorted = plan({ ...QUESTION, preferences: { sort: 'latency' }, policy: { rules: [], given } });
  assert.deepEqual(
    sorted.candidates.map(({ reason }) => reason),
    ['sorted by latency, by policy thrift'],
  );
  const floor = {
    ...QUESTION,
    models: ['acme/one:floor'],
    preferences: { sort: 'latency' },
    policy: { rules: [], given },
  } as const;
  assert.equal(plan(floor).candidates.at(-1)?.reason, 'sorted by price, by policy thrift', 'the name says how');
});

test('no two filters go by one name', () => {
  const steps = FILTERS.map(({ step }) => step);
  assert.equal(new Set(steps).size, steps.length);
});

import { pico } from '../../base/money.ts';
import { PARAMETERS } from '../../call/parameters.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { DialectId } from '../../catalog/dialect-table.ts';
import type { Endpoint, Model } from '../../catalog/model.ts';
import type { Provider } from '../../catalog/provider.ts';

type Host = { readonly slug: string; readonly dialect: DialectId; readonly billsAfterCancel: boolean };
type Offer = { readonly host: string; readonly input: bigint; readonly output: bigint; readonly maxOutput?: number };

const HOSTS: readonly Host[] = [
  { slug: 'alder', dialect: 'openai-chat', billsAfterCancel: false },
  { slug: 'birch', dialect: 'openai-chat', billsAfterCancel: true },
  { slug: 'cedar', dialect: 'anthropic-messages', billsAfterCancel: false },
  { slug: 'dogwood', dialect: 'openai-chat', billsAfterCancel: false },
];
/** Prices in pico-dollars per token. */
const OFFERS: { readonly [model: string]: readonly Offer[] } = {
  'sim/small': [
    { host: 'alder', input: 400_000n, output: 1_600_000n },
    { host: 'birch', input: 500_001n, output: 1_700_001n },
    { host: 'cedar', input: 3_000_000n, output: 15_000_000n },
  ],
  'sim/large': [
    { host: 'cedar', input: 3_000_000n, output: 15_000_000n },
    { host: 'dogwood', input: 2_500_000n, output: 10_000_000n, maxOutput: 2_000 },
  ],
  'sim/alone': [{ host: 'dogwood', input: 7n, output: 13n }],
  'sim/free': [{ host: 'alder', input: 0n, output: 0n }],
};

/** The simulated catalogue: a few models of a few hosts in two dialects, at prices that do not come out even. */
export function simulatedCatalog(): Catalog {
  const providers = new Map(HOSTS.map((host) => [host.slug, providerOf(host)]));
  const models = new Map<string, Model>();
  const endpoints = new Map<string, Endpoint>();
  for (const [id, offers] of Object.entries(OFFERS)) {
    const served = offers.flatMap((offer) => {
      const provider = providers.get(offer.host);
      return provider ? [endpointOf(id, provider, offer)] : [];
    });
    for (const endpoint of served) endpoints.set(endpoint.id, endpoint);
    models.set(id, modelOf(id, served));
  }
  return Object.freeze({ version: 'simulated', models, providers, endpoints, aliases: new Map(), policies: [] });
}

const providerOf = ({ slug, dialect, billsAfterCancel }: Host): Provider => ({
  slug,
  name: slug,
  baseUrl: `https://${slug}.test/v1`,
  auth: { scheme: 'none' },
  docs: '',
  policy: { trainsOnData: false, retainsDays: 0 },
  dialects: [{ id: dialect, drop: [], rename: {}, quirks: [], headers: {}, takes: [] }],
  reseller: false,
  local: false,
  billsAfterCancel,
});

const SHARED = { context: 200_000, input: ['text'], output: ['text'], reasoning: null } as const;

function endpointOf(modelId: string, provider: Provider, { input, output, maxOutput }: Offer): Endpoint {
  const [dialect] = provider.dialects;
  if (!dialect) throw new Error(`${provider.slug} speaks no dialect`);
  return {
    ...SHARED,
    id: `${modelId}@${provider.slug}`,
    tag: provider.slug,
    modelId,
    provider,
    upstreamId: modelId,
    dialect,
    maxOutput: maxOutput ?? null,
    parameters: new Set(PARAMETERS),
    quantization: 'unknown',
    price: { input: pico(input), output: pico(output), overrides: [] },
    tier: null,
    tierPrices: new Map(),
    forms: [],
    operation: 'chat',
    others: [],
  };
}

const modelOf = (id: string, endpoints: readonly Endpoint[]): Model => ({
  ...SHARED,
  id,
  author: 'sim',
  slug: id.slice('sim/'.length),
  name: id,
  created: 0,
  maxOutput: null,
  description: '',
  knowledge: null,
  tokenizer: 'Other',
  openWeights: false,
  huggingFaceId: null,
  family: null,
  benchmarks: [],
  categories: [],
  expires: null,
  distillable: true,
  sandbox: false,
  endpoints,
});

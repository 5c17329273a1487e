import { QUANTIZATIONS } from '../call/call.ts';
import type { OperationId } from '../call/operation.ts';
import type { Refuse } from './build-model.ts';
import { reasoningOf } from './build-model.ts';
import { buildPrice, FREE, isByUnit } from './build-price.ts';
import { operationOf } from './dialect-table.ts';
import { type Feature, parametersFor } from './features.ts';
import { type Endpoint, type Model, TIERS } from './model.ts';
import { OPERATION_TABLE, operationFor } from './operations.ts';
import type { Price } from './price.ts';
import type { DialectSettings, Provider } from './provider.ts';
import type { EndpointFile } from './schema.ts';

/** An endpoint before it is known beside its neighbours. */
type Unfinished = Omit<Endpoint, 'tierPrices' | 'forms' | 'others'> & {
  readonly inDialects: readonly Spoken[];
  readonly inOperations: readonly (Spoken & Pick<Endpoint, 'operation'>)[];
};
type Spoken = Pick<Endpoint, 'dialect' | 'parameters'>;

type Facts = Pick<Model, 'id' | 'slug' | 'input' | 'output' | 'reasoning' | 'context' | 'maxOutput'>;

export const noSuchProvider = (slug: string): string => `there is no provider ${slug}`;

/** One `[endpoints.<tag>]` table; what it leaves out is the model's, or the provider's. */
export function buildEndpoint(
  tag: string,
  file: EndpointFile,
  facts: Facts,
  providers: ReadonlyMap<string, Provider>,
  refuse: Refuse,
): Unfinished | undefined {
  const at = ['endpoints', tag];
  const [slug = '', variant = ''] = tag.split('/');
  const provider = providers.get(slug);
  if (!provider) {
    refuse(at, noSuchProvider(slug));
    return undefined;
  }
  const output = file.output ?? facts.output;
  const [operation = 'chat', ...moreOperations] = file.operations ?? [operationFor(output)];
  const dialect = dialectFor(provider, operation, file.dialect);
  if (!dialect) {
    const missing = file.dialect === undefined ? `a dialect for ${operation}` : `the dialect ${file.dialect}`;
    refuse([...at, 'dialect'], `${slug} does not offer ${missing}`);
    return undefined;
  }
  const price = priceOf(file, provider, operation);
  if (!price) refuse([...at, 'price'], 'price needs input and output; say free = true for what costs nothing');
  const features = file.features ?? OPERATION_TABLE[operation].features;
  const reasons = file.features === undefined ? facts.reasoning !== null : features.includes('reasoning');
  const reasoning = file.reasoning
    ? reasoningOf(file.reasoning)
    : reasons
      ? (facts.reasoning ?? reasoningOf({}))
      : null;
  const parameters = reasoning && !features.includes('reasoning') ? [...features, 'reasoning' as const] : features;
  return {
    id: `${facts.id}@${tag}`,
    tag,
    modelId: facts.id,
    provider,
    upstreamId: file.upstream_id ?? facts.slug,
    dialect,
    context: file.context ?? facts.context,
    maxOutput: file.max_output ?? facts.maxOutput,
    input: file.input ?? facts.input,
    output,
    parameters: parametersFor(dialect.id, parameters, dialect.drop),
    quantization: file.quantization ?? (QUANTIZATIONS.includes(variant) ? variant : 'unknown'),
    price: price ?? FREE,
    tier: TIERS.find((tier) => tag.endsWith(`/${tier}`)) ?? null,
    reasoning,
    ...(file.system_turns === true && { systemTurns: true }),
    ...(file.audio_formats && { audioFormats: file.audio_formats }),
    operation,
    inDialects: file.dialect === undefined ? otherDialectsOf(provider, dialect, parameters) : [],
    inOperations: moreOperations.flatMap((other) => {
      const spoken = dialectFor(provider, other, undefined);
      if (!spoken) refuse([...at, 'operations'], `${slug} does not offer a dialect for ${other}`);
      return spoken
        ? [{ operation: other, dialect: spoken, parameters: parametersFor(spoken.id, [], spoken.drop) }]
        : [];
    }),
  };
}

/** The provider's other dialects of the operation that take calls; an endpoint whose table names its dialect speaks only that one. */
const otherDialectsOf = ({ dialects }: Provider, own: DialectSettings, features: readonly Feature[]): Spoken[] =>
  dialects
    .filter(({ id, takes }) => id !== own.id && takes.length > 0 && operationOf(id) === operationOf(own.id))
    .map((dialect) => ({ dialect, parameters: parametersFor(dialect.id, features, dialect.drop) }));

/** A tier is its host's ordinary endpoint at another price: what its table leaves out stands there. */
export function withTiers(tables: { readonly [tag: string]: EndpointFile }): [tag: string, table: EndpointFile][] {
  return Object.entries(tables).map(([tag, table]) => {
    const { price: _, ...ordinary } = (isTierTag(tag) && tables[hostTag(tag)]) || {};
    return [tag, { ...ordinary, ...table }];
  });
}

/** Every endpoint with the prices of all tiers of its host. */
export function withTierPrices(endpoints: readonly Unfinished[]): Endpoint[] {
  return endpoints.map(({ inDialects, inOperations, ...endpoint }) => {
    const family = endpoints.filter(({ tag }) => hostTag(tag) === hostTag(endpoint.tag));
    const tierPrices = new Map(family.map(({ tier, price }) => [tier ?? 'default', price]));
    const others = inOperations.map(
      (other): Endpoint => ({ ...endpoint, ...other, tierPrices, forms: [], others: [] }),
    );
    const forms = inDialects.flatMap((other) => {
      const form: Endpoint = { ...endpoint, ...other, tierPrices, forms: [], others: [] };
      const rules = other.dialect.takes.filter(({ models }) => isAmong(models, endpoint.upstreamId));
      return rules.map((rule) => ({ rule, endpoint: form }));
    });
    return { ...endpoint, tierPrices, forms, others };
  });
}

/** Is an upstream id among these patterns? */
function isAmong(patterns: readonly string[], id: string): boolean {
  const fits = (pattern: string): boolean =>
    new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(id);
  const taken = patterns.filter((pattern) => !pattern.startsWith('!'));
  const refused = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  return taken.some(fits) && !refused.some(fits);
}

const isTierTag = (tag: string): boolean => TIERS.some((tier) => tag.endsWith(`/${tier}`));
const hostTag = (tag: string): string => (isTierTag(tag) ? tag.slice(0, tag.lastIndexOf('/')) : tag);

function dialectFor(
  provider: Provider,
  operation: OperationId,
  named: string | undefined,
): DialectSettings | undefined {
  return provider.dialects.find(({ id }) => operationOf(id) === operation && (named === undefined || id === named));
}

/**
 * A forgotten price would give a paid model away, so it is refused; only a local server costs nothing unasked. A price
 * by request or image needs no price by token, and what writes nothing none for output.
 */
function priceOf(file: EndpointFile, provider: Provider, operation: OperationId): Price | undefined {
  const { price } = file;
  if (!price) return file.free === true || provider.local ? FREE : undefined;
  if (
    isByUnit(price) ||
    (price.input !== undefined && (price.output !== undefined || !OPERATION_TABLE[operation].writes))
  )
    return buildPrice({ ...provider.price, ...price });
  return undefined;
}

import { matchesAny } from '../base/pattern.ts';
import { buildEndpoint, withTierPrices, withTiers } from './build-endpoint.ts';
import { merge } from './merge.ts';
import type { Endpoint, Model, ReasoningSupport } from './model.ts';
import type { Provider } from './provider.ts';
import type { CatalogFile } from './read.ts';
import { RESERVED_AUTHORS } from './reserved.ts';
import type { ModelFile, ReasoningFile } from './schema.ts';

/** Notes a problem of a file at a path of keys in it. */
export type Refuse = (at: readonly string[], reason: string) => void;

/** Taken when neither the model nor an endpoint of it states a context. */
const DEFAULT_CONTEXT = 131_072;
/** `author/slug`, catalogue variant included. */
export const MODEL_ID = /^~?[a-zA-Z0-9][a-zA-Z0-9._-]*\/[a-zA-Z0-9][a-zA-Z0-9._-]*(:[a-zA-Z0-9._-]+)?$/;

/** A model, and the other names that it goes by. */
export type BuiltModel = { readonly model: Model; readonly aliases: readonly string[] };

/** One model from its files, the later ones over the earlier. Problems are told to `refuse`; then undefined. */
export function buildModel(
  id: string,
  sources: readonly CatalogFile<ModelFile>[],
  providers: ReadonlyMap<string, Provider>,
  authors: { readonly [slug: string]: string },
  refuse: Refuse,
  distillable: readonly string[] = [],
): BuiltModel | undefined {
  const file = sources.map((source) => source.table).reduce(merge);
  const [author = '', slug = ''] = id.split('/');
  if (!MODEL_ID.test(id)) {
    refuse([], 'a model file lies at models/<author>/<slug>.toml: letters, digits, dots, dashes');
    return undefined;
  }
  if (RESERVED_AUTHORS.has(author.toLowerCase())) refuse([], `${author} is a page of its own and cannot be an author`);
  if (file.router && file.endpoints) refuse(['endpoints'], 'a router model has none: it chooses another model');
  const input = file.input ?? ['text'];
  const output = file.output ?? ['text'];
  const reasoning = file.reasoning ? reasoningOf(file.reasoning) : null;
  const contexts = Object.values(file.endpoints ?? {}).flatMap((endpoint) => endpoint.context ?? []);
  const context = file.context ?? (contexts.length > 0 ? Math.max(...contexts) : DEFAULT_CONTEXT);
  const facts = { id, slug, input, output, reasoning, context, maxOutput: file.max_output ?? null };
  const endpoints = withTierPrices(
    withTiers(file.endpoints ?? {}).flatMap(
      ([tag, endpoint]) => buildEndpoint(tag, endpoint, facts, providers, refuse) ?? [],
    ),
  );
  const model: Model = {
    ...facts,
    context: Math.max(context, ...endpoints.map((endpoint) => endpoint.context)),
    author,
    ...(authors[author] === undefined ? {} : { authorName: authors[author] }),
    name: file.name ?? slug,
    created: file.created === undefined ? 0 : Date.parse(`${file.created}T00:00:00Z`) / 1000,
    description: file.description?.trim() ?? '',
    knowledge: file.knowledge ?? null,
    tokenizer: file.tokenizer ?? 'Other',
    openWeights: file.open_weights ?? false,
    huggingFaceId: file.hugging_face_id ?? null,
    family: file.family ?? null,
    reasoning: reasoning ?? endpoints.find((endpoint) => endpoint.reasoning)?.reasoning ?? null,
    benchmarks: (file.benchmarks ?? []).map((benchmark) => ({ ...benchmark, unit: benchmark.unit ?? '%' })),
    categories: file.categories ?? [],
    expires: file.expires ?? null,
    distillable: file.distillable ?? (file.open_weights === true && matchesAny(distillable, id.split(':', 1)[0] ?? id)),
    sandbox: file.sandbox ?? false,
    ...(file.voices && { voices: file.voices }),
    ...(file.router && { router: file.router }),
    ...(file.routed === false && { unrouted: true }),
    endpoints: directFirst(endpoints),
  };
  return { model, aliases: file.aliases ?? [] };
}

/** Hosts before those who resell them; otherwise as written. */
const directFirst = (endpoints: readonly Endpoint[]): Endpoint[] =>
  [...endpoints].sort((a, b) => Number(a.provider.reseller) - Number(b.provider.reseller));

/** Without more detail: the three usual efforts, on by default, not forced. */
export const reasoningOf = (file: ReasoningFile): ReasoningSupport => ({
  efforts: file.efforts ?? (file.budget ? [] : ['low', 'medium', 'high']),
  budget: file.budget ?? false,
  mandatory: file.mandatory ?? false,
  defaultEnabled: file.default_enabled ?? true,
});

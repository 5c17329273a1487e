import { buildModel } from './build-model.ts';
import type { Catalog } from './catalog.ts';
import { operationOf } from './dialect-table.ts';
import type { Endpoint, Modality, Model } from './model.ts';
import type { Provider } from './provider.ts';

/** What a server on this machine offers: its provider's slug, the base URL it answered at, and its models. */
export type LocalServer = {
  readonly provider: string;
  readonly baseUrl: string;
  readonly models: readonly LocalModel[];
};

/** A name the server answers to; the context window in tokens and what goes in where the server tells it. */
export type LocalModel = {
  readonly name: string;
  readonly context: number | null;
  readonly input?: readonly Modality[];
};

/**
 * The catalogue with the models of the local servers that were found, as `ollama/llama3.2:3b` and so on: free, and
 * without facts we do not know. A name that makes no slug is left out; a shipped model is never replaced.
 */
export function withLocalModels(catalog: Catalog, servers: readonly LocalServer[]): Catalog {
  const providers = new Map<string, Provider>(catalog.providers);
  const models = new Map<string, Model>(catalog.models);
  const endpoints = new Map<string, Endpoint>(catalog.endpoints);
  for (const { provider: slug, baseUrl, models: offered } of servers) {
    const provider = providers.get(slug);
    if (provider && provider.baseUrl !== baseUrl) providers.set(slug, Object.freeze({ ...provider, baseUrl }));
    for (const found of offered) {
      const model = build(slug, found, providers);
      if (!model || models.has(model.id)) continue;
      models.set(model.id, Object.freeze(model));
      for (const endpoint of model.endpoints) endpoints.set(endpoint.id, Object.freeze(endpoint));
    }
  }
  return Object.freeze({ ...catalog, providers, models, endpoints });
}

function build(
  provider: string,
  { name, context, input }: LocalModel,
  providers: ReadonlyMap<string, Provider>,
): Model | undefined {
  const id = `${provider}/${slugOf(name)}`;
  const ranks = providers.get(provider)?.dialects.some(({ id: dialect }) => operationOf(dialect) === 'rerank');
  const table = {
    name,
    ...(context !== null && { context }),
    ...(input && { input: [...input] }),
    // No such list says what a model is for, but embedding models and rerankers are named so (bge-m3 is not).
    ...(/embed/i.test(name) && { output: ['embeddings' as const] }),
    ...(ranks && /rerank/i.test(name) && { output: ['rerank' as const] }),
    endpoints: { [provider]: { upstream_id: name, free: true } },
  };
  const authors = { [provider]: providers.get(provider)?.name ?? provider };
  return buildModel(id, [{ path: id, text: '', table }], providers, authors, () => {})?.model;
}

/** llama.cpp names a model after its file, `/models/gemma-3-4b.gguf`: then the last part; else every part counts. */
function slugOf(name: string): string {
  const isPath = /^(?:[./~\\]|[A-Za-z]:)/.test(name);
  const shortName = isPath ? (name.split(/[\\/]/).at(-1) ?? '') : name;
  return shortName.replace(/[^A-Za-z0-9._:-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
}

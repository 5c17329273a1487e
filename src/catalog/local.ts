import { buildModel } from './build-model.ts';
import type { Catalog } from './catalog.ts';
import type { Endpoint, Model } from './model.ts';

/** What a server on this machine offers: its provider's slug, and the names it answers to. */
export type LocalServer = { readonly provider: string; readonly models: readonly string[] };

/**
 * The catalogue with the models of the local servers that were found, as `ollama/llama3.2:3b` and so on: free, and
 * without facts we do not know. A name that is no valid slug is left out; a shipped model is never replaced.
 */
export function withLocalModels(catalog: Catalog, servers: readonly LocalServer[]): Catalog {
  const models = new Map<string, Model>(catalog.models);
  const endpoints = new Map<string, Endpoint>(catalog.endpoints);
  for (const { provider, models: names } of servers) {
    for (const name of names) {
      const id = `${provider}/${name.replaceAll('/', '-')}`;
      if (models.has(id)) continue;
      const table = { name, endpoints: { [provider]: { upstream_id: name, free: true } } };
      const built = buildModel(id, [{ path: id, text: '', table }], catalog.providers, {}, () => {});
      if (!built || built.model.endpoints.length === 0) continue;
      models.set(id, Object.freeze(built.model));
      for (const endpoint of built.model.endpoints) endpoints.set(endpoint.id, Object.freeze(endpoint));
    }
  }
  return Object.freeze({ ...catalog, models, endpoints });
}

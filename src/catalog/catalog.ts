import type { Endpoint, Model } from './model.ts';
import type { NamedPolicy } from './policy.ts';
import type { Provider } from './provider.ts';

/** A frozen, versioned snapshot. A call captures one and never looks again; a reload makes a new one. */
export type Catalog = {
  /** Rises with every reload; the receipt names it. */
  readonly version: string;
  /** By id, in the order of the list page (newest first). */
  readonly models: ReadonlyMap<string, Model>;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  /** Bare names and operators' aliases → model id: `gpt-4.1-mini` → `openai/gpt-4.1-mini`. */
  readonly aliases: ReadonlyMap<string, string>;
  /** What the operator lays down for some calls; the one that counts first, first. */
  readonly policies: readonly NamedPolicy[];
};

/** The model that a caller's word means: an exact id, else an alias. Variants are the router's affair. */
export function findModel(catalog: Catalog, name: string): Model | undefined {
  return catalog.models.get(name) ?? catalog.models.get(catalog.aliases.get(name) ?? '');
}

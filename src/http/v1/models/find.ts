import { type Catalog, findModel } from '../../../catalog/catalog.ts';
import type { Model } from '../../../catalog/model.ts';

/** Suffixes that change the route, never the model (spec §3.3). */
const ROUTING_SUFFIX = /:(nitro|floor|exacto|online)$/;

/**
 * The model that a name with any suffix means, `author/slug` or an alias such as the bare slug: routing suffixes fall
 * away, a catalogue variant (`:free`) stands for its own entry and never for its base.
 */
export function findListed(catalog: Catalog, asked: string): Model | undefined {
  let name = asked;
  for (;;) {
    const model = findModel(catalog, name);
    if (model || !ROUTING_SUFFIX.test(name)) return model;
    name = name.replace(ROUTING_SUFFIX, '');
  }
}

/** Is there a model below a catalogue variant that does not exist? */
export const findBase = (catalog: Catalog, asked: string): Model | undefined =>
  asked.includes(':') ? findListed(catalog, asked.replace(/:.*$/, '')) : undefined;

import type { Catalog } from '../../src/catalog/catalog.ts';
import type { Model } from '../../src/catalog/model.ts';

/** The catalogue with copies of its models until there are `size`. */
export function enlarged(catalog: Catalog, size: number): Catalog {
  const models = new Map<string, Model>(catalog.models);
  const originals = [...catalog.models.values()];
  for (let at = 0; models.size < size; at++) {
    const original = originals[at % originals.length];
    if (!original) break;
    const slug = `${original.slug}-${at}`;
    const id = `${original.author}/${slug}`;
    models.set(id, { ...original, id, slug, name: `${original.name} ${at}`, created: original.created - at * 86_400 });
  }
  return { ...catalog, models };
}

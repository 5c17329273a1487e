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

/** The catalogue with a model of the sandbox, which is free and the newest of all. */
export function withSandbox(catalog: Catalog): Catalog {
  const [original] = catalog.models.values();
  if (!original) return catalog;
  const id = 'sandbox/echo';
  const model: Model = {
    ...original,
    id,
    author: 'sandbox',
    authorName: 'Sandbox',
    slug: 'echo',
    name: 'Echo',
    input: ['text'],
    sandbox: true,
  };
  const models = new Map([[id, model], ...catalog.models]);
  return { ...catalog, models };
}

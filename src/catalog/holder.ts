import { ok, type Result } from '../base/result.ts';
import type { Catalog } from './catalog.ts';
import type { CatalogProblem } from './problem.ts';

/** Where the running catalogue stands. A reload that fails keeps the old one and says why. */
export type CatalogHolder = {
  readonly current: () => Catalog;
  readonly reload: () => Result<Catalog, readonly CatalogProblem[]>;
};

/** `load` is `loadCatalog` with everything but the count of loads filled in. */
export function holdCatalog(
  load: (loads: number) => Result<Catalog, readonly CatalogProblem[]>,
): Result<CatalogHolder, readonly CatalogProblem[]> {
  const first = load(1);
  if (!first.ok) return first;
  let catalog = first.value;
  let loads = 1;
  return ok({
    current: () => catalog,
    reload: () => {
      const next = load(loads + 1);
      if (!next.ok) return next;
      loads++;
      catalog = next.value;
      return next;
    },
  });
}

import type { World } from '../base/world.ts';
import type { Catalog } from '../catalog/catalog.ts';

/** What every route is handed: the parts of a running gateway. Composed once in `main.ts`. */
export type Gateway = {
  readonly world: World;
  /** The snapshot that serves now; capture it once per request. */
  readonly catalog: () => Catalog;
};

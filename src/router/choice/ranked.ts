import type { Model } from '../../catalog/model.ts';

/** Models in the order in which they would be tried, and why each stands at its place: asked of few of them. */
export type Ranked = { readonly models: readonly Model[]; readonly reasonAt: (place: number) => string };

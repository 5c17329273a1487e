import type { Catalog } from '../../catalog/catalog.ts';
import type { Endpoint, Model } from '../../catalog/model.ts';
import type { Question } from '../../facts/question.ts';
import { expectedCost } from '../order.ts';

/** A model that can take a call, and what it would cost at the cheapest of its endpoints, roughly, in pico-dollars. */
export type Fit = { readonly model: Model; readonly cost: number };

/** Those of a model's endpoints that no hard filter removes. */
export type Serving = (model: Model, endpoints: readonly Endpoint[]) => readonly Endpoint[];

/**
 * The models that can take this call here and that pass the test; those that are down only where all are. Who writes what
 * nobody asked for, pictures say, is left out.
 */
export function poolFor(question: Question, serving: Serving, isOpen: (model: Model) => boolean): readonly Fit[] {
  const { outputModalities } = question;
  const found: Fit[] = [];
  const down: Fit[] = [];
  for (const { model, endpoints } of candidatesIn(question)) {
    if (!isOpen(model) || !model.output.every((kind) => outputModalities.includes(kind))) continue;
    const served = serving(model, endpoints);
    if (served.length === 0) continue;
    const cost = leastCost(served, question);
    if (cost === null) down.push({ model, cost: 0 });
    else found.push({ model, cost });
  }
  return found.length > 0 ? found : down;
}

/** A model with those of its endpoints that can be called. */
type Callable = { readonly model: Model; readonly endpoints: readonly Endpoint[] };
const kept = new WeakMap<ReadonlySet<string>, { readonly of: Catalog; readonly callable: readonly Callable[] }>();

/** Looked for once for each set of providers that are on; anew where callers bring keys of their own. */
function candidatesIn({ catalog, enabled, ownKeys }: Question): readonly Callable[] {
  if (ownKeys?.length) return callableAt(catalog, new Set([...enabled, ...ownKeys.map(({ provider }) => provider)]));
  const known = kept.get(enabled);
  if (known?.of === catalog) return known.callable;
  const callable = callableAt(catalog, enabled);
  kept.set(enabled, { of: catalog, callable });
  return callable;
}

/** The sandbox's are among them only where no other model answers at all. */
function callableAt({ models }: Catalog, on: ReadonlySet<string>): readonly Callable[] {
  const all = [...models.values()]
    .filter(({ router, unrouted }) => !router && !unrouted)
    .map((model) => ({ model, endpoints: model.endpoints.filter(({ provider }) => on.has(provider.slug)) }))
    .filter(({ endpoints }) => endpoints.length > 0);
  const real = all.filter(({ model }) => !model.sandbox);
  return real.length > 0 ? real : all;
}

/** Null = all of them are down. */
function leastCost(endpoints: readonly Endpoint[], question: Question): number | null {
  let least: number | null = null;
  for (const endpoint of endpoints) {
    if (question.health.of(endpoint.id)?.stable === false) continue;
    const cost = expectedCost(endpoint, question);
    if (least === null || cost < least) least = cost;
  }
  return least;
}

import type { Endpoint, Model } from '../../catalog/model.ts';
import type { Question } from '../../facts/question.ts';
import { expectedCost } from '../order.ts';
import type { ResolvedModel } from '../resolve.ts';

/** A model that can take a call, and what it would cost at the cheapest of its endpoints, roughly, in pico-dollars. */
export type Fit = { readonly model: Model; readonly cost: number };

/** The endpoints of a model that no hard filter removes. */
export type Serving = (named: ResolvedModel) => readonly Endpoint[];

/**
 * The models that can take this call here. The sandbox's are among them only where no other model answers at all;
 * models that are down only where all are.
 */
export function poolFor(named: ResolvedModel, question: Question, serving: Serving): readonly Fit[] {
  const own = new Set(question.ownKeys?.map(({ provider }) => provider));
  const isOn = ({ provider: { slug } }: Endpoint): boolean => question.enabled.has(slug) || own.has(slug);
  const candidates = [...question.catalog.models.values()].filter(
    (model) => !model.router && !model.unrouted && model.endpoints.some(isOn),
  );
  const fits = (some: readonly Model[]): readonly Fit[] => {
    const found: Fit[] = [];
    const down: Fit[] = [];
    for (const model of some) {
      const endpoints = serving({ ...named, model });
      if (endpoints.length === 0) continue;
      const up = endpoints.filter(({ id }) => question.health.of(id)?.stable !== false);
      const cost = Math.min(...(up.length > 0 ? up : endpoints).map((endpoint) => expectedCost(endpoint, question)));
      (up.length > 0 ? found : down).push({ model, cost });
    }
    return found.length > 0 ? found : down;
  };
  const real = candidates.filter(({ sandbox }) => !sandbox);
  return fits(real.length > 0 ? real : candidates);
}

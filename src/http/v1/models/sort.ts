import type { Model } from '../../../catalog/model.ts';
import type { HealthView } from '../../../facts/health.ts';
import type { Offers } from '../../../router/offer.ts';
import { indexOf } from './model-json.ts';
import type { Sort } from './query.ts';

/** What an order can rest on beside the catalogue: tokens per model of the last week, and measured speed. */
export type Figures = {
  readonly health: HealthView;
  readonly tokens: (modelId: string) => number;
  readonly offers: Offers;
};

/** The catalogue's own order is newest first. Models without the figure an order asks for come last. */
export function sortModels(models: readonly Model[], sort: Sort | undefined, figures: Figures): readonly Model[] {
  switch (sort) {
    case undefined:
    case 'newest':
      return models;
    case 'most-popular':
    case 'top-weekly':
      return descending(models, (model) => figures.tokens(model.id));
    case 'pricing-low-to-high':
      return ascending(models, averagePrice(figures));
    case 'pricing-high-to-low':
      return descending(models, averagePrice(figures));
    case 'context-high-to-low':
      return descending(models, (model) => model.context);
    case 'throughput-high-to-low':
      return descending(models, (model) => best(model, figures, 'throughput', Math.max));
    case 'latency-low-to-high':
      return ascending(models, (model) => best(model, figures, 'latencyMs', Math.min));
    case 'intelligence-high-to-low':
      return descending(models, (model) => indexOf(model, 'intelligence'));
    case 'coding-high-to-low':
      return descending(models, (model) => indexOf(model, 'coding'));
    case 'agentic-high-to-low':
      return descending(models, (model) => indexOf(model, 'agentic'));
    case 'design-arena-elo-high-to-low':
      return descending(models, (model) => model.benchmarks.find(({ name }) => /design arena/i.test(name))?.score);
    default:
      return sort satisfies never;
  }
}

type Figure = (model: Model) => number | undefined;

const ascending = (models: readonly Model[], figure: Figure): Model[] => ordered(models, figure, 1);
const descending = (models: readonly Model[], figure: Figure): Model[] => ordered(models, figure, -1);

function ordered(models: readonly Model[], figure: Figure, direction: 1 | -1): Model[] {
  const known = models.flatMap((model) => {
    const value = figure(model);
    return value === undefined ? [] : [{ model, value }];
  });
  const unknown = models.filter((model) => figure(model) === undefined);
  known.sort((a, b) => direction * (a.value - b.value));
  return [...known.map(({ model }) => model), ...unknown];
}

/** Of prompt and completion, for comparing only. */
const averagePrice =
  ({ offers }: Figures): Figure =>
  (model) => {
    const price = offers(model)?.endpoint.price;
    return price && Number(price.input + price.output) / 2;
  };

function best(
  model: Model,
  { health }: Figures,
  figure: 'throughput' | 'latencyMs',
  pick: (...values: number[]) => number,
): number | undefined {
  const values = model.endpoints.flatMap(({ id }) => health.of(id)?.[figure]?.p50 ?? []);
  return values.length > 0 ? pick(...values) : undefined;
}

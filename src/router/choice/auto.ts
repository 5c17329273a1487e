import { COST_TIERS, type RouterOptions } from '../../call/router-options.ts';
import type { RouterId } from '../../catalog/routers.ts';
import type { Demand, Difficulty } from '../../facts/routing.ts';
import type { Fit } from './pool.ts';
import type { Ranked } from './ranked.ts';
import { fitness, type Strength } from './strength.ts';

/** The share of the models by cost, from the cheapest on, that a choice is made among. */
type Band = { readonly from: number; readonly to: number; readonly words: string };

/** Where the caller names no cost: what is hard may cost more. */
const CEILINGS: { readonly [router in 'auto' | 'auto-code']: { readonly [D in Difficulty]: number } } = {
  auto: { easy: 0.2, ordinary: 0.4, hard: 0.7 },
  'auto-code': { easy: 0.4, ordinary: 0.6, hard: 0.85 },
};

/** The strongest models for this work within the band of costs, best first. */
export function rankAuto(
  pool: readonly Fit[],
  {
    router,
    options,
    demand,
    strengths,
  }: {
    readonly router: RouterId;
    readonly options: RouterOptions;
    readonly demand: Demand;
    readonly strengths: ReadonlyMap<string, Strength>;
  },
): Ranked {
  const band = bandOf(router, options, demand.difficulty);
  const within = inBand(pool, band);
  const ranked = within
    .map((fit) => ({ ...fit, value: fitness(fit.model, strengths.get(fit.model.id), demand.task) }))
    .sort((a, b) => b.value - a.value || a.cost - b.cost);
  return {
    models: ranked.map(({ model }) => model),
    reasonAt: (place) =>
      `${place === 0 ? 'the strongest' : `number ${place + 1}`} of ${within.length} for ${demand.task}, ${band.words}`,
  };
}

function bandOf(router: RouterId, { costTier, costQualityTradeoff }: RouterOptions, difficulty: Difficulty): Band {
  if (costTier !== undefined) {
    const from = COST_TIERS.indexOf(costTier) / COST_TIERS.length;
    return { from, to: from + 1 / COST_TIERS.length, words: `cost_tier ${costTier}` };
  }
  if (costQualityTradeoff !== undefined) {
    const to = 0.9 - 0.08 * costQualityTradeoff;
    return { from: 0, to, words: `the cheapest ${percent(to)} by cost_quality_tradeoff ${costQualityTradeoff}` };
  }
  const to = CEILINGS[router === 'auto-code' ? router : 'auto'][difficulty];
  return { from: 0, to, words: `the cheapest ${percent(to)} as it seems ${difficulty}` };
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** By the place of each in the order of costs; where the band holds none, those that lie next to it. */
function inBand(pool: readonly Fit[], { from, to }: Band): readonly Fit[] {
  const byCost = [...pool].sort((a, b) => a.cost - b.cost);
  const last = Math.max(byCost.length - 1, 1);
  const distances = byCost.map((fit, at) => ({ fit, away: distance(at / last, from, to) }));
  const least = Math.min(...distances.map(({ away }) => away));
  return distances.filter(({ away }) => away === least).map(({ fit }) => fit);
}

/** The last band holds its end: the dearest model of all. */
function distance(place: number, from: number, to: number): number {
  if (place < from) return from - place;
  const isWithin = from === 0 || to > 0.999 ? place <= to : place < to;
  return isWithin ? 0 : Math.max(place - to, Number.EPSILON);
}

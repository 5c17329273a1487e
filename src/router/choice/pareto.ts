import type { SortPreference } from '../../call/call.ts';
import type { RouterOptions } from '../../call/router-options.ts';
import type { Model } from '../../catalog/model.ts';
import type { Question } from '../../facts/question.ts';
import type { Fit } from './pool.ts';
import type { Ranked } from './ranked.ts';
import type { Strength } from './strength.ts';

/**
 * The tiers of coders (@openrouter/sdk 1.3.19, ParetoRouterPlugin): the upper half of those that have been measured, in
 * three equal parts; below them stands whoever is left.
 */
const TIERS = [
  { name: 'high', from: 0.66 },
  { name: 'medium', from: 0.33 },
  { name: 'low', from: 0 },
  { name: 'none', from: Number.NEGATIVE_INFINITY },
] as const;
const MEDIAN = 0.5;

type Coder = Fit & { readonly score: number; readonly price: number };

type Asked = {
  readonly options: RouterOptions;
  readonly strengths: ReadonlyMap<string, Strength>;
  readonly question: Question;
  /** `throughput` (`:nitro`): the fastest of a tier rather than its cheapest. */
  readonly sort: SortPreference | null;
};

/** Coders in the order in which they are to be tried: of the tier asked for first. */
export function rankCoders(pool: readonly Fit[], asked: Asked): Ranked {
  const coders = pool.map((fit) => coderOf(fit, asked.strengths));
  const { maxPrice, minCodingScore = 1 } = asked.options;
  return maxPrice === undefined ? byTier(coders, minCodingScore, asked) : byPrice(coders, maxPrice);
}

function coderOf(fit: Fit, strengths: ReadonlyMap<string, Strength>): Coder {
  const strength = strengths.get(fit.model.id);
  const rank = strength?.codingRank ?? null;
  // Who has not been measured stands below everybody who has, by what is guessed of it.
  return { ...fit, score: rank === null ? (strength?.coding ?? 0) - 1 : rank, price: strength?.price ?? 0 };
}

/** From 0, the median, to 1, the best; below the median negative. */
const placeOf = ({ score }: Coder): number => (score - MEDIAN) / (1 - MEDIAN);

function byTier(coders: readonly Coder[], wanted: number, { question, sort }: Asked): Ranked {
  const tierOf = (place: number): number => TIERS.findIndex(({ from }) => place >= from);
  const asked = tierOf(wanted);
  const away = (tier: number): number => {
    if (TIERS[tier]?.name === 'none') return TIERS.length;
    return tier <= asked ? asked - tier : tier - asked - 0.5;
  };
  const speed = ({ model }: Coder): number =>
    Math.max(0, ...model.endpoints.map(({ id }) => question.health.of(id)?.throughput?.p50 ?? 0));
  const ranked = coders
    .map((coder) => ({ coder, tier: tierOf(placeOf(coder)) }))
    .sort((a, b) => {
      if (a.tier !== b.tier) return away(a.tier) - away(b.tier);
      if (TIERS[a.tier]?.name === 'none') return b.coder.score - a.coder.score;
      return (sort === 'throughput' ? speed(b.coder) - speed(a.coder) : 0) || a.coder.cost - b.coder.cost;
    });
  return {
    models: ranked.map(({ coder }) => coder.model),
    reasonAt: (place) => tierWords(TIERS[ranked[place]?.tier ?? 0]?.name, sort),
  };
}

const tierWords = (tier: string | undefined, sort: SortPreference | null): string =>
  tier === 'none'
    ? 'no published coding score above the median: the best that is left'
    : `${sort === 'throughput' ? 'the fastest first' : 'the cheapest first'} of the coders of the ${tier} tier`;

/** Within the cap, in US dollars per million: the best of those that no cheaper one equals, then the cheaper, then the others. */
function byPrice(coders: readonly Coder[], cap: number): Ranked {
  const within = coders.filter(({ price }) => price <= cap).sort((a, b) => b.score - a.score || a.price - b.price);
  let least = Number.POSITIVE_INFINITY;
  const frontier: Model[] = [];
  const others: Model[] = [];
  for (const { model, price } of within) {
    (price < least ? frontier : others).push(model);
    least = Math.min(least, price);
  }
  const words = (place: number): string =>
    place === 0 ? 'the best coder' : place < frontier.length ? 'a cheaper coder' : 'another coder';
  return { models: [...frontier, ...others], reasonAt: (place) => `${words(place)} within max_price ${cap}` };
}

import { type Cutoffs, PERCENTILES, type SortPreference } from '../call/call.ts';
import type { Endpoint, Tier } from '../catalog/model.ts';
import type { Rates } from '../catalog/price.ts';
import { UNIT_NAMES, UNITS } from '../catalog/units.ts';
import type { Percentiles } from '../facts/health.ts';
import type { Given } from '../facts/policy.ts';
import type { Expected, Question } from '../facts/question.ts';
import { POOR_WITH_TOOLS, poorWithTools } from './exacto.ts';
import { namesEndpoint } from './preferences.ts';

/** An endpoint at its place in the order, and why it stands there. */
export type OrderedEndpoint = { readonly endpoint: Endpoint; readonly reason: string };

/** Expected output of a typical call, to weigh input against output prices when the caller set no limit. */
const TYPICAL_OUTPUT_TOKENS = 500;

/** Endpoints of one model (or of all, with `partition: "none"`) in the order in which to try them, with a reason each. */
export function orderEndpoints(
  endpoints: readonly Endpoint[],
  sort: SortPreference | null,
  question: Question,
  draw: () => number,
): OrderedEndpoint[] {
  const { preferences, tier } = question;
  if (tier === null && !preferences.order?.length)
    return arrange(endpoints, sort, question, draw, poorUnder(sort, endpoints, question));
  const isAsked = (endpoint: Endpoint): boolean => tier !== null && endpoint.tier === tier;
  const tierFirst = [...endpoints].sort((a, b) => Number(isAsked(b)) - Number(isAsked(a)));
  const named = byCallersOrder(tierFirst, preferences.order ?? [], tier);
  const rest = endpoints.filter((endpoint) => !named.some((entry) => entry.endpoint === endpoint));
  const inTier = rest.filter(isAsked);
  const others = inTier.length === 0 ? rest : rest.filter((endpoint) => !isAsked(endpoint));
  // Of the tier asked for: the fastest where it is the dearer one, else the cheapest (spec §3.5).
  const tierSort = sort ?? (tier === 'priority' ? 'throughput' : 'price');
  const poor = poorUnder(sort, others, question);
  return [...named, ...arrange(inTier, tierSort, question, draw), ...arrange(others, sort, question, draw, poor)];
}

const poorUnder = (sort: SortPreference | null, endpoints: readonly Endpoint[], question: Question): Poor =>
  sort === null ? poorWithTools(endpoints, question) : NONE_POOR;

type Poor = ReturnType<typeof poorWithTools>;
const NONE_POOR: Poor = new Map();

/** By the sort asked for or by drawing; what is worse than its peers goes behind them. */
function arrange(
  endpoints: readonly Endpoint[],
  sort: SortPreference | null,
  question: Question,
  draw: () => number,
  poor: Poor = NONE_POOR,
): OrderedEndpoint[] {
  const arranged = (some: readonly Endpoint[]): OrderedEndpoint[] =>
    sort ? bySort(some, sort, question) : byPriceDraw(some, question, draw);
  if (endpoints.every((endpoint) => drawback(endpoint, question, poor) === null)) return arranged(endpoints);
  const front = endpoints.filter((endpoint) => drawback(endpoint, question, poor) === null);
  const back = DRAWBACKS.flatMap((reason) =>
    arranged(endpoints.filter((endpoint) => drawback(endpoint, question, poor) === reason)).map(({ endpoint }) => ({
      endpoint,
      reason: `${reason}: tried last`,
    })),
  );
  return [...arranged(front), ...back];
}

const OUTAGE = 'recent outage';
/** Why an endpoint that is down stands where it does. */
export const RECENT_OUTAGE = `${OUTAGE}: tried last`;

/** From the least to the worst. */
const DRAWBACKS = [
  ...POOR_WITH_TOOLS,
  'slower than preferred_min_throughput',
  'later than preferred_max_latency',
  'at its rate limit',
  'took more than it was permitted',
  OUTAGE,
] as const;

/** Which preference decides where a reason begins so. */
export const DECIDED_BY: readonly (readonly [beginning: string, field: keyof Given])[] = [
  ['provider.order[', 'order'],
  ['sorted by ', 'sort'],
  ['slower than preferred_min_throughput', 'preferred_min_throughput'],
  ['later than preferred_max_latency', 'preferred_max_latency'],
];

type Drawback = (typeof DRAWBACKS)[number];

/** Does it stand where it does because it misses what the caller prefers? */
export const isMissingPreferred = (reason: string): boolean =>
  reason.startsWith('slower than preferred_') || reason.startsWith('later than preferred_');

/** Why an endpoint goes behind its peers: it is down, or it misses what the caller prefers. Null = it does not. */
function drawback(endpoint: Endpoint, { health, preferences }: Question, poor: Poor): Drawback | null {
  const figures = health.of(endpoint.id);
  if (!figures) return null;
  if (!figures.stable) return OUTAGE;
  if (figures.overruns) return 'took more than it was permitted';
  if (figures.spent) return 'at its rate limit';
  const { preferred_min_throughput: throughput, preferred_max_latency: latency } = preferences;
  const { throughputLast5m: speed, latencyMsLast5m: delay } = figures;
  if (throughput !== undefined && speed && misses(throughput, speed, (is, cut) => is < cut))
    return 'slower than preferred_min_throughput';
  if (latency !== undefined && delay && misses(latency, delay, (is, cut) => is > cut * 1000))
    return 'later than preferred_max_latency';
  return poor.get(endpoint.id) ?? null;
}

/** A number means the median; of several cut-offs all must hold. What was not measured in five minutes misses nothing. */
function misses(wanted: Cutoffs, figures: Percentiles, isWorse: (is: number, cut: number) => boolean): boolean {
  const cuts = typeof wanted === 'number' ? { p50: wanted } : wanted;
  return PERCENTILES.some((name) => cuts[name] !== undefined && isWorse(figures[name], cuts[name]));
}

function byCallersOrder(
  endpoints: readonly Endpoint[],
  order: readonly string[],
  tier: Tier | null,
): OrderedEndpoint[] {
  const found: OrderedEndpoint[] = [];
  order.forEach((name, position) => {
    for (const endpoint of endpoints)
      if (namesEndpoint(name, endpoint, tier) && !found.some((entry) => entry.endpoint === endpoint))
        found.push({ endpoint, reason: `provider.order[${position}]` });
  });
  return found;
}

function bySort(endpoints: readonly Endpoint[], sort: SortPreference, question: Question): OrderedEndpoint[] {
  const figure = (endpoint: Endpoint): number => {
    const health = question.health.of(endpoint.id);
    switch (sort) {
      case 'price':
        return expectedCost(endpoint, question);
      case 'throughput':
        return -(health?.throughput?.p50 ?? 0);
      case 'latency':
        return health?.latencyMs?.p50 ?? Number.MAX_SAFE_INTEGER;
      case 'exacto':
        return -(health?.wellFormed ?? health?.success ?? 0.5);
      default:
        return sort satisfies never;
    }
  };
  return directFirst(endpoints)
    .map((endpoint) => ({ endpoint, figure: figure(endpoint), cost: expectedCost(endpoint, question) }))
    .sort((a, b) => a.figure - b.figure || a.cost - b.cost)
    .map(({ endpoint }) => ({ endpoint, reason: `sorted by ${sort}` }));
}

const THE_ONLY_ONE = 'the only one of its kind';

/**
 * The default (spec §3.1): the first one is drawn with weight speed/price² among the direct hosts, each with its cheapest
 * endpoint; the others follow by price. The price is what prompts really cost there, as far as caches were read lately; a
 * host that is twice as fast as the others at the median has twice the weight at most, one that is slower half of it, and
 * one that is not measured is like the others. Resellers of others' endpoints come after direct hosts.
 */
function byPriceDraw(endpoints: readonly Endpoint[], question: Question, draw: () => number): OrderedEndpoint[] {
  const [only] = endpoints;
  if (only && endpoints.length === 1) return [{ endpoint: only, reason: THE_ONLY_ONE }];
  const byCost = endpoints
    .map((endpoint) => ({ endpoint, cost: effectiveCost(endpoint, question) }))
    .sort((a, b) => Number(a.endpoint.provider.reseller) - Number(b.endpoint.provider.reseller) || a.cost - b.cost);
  const first = byCost[0];
  if (!first) return [];
  const pool = byCost.filter(({ endpoint }) => endpoint.provider.reseller === first.endpoint.provider.reseller);
  const hosts = firstOfHosts(pool);
  const free = hosts.filter(({ cost }) => cost === 0);
  const drawable = free.length > 0 ? free : hosts;
  const speedOf = speeds(drawable, question);
  const weights = drawable.map(({ endpoint, cost }) => (cost === 0 ? 1 : (first.cost / cost) ** 2) * speedOf(endpoint));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const at = pick(weights, draw() * total);
  const chosen = drawable[at] ?? first;
  const share = Math.round((100 * (weights[at] ?? 1)) / total);
  const others = byCost.filter((entry) => entry !== chosen);
  return [
    {
      endpoint: chosen.endpoint,
      reason: drawable.length > 1 ? `drawn by price, ${share} % of the weight` : THE_ONLY_ONE,
    },
    ...others.map(({ endpoint }) => ({
      endpoint,
      reason: endpoint.provider.reseller ? 'fallback: resold' : 'fallback by price',
    })),
  ];
}

function firstOfHosts<Entry extends { readonly endpoint: Endpoint }>(entries: readonly Entry[]): Entry[] {
  const hosts = new Set<Endpoint['provider']>();
  const firsts: Entry[] = [];
  for (const entry of entries) {
    const { provider } = entry.endpoint;
    if (hosts.has(provider)) continue;
    hosts.add(provider);
    firsts.push(entry);
  }
  return firsts;
}

/** How much faster or slower than the median of these a host writes. */
function speeds(
  drawable: readonly { readonly endpoint: Endpoint }[],
  { health }: Question,
): (endpoint: Endpoint) => number {
  const known: number[] = [];
  for (const { endpoint } of drawable) {
    const p50 = health.of(endpoint.id)?.throughput?.p50;
    if (p50) known.push(p50);
  }
  if (known.length < 2) return () => 1;
  const median = known.sort((a, b) => a - b)[known.length >> 1] ?? 1;
  return ({ id }) => Math.min(2, Math.max(0.5, (health.of(id)?.throughput?.p50 || median) / median));
}

/** The position whose stretch of the weights, laid end to end, contains `at`. */
function pick(weights: readonly number[], at: number): number {
  let left = at;
  for (const [position, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return position;
  }
  return 0;
}

/** The catalogue's first tag of equal rank stays first; sorting is stable, so this fixes ties only. */
const directFirst = (endpoints: readonly Endpoint[]): Endpoint[] =>
  [...endpoints].sort((a, b) => Number(a.provider.reseller) - Number(b.provider.reseller));

/** Pico-dollars that this call would cost there, roughly: only for comparing. */
export function expectedCost({ price }: Endpoint, question: Compared): number {
  const { promptTokens, maxOutputTokens, expected } = question;
  const prompt = Math.max(expected?.promptTokens ?? promptTokens, 1);
  const output = Math.min(maxOutputTokens ?? TYPICAL_OUTPUT_TOKENS, TYPICAL_OUTPUT_TOKENS);
  const cost = Number(price.input) * prompt + Number(price.output) * output + Number(price.request ?? 0n);
  return expected ? cost + costOfPieces(price, expected.pieces) : cost;
}

/** The same, with that share of the prompt at the price of cached tokens that was read from a cache there lately. */
function effectiveCost(endpoint: Endpoint, question: Question): number {
  const cost = expectedCost(endpoint, question);
  const { input, inputCacheRead } = endpoint.price;
  const share = inputCacheRead === undefined ? undefined : question.health.of(endpoint.id)?.cacheShare;
  if (share === undefined || inputCacheRead === undefined) return cost;
  const prompt = Math.max(question.expected?.promptTokens ?? question.promptTokens, 1);
  return Math.max(0, cost - share * prompt * Number(input - inputCacheRead));
}

type Compared = Pick<Question, 'promptTokens' | 'maxOutputTokens' | 'expected'>;

function costOfPieces(price: Rates, pieces: Expected['pieces']): number {
  let cost = 0;
  for (const name of UNIT_NAMES) {
    const { meter } = UNITS[name];
    if (meter !== null) cost += Number(price[name] ?? 0n) * (pieces[meter] ?? 0);
  }
  return cost;
}

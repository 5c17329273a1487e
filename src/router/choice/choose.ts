import { matcherOf } from '../../base/pattern.ts';
import type { RouterOptions } from '../../call/router-options.ts';
import { findModel } from '../../catalog/catalog.ts';
import { partsOfEndpoint } from '../../catalog/model.ts';
import { ROUTERS, type RouterId } from '../../catalog/routers.ts';
import type { Question } from '../../facts/question.ts';
import type { Demand, Routed, RoutedModel, RoutingAsk } from '../../facts/routing.ts';
import type { ResolvedModel } from '../resolve.ts';
import { rankAuto } from './auto.ts';
import { drawFree } from './free.ts';
import { rankCoders } from './pareto.ts';
import { type Fit, poolFor, type Serving } from './pool.ts';
import type { Ranked } from './ranked.ts';
import { strengthsOf } from './strength.ts';

/** The model chosen, and so many behind it. */
const CHOSEN_MAX = 3;

/** What a question that says nothing of its prompt is taken to ask. */
const UNASKED: RoutingAsk = { demand: { task: 'chat', difficulty: 'easy' }, answeredBy: null, optionsOf: () => ({}) };

/** The models that a router model stands for in this call: a pure function, whose answer the receipt keeps. */
export function choose(named: ResolvedModel, router: RouterId, question: Question, serving: Serving): Routed {
  const ask = question.routing?.() ?? UNASKED;
  const { plugin } = ROUTERS[router];
  const options = plugin === null ? {} : ask.optionsOf(plugin);
  const demand = demandFor(router, ask.demand);
  const pool = question.operation === 'chat' ? poolOf(router, question, serving, options) : [];
  const ranked = rank(pool, { named, router, question, options, demand });
  const chosen = keptFirst(ranked, pool, { question, options, answeredBy: ask.answeredBy });
  return { router: named.model.id, demand, pool: pool.length, chosen };
}

/** Whoever asks a coders' router has programming in mind, whatever the prompt is about. */
const demandFor = (router: RouterId, demand: Demand): Demand =>
  router === 'auto-code' || router === 'pareto-code' ? { ...demand, task: 'code' } : demand;

/** A variant that costs nothing has limits of its own: who wants it asks for it, or for the router of such. */
const FREE_VARIANT = ':free';

function poolOf(router: RouterId, question: Question, serving: Serving, options: RouterOptions): readonly Fit[] {
  const isAllowed = options.allowedModels ? matcherOf(options.allowedModels) : null;
  const isExcluded = options.excludedModels ? matcherOf(options.excludedModels) : null;
  return poolFor(
    question,
    serving,
    ({ id }) =>
      (router === 'free' || !id.endsWith(FREE_VARIANT)) && (isAllowed?.(id) ?? true) && !(isExcluded?.(id) ?? false),
  );
}

type Ranking = {
  readonly named: ResolvedModel;
  readonly router: RouterId;
  readonly question: Question;
  readonly options: RouterOptions;
  readonly demand: Demand;
};

function rank(pool: readonly Fit[], { named, router, question, options, demand }: Ranking): Ranked {
  switch (router) {
    case 'auto':
    case 'auto-beta':
    case 'auto-code':
      return rankAuto(pool, { router, options, demand, strengths: strengthsOf(question.catalog) });
    case 'free':
      return drawFree(pool, question.seed);
    case 'pareto-code':
      return rankCoders(pool, { options, question, sort: named.sort, strengths: strengthsOf(question.catalog) });
    default:
      return router satisfies never;
  }
}

/**
 * A conversation stays with the model that it began with, and goes on with the one that answered last where its caller
 * asks for that; as long as this model can take the call and is within the costs that the caller names.
 */
function keptFirst(ranked: Ranked, pool: readonly Fit[], { question, options, answeredBy }: Past): RoutedModel[] {
  const { costTier, costQualityTradeoff, maxPrice } = options;
  const namesCost = costTier !== undefined || costQualityTradeoff !== undefined || maxPrice !== undefined;
  const open = namesCost ? ranked.models : pool.map(({ model }) => model);
  const pinned = options.pinModel && answeredBy !== null ? findModel(question.catalog, answeredBy)?.id : undefined;
  const home = question.home?.() ?? null;
  const kept = home === null ? undefined : partsOfEndpoint(home).model;
  const isOpen = (id: string | undefined): boolean => id !== undefined && open.some((model) => model.id === id);
  const first = isOpen(pinned) ? pinned : isOpen(kept) ? kept : undefined;
  const rest = ranked.models
    .map(({ id }, at) => ({ id, at }))
    .slice(0, CHOSEN_MAX + 1)
    .filter(({ id }) => id !== first)
    .map(({ id, at }) => ({ model: id, reason: ranked.reasonAt(at) }));
  const words = first === pinned ? 'pinned: it gave the last answer' : 'kept: this conversation is with it';
  const chosen = first === undefined ? rest : [{ model: first, reason: words }, ...rest];
  return chosen.slice(0, CHOSEN_MAX);
}

type Past = { readonly question: Question; readonly options: RouterOptions; readonly answeredBy: string | null };

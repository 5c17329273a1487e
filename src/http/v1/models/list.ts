import { seesBoards } from '../../../access/may.ts';
import type { Fault } from '../../../base/fault.ts';
import type { Model } from '../../../catalog/model.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { type Offers, offersOf } from '../../../router/offer.ts';
import { isPermitted } from '../../../router/rules.ts';
import { envelope } from '../../faults.ts';
import { isGoogleClient } from '../../google-paths.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { codexModels } from './codex.ts';
import { type FilterContext, filterModels } from './filter.ts';
import { listForGoogle } from './google.ts';
import { MODELS_QUERY, type ModelsQuery, readQuery } from './query.ts';
import { rss } from './rss.ts';
import { modelText, modelTextForAnthropic } from './serialised.ts';
import { sortModels } from './sort.ts';

const PAGE_DEFAULT = 500;
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * `GET /models`: the whole list unless `offset` or `limit` is sent; then pages of at most 1,000 (500 if only `offset`).
 * `category` lists models whose makers name that purpose, as prompts are not classified here. A bound on a figure that
 * no model has (tool success rates; indexes without a published source) leaves none.
 */
export const LIST_MODELS: Route = {
  method: 'GET',
  path: '/models',
  auth: 'none',
  query: MODELS_QUERY,
  handle: async (request, gateway) => {
    if (isGoogleClient(request.headers)) return listForGoogle(request, gateway);
    const query = readQuery(request.query);
    if (!query.ok) return refusal(query.error);
    const models = await selected(query.value, request.caller, gateway);
    const { use_rss, use_rss_chat_links } = request.query;
    if (use_rss === 'true') return rss(models, request.origin, use_rss_chat_links === 'true' ? 'chat' : 'page');
    return answer(models, query.value, request, { gateway, path: LIST_MODELS.path });
  },
};

/** `GET /models/user`: those that the caller can call here now: a provider has a key, and no guardrail stands against it. */
export const LIST_USER_MODELS: Route = {
  method: 'GET',
  path: '/models/user',
  auth: 'look',
  query: MODELS_QUERY,
  handle: async (request, gateway) => {
    const query = readQuery(request.query);
    if (!query.ok) return refusal(query.error);
    const callable = await selected({ ...query.value, callable: 'true' }, request.caller, gateway);
    const { rules = [], ownKeys = [] } = request.caller ?? {};
    const permitted = callable.filter(({ endpoints }) =>
      endpoints.some((endpoint) => isPermitted(endpoint, rules, { operation: 'chat', ownKeys })),
    );
    return answer(permitted, query.value, request, { gateway, path: LIST_USER_MODELS.path });
  },
};

/** `GET /models/count`: how many there are of the asked kind. */
export const COUNT_MODELS: Route = {
  method: 'GET',
  path: '/models/count',
  auth: 'none',
  handle: (request, gateway) => {
    const query = readQuery({ output_modalities: request.query.output_modalities });
    if (!query.ok) return refusal(query.error);
    const count = filterModels(gateway.catalog().models.values(), query.value, surroundingsOf(gateway)).length;
    return { status: 200, json: { data: { count } } };
  },
};

/** `GET /embeddings/models`: those that `/models` leaves out. */
export const LIST_EMBEDDING_MODELS: Route = {
  method: 'GET',
  path: '/embeddings/models',
  auth: 'none',
  handle: (request, gateway) => {
    const query = readQuery({ ...request.query, output_modalities: 'embeddings' });
    if (!query.ok) return refusal(query.error);
    const models = filterModels(gateway.catalog().models.values(), query.value, surroundingsOf(gateway));
    return answer(models, query.value, request, { gateway, path: LIST_EMBEDDING_MODELS.path });
  },
};

const surroundingsOf = (gateway: Gateway): FilterContext => ({
  now: gateway.world.now(),
  offers: offersOf(gateway.enabled()),
});

type Page = { readonly models: readonly Model[]; readonly nextOffset: number | null; readonly size: number };

function answer(
  models: readonly Model[],
  query: ModelsQuery,
  request: RouteRequest,
  { gateway, path }: { readonly gateway: Gateway; readonly path: string },
): RouteAnswer {
  const page = pageOf(models, query);
  const next = page.nextOffset === null ? null : linkTo(request, path, page.nextOffset, page.size);
  const offers = offersOf(gateway.enabled());
  const list = { page: page.models, total: models.length, next, offers };
  return { status: 200, contentType: JSON_TYPE, text: listText(list, request) };
}

async function selected(query: ModelsQuery, caller: Principal | null, gateway: Gateway): Promise<readonly Model[]> {
  const models = filterModels(gateway.catalog().models.values(), query, surroundingsOf(gateway));
  const byTraffic = (query.sort === 'top-weekly' || query.sort === 'most-popular') && seesBoards(caller, gateway);
  const ranked = byTraffic ? await gateway.insights.models({ days: query.sort === 'top-weekly' ? 7 : 30 }) : [];
  const tokens = new Map(ranked.map((row) => [row.model, Number(row.tokens)]));
  return sortModels(models, query.sort, {
    health: gateway.health.view(),
    tokens: (id) => tokens.get(id) ?? 0,
    offers: offersOf(gateway.enabled()),
  });
}

function pageOf(models: readonly Model[], { offset, limit, after_id }: ModelsQuery): Page {
  if (offset === undefined && limit === undefined && after_id === undefined)
    return { models, nextOffset: null, size: models.length };
  const size = limit ?? PAGE_DEFAULT;
  const from = offset ?? (after_id === undefined ? 0 : models.findIndex(({ id }) => id === after_id) + 1);
  const end = from + size;
  return { models: models.slice(from, end), nextOffset: end < models.length ? end : null, size };
}

function linkTo({ query, origin }: RouteRequest, path: string, offset: number, limit: number): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, value);
  search.set('offset', String(offset));
  search.set('limit', String(limit));
  return `${origin}/api/v1${path}?${search}`;
}

type Listed = {
  readonly page: readonly Model[];
  readonly total: number;
  readonly next: string | null;
  readonly offers: Offers;
};

/** The list in OpenRouter's shape, with what single clients expect beside `data`: Codex `models`, Anthropic's page marks. */
function listText({ page, total, next, offers }: Listed, request: RouteRequest): string {
  const anthropic = request.headers['anthropic-version'] !== undefined;
  const textOf = anthropic ? modelTextForAnthropic : modelText;
  const data = page.map((model) => textOf(model, offers)).join(',');
  const members = [`"data":[${data}]`, `"total_count":${total}`, `"links":${JSON.stringify({ next })}`];
  if (request.query.client_version !== undefined) members.push(`"models":${JSON.stringify(codexModels(page))}`);
  if (anthropic) {
    const marks = { has_more: next !== null, first_id: page[0]?.id ?? null, last_id: page.at(-1)?.id ?? null };
    members.push(JSON.stringify(marks).slice(1, -1));
  }
  return `{${members.join(',')}}`;
}

export const refusal = (problem: Fault): RouteAnswer => {
  const body = envelope(problem);
  return { status: body.error.code, json: body };
};

import { fault } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import { displayName, type Model } from '../../../catalog/model.ts';
import { operationFor } from '../../../catalog/operations.ts';
import { encodeGeminiFault } from '../../../dialects/gemini/index.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { offersOf } from '../../../router/offer.ts';
import { resolveModel } from '../../../router/resolve.ts';
import { GOOGLE_ROUTES } from '../../inference-routes.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { filterModels } from './filter.ts';

const PAGE_DEFAULT = 50;
const PAGE_MAX = 1_000;

/** The catalogue as Google's `models.list` and `models.get` tell it (ai.google.dev/api/models, read 2026-11-29). */
export const GOOGLE_MODEL_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/models', auth: 'none', handle: listForGoogle },
  { method: 'GET', path: '/models/:id', auth: 'none', handle: get },
  { method: 'GET', path: '/models/:author/:slug', auth: 'none', handle: get },
];

export function listForGoogle({ query }: RouteRequest, gateway: Gateway): RouteAnswer {
  const size = Number(query.pageSize ?? query.page_size ?? PAGE_DEFAULT) || PAGE_DEFAULT;
  const from = Number(query.pageToken ?? query.page_token ?? 0);
  if (!Number.isSafeInteger(from) || from < 0) return refused('pageToken is none that was given out.');
  if (!Number.isSafeInteger(size) || size < 0) return refused('pageSize must be a whole number.');
  const surroundings = { now: gateway.world.now(), offers: offersOf(gateway.enabled()) };
  const all = filterModels(gateway.catalog().models.values(), { output_modalities: ['all'] }, surroundings);
  const models = all.filter((model) => methodsOf(model).length > 0);
  const end = from + Math.min(size, PAGE_MAX);
  const next = end < models.length ? { nextPageToken: String(end) } : {};
  return { status: 200, json: { models: models.slice(from, end).map(googleModel), ...next } };
}

function get({ params }: RouteRequest, gateway: Gateway): RouteAnswer {
  return modelForGoogle(params.id ?? `${params.author}/${params.slug}`, gateway);
}

export function modelForGoogle(asked: string, gateway: Gateway): RouteAnswer {
  const model = resolveModel(gateway.catalog(), asked)?.model;
  if (model) return { status: 200, json: googleModel(model) };
  const { status, body } = encodeGeminiFault(fault('not_found', `models/${asked.slice(0, 200)} is not found.`), {
    id: null,
  });
  return { status, json: body };
}

function refused(message: string): RouteAnswer {
  const { status, body } = encodeGeminiFault(fault('invalid_request', message), { id: null });
  return { status, json: body };
}

function googleModel(model: Model): JsonObject {
  const operation = operationFor(model.output);
  return {
    name: `models/${model.id}`,
    baseModelId: model.id,
    version: model.slug,
    displayName: displayName(model),
    description: model.description,
    inputTokenLimit: model.context,
    outputTokenLimit: operation === 'chat' ? (model.maxOutput ?? model.context) : 1,
    supportedGenerationMethods: methodsOf(model),
    ...(operation === 'chat' && { temperature: 1, maxTemperature: 2, thinking: model.reasoning !== null }),
  };
}

/** None where a model serves what Google's programs cannot ask for. */
function methodsOf(model: Model): string[] {
  const operation = operationFor(model.output);
  const methods = GOOGLE_ROUTES.filter((route) => route.operation === operation).map(({ method }) => method);
  return methods.length > 0 ? [...new Set(methods), 'countTokens'] : [];
}

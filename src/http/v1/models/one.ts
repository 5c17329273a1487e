import { type Fault, fault } from '../../../base/fault.ts';
import { displayName } from '../../../catalog/model.ts';
import { anthropicMessagesClient } from '../../../dialects/anthropic-messages/index.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { offersOf } from '../../../router/offer.ts';
import { isGoogleClient } from '../../google-paths.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { endpointJson, endpointsJson } from './endpoint-json.ts';
import { findBase, findListed } from './find.ts';
import { modelForGoogle } from './google.ts';
import { refusal } from './list.ts';
import { modelText, modelTextForAnthropic, modelTextForOpenai } from './serialised.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

const isMissing = (name: string): Fault =>
  fault('not_found', `There is no model ${name.slice(0, 200)}. GET /api/v1/models lists all of them.`);
export const missingModel = (name: string): RouteAnswer => refusal(isMissing(name));

/** Its SDKs read `error.type`. */
function missingForAnthropic(name: string): RouteAnswer {
  const { status, body } = anthropicMessagesClient.encodeFault(isMissing(name), { id: null });
  return { status, json: body };
}

/** `GET /model/{author}/{slug}`: one model; any suffix is met. */
export const GET_MODEL: Route = {
  method: 'GET',
  path: '/model/:author/:slug',
  auth: 'none',
  handle: ({ params: { author = '', slug = '' } }, gateway) => {
    const model = findListed(gateway.catalog(), `${author}/${slug}`);
    if (!model) return missingModel(`${author}/${slug}`);
    const text = modelText(model, offersOf(gateway.enabled()));
    return { status: 200, contentType: JSON_TYPE, text: `{"data":${text}}` };
  },
};

/**
 * The same where the SDKs of OpenAI and Anthropic ask for one model: nothing is wrapped. Most of them escape the slash of
 * an id; programs that know only their own vendor's models send the bare name.
 */
function retrieve(name: string, { headers }: RouteRequest, gateway: Gateway): RouteAnswer {
  if (isGoogleClient(headers)) return modelForGoogle(name, gateway);
  const model = findListed(gateway.catalog(), name);
  if (!model) return headers['anthropic-version'] === undefined ? missingModel(name) : missingForAnthropic(name);
  const textOf = headers['anthropic-version'] === undefined ? modelTextForOpenai : modelTextForAnthropic;
  return { status: 200, contentType: JSON_TYPE, text: textOf(model, offersOf(gateway.enabled())) };
}
export const RETRIEVE_MODEL: Route = {
  method: 'GET',
  path: '/models/:id',
  auth: 'none',
  handle: (request, gateway) => retrieve(request.params.id ?? '', request, gateway),
};
export const RETRIEVE_BY_PATH: Route = {
  method: 'GET',
  path: '/models/:author/:slug',
  auth: 'none',
  handle: (request, gateway) => {
    const { author = '', slug = '' } = request.params;
    // A bare name's hosts: no slug is called so.
    if (slug === 'endpoints') return endpoints(author, request, gateway);
    return retrieve(`${author}/${slug}`, request, gateway);
  },
};

/**
 * `GET /models/{author}/{slug}/endpoints`: a model with its hosts. A catalogue variant that does not exist has none. How
 * fast they are is told to callers with a key only, as OpenRouter does.
 */
export const LIST_ENDPOINTS: Route = {
  method: 'GET',
  path: '/models/:author/:slug/endpoints',
  auth: 'none',
  handle: (request, gateway) => endpoints(`${request.params.author}/${request.params.slug}`, request, gateway),
};

function endpoints(name: string, { caller }: RouteRequest, gateway: Gateway): RouteAnswer {
  const catalog = gateway.catalog();
  const health = gateway.health.view();
  const model = findListed(catalog, name);
  if (model) {
    const healthOf = (id: string) => {
      const figures = health.of(id);
      return figures && (caller ? figures : { ...figures, latencyMs: null, throughput: null });
    };
    const windowsOf = caller ? gateway.health.windows : undefined;
    return { status: 200, json: { data: endpointsJson(model, healthOf, windowsOf) } };
  }
  const base = findBase(catalog, name);
  if (!base) return missingModel(name);
  const bare = endpointsJson({ ...base, id: name, endpoints: [] }, () => undefined);
  return { status: 200, json: { data: bare } };
}

/** `GET /endpoints/zdr`: every endpoint whose host keeps nothing. */
export const LIST_ZDR_ENDPOINTS: Route = {
  method: 'GET',
  path: '/endpoints/zdr',
  auth: 'none',
  handle: (_request, gateway) => {
    const models = [...gateway.catalog().models.values()].filter((model) => !model.sandbox);
    const data = models.flatMap((model) =>
      model.endpoints
        .filter(({ provider }) => provider.policy.retainsDays === 0)
        .map((endpoint) => endpointJson(endpoint, displayName(model))),
    );
    return { status: 200, json: { data } };
  },
};

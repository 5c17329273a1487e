import { fault } from '../../../base/fault.ts';
import { displayName } from '../../../catalog/model.ts';
import type { Route } from '../../route.ts';
import { endpointJson, endpointsJson } from './endpoint-json.ts';
import { findBase, findListed } from './find.ts';
import { refusal } from './list.ts';
import { modelText, modelTextForAnthropic, modelTextForOpenai } from './serialised.ts';

const missing = (author: string, slug: string) =>
  refusal(fault('not_found', `There is no model ${author}/${slug}. GET /api/v1/models lists all of them.`));

/** `GET /model/{author}/{slug}`: one model; any suffix is met. */
export const GET_MODEL: Route = {
  method: 'GET',
  path: '/model/:author/:slug',
  auth: 'none',
  handle: ({ params: { author = '', slug = '' } }, gateway) => {
    const model = findListed(gateway.catalog(), author, slug);
    if (!model) return missing(author, slug);
    return { status: 200, contentType: 'application/json; charset=utf-8', text: `{"data":${modelText(model)}}` };
  },
};

/** The same where the SDKs of OpenAI and Anthropic ask for one model, which most of them escape: nothing is wrapped. */
const retrieve: Route['handle'] = ({ params, headers }, gateway) => {
  const [author = '', slug = ''] = params.id === undefined ? [params.author, params.slug] : params.id.split('/');
  const model = findListed(gateway.catalog(), author, slug);
  if (!model) return missing(author, slug);
  const text = headers['anthropic-version'] === undefined ? modelTextForOpenai(model) : modelTextForAnthropic(model);
  return { status: 200, contentType: 'application/json; charset=utf-8', text };
};
export const RETRIEVE_MODEL: Route = { method: 'GET', path: '/models/:id', auth: 'none', handle: retrieve };
export const RETRIEVE_BY_PATH: Route = { method: 'GET', path: '/models/:author/:slug', auth: 'none', handle: retrieve };

/**
 * `GET /models/{author}/{slug}/endpoints`: a model with its hosts. A catalogue variant that does not exist has none. How
 * fast they are is told to callers with a key only, as OpenRouter does.
 */
export const LIST_ENDPOINTS: Route = {
  method: 'GET',
  path: '/models/:author/:slug/endpoints',
  auth: 'none',
  handle: ({ params: { author = '', slug = '' }, caller }, gateway) => {
    const catalog = gateway.catalog();
    const health = gateway.health.view();
    const model = findListed(catalog, author, slug);
    if (model) {
      const healthOf = (id: string) => {
        const figures = health.of(id);
        return figures && (caller ? figures : { ...figures, latencyMs: null, throughput: null });
      };
      return { status: 200, json: { data: endpointsJson(model, healthOf) } };
    }
    const base = findBase(catalog, author, slug);
    if (!base) return missing(author, slug);
    const bare = endpointsJson({ ...base, id: `${author}/${slug}`, endpoints: [] }, () => undefined);
    return { status: 200, json: { data: bare } };
  },
};

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

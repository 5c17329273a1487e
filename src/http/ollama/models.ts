import { createHash } from 'node:crypto';
import { fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { displayName, type Endpoint, type Model } from '../../catalog/model.ts';
import { operationFor } from '../../catalog/operations.ts';
import { ollamaChatClient } from '../../dialects/ollama/client/index.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { offersOf } from '../../router/offer.ts';
import { resolveModel } from '../../router/resolve.ts';
import type { Route, RouteAnswer, RouteRequest } from '../route.ts';
import { filterModels } from '../v1/models/filter.ts';
import { parametersOfModel } from '../v1/models/model-json.ts';
import type { ModelsQuery } from '../v1/models/query.ts';

/** The version of Ollama whose API this is: programs refuse older ones, and use what it has by then. */
const VERSION = '0.17.4';

/** What Ollama's programs ask beside inference, below `/api` (docs/api.md of ollama/ollama, read 2026-11-29). */
export const OLLAMA_API: readonly Route[] = [
  { method: 'GET', path: '/tags', auth: 'none', handle: list },
  { method: 'POST', path: '/show', auth: 'none', handle: show },
  { method: 'GET', path: '/version', auth: 'none', handle: () => ({ status: 200, json: { version: VERSION } }) },
  // No model is held in memory here.
  { method: 'GET', path: '/ps', auth: 'none', handle: () => ({ status: 200, json: { models: [] } }) },
];

/** The models that can be called from here, chats and embeddings. */
function list(_: RouteRequest, gateway: Gateway): RouteAnswer {
  const offers = offersOf(gateway.enabled());
  const query: ModelsQuery = { output_modalities: ['text', 'embeddings'], callable: 'true' };
  const models = filterModels(gateway.catalog().models.values(), query, { now: gateway.world.now(), offers });
  return { status: 200, json: { models: models.map((model) => listed(model, offers(model)?.endpoint)) } };
}

/** Programs look for names with a tag, which every name has at Ollama: Open WebUI puts `:latest` behind one without. */
export const nameOf = ({ id }: Model): string => (id.includes(':') ? id : `${id}:latest`);

function listed(model: Model, endpoint: Endpoint | undefined): JsonObject {
  const name = nameOf(model);
  return {
    name,
    model: name,
    modified_at: modifiedAt(model),
    // Nothing of it lies here. Its own command line shortens the digest, which must be long enough.
    size: 0,
    digest: createHash('sha256').update(model.id).digest('hex'),
    details: detailsOf(model, endpoint),
  };
}

const modifiedAt = ({ created }: Model): string => new Date(created * 1000).toISOString();

/** Families are words without dots there: other members are named after them. */
const familyOf = ({ family, author }: Model): string =>
  (family ?? author).toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-');

function detailsOf(model: Model, endpoint: Endpoint | undefined): JsonObject {
  const quantization = endpoint?.quantization ?? 'unknown';
  return {
    parent_model: '',
    format: '',
    family: familyOf(model),
    families: [familyOf(model)],
    parameter_size: '',
    quantization_level: quantization === 'unknown' ? '' : quantization.toUpperCase(),
  };
}

function show({ body }: RouteRequest, gateway: Gateway): RouteAnswer {
  // `name` is what older programs say.
  const asked = [body.model, body.name].find((name) => typeof name === 'string' && name !== '');
  if (typeof asked !== 'string') return refused('invalid_request', 'model is required');
  const model = resolveModel(gateway.catalog(), asked)?.model;
  if (!model) return refused('unknown_model', `model '${asked.slice(0, 200)}' not found`);
  const family = familyOf(model);
  return {
    status: 200,
    json: {
      license: '',
      modelfile: '',
      parameters: '',
      template: '',
      details: detailsOf(model, offersOf(gateway.enabled())(model)?.endpoint),
      model_info: {
        'general.architecture': family,
        'general.basename': displayName(model),
        [`${family}.context_length`]: model.context,
      },
      capabilities: capabilitiesOf(model),
      modified_at: modifiedAt(model),
    },
  };
}

function capabilitiesOf(model: Model): string[] {
  if (operationFor(model.output) === 'embeddings') return ['embedding'];
  return [
    'completion',
    ...(parametersOfModel(model).includes('tools') ? ['tools'] : []),
    ...(model.input.includes('image') ? ['vision'] : []),
    ...(model.reasoning === null ? [] : ['thinking']),
  ];
}

function refused(code: 'invalid_request' | 'unknown_model', message: string): RouteAnswer {
  const { status, body } = ollamaChatClient.encodeFault(fault(code, message), { id: null });
  return { status, json: body };
}

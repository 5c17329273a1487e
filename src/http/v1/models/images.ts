import type { JsonObject } from '../../../base/json.ts';
import { formatPrice, type PicoUsd } from '../../../base/money.ts';
import { displayName, type Endpoint, type Model } from '../../../catalog/model.ts';
import type { ImageDialect } from '../../../dialects/dialect.ts';
import type { Capabilities, Capability } from '../../../dialects/image-capabilities.ts';
import { DIALECTS } from '../../../dialects/registry.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { offersOf } from '../../../router/offer.ts';
import type { Route } from '../../route.ts';
import { filterModels } from './filter.ts';
import { findListed } from './find.ts';
import { refusal } from './list.ts';
import { missingModel } from './one.ts';
import { readQuery } from './query.ts';

/** `GET /images/models`: the models that `POST /images` takes, each with what any of its hosts takes. */
export const LIST_IMAGE_MODELS: Route = {
  method: 'GET',
  path: '/images/models',
  auth: 'none',
  handle: (request, gateway) => {
    const query = readQuery({ ...request.query, output_modalities: 'image' });
    if (!query.ok) return refusal(query.error);
    const models = filterModels(gateway.catalog().models.values(), query.value, {
      now: gateway.world.now(),
      offers: offersOf(gateway.enabled()),
    });
    return { status: 200, json: { data: models.filter((model) => drawersOf(model).length > 0).map(imageModelJson) } };
  },
};

/** `GET /images/models/{author}/{slug}/endpoints`: what each of its hosts takes and asks for. */
export const LIST_IMAGE_ENDPOINTS: Route = {
  method: 'GET',
  path: '/images/models/:author/:slug/endpoints',
  auth: 'none',
  handle: ({ params }, gateway) => {
    const name = `${params.author}/${params.slug}`;
    const model = findModel(gateway, name);
    if (!model) return missingModel(name);
    return { status: 200, json: { id: model.id, endpoints: drawersOf(model).map((one) => endpointJson(one, model)) } };
  },
};

function findModel(gateway: Gateway, name: string): Model | undefined {
  const model = findListed(gateway.catalog(), name);
  return model && drawersOf(model).length > 0 ? model : undefined;
}

/** The endpoints of a model in the form in which they are asked for pictures. */
const drawersOf = (model: Model): Endpoint[] =>
  model.endpoints.flatMap((endpoint) =>
    endpoint.operation === 'images' ? endpoint : endpoint.others.filter(({ operation }) => operation === 'images'),
  );

const dialectOf = ({ dialect }: Endpoint): ImageDialect => DIALECTS.of('images', dialect.id);
const capabilitiesOf = (endpoint: Endpoint, model: Model): Capabilities =>
  dialectOf(endpoint).takes({ endpoint, model });
const streams = (endpoint: Endpoint, model: Model): boolean =>
  dialectOf(endpoint).streams?.({ endpoint, model }) ?? false;

function imageModelJson(model: Model): JsonObject {
  const endpoints = drawersOf(model);
  const all = new Map<string, Capability>();
  for (const endpoint of endpoints)
    for (const [name, capability] of Object.entries(capabilitiesOf(endpoint, model))) {
      const other = all.get(name);
      all.set(name, other ? union(other, capability) : capability);
    }
  return {
    id: model.id,
    name: displayName(model),
    description: model.description,
    created: model.created,
    architecture: { input_modalities: model.input, output_modalities: model.output },
    supported_parameters: Object.fromEntries(all),
    supports_streaming: endpoints.some((endpoint) => streams(endpoint, model)),
    endpoints: `/api/v1/images/models/${model.id}/endpoints`,
  };
}

/** What one host or the other takes. */
function union(one: Capability, other: Capability): Capability {
  if (one.type === 'enum' && other.type === 'enum')
    return { type: 'enum', values: [...new Set([...one.values, ...other.values])] };
  if (one.type === 'range' && other.type === 'range')
    return { type: 'range', min: Math.min(one.min, other.min), max: Math.max(one.max, other.max) };
  return { type: 'boolean' };
}

function endpointJson(endpoint: Endpoint, model: Model): JsonObject {
  return {
    provider_name: endpoint.provider.name,
    provider_slug: endpoint.provider.slug,
    provider_tag: endpoint.tag,
    supported_parameters: capabilitiesOf(endpoint, model),
    // Whatever stands below provider.options.<slug> goes along, but for what says how much is drawn.
    allowed_passthrough_parameters: [],
    supports_streaming: streams(endpoint, model),
    pricing: pricingJson(endpoint),
  };
}

/** What costs something, in the contract's words: in US dollars for each. */
function pricingJson({ price }: Endpoint): JsonObject[] {
  const lines: JsonObject[] = [];
  const line = (billable: string, unit: string, cost: PicoUsd | undefined, more: JsonObject = {}): void => {
    if (cost !== undefined && cost > 0n) lines.push({ billable, unit, cost_usd: Number(formatPrice(cost)), ...more });
  };
  line('output_image', 'image', price.outputImageEach);
  for (const { drawn, price: other } of price.overrides)
    if (drawn) line('output_image', 'image', other.outputImageEach, { variant: Object.values(drawn).join(' ') });
  line('output_image', 'request', price.request);
  line('output_image', 'token', price.outputImage ?? price.output);
  line('input_image', 'image', price.image);
  line('input_image', 'token', price.inputImage);
  line('input_text', 'token', price.input);
  return lines;
}

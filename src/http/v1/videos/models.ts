import type { JsonObject } from '../../../base/json.ts';
import { formatPrice, type PicoUsd } from '../../../base/money.ts';
import { displayName, type Endpoint, type Model } from '../../../catalog/model.ts';
import { DIALECTS } from '../../../dialects/registry.ts';
import { pixelsOfShot, type VideoCapabilities } from '../../../dialects/video-capabilities.ts';
import { offersOf } from '../../../router/offer.ts';
import type { Route } from '../../route.ts';
import { filterModels } from '../models/filter.ts';
import { refusal } from '../models/list.ts';
import { readQuery } from '../models/query.ts';

/** `GET /videos/models`: the models that film, each with what any of its hosts films. */
export const LIST_VIDEO_MODELS: Route = {
  method: 'GET',
  path: '/videos/models',
  auth: 'none',
  handle: (request, gateway) => {
    const query = readQuery({ ...request.query, output_modalities: 'video' });
    if (!query.ok) return refusal(query.error);
    const models = filterModels(gateway.catalog().models.values(), query.value, {
      now: gateway.world.now(),
      offers: offersOf(gateway.enabled()),
    });
    return { status: 200, json: { data: models.filter((model) => filmersOf(model).length > 0).map(videoModelJson) } };
  },
};

/** The endpoints of a model in the form in which they film. */
const filmersOf = (model: Model): Endpoint[] =>
  model.endpoints.flatMap((endpoint) =>
    endpoint.operation === 'videos' ? endpoint : endpoint.others.filter(({ operation }) => operation === 'videos'),
  );

const takesOf = (endpoint: Endpoint, model: Model): VideoCapabilities =>
  DIALECTS.of('videos', endpoint.dialect.id).takes({ endpoint, model });

function videoModelJson(model: Model): JsonObject {
  const endpoints = filmersOf(model);
  const takes = endpoints.map((endpoint) => takesOf(endpoint, model));
  const resolutions = union(takes.map((one) => one.resolutions));
  const ratios = union(takes.map((one) => one.ratios));
  return {
    id: model.id,
    canonical_slug: model.id,
    hugging_face_id: null,
    name: displayName(model),
    description: model.description,
    created: model.created,
    supported_resolutions: resolutions,
    supported_aspect_ratios: ratios,
    supported_sizes:
      resolutions &&
      ratios &&
      resolutions.flatMap((resolution) =>
        ratios.map((ratio) => {
          const { width, height } = pixelsOfShot({ resolution, ratio });
          return `${width}x${height}`;
        }),
      ),
    supported_durations: union(takes.map(({ seconds }) => (seconds && 'min' in seconds ? range(seconds) : seconds))),
    supported_frame_images: union(takes.map(({ frames }) => frames)),
    generate_audio: takes.some(({ audio }) => audio !== 'never'),
    seed: takes.some(({ seed }) => seed),
    creativity: null,
    upscale_factor: null,
    allowed_passthrough_parameters: [],
    pricing_skus: skusOf(endpoints[0]),
  };
}

const range = ({ min, max }: { readonly min: number; readonly max: number }): number[] =>
  Array.from({ length: max - min + 1 }, (_, at) => min + at);

/** What one host or the other takes; null = one of them takes anything. */
function union<T>(lists: readonly (readonly T[] | null)[]): T[] | null {
  const all = new Set<T>();
  for (const list of lists) {
    if (list === null) return null;
    for (const one of list) all.add(one);
  }
  return [...all];
}

/** US dollars by second and by video, at its first host; what depends on the kind has it behind its name. */
function skusOf(endpoint: Endpoint | undefined): { [sku: string]: string } {
  const skus: { [sku: string]: string } = {};
  const tell = (sku: string, price: PicoUsd | undefined): void => {
    if (price !== undefined) skus[sku] = formatPrice(price);
  };
  if (!endpoint) return skus;
  tell('duration_seconds', endpoint.price.outputSecond);
  tell('generate', endpoint.price.outputVideoEach);
  for (const { filmed, price } of endpoint.price.overrides) {
    const kind = [filmed?.resolution, filmed?.audio && `${filmed.audio}_audio`].filter(Boolean).join('_');
    if (kind === '') continue;
    tell(`duration_seconds_${kind}`, price.outputSecond);
    tell(`generate_${kind}`, price.outputVideoEach);
  }
  return skus;
}

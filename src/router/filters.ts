import { priceFromPerMillion, priceFromPerUnit } from '../base/money.ts';
import type { Parameter } from '../call/parameters.ts';
import { completesTexts } from '../catalog/dialect-table.ts';
import { variablesToSet } from '../catalog/environment.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Provider } from '../catalog/provider.ts';
import type { Question } from '../facts/question.ts';
import { namesEndpoint } from './preferences.ts';
import type { Resolved } from './resolve.ts';

/** What the caller's word for a model said beside its name. */
export type Asked = Pick<Resolved, 'model' | 'tier'>;

/** Why an endpoint cannot serve this question; undefined = it can. */
type Filter = (endpoint: Endpoint, question: Question, asked: Asked) => string | undefined;

/** In the order in which the routing funnel is told. Each is a hard filter. */
export const FILTERS: readonly (readonly [step: string, filter: Filter])[] = [
  [
    'operation',
    (endpoint, { operation }) => (endpoint.operation === operation ? undefined : `serves ${endpoint.operation}`),
  ],
  [
    'only',
    (endpoint, { preferences: { only }, tier }) =>
      !only || only.some((name) => namesEndpoint(name, endpoint, tier)) ? undefined : 'not in provider.only',
  ],
  [
    'ignore',
    (endpoint, { preferences: { ignore } }) =>
      ignore?.some((name) => namesEndpoint(name, endpoint, endpoint.tier)) ? 'in provider.ignore' : undefined,
  ],
  ['order', onlyOrdered],
  ['tier', tierAskedFor],
  [
    'credentials',
    (endpoint, { enabled }) => (enabled.has(endpoint.provider.slug) ? undefined : missingCredentials(endpoint)),
  ],
  ['data_policy', dataPolicy],
  [
    'quantization',
    (endpoint, { preferences: { quantizations } }) =>
      !quantizations || quantizations.includes(endpoint.quantization)
        ? undefined
        : `quantization is ${endpoint.quantization}`,
  ],
  ['max_price', aboveMaxPrice],
  ['input_modalities', missingModality],
  [
    'output_modalities',
    (endpoint, { outputModalities }) => missing(outputModalities, endpoint.output, 'cannot produce'),
  ],
  [
    'tools',
    (endpoint, { usesTools }) =>
      !usesTools || endpoint.parameters.has('tools') ? undefined : 'does not support tool use',
  ],
  ['text_completion', textCompletion],
  ['require_parameters', unsupportedParameters],
  [
    'distillable',
    (_, { preferences }, { model }) =>
      !preferences.enforce_distillable_text || model.distillable ? undefined : 'others may not learn from its output',
  ],
  [
    'context_length',
    (endpoint, { promptTokens }) =>
      promptTokens <= endpoint.context ? undefined : `context of ${endpoint.context} tokens is too short`,
  ],
  [
    'max_output',
    (endpoint, { maxOutputTokens }) =>
      maxOutputTokens === null || endpoint.maxOutput === null || maxOutputTokens <= endpoint.maxOutput
        ? undefined
        : `output is limited to ${endpoint.maxOutput} tokens`,
  ],
];

/** Preferences that remove an endpoint only while another is left. */
export const SOFT_FILTERS: readonly (readonly [step: string, filter: Filter])[] = [
  ['response_format', softParameter('response_format')],
  ['structured_outputs', softParameter('structured_outputs')],
  ['verbosity', softParameter('verbosity')],
];

/** What the operator would have to set so that this endpoint can be used. */
export function missingCredentials({ provider }: Endpoint): string {
  let obstacle = obstacles.get(provider);
  if (obstacle === undefined) {
    obstacle = provider.local ? 'its local server was not found' : `set ${variablesToSet(provider).join(' and ')}`;
    obstacles.set(provider, obstacle);
  }
  return obstacle;
}

/** Worked out once: every call asks for it of every provider that is not set up. */
const obstacles = new WeakMap<Provider, string>();

function onlyOrdered(endpoint: Endpoint, { preferences, tier }: Question): string | undefined {
  if (preferences.allow_fallbacks !== false || !preferences.order?.length) return undefined;
  return preferences.order.some((name) => namesEndpoint(name, endpoint, tier))
    ? undefined
    : 'not in provider.order, and fallbacks are off';
}

/**
 * A tier is used when it was asked for: by parameter, by a routing variant, by its full tag. Who asks for `flex` wants
 * its price and gets nothing dearer (spec §3.5), where the catalogue knows any such endpoint of the model.
 */
function tierAskedFor(endpoint: Endpoint, { preferences, tier }: Question, asked: Asked): string | undefined {
  const isCheap = tier === 'flex' && asked.model.endpoints.some((other) => other.tier === tier);
  if (endpoint.tier === null) return isCheap ? 'not of the flex tier' : undefined;
  if (endpoint.tier === tier || (endpoint.tier === asked.tier && !isCheap)) return undefined;
  const named = [...(preferences.order ?? []), ...(preferences.only ?? [])];
  return named.some((name) => name.toLowerCase() === endpoint.tag.toLowerCase())
    ? undefined
    : 'a service tier nobody asked for';
}

/**
 * `data_collection: "deny"` is about training; who trains on nothing may still keep prompts, which is `zdr`'s matter
 * (openrouter.ai/docs, Python SDK: VideoGenerationRequestDataCollection, read 2026-11-25). A host that states nothing is
 * taken to do both (openrouter.ai/docs/features/zdr, read 2026-11-25).
 */
function dataPolicy(endpoint: Endpoint, { preferences }: Question): string | undefined {
  const { trainsOnData, trainingStated, retainsDays, perRequest } = endpoint.provider.policy;
  if (perRequest) return undefined; // the wish goes along, and whoever gets it keeps it or refuses
  if (preferences.data_collection === 'deny' && trainsOnData)
    return trainingStated === false ? 'does not state that it trains on no prompts' : 'may train on prompts';
  if (preferences.zdr && retainsDays !== 0) return 'does not state zero data retention';
  return undefined;
}

function aboveMaxPrice(endpoint: Endpoint, { preferences: { max_price } }: Question): string | undefined {
  if (!max_price) return undefined;
  const { price } = endpoint;
  const limits = [
    ['prompt', price.input, max_price.prompt, priceFromPerMillion],
    ['completion', price.output, max_price.completion, priceFromPerMillion],
    ['request', price.request, max_price.request, priceFromPerUnit],
    ['image', price.image, max_price.image, priceFromPerUnit],
    ['audio', price.inputAudio, max_price.audio, priceFromPerMillion],
  ] as const;
  for (const [name, actual, wanted, parse] of limits) {
    const limit = wanted === undefined ? undefined : parse(wanted);
    if (limit !== undefined && actual !== undefined && actual > limit) return `${name} price is above max_price`;
  }
  return undefined;
}

/** A base model knows no turns, and what stands around a gap cannot be said in any. */
function textCompletion(endpoint: Endpoint, { completes, operation }: Question): string | undefined {
  if (operation !== 'chat') return undefined;
  if (completesTexts(endpoint.dialect.id))
    return completes === 'conversation' ? 'completes texts only: ask it at /completions' : undefined;
  return completes === 'text' ? 'only answers conversations' : undefined;
}

function missingModality(endpoint: Endpoint, { inputModalities }: Question): string | undefined {
  return missing(inputModalities, endpoint.input, 'does not take');
}

function missing(wanted: readonly string[], offered: readonly string[], verb: string): string | undefined {
  const lacking = wanted.filter((modality) => !offered.includes(modality));
  return lacking.length > 0 ? `${verb} ${lacking.join(', ')}` : undefined;
}

function unsupportedParameters(endpoint: Endpoint, { preferences, parameters }: Question): string | undefined {
  if (!preferences.require_parameters) return undefined;
  const lacking = parameters.filter((name) => !endpoint.parameters.has(name));
  return lacking.length > 0 ? `does not support ${lacking.join(', ')}` : undefined;
}

function softParameter(name: Parameter): Filter {
  return (endpoint, { parameters }) =>
    parameters.includes(name) && !endpoint.parameters.has(name) ? `does not support ${name}` : undefined;
}

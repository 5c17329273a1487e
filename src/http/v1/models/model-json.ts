import { PARAMETERS, type Parameter } from '../../../call/parameters.ts';
import { displayName, type Model, type ReasoningSupport } from '../../../catalog/model.ts';
import { isCallable, type Offer } from '../../../router/offer.ts';
import { type PriceJson, priceJson } from './price-json.ts';

/** One entry of `GET /models` (spec §1.8). */
export type ModelJson = {
  readonly id: string;
  readonly canonical_slug: string;
  readonly hugging_face_id: string | null;
  readonly name: string;
  readonly created: number;
  readonly description: string;
  readonly context_length: number;
  readonly architecture: ArchitectureJson;
  readonly pricing: PriceJson;
  readonly top_provider: {
    readonly context_length: number | null;
    readonly max_completion_tokens: number | null;
    readonly is_moderated: boolean;
  };
  readonly per_request_limits: null;
  readonly supported_parameters: readonly Parameter[];
  readonly default_parameters: null;
  readonly supported_voices: readonly string[] | null;
  readonly knowledge_cutoff: string | null;
  readonly expiration_date: string | null;
  readonly reasoning?: ReasoningJson;
  readonly benchmarks?: BenchmarksJson;
  readonly links: { readonly details: string };
  /** Ours: whether a provider of it is on here. Then `pricing` is what a call from here pays, else what the cheapest would ask. */
  readonly callable: boolean;
};
export type ArchitectureJson = {
  readonly modality: string;
  readonly input_modalities: readonly string[];
  readonly output_modalities: readonly string[];
  readonly tokenizer: string;
  readonly instruct_type: null;
};
type ReasoningJson = {
  readonly mandatory: boolean;
  readonly default_enabled: boolean;
  readonly supported_efforts: readonly string[] | null;
  readonly supports_max_tokens?: true;
};
/** Our scores with their sources under `scores`; OpenRouter's own two tables stay as a client expects them. */
type BenchmarksJson = {
  readonly artificial_analysis?: { readonly [index in `${ArtificialAnalysis}_index`]: number | null };
  readonly design_arena: readonly [];
  readonly scores: Model['benchmarks'];
};
type ArtificialAnalysis = 'intelligence' | 'coding' | 'agentic';

export function modelJson(model: Model, offer: Offer | null): ModelJson {
  const top = offer?.endpoint;
  return {
    id: model.id,
    canonical_slug: model.id,
    hugging_face_id: model.huggingFaceId,
    name: displayName(model),
    created: model.created,
    description: model.description,
    context_length: model.context,
    architecture: architectureJson(model),
    pricing: model.router ? ROUTED : top ? priceJson(top.price) : { prompt: '0', completion: '0' },
    top_provider: {
      context_length: top?.context ?? (model.router ? model.context : null),
      max_completion_tokens: top?.maxOutput ?? null,
      is_moderated: false,
    },
    per_request_limits: null,
    supported_parameters: parametersOfModel(model),
    default_parameters: null,
    supported_voices: model.output.includes('speech') ? (model.voices ?? []) : null,
    knowledge_cutoff: wholeDate(model.knowledge),
    expiration_date: model.expires,
    ...(model.reasoning && { reasoning: reasoningJson(model.reasoning) }),
    ...(model.benchmarks.length > 0 && { benchmarks: benchmarksJson(model) }),
    links: { details: `/api/v1/models/${model.id}/endpoints` },
    callable: isCallable(model, offer),
  };
}

/** It costs what the model costs that it chooses (openrouter.ai/api/v1/models, as kept by clients, read 2026-11-29). */
const ROUTED: PriceJson = { prompt: '-1', completion: '-1' };

export const architectureJson = (model: Model): ArchitectureJson => ({
  modality: `${model.input.join('+')}->${model.output.join('+')}`,
  input_modalities: model.input,
  output_modalities: model.output,
  tokenizer: model.tokenizer,
  instruct_type: null,
});

/** What at least one endpoint takes, in the vocabulary's order. */
export function parametersOfModel(model: Model): Parameter[] {
  if (model.router) return [...PARAMETERS];
  const taken = new Set(model.endpoints.flatMap((endpoint) => [...endpoint.parameters]));
  return PARAMETERS.filter((name) => taken.has(name));
}

const reasoningJson = (reasoning: ReasoningSupport): ReasoningJson => ({
  mandatory: reasoning.mandatory,
  default_enabled: reasoning.defaultEnabled || reasoning.mandatory,
  supported_efforts: reasoning.efforts.length > 0 ? reasoning.efforts.toReversed() : null,
  ...(reasoning.budget && { supports_max_tokens: true }),
});

/** Artificial Analysis' index, where the catalogue has one. */
export const indexOf = (model: Model, kind: ArtificialAnalysis): number | undefined =>
  model.benchmarks.find(({ name }) => name.toLowerCase() === `artificial analysis ${kind} index`)?.score;

function benchmarksJson(model: Model): BenchmarksJson {
  const index = (kind: ArtificialAnalysis): number | null => indexOf(model, kind) ?? null;
  const indexes = {
    intelligence_index: index('intelligence'),
    coding_index: index('coding'),
    agentic_index: index('agentic'),
  };
  const isKnown = Object.values(indexes).some((value) => value !== null);
  return { ...(isKnown && { artificial_analysis: indexes }), design_arena: [], scores: model.benchmarks };
}

/** `2024-04` → `2024-04-01`: the API promises a whole date. */
const wholeDate = (text: string | null): string | null =>
  text !== null && /^\d{4}(-\d\d){0,2}$/.test(text) ? `${text}-01-01`.slice(0, 10) : null;

import { QUANTIZATIONS } from '../../call/call.ts';
import type { FieldGroup, RequestField } from './field.ts';

export const MODEL: FieldGroup = {
  id: 'model-choice',
  title: 'Which model',
  intro: 'One model, and others to fall back to.',
  fields: [
    {
      name: 'model',
      type: 'string',
      otherwise: 'none: without it models must be sent',
      meaning:
        'The model to ask: author/slug, a bare name that is unique, or with a variant: :nitro (fastest first), :floor (cheapest first), :exacto, :free, :online (the plugin web).',
      example: 'openai/gpt-4.1-mini',
    },
    {
      name: 'models',
      type: 'string[]',
      meaning:
        'Further models, tried in this order when every endpoint of the one before failed. The answer names the one that spoke.',
      example: ['openai/gpt-4.1-mini', 'anthropic/claude-haiku-4.5'],
    },
    {
      name: 'provider',
      type: 'object',
      meaning:
        'Which providers may serve the request and in which order; its members are listed below. An unknown member is refused.',
      example: { order: ['openai', 'azure'], allow_fallbacks: false },
    },
  ],
};

export const PROVIDER_FIELDS: readonly RequestField[] = [
  {
    name: 'provider.order',
    type: 'string[]',
    meaning: 'Providers in this order, before all others.',
    example: ['openai', 'azure'],
  },
  { name: 'provider.only', type: 'string[]', meaning: 'No others than these.', example: ['openai'] },
  { name: 'provider.ignore', type: 'string[]', meaning: 'None of these.', example: ['azure'] },
  {
    name: 'provider.allow_fallbacks',
    type: 'boolean',
    otherwise: 'true',
    meaning: 'false: only the first choice, or those in order.',
    example: false,
  },
  {
    name: 'provider.require_parameters',
    type: 'boolean',
    otherwise: 'false',
    meaning: 'Only endpoints that take every field of the request.',
    example: true,
  },
  {
    name: 'provider.data_collection',
    type: 'string',
    range: 'allow, deny',
    otherwise: 'allow',
    meaning:
      'deny: only endpoints whose host states that it trains on no prompts; a broker that picks hosts itself is sent the wish. Prompts may still be kept: see provider.zdr.',
    example: 'deny',
  },
  {
    name: 'provider.zdr',
    type: 'boolean',
    meaning: 'Only endpoints whose host states that it keeps nothing.',
    example: true,
  },
  {
    name: 'provider.enforce_distillable_text',
    type: 'boolean',
    meaning: 'Only models whose author lets others learn from their output.',
    example: true,
  },
  {
    name: 'provider.quantizations',
    type: 'string[]',
    range: QUANTIZATIONS.join(', '),
    meaning: 'Only endpoints of these precisions.',
    example: ['fp8', 'bf16'],
  },
  {
    name: 'provider.sort',
    type: 'string or object',
    range: 'price, throughput, latency, exacto',
    otherwise: 'cheap and healthy first, weighted',
    meaning:
      'Strictly in this order, in place of the weighted draw. exacto: by the share of tool calls that could be read. As { by, partition: "none" } the endpoints of all models are sorted together.',
    example: 'throughput',
  },
  {
    name: 'provider.max_price',
    type: 'object',
    range: 'prompt and completion in $/M; request, image, audio',
    meaning: 'No endpoint that costs more.',
    example: { prompt: 1, completion: 2 },
  },
  {
    name: 'provider.preferred_min_throughput',
    type: 'number or object',
    range: 'tokens per second',
    meaning:
      'Slower endpoints come last, behind other models of the request too. A number is the median of five minutes; p50, p75, p90 and p99 are what so many of a hundred calls reach, and all that are given must hold.',
    example: 50,
  },
  {
    name: 'provider.preferred_max_latency',
    type: 'number or object',
    range: 'seconds',
    meaning:
      'Endpoints slower to begin come last, behind other models of the request too. A number is the median of five minutes; p50, p75, p90 and p99 are what so many of a hundred calls keep to, and all that are given must hold.',
    example: 2,
  },
];

export const PROVIDER: FieldGroup = {
  id: 'provider',
  title: 'Which providers',
  intro:
    'Members of the provider object. An unknown member gives 400, so that a misspelt restriction is never ignored.',
  fields: PROVIDER_FIELDS,
};

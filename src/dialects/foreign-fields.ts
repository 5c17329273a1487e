import { isObject, type JsonObject } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import type { Loss } from '../call/loss.ts';

/** Ollama's parameters stand in a group: each is named by itself, as its caller wrote it. */
const namesOf = ({ options, ...fields }: JsonObject): string[] => [
  ...Object.keys(fields),
  ...(isObject(options)
    ? Object.keys(options).map((name) => `options.${name}`)
    : options === undefined
      ? []
      : ['options']),
];

/** What only another dialect has a place for: its unmodelled fields, and OpenAI's key to its cache. */
export function foreignFields({ native, promptCacheKey }: Call, dialect?: string): Loss[] {
  const fields = native && native.dialect !== dialect ? namesOf(native.fields) : [];
  const reason = `a field that only ${native?.dialect} knows`;
  return [
    ...fields.map((field) => ({ field, reason })),
    ...(promptCacheKey === undefined
      ? []
      : [{ field: 'prompt_cache_key', reason: 'prompts are cached without a key here' }]),
  ];
}

/** What a format that only writes text, at no tier but the ordinary one, has no words for. */
export function beyondText(call: Call, host: string): Loss[] {
  const lost = (['prediction', 'verbosity', 'audio'] as const).filter((field) => call[field] !== undefined);
  const tier = call.serviceTier;
  return [
    ...lost.map((field) => ({ field, reason: `${host} has no such parameter` })),
    ...(call.modalities?.some((modality) => modality !== 'text')
      ? [{ field: 'modalities', reason: `${host} answers in text only` }]
      : []),
    ...(call.imageConfig ? [{ field: 'image_config', reason: `${host} draws no pictures` }] : []),
    ...(tier !== undefined && tier !== 'auto' && tier !== 'default'
      ? [{ field: 'service_tier', reason: `${host} has no tiers` }]
      : []),
  ];
}

import type { Json, JsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { EFFORTS, type OutputFormat, type ReasoningRequest, type Sampling } from '../call/call.ts';
import {
  type Complaints,
  complain,
  present,
  type Range,
  readBoolean,
  readNumber,
  readObject,
  readOneOf,
  readString,
  readStrings,
  wrongType,
} from '../call/read.ts';

const NUMBERS = {
  temperature: { min: 0, max: 2 },
  top_p: { min: 0, max: 1 },
  top_k: { min: 0, whole: true },
  min_p: { min: 0, max: 1 },
  top_a: { min: 0, max: 1 },
  frequency_penalty: { min: -2, max: 2 },
  presence_penalty: { min: -2, max: 2 },
  repetition_penalty: { min: 0, max: 2 },
  seed: { whole: true },
  top_logprobs: { min: 0, max: 20, whole: true },
  n: { min: 1, max: 128, whole: true },
} as const satisfies { readonly [Field in keyof Sampling]: Range };

const NUMBER_FIELDS = Object.keys(NUMBERS) as readonly (keyof typeof NUMBERS)[];
export const SAMPLING_FIELDS: readonly string[] = [...NUMBER_FIELDS, 'logit_bias', 'logprobs'];

/** Reads the sampling parameters; those in `except` mean something else in the dialect at hand. */
export function readSampling(to: Complaints, body: JsonObject, except: readonly string[] = []): Sampling {
  const sampling: Record<string, unknown> = {};
  for (const field of NUMBER_FIELDS) {
    if (body[field] === undefined || except.includes(field)) continue;
    const value = readNumber(to, body, field, NUMBERS[field]);
    if (value !== undefined) sampling[field] = value;
  }
  const bias = readObject(to, body, 'logit_bias');
  if (bias) sampling.logit_bias = bias;
  for (const token in bias)
    if (typeof bias[token] !== 'number') wrongType(to, `logit_bias.${token}`, 'a number', bias[token]);
  const logprobs = except.includes('logprobs') ? undefined : readBoolean(to, body, 'logprobs');
  if (logprobs !== undefined) sampling.logprobs = logprobs;
  return sampling;
}

export function readStop(to: Complaints, body: JsonObject): readonly string[] {
  if (typeof body.stop === 'string') return [body.stop];
  const stop = readStrings(to, body, 'stop') ?? [];
  if (stop.length <= LIMITS.stop_sequences_max) return stop;
  complain(to, 'stop', `Invalid 'stop': at most ${LIMITS.stop_sequences_max} sequences are supported.`);
  return [];
}

export function readOutputFormat(to: Complaints, body: JsonObject): OutputFormat {
  const format = readObject(to, body, 'response_format');
  switch (format?.type) {
    case undefined:
      if (format) complain(to, 'response_format.type', "Missing required parameter: 'response_format.type'.");
      return { type: 'text' };
    case 'text':
      return { type: 'text' };
    case 'json_object':
      return { type: 'json' };
    case 'json_schema':
      return readSchemaFormat(to, format ?? {});
    default:
      return { type: 'native', dialect: 'openai-chat', value: format ?? {} };
  }
}

function readSchemaFormat(to: Complaints, format: JsonObject): OutputFormat {
  const path = 'response_format.json_schema';
  const schema = readObject(to, format, 'json_schema', path);
  if (!schema) complain(to, path, `Missing required parameter: '${path}'.`);
  return {
    type: 'json-schema',
    name: readString(to, schema ?? {}, 'name', `${path}.name`) ?? 'response',
    schema: readObject(to, schema ?? {}, 'schema', `${path}.schema`) ?? {},
    ...present({
      description: readString(to, schema ?? {}, 'description', `${path}.description`),
      strict: readBoolean(to, schema ?? {}, 'strict', `${path}.strict`),
    }),
  };
}

/** `reasoning`, its shorthand `reasoning_effort` and the legacy `include_reasoning`, as one request. */
export function readReasoning(to: Complaints, body: JsonObject): ReasoningRequest | undefined {
  const effort = readOneOf(to, body, 'reasoning_effort', EFFORTS);
  const include = readBoolean(to, body, 'include_reasoning');
  const reasoningField = readObject(to, body, 'reasoning');
  if (!reasoningField && effort === undefined && include === undefined) return undefined;
  const within = readOneOf(to, reasoningField ?? {}, 'effort', EFFORTS, 'reasoning.effort');
  if (within !== undefined && effort !== undefined && within !== effort)
    complain(to, 'reasoning_effort', "'reasoning_effort' contradicts 'reasoning.effort': send only one of them.");
  const budget = readNumber(to, reasoningField ?? {}, 'max_tokens', { min: 0, whole: true }, 'reasoning.max_tokens');
  if (budget !== undefined && (within ?? effort) !== undefined)
    complain(to, 'reasoning', "Only one of 'reasoning.effort' and 'reasoning.max_tokens' may be specified.");
  return present({
    effort: within ?? effort,
    budgetTokens: budget,
    enabled:
      readBoolean(to, reasoningField ?? {}, 'enabled', 'reasoning.enabled') ??
      (include && !reasoningField ? true : undefined),
    exclude:
      readBoolean(to, reasoningField ?? {}, 'exclude', 'reasoning.exclude') ?? (include === false ? true : undefined),
    summary: readOneOf(to, reasoningField ?? {}, 'summary', ['auto', 'concise', 'detailed'], 'reasoning.summary'),
    mode: readString(to, reasoningField ?? {}, 'mode', 'reasoning.mode'),
    context: readString(to, reasoningField ?? {}, 'context', 'reasoning.context'),
  });
}

/** `max_completion_tokens`, or its older name. */
export function readMaxTokens(to: Complaints, body: JsonObject): number | undefined {
  const range = { min: 1, whole: true } as const;
  return readNumber(to, body, 'max_completion_tokens', range) ?? readNumber(to, body, 'max_tokens', range);
}

/** Fields of the body that nothing above reads: they reach an endpoint of the same dialect unchanged. */
export function nativeFields(body: JsonObject, modelled: ReadonlySet<string>): JsonObject | undefined {
  let kept: Record<string, Json> | undefined;
  for (const name in body) {
    const value = body[name];
    if (value === undefined || modelled.has(name)) continue;
    kept ??= {};
    kept[name] = value;
  }
  return kept;
}

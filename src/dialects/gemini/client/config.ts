import { isObject, type JsonObject, optionalBoolean, optionalNumber, optionalString } from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import { type Call, EFFORTS, type OutputFormat, type ReasoningRequest } from '../../../call/call.ts';
import {
  type Complaints,
  complain,
  present,
  readBoolean,
  readNumber,
  readObject,
  readStrings,
} from '../../../call/read.ts';
import { camelKeys, without } from '../../camel-keys.ts';
import { GEMINI } from '../../gemini-names.ts';
import { jsonSchema } from './tools.ts';

const KNOWN = new Set([
  ...['temperature', 'topP', 'topK', 'candidateCount', 'maxOutputTokens', 'stopSequences', 'seed', 'presencePenalty'],
  ...['frequencyPenalty', 'responseLogprobs', 'logprobs', 'responseMimeType', 'responseSchema', 'responseJsonSchema'],
  ...['responseModalities', 'thinkingConfig'],
]);

type Configured = Pick<Call, 'output' | 'sampling' | 'stop' | 'maxOutputTokens' | 'reasoning' | 'modalities'>;

/** `generationConfig`, and what of it only Gemini knows. */
export function readConfig(
  to: Complaints,
  body: JsonObject,
): { readonly configured: Configured; readonly rest: JsonObject } {
  const config = camelKeys(readObject(to, body, 'generationConfig') ?? {});
  const path = (field: string): string => `generationConfig.${field}`;
  const number = (field: string, range = {}): number | undefined => readNumber(to, config, field, range, path(field));
  const stop = readStrings(to, config, 'stopSequences', path('stopSequences')) ?? [];
  if (stop.length > LIMITS.stop_sequences_max)
    complain(to, path('stopSequences'), `stopSequences holds more than ${LIMITS.stop_sequences_max} entries.`);
  const modalities = readStrings(to, config, 'responseModalities', path('responseModalities'));
  const configured = {
    output: readOutput(config),
    stop,
    sampling: present({
      temperature: number('temperature', { min: 0, max: 2 }),
      top_p: number('topP', { min: 0, max: 1 }),
      top_k: number('topK', { min: 0 }),
      n: number('candidateCount', { min: 1, max: 128, whole: true }),
      seed: number('seed', { whole: true }),
      presence_penalty: number('presencePenalty', { min: -2, max: 2 }),
      frequency_penalty: number('frequencyPenalty', { min: -2, max: 2 }),
      logprobs: readBoolean(to, config, 'responseLogprobs', path('responseLogprobs')),
      top_logprobs: number('logprobs', { min: 0, max: 20, whole: true }),
    }),
    ...present({
      maxOutputTokens: number('maxOutputTokens', { min: 1, whole: true }),
      modalities: modalities?.map((name) => name.toLowerCase()),
      reasoning: readThinking(config),
    }),
  };
  return { configured, rest: without(config, KNOWN) };
}

function readOutput(config: JsonObject): OutputFormat {
  const type = optionalString(config.responseMimeType);
  const { responseJsonSchema, responseSchema } = config;
  if (type === undefined || type === 'text/plain') return { type: 'text' };
  if (type !== 'application/json')
    return {
      type: 'native',
      dialect: GEMINI,
      value: { responseMimeType: type, ...(responseSchema !== undefined && { responseSchema }) },
    };
  if (isObject(responseJsonSchema)) return { type: 'json-schema', name: 'response', schema: responseJsonSchema };
  if (isObject(responseSchema)) return { type: 'json-schema', name: 'response', schema: jsonSchema(responseSchema) };
  return { type: 'json' };
}

/** `thinkingConfig`: thoughts are hidden unless asked for. */
function readThinking(config: JsonObject): ReasoningRequest | undefined {
  if (!isObject(config.thinkingConfig)) return undefined;
  const thinking = camelKeys(config.thinkingConfig);
  const budget = optionalNumber(thinking.thinkingBudget);
  const level = optionalString(thinking.thinkingLevel)?.toLowerCase();
  const effort = EFFORTS.find((known) => known === level);
  if (budget === 0) return { enabled: false };
  return {
    ...(effort === undefined ? { enabled: true } : { effort }),
    ...(budget !== undefined && budget > 0 && { budgetTokens: budget }),
    ...(optionalBoolean(thinking.includeThoughts) !== true && { exclude: true }),
  };
}

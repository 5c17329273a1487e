import { type JsonObject, objectOf } from '../../base/json.ts';
import type { Call } from '../../call/call.ts';
import type { Loss } from '../../call/loss.ts';
import type { Endpoint } from '../../catalog/model.ts';
import { GEMINI, isGemini3 } from '../gemini-names.ts';
import { geminiSchema } from './schema.ts';
import { thinkingConfig } from './thinking.ts';

const STOP_SEQUENCES_MAX = 5;
const UNKNOWN_TO_GEMINI = ['min_p', 'top_a', 'repetition_penalty', 'logit_bias'] as const;

/** `generationConfig`: sampling, limits, output form and thinking. */
export function generationConfig(call: Call, endpoint: Endpoint, losses: Loss[]): JsonObject {
  const thinking = thinkingConfig(call, endpoint, losses);
  const { sampling } = call;
  for (const field of UNKNOWN_TO_GEMINI)
    if (sampling[field] !== undefined) losses.push({ field, reason: 'Gemini has no such parameter' });
  for (const field of ['prediction', 'verbosity'] as const)
    if (call[field] !== undefined) losses.push({ field, reason: 'Gemini has no such parameter' });
  if (call.stop.length > STOP_SEQUENCES_MAX)
    losses.push({ field: 'stop', reason: `Gemini takes ${STOP_SEQUENCES_MAX} stop sequences; the rest was left out` });
  return {
    ...(sampling.temperature !== undefined && { temperature: sampling.temperature }),
    ...(sampling.top_p !== undefined && { topP: sampling.top_p }),
    ...(sampling.top_k !== undefined && { topK: sampling.top_k }),
    ...(sampling.n !== undefined && { candidateCount: sampling.n }),
    ...(call.maxOutputTokens !== undefined && { maxOutputTokens: call.maxOutputTokens }),
    ...(call.stop.length > 0 && { stopSequences: call.stop.slice(0, STOP_SEQUENCES_MAX) }),
    ...(sampling.seed !== undefined && { seed: sampling.seed }),
    ...penalty('presence_penalty', call, endpoint, losses),
    ...penalty('frequency_penalty', call, endpoint, losses),
    ...logprobs(call, endpoint, losses),
    ...outputFormat(call, endpoint, losses),
    ...(call.modalities && { responseModalities: call.modalities.map((name) => name.toUpperCase()) }),
    ...(call.imageConfig && { imageConfig: imageConfig(call.imageConfig) }),
    ...speechConfig(call, losses),
    ...(thinking && { thinkingConfig: thinking }),
    ...(call.native?.dialect === GEMINI && objectOf(call.native.fields.generationConfig)),
  };
}

const PENALTIES = { presence_penalty: 'presencePenalty', frequency_penalty: 'frequencyPenalty' } as const;

/** "Penalty is not enabled for this model", except for none (google-gemini/cookbook#1290, read 2026-11-24). */
function penalty(name: keyof typeof PENALTIES, { sampling }: Call, endpoint: Endpoint, losses: Loss[]): JsonObject {
  const value = sampling[name];
  if (value === undefined) return {};
  if (endpoint.parameters.has(name)) return { [PENALTIES[name]]: value };
  if (value !== 0) losses.push({ field: name, reason: 'this model has no penalties' });
  return {};
}

/** Models that have none refuse the request. */
function logprobs({ sampling }: Call, { parameters }: Endpoint, losses: Loss[]): JsonObject {
  const { logprobs, top_logprobs } = sampling;
  if ((logprobs || top_logprobs !== undefined) && !parameters.has('logprobs')) {
    losses.push({ field: 'logprobs', reason: 'this model tells no probabilities' });
    return {};
  }
  return {
    ...(logprobs !== undefined && { responseLogprobs: logprobs }),
    ...(top_logprobs !== undefined && { logprobs: top_logprobs }),
  };
}

function outputFormat(call: Call, endpoint: Endpoint, losses: Loss[]): JsonObject {
  const { output } = call;
  if (output.type === 'text') return {};
  if (output.type === 'native') {
    if (output.dialect === GEMINI) return output.value;
    losses.push({ field: 'response_format', reason: `a format of ${output.dialect} that Gemini does not have` });
    return {};
  }
  if (isFormatInWords(call, endpoint)) {
    losses.push({
      field: 'response_format',
      reason: 'this model does not combine tools with structured output: it is asked for JSON in words',
    });
    return {};
  }
  if (output.type !== 'json-schema') return { responseMimeType: 'application/json' };
  const written = geminiSchema(output.schema);
  if (written.dropped.length > 0)
    losses.push({
      field: 'response_format.json_schema.schema',
      reason: `Gemini does not read these schema keywords: ${written.dropped.join(', ')}`,
    });
  return { responseMimeType: 'application/json', responseJsonSchema: written.schema };
}

/**
 * "Function calling with a response mime type 'application/json' is unsupported" before Gemini 3 (structured output
 * guide, read 2026-11-22).
 */
export const isFormatInWords = ({ output, tools }: Call, endpoint: Endpoint): boolean =>
  output.type !== 'text' && output.type !== 'native' && tools.length > 0 && !isGemini3(endpoint);

/** OpenRouter's `image_config` in snake case → `imageConfig`. */
const imageConfig = (config: JsonObject): JsonObject => {
  const { aspect_ratio, image_size, ...rest } = config;
  return {
    ...rest,
    ...(aspect_ratio !== undefined && { aspectRatio: aspect_ratio }),
    ...(image_size !== undefined && { imageSize: image_size }),
  };
};

/** OpenAI's `audio: {voice, format}`: Gemini has voices, and always answers in raw PCM. */
function speechConfig(call: Call, losses: Loss[]): JsonObject {
  if (!call.audio) return {};
  if (call.audio.format !== undefined && call.audio.format !== 'pcm16')
    losses.push({ field: 'audio.format', reason: 'Gemini speaks raw 16-bit PCM only' });
  const { voice } = call.audio;
  if (typeof voice !== 'string') return {};
  return { speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } } } };
}

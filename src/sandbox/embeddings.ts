import { arrayOf, type Json, type JsonObject, optionalNumber, optionalString } from '../base/json.ts';
import { countTokens, createDice, hashOf } from './words.ts';

const DIMENSIONS = 256;
const DIMENSIONS_MAX = 4_096;

/** `POST /embeddings` as OpenAI defines it. Every word has its own direction, so texts that share words are alike. */
export function embed(body: JsonObject): JsonObject {
  const inputs = inputsOf(body.input);
  const vectorLength = optionalNumber(body.dimensions) ?? DIMENSIONS;
  const dimensions = Math.min(Math.max(1, Math.floor(vectorLength)), DIMENSIONS_MAX);
  const isBase64 = body.encoding_format === 'base64';
  const tokens = inputs.reduce((sum, text) => sum + countTokens(text), 0);
  return {
    object: 'list',
    model: optionalString(body.model) ?? 'embed',
    data: inputs.map((text, index) => {
      const vector = vectorOf(text, dimensions);
      const embedding = isBase64 ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector;
      return { object: 'embedding', index, embedding };
    }),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** One text, several, or token ids, singly or in lists. */
function inputsOf(input: Json | undefined): string[] {
  if (typeof input === 'string') return [input];
  const list = arrayOf(input);
  if (list.length > 0 && list.every((item) => typeof item === 'number')) return [list.join(' ')];
  return list.map((item) => (typeof item === 'string' ? item : arrayOf(item).join(' ')));
}

/** Of length 1. */
function vectorOf(text: string, dimensions: number): number[] {
  const sum = new Float64Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
    const dice = createDice(hashOf(word));
    for (let at = 0; at < dimensions; at++) sum[at] = (sum[at] ?? 0) + dice() - 0.5;
  }
  const length = Math.hypot(...sum) || 1;
  return Array.from(sum, (value) => value / length);
}

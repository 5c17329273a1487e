import { countOf, type JsonObject, objectOf, optionalNumber } from '../../base/json.ts';
import { type Usage, usageOf } from '../../call/usage.ts';
import type { Endpoint } from '../../catalog/model.ts';

/**
 * The `usage` of `response.done`: text, audio and pictures in, of each what came from the cache, text and audio out
 * (openai 7.57, RealtimeResponseUsage, read 2026-11-29). Null = nobody counted. Cached pictures count as cached text: hosts
 * that have a price for them ask nearly the same.
 */
export function usageOfResponse(told: JsonObject): Usage | null {
  const total = countOf(told.input_tokens);
  const written = countOf(told.output_tokens);
  if (told.input_tokens === undefined && told.output_tokens === undefined) return null;
  const input = objectOf(told.input_token_details);
  const cached = objectOf(input.cached_tokens_details);
  const output = objectOf(told.output_token_details);
  const audio = Math.min(total, countOf(input.audio_tokens));
  const image = Math.min(total - audio, countOf(input.image_tokens));
  const audioCached = Math.min(audio, countOf(cached.audio_tokens));
  const imageCached = Math.min(image, countOf(cached.image_tokens));
  const text = total - audio - image;
  // A host may tell only how much was cached, not of what: then it was text as far as there is any.
  const all = countOf(input.cached_tokens);
  const textCached = Math.min(text, Math.max(countOf(cached.text_tokens), all - audioCached - imageCached));
  const spoken = Math.min(written, countOf(output.audio_tokens));
  return usageOf({
    input: text - textCached,
    inputCacheRead: textCached + imageCached,
    inputAudio: audio - audioCached,
    inputAudioCacheRead: audioCached,
    inputImage: image - imageCached,
    output: written - spoken,
    outputAudio: spoken,
  });
}

/** The `usage` of what a host has written down beside its answers: tokens, or seconds (openai 7.57, read 2026-11-29). */
export const usageOfTranscript = (told: JsonObject, { price }: Pick<Endpoint, 'price'>): Usage =>
  usageOf({
    inputAudio: countOf(told.input_tokens),
    output: countOf(told.output_tokens),
    inputSeconds:
      price.inputSecond === undefined ? 0 : Math.min(86_400, Math.ceil(Math.max(0, optionalNumber(told.seconds) ?? 0))),
  });

import type { Fault } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { type EmbeddingCall, textOf } from '../call/embedding.ts';
import type { Assets } from '../facts/asset.ts';
import type { Target } from '../facts/target.ts';
import { cannotTake, dataUrlOf, partsOf, textsOf } from './embedding-inputs.ts';

/** Inputs that one request takes (Embed reference, read 2026-11-22). */
export const COHERE_INPUTS_MAX = 96;

/** The options of Cohere's embedding models, at Cohere and on Bedrock. */
export const cohereOptions = (call: EmbeddingCall): JsonObject => ({
  input_type: inputTypeOf(call.inputType),
  embedding_types: ['float'],
  ...(call.dimensions !== undefined && { output_dimension: call.dimensions }),
});

/** `texts` where there is nothing else, `inputs` for texts and images together. `image` writes an image's data URL. */
export function cohereInputs(
  call: EmbeddingCall,
  target: Target,
  assets: Assets,
  image: (dataUrl: string) => JsonObject | string,
): Result<JsonObject, Fault> {
  if (call.inputs.every((input) => textOf(input) !== undefined)) {
    const texts = textsOf(call, target);
    return texts.ok ? ok({ texts: texts.value }) : texts;
  }
  const parts = partsOf(call, target);
  if (!parts.ok) return parts;
  const inputs: JsonObject[] = [];
  for (const [at, input] of parts.value.entries()) {
    const content: JsonObject[] = [];
    for (const part of input) {
      if (part.type === 'text') {
        content.push({ type: 'text', text: part.text });
        continue;
      }
      if (part.type !== 'image') return failed(cannotTake(target, `${part.type} parts`, at));
      const url = dataUrlOf(part.source, assets, target, at);
      if (!url.ok) return url;
      content.push({ type: 'image_url', image_url: image(url.value) });
    }
    inputs.push({ content });
  }
  return ok({ inputs });
}

/** Cohere's words for what vectors are for, by those that other vendors' callers use. */
const INPUT_TYPES: { readonly [word: string]: string } = {
  query: 'search_query',
  document: 'search_document',
  passage: 'search_document',
  retrieval_query: 'search_query',
  retrieval_document: 'search_document',
};

/** The field must be there (Embed reference, read 2026-11-22). Most texts that are embedded are there to be found. */
function inputTypeOf(word: string | undefined): string {
  const lowered = (word ?? 'search_document').toLowerCase();
  return Object.hasOwn(INPUT_TYPES, lowered) ? (INPUT_TYPES[lowered] ?? lowered) : lowered;
}

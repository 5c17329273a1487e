import type { Fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { type EmbeddingCall, textOf } from '../../call/embedding.ts';
import type { Loss } from '../../call/loss.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import type { EncodedCall } from '../dialect.ts';
import { cannotTake, dataUrlOf, nativeOf, partsOf, textsOf } from '../embedding-inputs.ts';
import { COHERE_EMBEDDINGS } from './name.ts';
import { inputTypeOf } from './words.ts';

/** A call as Cohere's `POST /v2/embed` takes it (Embed reference, read 2026-11-22). */
export function encodeCall(call: EmbeddingCall, target: Target, assets: Assets): Result<EncodedCall, Fault> {
  const losses: Loss[] = [];
  const inputs = cohereInputs(call, target, assets, (url) => ({ url }));
  if (!inputs.ok) return inputs;
  const body = {
    ...nativeOf(call, COHERE_EMBEDDINGS, losses),
    model: target.endpoint.upstreamId,
    ...inputs.value,
    ...cohereOptions(call),
  };
  return ok({ path: '/embed', headers: {}, body, losses });
}

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

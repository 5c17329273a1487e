import { type Fault, fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { EmbeddingCall } from '../../call/embedding.ts';
import type { Loss } from '../../call/loss.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import { cohereInputs, cohereOptions } from '../cohere-embedding-inputs.ts';
import type { EncodedCall } from '../dialect.ts';
import { cannotTake, dataUrlOf, nativeOf, partsOf, textsOf } from '../embedding-inputs.ts';
import { familyOf } from './family.ts';
import { BEDROCK_EMBEDDINGS } from './name.ts';
import { novaEmbedding } from './nova.ts';

/** A call as `POST /model/{id}/invoke`, in the format of the model's family (Bedrock user guide, read 2026-11-22). */
export function encodeCall(call: EmbeddingCall, target: Target, assets: Assets): Result<EncodedCall, Fault> {
  const losses: Loss[] = [];
  const written = writeBody(call, target, assets, losses);
  if (!written.ok) return written;
  const body = { ...nativeOf(call, BEDROCK_EMBEDDINGS, losses), ...written.value };
  const path = `/model/${encodeURIComponent(target.endpoint.upstreamId)}/invoke`;
  return ok({ path, headers: { accept: 'application/json' }, body, losses });
}

function writeBody(call: EmbeddingCall, target: Target, assets: Assets, losses: Loss[]): Result<JsonObject, Fault> {
  const family = familyOf(target);
  switch (family) {
    case 'cohere': {
      const inputs = cohereInputs(call, target, assets, (url) => url);
      return inputs.ok ? ok({ ...inputs.value, ...cohereOptions(call) }) : inputs;
    }
    case 'titan-text':
      return titanText(call, target, losses);
    case 'titan-image':
      return titanImage(call, target, assets, losses);
    case 'nova':
      return novaEmbedding(call, target, assets);
    case undefined:
      return failed(fault('upstream_not_implemented', `${target.endpoint.id} has an embedding format we do not know.`));
    default:
      return family satisfies never;
  }
}

function titanText(call: EmbeddingCall, target: Target, losses: Loss[]): Result<JsonObject, Fault> {
  const texts = textsOf(call, target);
  if (!texts.ok) return texts;
  loseInputType(call, losses);
  const { dimensions } = call;
  const isFirst = /titan-embed-(?:g1-)?text-(?:v1|01|02)/.test(target.endpoint.upstreamId);
  if (isFirst && dimensions !== undefined)
    losses.push({ field: 'dimensions', reason: 'the first Titan knows one length only' });
  return ok({ inputText: texts.value[0] ?? '', ...(!isFirst && dimensions !== undefined && { dimensions }) });
}

/** A text, an image, or both as one vector. */
function titanImage(call: EmbeddingCall, target: Target, assets: Assets, losses: Loss[]): Result<JsonObject, Fault> {
  const inputs = partsOf(call, target);
  if (!inputs.ok) return inputs;
  loseInputType(call, losses);
  let inputText = '';
  let inputImage: string | undefined;
  for (const part of inputs.value[0] ?? []) {
    if (part.type === 'text') inputText += part.text;
    else if (part.type !== 'image' || inputImage !== undefined)
      return failed(cannotTake(target, part.type === 'image' ? 'several images' : `${part.type} parts`, 0));
    else {
      const url = dataUrlOf(part.source, assets, target, 0);
      if (!url.ok) return url;
      inputImage = url.value.slice(url.value.indexOf(',') + 1);
    }
  }
  return ok({
    ...(inputText !== '' && { inputText }),
    ...(inputImage !== undefined && { inputImage }),
    ...(call.dimensions !== undefined && { embeddingConfig: { outputEmbeddingLength: call.dimensions } }),
  });
}

function loseInputType({ inputType }: EmbeddingCall, losses: Loss[]): void {
  if (inputType !== undefined) losses.push({ field: 'input_type', reason: 'Titan makes one kind of vector' });
}

import type { Fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { ok, type Result } from '../../base/result.ts';
import type { EmbeddingCall } from '../../call/embedding.ts';
import type { Loss } from '../../call/loss.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import type { EncodedCall } from '../dialect.ts';
import { nativeOf, partsOf } from '../embedding-inputs.ts';
import { taskTypeOf, writeParts } from '../google-embedding-parts.ts';
import { GEMINI_EMBEDDINGS } from './name.ts';

/** A call as `batchEmbedContents`: every input repeats the model and its options. */
export function encodeCall(call: EmbeddingCall, target: Target, assets: Assets): Result<EncodedCall, Fault> {
  const losses: Loss[] = [];
  const inputs = partsOf(call, target);
  if (!inputs.ok) return inputs;
  const { upstreamId } = target.endpoint;
  const options = {
    ...nativeOf(call, GEMINI_EMBEDDINGS, losses),
    model: `models/${upstreamId}`,
    ...(call.inputType !== undefined && { taskType: taskTypeOf(call.inputType) }),
    ...(call.dimensions !== undefined && { outputDimensionality: call.dimensions }),
  };
  const requests: JsonObject[] = [];
  for (const input of inputs.value) {
    const parts = writeParts(input, assets);
    if (!parts.ok) return parts;
    requests.push({ ...options, content: { parts: parts.value } });
  }
  return ok({ path: `/models/${upstreamId}:batchEmbedContents`, headers: {}, body: { requests }, losses });
}

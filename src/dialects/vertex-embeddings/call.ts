import type { Fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { ok, type Result } from '../../base/result.ts';
import type { EmbeddingCall } from '../../call/embedding.ts';
import type { Loss } from '../../call/loss.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import type { EncodedCall } from '../dialect.ts';
import { nativeOf, partsOf, textsOf } from '../embedding-inputs.ts';
import { taskTypeOf, writeParts } from '../google-embedding-parts.ts';
import { VERTEX_EMBEDDINGS } from './name.ts';

/**
 * Vertex AI has two ways to embed: `:predict` for lists of texts, and from Gemini Embedding 2 on `:embedContent` for one
 * thing of whatever kind (text embeddings guide and @ai-sdk/google-vertex 4, read 2026-11-24).
 */
export const embedsContent = ({ endpoint }: Target): boolean =>
  /gemini-embedding-(?!00)[2-9]/.test(endpoint.upstreamId);

export function encodeCall(call: EmbeddingCall, target: Target, assets: Assets): Result<EncodedCall, Fault> {
  const losses: Loss[] = [];
  const written = embedsContent(target) ? contentOf(call, target, assets) : instancesOf(call, target);
  if (!written.ok) return written;
  const body = { ...nativeOf(call, VERTEX_EMBEDDINGS, losses), ...written.value };
  const method = embedsContent(target) ? 'embedContent' : 'predict';
  return ok({ path: `/models/${target.endpoint.upstreamId}:${method}`, headers: {}, body, losses });
}

function instancesOf(call: EmbeddingCall, target: Target): Result<JsonObject, Fault> {
  const texts = textsOf(call, target);
  if (!texts.ok) return texts;
  const task = call.inputType !== undefined && { task_type: taskTypeOf(call.inputType) };
  return ok({
    instances: texts.value.map((content) => ({ content, ...task })),
    ...(call.dimensions !== undefined && { parameters: { outputDimensionality: call.dimensions } }),
  });
}

function contentOf(call: EmbeddingCall, target: Target, assets: Assets): Result<JsonObject, Fault> {
  const inputs = partsOf(call, target);
  if (!inputs.ok) return inputs;
  const parts = writeParts(inputs.value[0] ?? [], assets);
  if (!parts.ok) return parts;
  const embedContentConfig = {
    ...(call.inputType !== undefined && { taskType: taskTypeOf(call.inputType) }),
    ...(call.dimensions !== undefined && { outputDimensionality: call.dimensions }),
  };
  return ok({
    content: { parts: parts.value },
    ...(Object.keys(embedContentConfig).length > 0 && { embedContentConfig }),
  });
}

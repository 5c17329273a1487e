import type { Fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { ok, type Result } from '../../base/result.ts';
import type { EmbeddingCall } from '../../call/embedding.ts';
import type { Loss } from '../../call/loss.ts';
import type { UserPart } from '../../call/message.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import type { EncodedCall } from '../dialect.ts';
import { nativeOf, partsOf } from '../embedding-inputs.ts';
import { mediaPart } from '../gemini/media.ts';
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

export function writeParts(input: readonly UserPart[], assets: Assets): Result<JsonObject[], Fault> {
  const parts: JsonObject[] = [];
  for (const part of input) {
    const written = part.type === 'text' ? ok({ text: part.text }) : mediaPart(part, assets);
    if (!written.ok) return written;
    parts.push(written.value);
  }
  return ok(parts);
}

/** Gemini's words for what vectors are for, by those that other vendors' callers use. */
const TASK_TYPES: { readonly [word: string]: string } = {
  search_query: 'RETRIEVAL_QUERY',
  query: 'RETRIEVAL_QUERY',
  search_document: 'RETRIEVAL_DOCUMENT',
  document: 'RETRIEVAL_DOCUMENT',
  passage: 'RETRIEVAL_DOCUMENT',
};

export function taskTypeOf(word: string): string {
  const known = word.toLowerCase();
  return Object.hasOwn(TASK_TYPES, known) ? (TASK_TYPES[known] ?? word) : word.toUpperCase();
}

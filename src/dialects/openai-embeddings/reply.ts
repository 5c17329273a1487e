import type { Fault } from '../../base/fault.ts';
import { arrayOf, countOf, isObject, type Json, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import { failed, type Result } from '../../base/result.ts';
import type { EmbeddingReply } from '../../call/embedding.ts';
import { type Usage, usageOf } from '../../call/usage.ts';
import type { WholeContext } from '../dialect.ts';
import { faultInside } from '../openai-fault-inside.ts';
import { readVectors, replyOf } from '../vectors.ts';

/** An answer of `POST /embeddings`; an error in it counts as one, whatever the HTTP status was. */
export function decodeReply(body: Json, { target }: WholeContext<'embeddings'>): Result<EmbeddingReply, Fault> {
  const answer = objectOf(body);
  const provider = target.endpoint.provider.name;
  const error = faultInside(answer, 'data', { provider, raw: () => JSON.stringify(body) });
  if (error) return failed(error);
  const entries = inOrder(arrayOf(answer.data).map(objectOf));
  const vectors = readVectors(entries.map((entry) => entry.embedding));
  return replyOf(vectors, { id: stringOf(answer.id), usage: decodeUsage(answer.usage) }, target, body);
}

/** By `index` where every entry has its own; some vendors answer in the order in which they finished. */
function inOrder(entries: readonly JsonObject[]): readonly JsonObject[] {
  const sorted: JsonObject[] = [];
  for (const entry of entries) {
    const { index } = entry;
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= entries.length) return entries;
    sorted[index] = entry;
  }
  return Object.keys(sorted).length === entries.length ? sorted : entries;
}

/** Some count only `total_tokens`, which is the same where nothing is written. */
function decodeUsage(value: Json | undefined): Usage | undefined {
  if (!isObject(value)) return undefined;
  const input = countOf(value.prompt_tokens) || countOf(value.input_tokens) || countOf(value.total_tokens);
  if (input === 0) return undefined;
  const parts = objectOf(value.prompt_tokens_details);
  const inputImage = Math.min(countOf(parts.image_tokens), input);
  const inputAudio = Math.min(countOf(parts.audio_tokens), input - inputImage);
  return usageOf({ input: input - inputImage - inputAudio, inputImage, inputAudio });
}

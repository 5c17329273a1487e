import type { Fault } from '../../base/fault.ts';
import { arrayOf, type Json, objectOf } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import type { EmbeddingReply } from '../../call/embedding.ts';
import type { EmbeddingContext } from '../dialect.ts';
import { decodeUsage } from '../gemini/usage.ts';
import { readVectors, replyOf } from '../vectors.ts';

/** An answer of `batchEmbedContents`, or of `embedContent` with its one vector. Older models count no tokens. */
export function decodeReply(body: Json, { target }: EmbeddingContext): Result<EmbeddingReply, Fault> {
  const { embeddings, embedding, usageMetadata } = objectOf(body);
  const entries = Array.isArray(embeddings) ? arrayOf(embeddings) : [embedding];
  const vectors = readVectors(entries.map((entry) => objectOf(entry).values));
  const { promptTokenDetails, ...counts } = objectOf(usageMetadata);
  const details = promptTokenDetails !== undefined && { promptTokensDetails: promptTokenDetails };
  return replyOf(vectors, { usage: decodeUsage({ ...counts, ...details }, 0) }, target, body);
}

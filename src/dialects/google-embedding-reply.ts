import type { Fault } from '../base/fault.ts';
import { arrayOf, countOf, type Json, objectOf } from '../base/json.ts';
import type { Result } from '../base/result.ts';
import type { EmbeddingReply } from '../call/embedding.ts';
import { usageOf } from '../call/usage.ts';
import type { WholeContext } from './dialect.ts';
import { decodeUsage } from './gemini-usage.ts';
import { readVectors, replyOf } from './vectors.ts';

/**
 * An answer of `batchEmbedContents`, of `embedContent` with its one vector, or of Vertex AI's `:predict`, where each
 * vector tells its own count. Older models count no tokens.
 */
export function decodeReply(body: Json, { target }: WholeContext<'embeddings'>): Result<EmbeddingReply, Fault> {
  const { embeddings, embedding, predictions, usageMetadata } = objectOf(body);
  if (Array.isArray(predictions)) {
    const predicted = arrayOf(predictions).map((prediction) => objectOf(objectOf(prediction).embeddings));
    let input = 0;
    for (const { statistics } of predicted) input += countOf(objectOf(statistics).token_count);
    const vectors = readVectors(predicted.map(({ values }) => values));
    return replyOf(vectors, { usage: input > 0 ? usageOf({ input }) : undefined }, target, body);
  }
  const entries = Array.isArray(embeddings) ? arrayOf(embeddings) : [embedding];
  const vectors = readVectors(entries.map((entry) => objectOf(entry).values));
  const { promptTokenDetails, ...counts } = objectOf(usageMetadata);
  const details = promptTokenDetails !== undefined && { promptTokensDetails: promptTokenDetails };
  return replyOf(vectors, { usage: decodeUsage({ ...counts, ...details }, 0) }, target, body);
}

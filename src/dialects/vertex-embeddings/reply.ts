import type { Fault } from '../../base/fault.ts';
import { arrayOf, countOf, type Json, objectOf } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import type { EmbeddingReply } from '../../call/embedding.ts';
import { usageOf } from '../../call/usage.ts';
import type { EmbeddingContext } from '../dialect.ts';
import { decodeReply as decodeContent } from '../gemini-embeddings/reply.ts';
import { readVectors, replyOf } from '../vectors.ts';

/** An answer of `:predict`, where each vector tells its own count, or of `:embedContent`, which is Gemini's. */
export function decodeReply(body: Json, context: EmbeddingContext): Result<EmbeddingReply, Fault> {
  const { predictions } = objectOf(body);
  if (predictions === undefined) return decodeContent(body, context);
  const embeddings = arrayOf(predictions).map((prediction) => objectOf(objectOf(prediction).embeddings));
  let input = 0;
  for (const { statistics } of embeddings) input += countOf(objectOf(statistics).token_count);
  const vectors = readVectors(embeddings.map(({ values }) => values));
  return replyOf(vectors, { usage: input > 0 ? usageOf({ input }) : undefined }, context.target, body);
}

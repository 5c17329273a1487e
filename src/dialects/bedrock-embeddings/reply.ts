import type { Fault } from '../../base/fault.ts';
import { countOf, type Json, objectOf, stringOf } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import type { EmbeddingReply } from '../../call/embedding.ts';
import { usageOf } from '../../call/usage.ts';
import { vectorsOf } from '../cohere-embeddings/reply.ts';
import type { EmbeddingContext } from '../dialect.ts';
import { readVectors, replyOf } from '../vectors.ts';

/** Where Bedrock counts tokens for models whose answers do not (vercel/ai#15973, read 2026-11-22). */
const COUNT_HEADER = 'x-amzn-bedrock-input-token-count';

/** Titan's one vector or Cohere's many. */
export function decodeReply(body: Json, { target, headers }: EmbeddingContext): Result<EmbeddingReply, Fault> {
  const answer = objectOf(body);
  const vectors = answer.embedding === undefined ? vectorsOf(answer) : readVectors([answer.embedding]);
  const input = countOf(answer.inputTextTokenCount) || countOf(Number(headers[COUNT_HEADER] ?? 0));
  const usage = input > 0 ? usageOf({ input }) : undefined;
  return replyOf(vectors, { id: stringOf(answer.id), usage }, target, body);
}

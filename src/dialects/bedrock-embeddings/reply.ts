import type { Fault } from '../../base/fault.ts';
import { countOf, isObject, type Json, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import type { EmbeddingReply, Vector } from '../../call/embedding.ts';
import { usageOf } from '../../call/usage.ts';
import { vectorsOf } from '../cohere-embedding-vectors.ts';
import type { WholeContext } from '../dialect.ts';
import { readVectors, replyOf } from '../vectors.ts';

/** Where Bedrock counts tokens for models whose answers do not (vercel/ai#15973, read 2026-11-22). */
const COUNT_HEADER = 'x-amzn-bedrock-input-token-count';

/** Titan's one vector, Nova's one in a list that names its kind, or Cohere's many. */
export function decodeReply(
  body: Json,
  { target, headers }: WholeContext<'embeddings'>,
): Result<EmbeddingReply, Fault> {
  const answer = objectOf(body);
  const vectors = answer.embedding === undefined ? listed(answer) : readVectors([answer.embedding]);
  const bodyCount = countOf(answer.inputTextTokenCount) || countOf(answer.inputTokenCount);
  const input = bodyCount || countOf(Number(headers[COUNT_HEADER] ?? 0));
  const usage = input > 0 ? usageOf({ input }) : undefined;
  return replyOf(vectors, { id: stringOf(answer.id), usage }, target, body);
}

function listed(answer: JsonObject): Vector[] | undefined {
  const { embeddings } = answer;
  if (!Array.isArray(embeddings) || !isObject(embeddings[0])) return vectorsOf(answer);
  return readVectors(embeddings.map((entry) => objectOf(entry).embedding));
}

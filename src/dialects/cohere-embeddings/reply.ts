import type { Fault } from '../../base/fault.ts';
import { countOf, type Json, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import type { EmbeddingReply } from '../../call/embedding.ts';
import { type Usage, usageOf } from '../../call/usage.ts';
import { vectorsOf } from '../cohere-embedding-vectors.ts';
import type { WholeContext } from '../dialect.ts';
import { replyOf } from '../vectors.ts';

/** An answer of `POST /v2/embed`. */
export function decodeReply(body: Json, { target }: WholeContext<'embeddings'>): Result<EmbeddingReply, Fault> {
  const answer = objectOf(body);
  return replyOf(vectorsOf(answer), { id: stringOf(answer.id), usage: decodeUsage(answer) }, target, body);
}

/** Texts and images are counted apart and billed alike. */
function decodeUsage({ meta }: JsonObject): Usage | undefined {
  const billed = objectOf(objectOf(meta).billed_units);
  const input = countOf(billed.input_tokens) + countOf(billed.image_tokens);
  return input > 0 ? usageOf({ input }) : undefined;
}

import { arrayOf, type JsonObject, objectOf } from '../base/json.ts';
import { readVectors } from './vectors.ts';

/** The vectors of an answer of Cohere's. Without `embedding_types` and in version 1 they stand in `embeddings` itself. */
export function vectorsOf({ embeddings }: JsonObject): ReturnType<typeof readVectors> {
  const { float, base64 } = objectOf(embeddings);
  return readVectors(arrayOf(Array.isArray(embeddings) ? embeddings : (float ?? base64)));
}

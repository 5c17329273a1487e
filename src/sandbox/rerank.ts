import {
  arrayOf,
  type Json,
  type JsonObject,
  objectOf,
  optionalNumber,
  optionalString,
  stringOf,
} from '../base/json.ts';
import { countTokens } from './words.ts';

/** `POST /rerank` as Jina AI defines it. A document is as relevant as it has words of the query. */
export function rerank(body: JsonObject): JsonObject {
  const query = stringOf(body.query);
  const texts = arrayOf(body.documents).map(textOf);
  const queryWords = wordsOf(query);
  const results = texts
    .map((text, index) => ({ index, relevance_score: relevanceOf(wordsOf(text), queryWords) }))
    .sort((one, other) => other.relevance_score - one.relevance_score || one.index - other.index)
    .slice(0, optionalNumber(body.top_n) ?? texts.length);
  const tokens = texts.reduce((sum, text) => sum + countTokens(text) + countTokens(query), 0);
  return { model: optionalString(body.model) ?? 'rerank', object: 'list', usage: { total_tokens: tokens }, results };
}

const textOf = (document: Json): string =>
  typeof document === 'string' ? document : stringOf(objectOf(document).text);

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

/** From 0 to 1: the part of the query's words that stand in it, a little less for every other word. */
function relevanceOf(words: ReadonlySet<string>, queryWords: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of queryWords) if (words.has(word)) shared++;
  const score = shared / Math.max(1, queryWords.size) - Math.min(0.001 * words.size, 0.1);
  return Math.round(Math.max(0, score) * 10_000) / 10_000;
}

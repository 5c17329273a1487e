import type { Fault } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import { ok, type Result } from '../base/result.ts';
import type { UserPart } from '../call/message.ts';
import type { Assets } from '../facts/asset.ts';
import { mediaPart } from './gemini-media.ts';

/** An input's parts as the Gemini API and Vertex AI write them. */
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
  const lowered = word.toLowerCase();
  return Object.hasOwn(TASK_TYPES, lowered) ? (TASK_TYPES[lowered] ?? word) : word.toUpperCase();
}

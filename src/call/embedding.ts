import type { Native, UserPart } from './message.ts';
import type { CommonCall, CommonReply } from './operation.ts';

/** What a client wants embedded, in no vendor's words. Every field that is absent was not sent and is not sent upstream. */
export type EmbeddingCall = CommonCall & {
  /** One vector each, in this order; at least one. */
  readonly inputs: readonly EmbeddingInput[];
  /** How the client wants vectors written. */
  readonly encoding?: VectorEncoding;
  readonly dimensions?: number;
  /** What the vectors are for: `search_query`, `search_document`, `classification`, or a vendor's own word. */
  readonly inputType?: string;
  /** Top-level fields we do not model; they reach an endpoint of the same dialect unchanged. */
  readonly native?: Native;
};

export const VECTOR_ENCODINGS = ['float', 'base64'] as const;
/** How a client wants vectors written: as numbers, or as base64 of 32-bit floats. */
export type VectorEncoding = (typeof VECTOR_ENCODINGS)[number];

/** One thing to embed: a text or several parts together, or a text as the model's own token ids. */
export type EmbeddingInput =
  | { readonly type: 'content'; readonly parts: readonly UserPart[] }
  | { readonly type: 'tokens'; readonly tokens: readonly number[] };

/** The vectors of a call, in the order of its inputs. */
export type EmbeddingReply = CommonReply & {
  readonly vectors: readonly Vector[];
};

/** As the vendor sent it: rewritten only for a client that wants the other form. `base64` is little-endian float32. */
export type Vector = readonly number[] | { readonly base64: string };

/** The text of an input that is nothing but text; undefined for tokens and for anything with other parts. */
export function textOf(input: EmbeddingInput): string | undefined {
  if (input.type === 'tokens') return undefined;
  let text = '';
  for (const part of input.parts) {
    if (part.type !== 'text') return undefined;
    text += part.text;
  }
  return text;
}

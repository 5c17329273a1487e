import type { EmbeddingInput } from './embedding.ts';
import type { Native } from './message.ts';
import type { CommonCall, CommonReply } from './operation.ts';

/** What a client wants judged, in no vendor's words. */
export type ModerationCall = CommonCall & {
  /** One judgement each, in this order; at least one. */
  readonly inputs: readonly Extract<EmbeddingInput, { type: 'content' }>[];
  /** Top-level fields we do not model; they reach an endpoint of the same dialect unchanged. */
  readonly native?: Native;
};

/** One judgement for each input, in their order. Categories are the model's own words. */
export type ModerationReply = CommonReply & { readonly results: readonly Judgement[] };

export type Judgement = {
  readonly flagged: boolean;
  readonly categories: { readonly [category: string]: boolean };
  /** From 0 to 1. */
  readonly scores: { readonly [category: string]: number };
  /** What of the input each score is about: `text`, `image`. Absent = the vendor does not say. */
  readonly about?: { readonly [category: string]: readonly string[] };
};

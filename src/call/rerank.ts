import type { Native, UserPart } from './message.ts';
import type { CommonCall, CommonReply } from './operation.ts';

/** What a client wants ranked, in no vendor's words. Every field that is absent was not sent and is not sent upstream. */
export type RerankCall = CommonCall & {
  /** What the documents are ranked by; never empty. */
  readonly query: string;
  /** At least one; results name them by their places here. */
  readonly documents: readonly RerankDocument[];
  /** How many of the best are told; absent = all. May be more than there are documents. */
  readonly topN?: number;
  /** Tokens of a document that are read at most; what is behind them is ignored. */
  readonly maxTokensPerDocument?: number;
  /** Is each result to repeat its document? */
  readonly repeatsDocuments: boolean;
  /** Top-level fields we do not model; they reach an endpoint of the same dialect unchanged. */
  readonly native?: Native;
};

/** A text, an image, or both as one. */
export type RerankDocument = { readonly parts: readonly UserPart[] };

/** The best documents, the best one first. */
export type RerankReply = CommonReply & { readonly results: readonly RankedDocument[] };

/** A document's place among the others, by how well it answers the query. */
export type RankedDocument = {
  /** The document's place in the call. */
  readonly index: number;
  /** Greater is more relevant. Most vendors keep to 0 … 1; scores of different models cannot be compared. */
  readonly score: number;
};

/** How many results a call asks for. */
export const resultsWanted = ({ topN, documents }: Pick<RerankCall, 'topN' | 'documents'>): number =>
  Math.min(topN ?? documents.length, documents.length);

import type { RerankCall, RerankDocument } from '../call/rerank.ts';
import { estimateEach } from './estimate.ts';
import { type Exposures, remembered } from './exposure.ts';
import { NO_PIECES } from './meters.ts';
import { measureParts, type PromptSize } from './prompt-size.ts';

/** What a call to rank consumes, roughly. */
export type RerankSize = {
  readonly queryTokens: number;
  /** Each document is read beside the query. */
  readonly promptTokens: number;
  readonly searchUnits: number;
};

/** A search unit is a query with up to so many pieces of documents, and a piece has so many tokens, the query among them (Cohere's and Amazon's pricing pages, read 2026-11-29). */
const PIECES_PER_UNIT = 100;
const PIECE_TOKENS = 500;
/** A query that is longer leaves this much of a piece to the document. */
const PIECE_TOKENS_MIN = 250;
/** Cohere reads this much of a document where it is told nothing else. */
const DOCUMENT_TOKENS = 4_096;

export function estimateRerank(call: RerankCall): RerankSize {
  const query = [{ type: 'text' as const, text: call.query }];
  const [queryTokens = 0, ...documents] = estimateEach(
    [query, ...call.documents.map(({ parts }) => parts)],
    call.blobs,
  );
  return sizeOf(call, queryTokens, documents);
}

/** A bound in place of an estimate: a token is at least a byte. */
function boundRerank(call: RerankCall, context: number): RerankSize & { readonly longest: number } {
  const tokensOf = (document: RerankDocument): number => {
    const size = measureParts(document.parts, call.blobs ?? []);
    return size.fillsWindow ? context : Math.min(context, size.tokens);
  };
  const query = tokensOf({ parts: [{ type: 'text', text: call.query }] });
  const documents = call.documents.map(tokensOf);
  const longest = documents.reduce((most, tokens) => Math.max(most, tokens), 0);
  return { ...sizeOf(call, query, documents), longest: query + longest };
}

function sizeOf(
  { maxTokensPerDocument = DOCUMENT_TOKENS }: RerankCall,
  queryTokens: number,
  documents: readonly number[],
): RerankSize {
  const capacity = Math.max(PIECE_TOKENS_MIN, PIECE_TOKENS - queryTokens);
  let promptTokens = 0;
  let pieces = 0;
  for (const tokens of documents) {
    promptTokens += queryTokens + tokens;
    pieces += Math.max(1, Math.ceil(Math.min(tokens, maxTokensPerDocument) / capacity));
  }
  return { queryTokens, promptTokens, searchUnits: Math.ceil(pieces / PIECES_PER_UNIT) };
}

/** The most that a call to rank may consume: nothing is written. */
export const exposuresOfRerank = (call: RerankCall): Exposures =>
  remembered(({ context }) => {
    const { promptTokens, searchUnits, longest } = boundRerank(call, context);
    return {
      promptTokens: longest,
      promptTokensSum: promptTokens,
      answers: 1,
      outputTokens: 0,
      summaries: 0,
      pieces: { ...NO_PIECES, searchUnits, ...piecesRead(call) },
    };
  });

/** Images and characters, for hosts with a price for each. */
function piecesRead({
  query,
  documents,
  blobs = [],
}: RerankCall): Pick<typeof NO_PIECES, 'images' | 'inputCharacters'> {
  const parts = [{ type: 'text' as const, text: query }, ...documents.flatMap((document) => document.parts)];
  const size: PromptSize = measureParts(parts, blobs);
  return { images: size.images, inputCharacters: size.bytes };
}

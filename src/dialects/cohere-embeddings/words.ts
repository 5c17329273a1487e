/** Cohere's words for what vectors are for, by those that other vendors' callers use. */
const INPUT_TYPES: { readonly [word: string]: string } = {
  query: 'search_query',
  document: 'search_document',
  passage: 'search_document',
  retrieval_query: 'search_query',
  retrieval_document: 'search_document',
};

/** The field must be there (Embed reference, read 2026-11-22). Most texts that are embedded are there to be found. */
export function inputTypeOf(word: string | undefined): string {
  const known = (word ?? 'search_document').toLowerCase();
  return Object.hasOwn(INPUT_TYPES, known) ? (INPUT_TYPES[known] ?? known) : known;
}

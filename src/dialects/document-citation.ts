import { arrayOf, countOf, type Json, type JsonObject, objectOf, optionalString, stringOf } from '../base/json.ts';

/** What a vendor's citation of a document says in any case: which one, and which words of it. Offsets count characters. */
export type DocumentCitation = {
  readonly name: string;
  readonly text: string;
  readonly index: number;
  readonly start: number;
  readonly end: number;
};

/** Anthropic's `…_location`, Bedrock's citation, OpenAI's `file_citation`: what is not told is empty or zero. */
export function documentOf(citation: JsonObject): DocumentCitation {
  const names = [citation.document_title, citation.title, citation.filename, citation.file_id].map(optionalString);
  const place = objectOf(Object.values(objectOf(citation.location))[0]);
  return {
    name: names.find((name) => name !== undefined) ?? '',
    text: optionalString(citation.cited_text) ?? arrayOf(citation.sourceContent).map(textOf).join(''),
    index: countOf(citation.document_index ?? place.documentIndex),
    start: countOf(citation.start_char_index ?? place.start),
    end: countOf(citation.end_char_index ?? place.end),
  };
}

const textOf = (part: Json): string => stringOf(objectOf(part).text);

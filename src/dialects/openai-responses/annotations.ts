import { type Json, type JsonObject, optionalNumber, optionalString } from '../../base/json.ts';
import type { Annotation } from '../../call/message.ts';
import { documentOf } from '../document-citation.ts';

/** `base`: how many characters of the answer's text stand before the part that is annotated. */
export function decodeAnnotation(value: JsonObject, base: number): Annotation {
  const url = optionalString(value.url);
  if (value.type !== 'url_citation' || url === undefined) return { type: 'native', value };
  const title = optionalString(value.title);
  const content = optionalString(value.content);
  const start = optionalNumber(value.start_index);
  const end = optionalNumber(value.end_index);
  return {
    type: 'url',
    url,
    ...(title !== undefined && { title }),
    ...(content !== undefined && { content }),
    ...(start !== undefined && { start: start + base }),
    ...(end !== undefined && { end: end + base }),
  };
}

const OURS: ReadonlySet<Json | undefined> = new Set(['file_citation', 'container_file_citation', 'file_path']);

/** Another vendor's citation of a document; the citation itself stands beside it. */
const fileCitation = (citation: JsonObject): JsonObject => {
  const { name, index } = documentOf(citation);
  return { type: 'file_citation', file_id: '', filename: name, index, citation };
};

export function encodeAnnotation(annotation: Annotation, base: number): JsonObject {
  if (annotation.type === 'native')
    return OURS.has(annotation.value.type) ? annotation.value : fileCitation(annotation.value);
  return {
    type: 'url_citation',
    url: annotation.url,
    title: annotation.title ?? '',
    start_index: Math.max(0, (annotation.start ?? base) - base),
    end_index: Math.max(0, (annotation.end ?? base) - base),
    ...(annotation.content !== undefined && { content: annotation.content }),
  };
}

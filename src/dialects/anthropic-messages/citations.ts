import { isObject, type JsonObject, optionalString } from '../../base/json.ts';
import type { Annotation } from '../../call/message.ts';
import { documentOf } from '../document-citation.ts';
import { fieldsOf, leftover, withNative } from './words.ts';

/** A citation of a web page becomes a URL annotation over its text block; one of a document keeps its own shape. */
export function annotationOf(citation: JsonObject, start: number, end: number): Annotation {
  const url = optionalString(citation.url);
  if (url === undefined) return { type: 'native', value: citation };
  const title = optionalString(citation.title);
  const content = optionalString(citation.cited_text);
  return {
    type: 'url',
    url,
    ...(title !== undefined && { title }),
    ...(content !== undefined && { content }),
    start,
    end,
    ...withNative(leftover(citation, ['type', 'url', 'title', 'cited_text'])),
  };
}

/** The way back, and another vendor's citation of a document. A parsed file has no place here: undefined. */
export function citationOf(annotation: Annotation): JsonObject | undefined {
  if (annotation.type === 'native') {
    const { type, file } = annotation.value;
    if (typeof type === 'string' && type.endsWith('_location')) return annotation.value;
    return isObject(file) ? undefined : charLocation(annotation.value);
  }
  return {
    type: 'web_search_result_location',
    url: annotation.url,
    title: annotation.title ?? null,
    cited_text: annotation.content ?? '',
    encrypted_index: '',
    ...fieldsOf(annotation.native),
  };
}

function charLocation(citation: JsonObject): JsonObject {
  const { name, text, index, start, end } = documentOf(citation);
  const place = { document_index: index, start_char_index: start, end_char_index: end };
  return { type: 'char_location', cited_text: text, document_title: name, file_id: null, ...place };
}

export const citationsIn = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

import { isObject, type JsonObject, optionalString } from '../../base/json.ts';
import type { Annotation } from '../../call/message.ts';
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

/** The way back. Another vendor's annotation of no known shape (a parsed file) has no place here: undefined. */
export function citationOf(annotation: Annotation): JsonObject | undefined {
  if (annotation.type === 'native') {
    const { type } = annotation.value;
    return typeof type === 'string' && type.endsWith('_location') ? annotation.value : undefined;
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

export const citationsIn = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

import { type JsonObject, optionalNumber, optionalString } from '../../base/json.ts';
import type { Annotation } from '../../call/message.ts';

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

export function encodeAnnotation(annotation: Annotation, base: number): JsonObject {
  if (annotation.type === 'native') return annotation.value;
  return {
    type: 'url_citation',
    url: annotation.url,
    title: annotation.title ?? '',
    start_index: Math.max(0, (annotation.start ?? base) - base),
    end_index: Math.max(0, (annotation.end ?? base) - base),
    ...(annotation.content !== undefined && { content: annotation.content }),
  };
}

import { isObject, type Json, type JsonObject, optionalNumber, optionalString, stringOf } from '../../base/json.ts';
import type { Annotation } from '../../call/message.ts';

/** An entry of `annotations`: a URL citation, or something kept as it is (a parsed file). */
export function readAnnotation(entry: Json): Annotation | undefined {
  if (!isObject(entry)) return undefined;
  const citation = entry.url_citation;
  if (entry.type !== 'url_citation' || !isObject(citation)) return { type: 'native', value: entry };
  const title = optionalString(citation.title);
  const content = optionalString(citation.content);
  const start = optionalNumber(citation.start_index);
  const end = optionalNumber(citation.end_index);
  return {
    type: 'url',
    url: stringOf(citation.url),
    ...(title !== undefined && { title }),
    ...(content !== undefined && { content }),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
  };
}

export function writeAnnotation(annotation: Annotation): JsonObject {
  if (annotation.type === 'native') return annotation.value;
  return {
    type: 'url_citation',
    url_citation: {
      url: annotation.url,
      title: annotation.title ?? '',
      ...(annotation.content !== undefined && { content: annotation.content }),
      start_index: annotation.start ?? 0,
      end_index: annotation.end ?? 0,
    },
  };
}

import { isObject, type Json, type JsonObject, optionalNumber, optionalString, stringOf } from '../../base/json.ts';
import type { Annotation } from '../../call/message.ts';
import { documentOf } from '../document-citation.ts';

/** An entry of `annotations`: a URL citation, or something kept as it is (a parsed file). */
export function readAnnotation(entry: Json): Annotation | undefined {
  if (!isObject(entry)) return undefined;
  const citation = entry.url_citation;
  if (entry.type === 'file' && isObject(entry.citation)) return { type: 'native', value: entry.citation };
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
  if (annotation.type === 'native')
    return isOurs(annotation.value) ? annotation.value : fileAnnotation(annotation.value);
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

const isOurs = ({ type, file, file_annotation }: JsonObject): boolean =>
  (type === 'file' && isObject(file)) || (type === 'file_annotation' && isObject(file_annotation));

/**
 * Another vendor's citation of a document, as the only other annotation there is: clients that check what they get
 * (@openrouter/ai-sdk-provider 3.1) refuse a whole answer for an annotation of a kind they do not know. The citation
 * itself stands beside it, for the way back.
 */
function fileAnnotation(citation: JsonObject): JsonObject {
  const { name, text } = documentOf(citation);
  const content = text === '' ? [] : [{ type: 'text', text }];
  return { type: 'file', file: { hash: '', name, content }, citation };
}

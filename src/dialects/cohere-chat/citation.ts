import { arrayOf, isObject, type JsonObject, optionalNumber, optionalString } from '../../base/json.ts';
import type { Annotation } from '../../call/message.ts';

/**
 * One citation → one annotation for each of its sources. Cohere cites documents and tool results, mostly without a web
 * address: those are named by their id as a fragment (`#get_time_1:0`). `offset` is where the cited block begins.
 */
export function decodeCitation(citation: JsonObject, offset: number): Annotation[] {
  const start = optionalNumber(citation.start);
  const end = optionalNumber(citation.end);
  return arrayOf(citation.sources)
    .filter(isObject)
    .map((source) => {
      const found = [source.document, source.tool_output].find(isObject);
      const title = optionalString(found?.title);
      const content = optionalString(found?.snippet) ?? optionalString(found?.content) ?? optionalString(found?.text);
      return {
        type: 'url',
        url: optionalString(found?.url) ?? `#${optionalString(source.id) ?? ''}`,
        ...(title !== undefined && { title }),
        ...(content !== undefined && { content }),
        ...(start !== undefined && { start: start + offset }),
        ...(end !== undefined && { end: end + offset }),
      };
    });
}

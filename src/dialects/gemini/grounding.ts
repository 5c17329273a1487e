import { arrayOf, countOf, isObject, type Json, type JsonObject, objectOf, optionalString } from '../../base/json.ts';
import type { Annotation } from '../../call/message.ts';
import { documentOf } from '../document-citation.ts';

/** An answer has a handful; a hostile one must not make us count bytes for ever. */
const SUPPORTS_MAX = 500;

type Url = Extract<Annotation, { type: 'url' }>;

/**
 * `groundingMetadata` → one annotation per supported stretch of text and source; sources that support no stretch stand
 * without offsets. Gemini counts bytes of the text, we count characters (Segment reference, read 2026-11-22).
 */
export function decodeGrounding(metadata: JsonObject, text: string): Annotation[] {
  const sources = arrayOf(metadata.groundingChunks).map(sourceOf);
  const annotations: Annotation[] = [];
  const used = new Set<number>();
  const characters = charactersOf(text);
  for (const entry of arrayOf(metadata.groundingSupports).slice(0, SUPPORTS_MAX)) {
    const support = objectOf(entry);
    const segment = objectOf(support.segment);
    const place = { start: characters(countOf(segment.startIndex)), end: characters(countOf(segment.endIndex)) };
    for (const index of arrayOf(support.groundingChunkIndices).slice(0, SUPPORTS_MAX)) {
      const source = typeof index === 'number' ? sources[index] : undefined;
      if (!source || typeof index !== 'number') continue;
      used.add(index);
      annotations.push({ ...source, ...place });
    }
  }
  sources.forEach((source, index) => {
    if (source && !used.has(index)) annotations.push(source);
  });
  return annotations;
}

/** Gemini's byte offsets in a text as ours in characters. */
function charactersOf(text: string): (offset: number) => number {
  const bytes = /^[\x00-\x7f]*$/.test(text) ? null : Buffer.from(text);
  return (offset) => (bytes ? bytes.subarray(0, offset).toString().length : offset);
}

/**
 * `citationMetadata`: where the model recites a source, in the Gemini API's `citationSources` or Vertex AI's `citations`
 * (reference of CitationMetadata, read 2026-11-25). A source with no more than a licence has no place here.
 */
export function decodeRecitations({ citationSources, citations }: JsonObject, text: string): Annotation[] {
  const characters = charactersOf(text);
  return arrayOf(citationSources ?? citations)
    .slice(0, SUPPORTS_MAX)
    .flatMap((entry): Annotation[] => {
      const { uri, title, startIndex, endIndex } = objectOf(entry);
      if (typeof uri !== 'string' || uri === '') return [];
      const place =
        endIndex === undefined ? {} : { start: characters(countOf(startIndex)), end: characters(countOf(endIndex)) };
      return [{ type: 'url', url: uri, ...(typeof title === 'string' && title !== '' && { title }), ...place }];
    });
}

function sourceOf(chunk: unknown): Url | undefined {
  const { web, retrievedContext, maps } = objectOf(chunk);
  const place = [web, retrievedContext, maps].find(isObject);
  const url = optionalString(place?.uri);
  if (url === undefined) return undefined;
  const title = optionalString(place?.title);
  return { type: 'url', url, ...(title !== undefined && { title }) };
}

/** Gemini's own metadata as it came, or annotations of another vendor in its shape; undefined if there are none. */
export const groundingOf = (native: JsonObject, annotations: readonly Annotation[], text: string): Json | undefined =>
  native.groundingMetadata ?? (native.citationMetadata === undefined ? encodeGrounding(annotations, text) : undefined);

function encodeGrounding(annotations: readonly Annotation[], text: string): JsonObject | undefined {
  const chunks: JsonObject[] = [];
  const supports: JsonObject[] = [];
  const places = new Map<string, number>();
  for (const annotation of annotations.slice(0, SUPPORTS_MAX)) {
    if (annotation.type !== 'url') {
      const { name, text: quoted } = documentOf(annotation.value);
      chunks.push({ retrievedContext: { title: name, text: quoted } });
      continue;
    }
    let index = places.get(annotation.url);
    if (index === undefined) {
      index = chunks.length;
      places.set(annotation.url, index);
      const { url, title } = annotation;
      chunks.push({ web: { uri: url, ...(title !== undefined && { title }) } });
    }
    const { start, end } = annotation;
    if (end === undefined) continue;
    const segment = {
      startIndex: Buffer.byteLength(text.slice(0, start ?? 0)),
      endIndex: Buffer.byteLength(text.slice(0, end)),
      text: text.slice(start ?? 0, end),
    };
    supports.push({ segment, groundingChunkIndices: [index] });
  }
  if (chunks.length === 0) return undefined;
  return { groundingChunks: chunks, ...(supports.length > 0 && { groundingSupports: supports }) };
}

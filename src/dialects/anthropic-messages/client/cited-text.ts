import type { JsonObject } from '../../../base/json.ts';
import type { Annotation } from '../../../call/message.ts';
import { citationOf } from '../citations.ts';

/**
 * A text as the blocks that this dialect makes of it: a citation speaks of its whole block, so the text is cut where
 * the annotated stretches begin and end. `offset` is where the text begins within the answer's text.
 */
export function citedText(text: string, offset: number, annotations: readonly Annotation[]): JsonObject[] {
  const blocks: { type: 'text'; text: string; citations: JsonObject[] }[] = [];
  const endless: JsonObject[] = [];
  let at = 0;
  for (const annotation of [...annotations].sort((a, b) => startOf(a) - startOf(b))) {
    const citation = citationOf(annotation);
    if (!citation) continue;
    if (annotation.type !== 'url' || annotation.start === undefined || annotation.end === undefined) {
      endless.push(citation);
      continue;
    }
    const start = Math.min(Math.max(annotation.start - offset, 0), text.length);
    const end = Math.min(Math.max(annotation.end - offset, start), text.length);
    if (start > at) {
      blocks.push({ type: 'text', text: text.slice(at, start), citations: [] });
      at = start;
    }
    const last = blocks.at(-1);
    if (end > at) {
      blocks.push({ type: 'text', text: text.slice(at, end), citations: [citation] });
      at = end;
    } else if (last) last.citations = [...last.citations, citation];
    else endless.push(citation);
  }
  if (at < text.length) blocks.push({ type: 'text', text: text.slice(at), citations: [] });
  const last = blocks.at(-1);
  if (last && endless.length > 0) last.citations = [...last.citations, ...endless];
  return blocks;
}

const startOf = (annotation: Annotation): number => (annotation.type === 'url' ? (annotation.start ?? 0) : 0);

import type { Annotation } from '../../call/message.ts';
import type { FoundPage } from '../../call/server-tool.ts';

/** As many as a search gives at most, twice. */
const CITATIONS_MAX = 50;
const CONTENT_MAX = 1_000;

/**
 * What was found, as citations of the answer: each page once, with the place of the Markdown link to it where the answer
 * has one. `offset`: characters of the answer before `text`.
 */
export function citationsOf(pages: readonly FoundPage[], text: string, offset = 0): Annotation[] {
  const distinct = [...new Map(pages.map((page) => [page.url, page])).values()].slice(0, CITATIONS_MAX);
  return distinct.map(({ url, title, text: content }): Annotation => {
    const about = { type: 'url' as const, url, title, content: content.slice(0, CONTENT_MAX) };
    const at = text.indexOf(`](${url}`);
    const end = at < 0 ? -1 : text.indexOf(')', at);
    const start = at < 0 ? -1 : text.lastIndexOf('[', at);
    return start < 0 || end < 0 ? about : { ...about, start: offset + start, end: offset + end + 1 };
  });
}

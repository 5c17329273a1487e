import { Parser } from 'htmlparser2';
import type { Route } from '../../route.ts';

/** Lines are begun by these, and nothing else of a page has a meaning of its own in Markdown. */
const BEGINS: { readonly [tag: string]: string } = {
  h1: '\n# ',
  h2: '\n## ',
  h3: '\n### ',
  p: '\n',
  dt: '\n- ',
  dd: '\n  ',
  li: '\n- ',
  tr: '\n',
  span: ' ',
  i: ' ',
  summary: '\n',
};
const UNREAD = new Set(['button', 'script', 'style', 'svg', 'select', 'nav']);

/** The text of one of our own pages as Markdown, links whole: what stands in its `<article>`. */
export function markdownOf(page: string, origin: string): string {
  let text = '';
  let unread = 0;
  let inside = 0;
  let isCode = false;
  const open: string[] = [];
  const write = (words: string): void => {
    if (inside > 0 && unread === 0) text += words;
  };
  const parser = new Parser({
    onopentag: (name, { href }) => {
      if (name === 'article') inside++;
      if (UNREAD.has(name)) unread++;
      if (name === 'pre') {
        isCode = true;
        return write('\n```\n');
      }
      if (name === 'code' && !isCode) write('`');
      if (name === 'a') {
        open.push(href ?? '');
        if (!href?.startsWith('#')) write('[');
      }
      write(BEGINS[name] ?? '');
    },
    ontext: (words) => write(isCode ? words : words.replace(/\s+/g, ' ')),
    onclosetag: (name) => {
      if (name === 'a') {
        const href = open.pop() ?? '';
        if (!href.startsWith('#')) write(`](${href.startsWith('/') ? origin : ''}${href})`);
      }
      if (name === 'code' && !isCode) write('`');
      if (name === 'td' || name === 'th') write(' ');
      if (name === 'pre') {
        write('\n```\n');
        isCode = false;
      }
      if (/^h\d$/.test(name)) write('\n');
      if (UNREAD.has(name)) unread--;
      if (name === 'article') inside--;
    },
  });
  parser.end(page);
  return `${text
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

/** The same page at its address with `.md` behind it, for programs that read (llmstxt.org, read 2026-11-29). */
export const asMarkdown = (route: Route): Route => ({
  ...route,
  path: `${route.path}.md`,
  handle: async (request, gateway) => {
    const answer = await route.handle(request, gateway);
    if (!('text' in answer)) return answer;
    return {
      status: answer.status,
      text: markdownOf(answer.text, request.origin),
      contentType: 'text/markdown; charset=utf-8',
      headers: { 'cache-control': 'public, max-age=300', 'x-content-type-options': 'nosniff' },
    };
  },
});

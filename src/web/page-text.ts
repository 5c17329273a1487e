import { Parser } from 'htmlparser2';
import type { World } from '../base/world.ts';

export type PageText = { readonly title: string; readonly text: string };

/** What is read in one turn of the loop. */
const PIECE = 64 * 1024;
const TITLE_MAX = 500;
/** What nobody reads. */
const UNREAD = new Set(['script', 'style', 'noscript', 'template', 'svg', 'iframe', 'object', 'canvas']);
const BLOCKS = new Set(
  'address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table td th tr ul'.split(
    ' ',
  ),
);

/**
 * The text of a page, a line for each block of it. Reads tag by tag without building a tree, so that neither depth nor
 * breadth costs memory; stops at `lengthMax` characters.
 */
export async function pageText(world: World, html: string, lengthMax: number): Promise<PageText> {
  let text = '';
  let title = '';
  let isTitle = false;
  let unread = 0;
  const newLine = (): void => {
    if (text !== '' && !text.endsWith('\n')) text = `${text.trimEnd()}\n`;
  };
  const parser = new Parser(
    {
      onopentagname: (name) => {
        if (name === 'title') isTitle = title === '';
        if (UNREAD.has(name)) unread++;
        else if (BLOCKS.has(name)) newLine();
        if (unread === 0 && /^h[1-6]$/.test(name)) text += `${'#'.repeat(Number(name[1]))} `;
        if (unread === 0 && name === 'li') text += '- ';
      },
      onclosetag: (name) => {
        if (name === 'title') isTitle = false;
        if (UNREAD.has(name)) unread = Math.max(0, unread - 1);
        else if (BLOCKS.has(name)) newLine();
      },
      ontext: (piece) => {
        if (isTitle) {
          title = `${title}${piece}`.slice(0, TITLE_MAX);
          return;
        }
        if (unread > 0 || text.length >= lengthMax) return;
        const words = piece.slice(0, lengthMax).replace(/\s+/g, ' ');
        text += text === '' || /\s$/.test(text) ? words.trimStart() : words;
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  for (let at = 0; at < html.length && text.length < lengthMax; at += PIECE) {
    if (at > 0) await new Promise<void>((next) => world.after(0, next));
    parser.write(html.slice(at, at + PIECE));
  }
  parser.end();
  return { title: title.replace(/\s+/g, ' ').trim(), text: text.trim().slice(0, lengthMax) };
}

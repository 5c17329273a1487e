import { Tokenizer } from 'htmlparser2';
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

/** Elements without an end (html.spec.whatwg.org, void elements, read 2026-11-29). */
const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));

/**
 * The text of a page, a line for each block of it. Reads tag by tag without building a tree, so that neither depth nor
 * breadth costs memory; stops at `lengthMax` characters. Of htmlparser2 the tokenizer alone: its parser puts every open
 * element at the front of a list, and took seconds for 200,000 of them (12.0.0, seen 2026-11-29).
 */
export async function pageText(world: World, html: string, lengthMax: number): Promise<PageText> {
  const text = lines(lengthMax);
  const reader = readerOf(html, text);
  for (let at = 0; at < html.length && !text.isFull(); at += PIECE) {
    if (at > 0) await new Promise<void>((next) => world.after(0, next));
    reader.write(html.slice(at, at + PIECE));
  }
  reader.end();
  return { title: text.title(), text: text.whole() };
}

function readerOf(html: string, text: Lines): Tokenizer {
  let isTitle = false;
  let name = '';
  const unread = unreadParts();
  const nothing = (): void => {};
  const say = (words: string): void => {
    if (isTitle) text.addToTitle(words);
    else if (!unread.isInside()) text.add(words);
  };
  return new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname: (start, end) => {
        name = nameIn(html, start, end);
        unread.open(name);
        if (name === 'title') isTitle = text.title() === '';
        if (unread.isInside()) return;
        if (BLOCKS.has(name)) text.newLine();
        if (/^h[1-6]$/.test(name)) text.mark(`${'#'.repeat(Number(name[1]))} `);
        if (name === 'li') text.mark('- ');
      },
      onselfclosingtag: () => unread.close(name),
      onclosetag: (start, end) => {
        const closed = nameIn(html, start, end);
        if (closed === 'title') isTitle = false;
        unread.close(closed);
        if (!unread.isInside() && BLOCKS.has(closed)) text.newLine();
      },
      ontext: (start, end) => say(html.slice(start, end)),
      ontextentity: (codePoint) => say(String.fromCodePoint(codePoint)),
      onattribdata: nothing,
      onattribend: nothing,
      onattribentity: nothing,
      onattribname: nothing,
      oncdata: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onend: nothing,
      onopentagend: nothing,
      onprocessinginstruction: nothing,
    },
  );
}

/** Longer names are of no element that is known. */
const NAME_MAX = 20;
const nameIn = (html: string, start: number, end: number): string =>
  html.slice(start, Math.min(end, start + NAME_MAX)).toLowerCase();

/** So many elements that are open in one that nobody reads are told apart. */
const INSIDE_MAX = 256;

/** Whether what is read stands in an element that nobody reads: the outermost of them, and those that are open in it. */
function unreadParts() {
  let outermost: string | null = null;
  const inside: string[] = [];
  return {
    isInside: (): boolean => outermost !== null,
    open: (name: string): void => {
      if (outermost === null) outermost = UNREAD.has(name) ? name : null;
      else if (!VOID.has(name) && inside.length < INSIDE_MAX) inside.push(name);
    },
    close: (name: string): void => {
      if (outermost === null || VOID.has(name)) return;
      const at = inside.lastIndexOf(name);
      inside.length = Math.max(0, at);
      // The end of an element around it ends it too.
      if (at === -1) outermost = null;
    },
  };
}

type Lines = {
  readonly isFull: () => boolean;
  readonly add: (piece: string) => void;
  /** A sign of what follows; no text of the page. */
  readonly mark: (sign: string) => void;
  readonly newLine: () => void;
  readonly addToTitle: (piece: string) => void;
  readonly title: () => string;
  readonly whole: () => string;
};

/** Pieces of text, kept apart until the end: a text that grows by a word is copied with every word. */
function lines(lengthMax: number): Lines {
  const parts: string[] = [];
  let length = 0;
  let last = '\n';
  let title = '';
  const push = (piece: string): void => {
    if (piece === '') return;
    parts.push(piece);
    length += piece.length;
    last = piece.at(-1) ?? last;
  };
  return {
    isFull: () => length >= lengthMax,
    add: (piece) => {
      if (length >= lengthMax) return;
      const words = piece.slice(0, lengthMax).replace(/\s+/g, ' ');
      push(last === ' ' || last === '\n' ? words.trimStart() : words);
    },
    mark: push,
    newLine: () => {
      if (last === '\n') return;
      // Spaces are single: no piece adds one behind another.
      if (last === ' ') parts.push((parts.pop() ?? '').trimEnd());
      push('\n');
    },
    addToTitle: (piece) => {
      if (title.length < TITLE_MAX) title = `${title}${piece.slice(0, TITLE_MAX)}`.slice(0, TITLE_MAX);
    },
    title: () => title.replace(/\s+/g, ' ').trim(),
    whole: () => parts.join('').trim().slice(0, lengthMax),
  };
}

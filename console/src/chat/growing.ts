import { marked, type Token } from 'marked';

/** One piece of Markdown that stands by itself, and what it was read from. */
export type Block = { readonly raw: string; readonly token: Token | null };

/** A longer piece is shown as it is: reading it would hold up the page. */
const BLOCK_LENGTH_MAX = 64 * 1024;
/** So many pieces at the end may still change by what comes. */
const OPEN_BLOCKS = 2;

/**
 * Reads Markdown that grows: what stands before its last pieces is not read again. So a long answer costs as much for
 * each new word as a short one, and what is on the page stands still.
 */
export class GrowingMarkdown {
  private text = '';
  private closed: Block[] = [];
  private closedLength = 0;
  private blocks: readonly Block[] = [];

  read(text: string): readonly Block[] {
    if (text === this.text) return this.blocks;
    if (!text.startsWith(this.text)) {
      this.closed = [];
      this.closedLength = 0;
    }
    this.text = text;
    const open = blocksOf(text.slice(this.closedLength));
    const settled = open.slice(0, Math.max(0, open.length - OPEN_BLOCKS));
    this.closed.push(...settled);
    this.closedLength += settled.reduce((length, { raw }) => length + raw.length, 0);
    this.blocks = [...this.closed, ...open.slice(settled.length)];
    return this.blocks;
  }
}

/** The pieces of a text; one that cannot be read is shown as it is. Together they are the text, to the last character. */
export function blocksOf(text: string): readonly Block[] {
  if (text.length > BLOCK_LENGTH_MAX && !text.slice(0, BLOCK_LENGTH_MAX).includes('\n\n'))
    return [{ raw: text, token: null }];
  try {
    const tokens: readonly Token[] = marked.lexer(text, { gfm: true, async: false });
    // A token's `raw` may differ from the text in its white space (marked 18.2.1: `- ` is told as `-\n`): only its length is taken.
    let at = 0;
    const blocks = tokens.map((token) => {
      const from = at;
      at += token.raw.length;
      return { raw: text.slice(from, at), token };
    });
    return at === text.length ? blocks : [{ raw: text, token: null }];
  } catch {
    return [{ raw: text, token: null }];
  }
}

import type { Token, Tokens } from 'marked';
import { Fragment, memo, type ReactNode, useRef } from 'react';
import { Code } from './Code.tsx';
import { type Block, GrowingMarkdown } from './growing.ts';

/** Deeper ones are shown as they were written. */
const DEPTH_MAX = 24;

/**
 * Markdown of a model as elements of ours: every token becomes one that is written here, or its own text. No markup of
 * the model's is ever parsed as such, and nothing is loaded: a picture is a link with its words.
 */
export function Markdown({ text }: { readonly text: string }) {
  const growing = useRef<GrowingMarkdown | null>(null);
  growing.current ??= new GrowingMarkdown();
  const blocks = growing.current.read(text.replaceAll('\r\n', '\n'));
  return (
    <div className="markdown">
      {blocks.map((block, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces are only ever added at the end
        <Piece key={at} block={block} />
      ))}
    </div>
  );
}

const Piece = memo(
  ({ block: { raw, token } }: { readonly block: Block }) => (token ? drawn(token, 0) : <p className="plain">{raw}</p>),
  (before, now) => before.block.raw === now.block.raw && before.block.token?.type === now.block.token?.type,
);

const drawnAll = (tokens: readonly Token[] | undefined, depth: number): ReactNode =>
  // biome-ignore lint/suspicious/noArrayIndexKey: a piece is drawn anew as a whole
  tokens?.map((token, at) => <Fragment key={at}>{drawn(token, depth + 1)}</Fragment>);

function drawn(token: Token, depth: number): ReactNode {
  if (depth > DEPTH_MAX) return token.raw;
  const inner = 'tokens' in token ? (token.tokens as readonly Token[] | undefined) : undefined;
  const inside = (): ReactNode => (inner ? drawnAll(inner, depth) : 'text' in token ? String(token.text) : token.raw);
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'hr':
      return <hr />;
    case 'heading':
      return <Heading depth={(token as Tokens.Heading).depth}>{inside()}</Heading>;
    case 'paragraph':
      return <p>{inside()}</p>;
    case 'blockquote':
      return <blockquote>{inside()}</blockquote>;
    case 'code':
      return <Code language={(token as Tokens.Code).lang ?? ''} text={(token as Tokens.Code).text} />;
    case 'list':
      return list(token as Tokens.List, depth);
    case 'table':
      return table(token as Tokens.Table, depth);
    case 'strong':
      return <strong>{inside()}</strong>;
    case 'em':
      return <em>{inside()}</em>;
    case 'del':
      return <del>{inside()}</del>;
    case 'codespan':
      return <code>{(token as Tokens.Codespan).text}</code>;
    case 'br':
      return <br />;
    case 'link':
      return <Link href={(token as Tokens.Link).href}>{inside()}</Link>;
    case 'image':
      return (
        <Link href={(token as Tokens.Image).href}>{(token as Tokens.Image).text || (token as Tokens.Image).href}</Link>
      );
    case 'text':
    case 'escape':
      return inside();
    default:
      // HTML, and whatever else there may come to be.
      return token.raw;
  }
}

function list({ ordered, start, items }: Tokens.List, depth: number): ReactNode {
  const rows = items.map((item, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a piece is drawn anew as a whole
    <li key={at} className={item.task ? 'task' : undefined}>
      {item.task && (item.checked ? '☑ ' : '☐ ')}
      {drawnAll(
        item.tokens.filter(({ type }) => type !== 'checkbox'),
        depth,
      )}
    </li>
  ));
  return ordered ? <ol start={typeof start === 'number' ? start : 1}>{rows}</ol> : <ul>{rows}</ul>;
}

function table({ header, rows, align }: Tokens.Table, depth: number): ReactNode {
  const kind = (at: number): string | undefined => (align[at] === 'right' ? 'number' : undefined);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by the keyboard
    <section className="scroll" tabIndex={0} aria-label="Table">
      <table>
        <thead>
          <tr>
            {header.map((cell, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a piece is drawn anew as a whole
              <th key={at} scope="col" className={kind(at)}>
                {drawnAll(cell.tokens, depth)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a piece is drawn anew as a whole
            <tr key={line}>
              {row.map((cell, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a piece is drawn anew as a whole
                <td key={at} className={kind(at)}>
                  {drawnAll(cell.tokens, depth)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Below the heading that names the model. */
function Heading({ depth, children }: { readonly depth: number; readonly children: ReactNode }) {
  const Level = (['h3', 'h4', 'h5', 'h6'] as const)[Math.min(depth, 4) - 1] ?? 'h6';
  return <Level className="heading">{children}</Level>;
}

/** A link that says where it leads, or its text alone where it may lead nowhere. */
function Link({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  const address = linkable(href);
  if (address === null) return <>{children}</>;
  return (
    <a href={address} rel="noopener noreferrer nofollow" target="_blank" title={address}>
      {children}
    </a>
  );
}

/** As the server's `linkable`: absolute http or https without credentials. */
function linkable(address: string): string | null {
  const url = address.length > 2048 ? null : URL.parse(address);
  if (!url || !(url.protocol === 'https:' || url.protocol === 'http:')) return null;
  return url.username === '' && url.password === '' ? url.href : null;
}

import { memo, type ReactNode } from 'react';
import { CopyButton } from './CopyButton.tsx';

/** Longer code is shown in one colour: telling its words apart would hold up the page. */
const COLOURED_MAX = 32 * 1024;

const WORDS =
  'abstract|and|as|async|await|break|case|catch|class|const|continue|def|default|del|do|elif|else|end|enum|except|export|extends|false|False|finally|fn|for|from|func|function|if|impl|implements|import|in|interface|is|lambda|let|match|mut|new|nil|None|not|null|or|package|pass|private|protected|pub|public|raise|return|select|self|static|struct|super|switch|this|throw|trait|true|True|try|type|undefined|union|use|val|var|void|while|with|yield';
/** What has no end nearby is none: so a text of nothing but beginnings is gone through once. */
const TOKEN = new RegExp(
  [
    `(?<string>"(?:[^"\\\\\\n]|\\\\.){0,2000}"|'(?:[^'\\\\\\n]|\\\\.){0,2000}'|\`(?:[^\`\\\\]|\\\\.){0,2000}\`)`,
    `(?<comment>(?<=^|\\s)(?://|#(?!\\[)|--\\s)[^\\n]*|/\\*[^]{0,4000}?\\*/)`,
    `(?<word>(?<![\\w.$-])(?:${WORDS})(?![\\w-]))`,
  ].join('|'),
  'gm',
);

/** Code with a button that copies it. Strings, comments and a few words are told apart, as in our own samples. */
export const Code = memo(({ language, text }: { readonly language: string; readonly text: string }) => {
  const name = /^[\w+#.-]{1,20}/.exec(language)?.[0] ?? '';
  return (
    <section className="code" aria-label={name ? `Code, ${name}` : 'Code'}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by the keyboard */}
      <pre tabIndex={0}>
        <code>{text.length > COLOURED_MAX ? text : coloured(text)}</code>
      </pre>
      <CopyButton text={text} />
    </section>
  );
});

function coloured(text: string): ReactNode {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    const kind = match.groups?.string !== undefined ? 's' : match.groups?.comment !== undefined ? 'c' : 'w';
    parts.push(
      text.slice(from, match.index),
      <span key={match.index} className={kind}>
        {match[0]}
      </span>,
    );
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

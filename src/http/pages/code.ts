import { type Html, html, type Part } from './html.ts';

export type Language = 'python' | 'typescript' | 'shell' | 'json' | 'text';
export type Sample = {
  readonly label: string;
  readonly note: string;
  readonly language: Language;
  readonly install?: string;
  readonly text: string;
};

const WORDS: { readonly [L in Language]: string } = {
  python: 'from|import|as|print|if|for|in|with|def|return|async|await|None|True|False',
  typescript: 'import|from|const|let|new|await|async|for|of|if|return|export|type|true|false|null',
  shell: 'curl|export|set',
  json: 'true|false|null',
  text: '(?!)',
};

/** Code as quiet markup: strings, comments and a few words are told apart, nothing else. */
export function code(language: Language, text: string): Html {
  const comment = language === 'typescript' ? '\\/\\/[^\\n]*' : language === 'json' ? '(?!)' : '(?<=^|\\s)#[^\\n]*';
  const strings =
    language === 'shell' ? '"(?:[^"\\\\\\n]|\\\\.)*"' : '"(?:[^"\\\\\\n]|\\\\.)*"|\'(?:[^\'\\\\\\n]|\\\\.)*\'';
  const token = new RegExp(
    `(?<string>${strings})|(?<comment>${comment})|(?<word>(?<![\\w.$-])(?:${WORDS[language]})(?![\\w-]))`,
    'gm',
  );
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(token)) {
    parts.push(text.slice(from, match.index));
    const kind = match.groups?.string !== undefined ? 's' : match.groups?.comment !== undefined ? 'c' : 'w';
    parts.push(html`<span class="${kind}">${match[0]}</span>`);
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return html`${parts}`;
}

/** A block of code with a copy button, which appears with the script. */
export function codeBlock(language: Language, text: string, label: string): Html {
  return html`<div class="code"><pre tabindex="0" aria-label="${label}"><code>${code(language, text)}</code></pre><button type="button" class="quiet" data-copy hidden>Copy</button></div>`;
}

/** Samples one under the other; the script turns them into tabs. */
export function sampleTabs(name: string, samples: readonly Sample[]): Html {
  return html`<div class="samples" data-tabs="${name}">${samples.map(
    (sample) => html`<section data-tab="${sample.label}" data-note="${sample.note}">
<h3>${sample.label} <small>${sample.note}</small></h3>
${sample.install && html`<p class="install">${copyable(sample.install)}</p>`}
${codeBlock(sample.language, sample.text, `${sample.label}, ${sample.note}`)}
</section>`,
  )}</div>`;
}

/** A slug, id or command in mono with its copy button. */
export const copyable = (text: string): Html =>
  html`<span class="copyable"><code>${text}</code><button type="button" class="quiet" data-copy-text="${text}" aria-label="Copy ${text}" hidden>Copy</button></span>`;

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
  return html`<div class="code"><pre tabindex="0" aria-label="${label}"><code>${code(language, text)}</code></pre><button type="button" class="quiet" data-copy data-script-only>Copy</button></div>`;
}

/** Samples one under the other, or as tabs where there is a script (the ARIA pattern: `console/src/tabs.ts`). */
export function sampleTabs(name: string, samples: readonly Sample[]): Html {
  const tabs = samples.map(
    ({ label, note }, at) =>
      html`<button type="button" role="tab" id="${name}-tab-${at}" aria-controls="${name}-${at}" aria-selected="${at === 0 ? 'true' : 'false'}"${at > 0 && html` tabindex="-1"`}>${label}${note !== '' && html` <small>${note}</small>`}</button>`,
  );
  return html`<div class="samples" data-tabs="${name}">
${samples.length > 1 && html`<div role="tablist" aria-label="Language" data-script-only>${tabs}</div>`}${samples.map(
  (sample, at) => html`<section id="${name}-${at}" data-tab="${sample.label}">
<h3>${sample.label}${sample.note !== '' && html` <small>${sample.note}</small>`}</h3>
${sample.install && html`<p class="install">${copyable(sample.install)}</p>`}
${codeBlock(sample.language, sample.text, `${sample.label}${sample.note === '' ? '' : `, ${sample.note}`}`)}
</section>`,
)}</div>`;
}

/** A slug, id or command in mono with its copy button. */
export const copyable = (text: string): Html =>
  html`<span class="copyable"><code>${text}</code><button type="button" class="quiet" data-copy-text="${text}" aria-label="Copy ${text}" data-script-only>Copy</button></span>`;

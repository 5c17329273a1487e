import { flag, type Html, html, type Part } from '../html.ts';

/** What somebody enters to come in, or to say who they are. */
export type Entry = {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'email' | 'password';
  /** What a browser or a password manager fills in (HTML standard, autofill detail tokens, read 2026-11-29). */
  readonly autocomplete: string;
  readonly value?: string;
  readonly hint?: Part;
  readonly required?: boolean;
};

export type EntryForm = {
  readonly name: string;
  readonly action: string;
  readonly label: string;
  readonly entries: readonly Entry[];
  /** `field`: the name of the entry that it is about. */
  readonly complaint?: { readonly field: string | null; readonly words: string } | null;
};

/** A form that password managers understand; what is wrong stands beside its field, what was typed stays but for passwords. */
export function entryForm({ name, action, label, entries, complaint = null }: EntryForm): Html {
  const isAbout = (entry: Entry): boolean => complaint?.field === entry.name;
  const loose = complaint && !entries.some(isAbout);
  return html`<form class="form" method="post" action="${action}" novalidate>
${loose && html`<p class="notice wrong" role="alert">${complaint.words}</p>`}
${entries.map((entry) => field(`${name}-${entry.name}`, entry, complaint && isAbout(entry) ? complaint.words : null))}
<p class="actions"><button type="submit" class="primary">${label}</button></p>
</form>`;
}

function field(id: string, entry: Entry, wrong: string | null): Html {
  const { name, label, type, autocomplete, value = '', hint, required } = entry;
  const told = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(' ');
  const shown = type === 'password' ? '' : value;
  return html`<div class="field"><label for="${id}">${label}</label><input type="${type}" id="${id}" name="${name}" value="${shown}" autocomplete="${autocomplete}"${told && html` aria-describedby="${told}"`}${wrong && html` aria-invalid="true"`}${flag('required', required)} spellcheck="false" autocapitalize="none">${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}${wrong && html`<p class="wrong" id="${id}-wrong" role="alert">${wrong}</p>`}</div>`;
}

/** A form that is a button. */
export const buttonForm = (action: string, label: string, hidden: { readonly [name: string]: string } = {}): Html =>
  html`<form method="post" action="${action}">${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}<button type="submit">${label}</button></form>`;

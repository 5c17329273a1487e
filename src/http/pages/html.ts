/** Markup that is safe to send: made only by `html` and `trusted`. */
export type Html = { readonly markup: string };

/** What may stand in a template. Text is escaped; `Html` is not; null, undefined and false leave nothing. */
export type Part = Html | string | number | bigint | null | undefined | false | readonly Part[];

const ESCAPES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in an element or in a quoted attribute. Control characters that HTML forbids are removed. */
export function escapeText(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '')
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

/** Builds markup; every interpolated string is escaped. Attributes must be quoted in the template. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let markup = strings[0] ?? '';
  for (let at = 0; at < parts.length; at++) markup += render(parts[at]) + (strings[at + 1] ?? '');
  return { markup };
}

/** Markup of our own making that needs no escaping: never anything that came from outside. */
export const trusted = (markup: string): Html => ({ markup });
export const NOTHING: Html = trusted('');

/** An attribute without a value, present or not. */
export const flag = (name: 'hidden' | 'selected' | 'checked' | 'open' | 'required', present: unknown): Html =>
  present ? trusted(` ${name}`) : NOTHING;

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number' || typeof part === 'bigint') return String(part);
  if (isList(part)) return part.map(render).join('');
  return part.markup;
}

const isList = (part: Html | readonly Part[]): part is readonly Part[] => Array.isArray(part);

/** The address if a link may point to it: absolute http or https without credentials. Headers of callers are hostile. */
export function linkable(address: string | undefined | null): string | null {
  if (!address || address.length > 2048 || !URL.canParse(address)) return null;
  const url = new URL(address);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '' ? url.href : null;
}

/** A link that leaves this instance; only its text where the address may not be linked. */
export function outbound(address: string | undefined | null, text: string): Html {
  const href = linkable(address);
  return href === null ? html`${text}` : html`<a href="${href}" rel="noopener noreferrer nofollow">${text}</a>`;
}

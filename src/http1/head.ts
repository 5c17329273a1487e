import type { WireHeaders } from '../base/world.ts';

/** The first line and the fields of a message; names in lower case. */
export type Head = { readonly start: string; readonly fields: WireHeaders };

/** `refuse`: a name that comes twice is an error. `join`: its values are joined by a comma (RFC 9110, 5.3). */
export type Twice = 'refuse' | 'join';

const END = Buffer.from('\r\n\r\n');
/** Control characters, a CR or LF that stands alone, and a folded line (RFC 9112, 2.2 and 5.2): smuggling lives on these. */
const STRANGE = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n)|(?<!\r)\n|\n[\t ]/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Each of these decides where a message ends: two of them, even equal ones, are a way to disagree about it. */
const FRAMING = new Set(['content-length', 'transfer-encoding', 'host']);

/** The place behind the blank line that ends the head, or -1 if it has not come yet. */
export function endOfHead(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(END, from);
  return at === -1 ? -1 : at + END.length;
}

/** Reads a head without its last two line ends, as Latin-1; null if it is not strictly HTTP/1 (RFC 9112). */
export function readHead(text: string, twice: Twice): Head | null {
  if (STRANGE.test(text)) return null;
  const first = text.indexOf('\r\n');
  const start = first === -1 ? text : text.slice(0, first);
  // No prototype: a field may be called anything.
  const fields: { [name: string]: string | undefined } = Object.create(null);
  for (let at = start.length + 2; at < text.length; ) {
    let end = text.indexOf('\r\n', at);
    if (end === -1) end = text.length;
    const colon = text.indexOf(':', at);
    if (colon === -1 || colon > end) return null;
    const name = nameOf(text.slice(at, colon));
    if (name === null) return null;
    const value = trimmed(text, colon + 1, end);
    const before = fields[name];
    const isFraming = FRAMING.has(name);
    // A tab, or a blank behind the value, is nothing to us and part of the value to others.
    if (isFraming && (before !== undefined || /\t|.[ ]$/.test(text.slice(colon, end)))) return null;
    if (before !== undefined && twice === 'refuse') return null;
    fields[name] = before === undefined ? value : `${before}, ${value}`;
    at = end + 2;
  }
  return { start, fields };
}

/** Names come back with every message: each is checked and lowered once. */
const NAMES_MAX = 1_000;
const NAME_LENGTH_MAX = 64;
const names = new Map<string, string>();
function nameOf(raw: string): string | null {
  const lowered = names.get(raw);
  if (lowered !== undefined) return lowered;
  if (!NAME.test(raw)) return null;
  const name = raw.toLowerCase();
  if (names.size < NAMES_MAX && raw.length <= NAME_LENGTH_MAX) names.set(raw, name);
  return name;
}

/** Without the blanks around it. */
function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

const isBlank = (code: number): boolean => code === 32 || code === 9;

/** Has a list of tokens, as `connection` is one, this token? */
export const hasToken = (list: string | undefined, token: string): boolean =>
  list?.split(',').some((one) => one.trim().toLowerCase() === token) ?? false;

/** A content length as it must be written: digits only, no sign, no list, and no number that loses precision. Null = it is none. */
export const lengthOf = (value: string): number | null => (/^\d{1,15}$/.test(value) ? Number(value) : null);

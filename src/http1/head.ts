import type { WireHeaders } from '../base/world.ts';

/** The first line and the fields of a message; names in lower case. */
export type Head = { readonly start: string; readonly fields: WireHeaders };

/** `refuse`: a name that comes twice is an error. `join`: its values are joined by a comma (RFC 9110, 5.3). */
export type Twice = 'refuse' | 'join';

const END = Buffer.from('\r\n\r\n');
const TAB = 9;
const LF = 10;
const CR = 13;
const BLANK = 32;
const COLON = 58;

/**
 * 1 for what may stand within a line: no control characters, and no CR or LF but where both end it (RFC 9112, 2.2 and
 * 5.2), for smuggling lives on these.
 */
const IS_TEXT = Uint8Array.from({ length: 256 }, (_, code) => (code === TAB || (code >= 32 && code !== 127) ? 1 : 0));
/** The characters of names in lower case (RFC 9110, 5.6.2); 0 for all others. */
const LOWER = Uint8Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(character) ? character.toLowerCase().charCodeAt(0) : 0;
});
/** Each of these decides where a message ends: two of them, even equal ones, are a way to disagree about it. */
const FRAMING = new Set(['content-length', 'transfer-encoding', 'host']);

/** The place behind the blank line that ends the head, or -1 if it has not come yet. */
export function endOfHead(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(END, from);
  return at === -1 ? -1 : at + END.length;
}

/**
 * Reads a head that lies between `from` and `to`, without its last two line ends, as Latin-1; null if it is not strictly
 * HTTP/1 (RFC 9112): a folded line is none.
 */
export function readHead(bytes: Buffer, from: number, to: number, twice: Twice): Head | null {
  let at = endOfText(bytes, from, to);
  const text = bytes.toString('latin1', from, to);
  const start = text.slice(0, at - from);
  // No prototype: a field may be called anything.
  const fields: { [name: string]: string | undefined } = Object.create(null);
  while (at < to) {
    if (bytes[at] !== CR || at + 1 >= to || bytes[at + 1] !== LF) return null;
    const nameAt = at + 2;
    if (nameAt === to) break;
    const colon = endOfName(bytes, nameAt, to);
    if (colon === nameAt || colon === to || bytes[colon] !== COLON) return null;
    at = endOfText(bytes, colon + 1, to);
    let first = colon + 1;
    let last = at;
    while (first < last && isBlank(bytes[first])) first++;
    while (last > first && isBlank(bytes[last - 1])) last--;
    const { name, isFraming } = nameIn(bytes, nameAt, colon);
    const before = fields[name];
    // A tab, or a blank behind the value, is nothing to us and part of the value to others.
    if (isFraming && (before !== undefined || bytes[at - 1] === BLANK || hasTab(bytes, colon, at))) return null;
    if (before !== undefined && twice === 'refuse') return null;
    const value = text.slice(first - from, last - from);
    fields[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return { start, fields };
}

const isBlank = (code: number | undefined): boolean => code === BLANK || code === TAB;

function endOfText(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && IS_TEXT[bytes[at] as number] === 1) at++;
  return at;
}

function endOfName(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && LOWER[bytes[at] as number] !== 0) at++;
  return at;
}

function hasTab(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] === TAB) return true;
  return false;
}

type Name = { readonly name: string; readonly isFraming: boolean };

/**
 * Names come back with every message. Each has its place in this table by a number made of its characters, where the one
 * before it with the same number makes way: what strangers make up costs them time and us no memory.
 */
const PLACES = 1_024;
const NAME_LENGTH_MAX = 64;
const names: (Name | undefined)[] = new Array(PLACES).fill(undefined);

function nameIn(bytes: Buffer, from: number, to: number): Name {
  let hash = 0;
  for (let at = from; at < to; at++) hash = (hash * 31 + (LOWER[bytes[at] as number] as number)) | 0;
  const place = hash & (PLACES - 1);
  const known = names[place];
  if (known !== undefined && isName(known.name, bytes, from, to)) return known;
  const name = keyOf(bytes.toString('latin1', from, to).toLowerCase());
  const made = { name, isFraming: FRAMING.has(name) };
  if (name.length <= NAME_LENGTH_MAX) names[place] = made;
  return made;
}

function isName(name: string, bytes: Buffer, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let at = from; at < to; at++) if (name.charCodeAt(at - from) !== LOWER[bytes[at] as number]) return false;
  return true;
}

/** The same text as the engine keeps it for keys: any other is looked up among them whenever it is used as one. */
const keyOf = (name: string): string => Object.keys({ [name]: true })[0] ?? name;

/** Has a list of tokens, as `connection` is one, this token? */
export const hasToken = (list: string | undefined, token: string): boolean =>
  list?.split(',').some((one) => one.trim().toLowerCase() === token) ?? false;

/** A content length as it must be written: digits only, no sign, no list, and no number that loses precision. Null = it is none. */
export const lengthOf = (value: string): number | null => (/^\d{1,15}$/.test(value) ? Number(value) : null);

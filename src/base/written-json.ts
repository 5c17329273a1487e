import type { Json } from './json.ts';

/** What stands for a number, `true` and the like: about as many characters as they have. */
const PLAIN_LENGTH = 12;

/**
 * How long a value is when it is written, roughly, or something above `most` as soon as it is known to be longer: no more
 * of it is looked at than that.
 */
export function lengthOf(value: unknown, most: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return PLAIN_LENGTH;
  let length = 2;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length && length <= most; at++) length += lengthOf(value[at], most - length);
    return length;
  }
  for (const name in value) {
    if (length > most) break;
    length += name.length + 4 + lengthOf((value as { [name: string]: unknown })[name], most - length);
  }
  return length;
}

/**
 * Writes a value as `JSON.stringify` does, in pieces of about `length` characters, so that no turn of the loop has more of
 * it to do than one. A member that is a getter is asked when it is its turn, and its value is not kept.
 */
export function* writtenInSlices(value: Json, length: number): Generator<string, void> {
  const out = { text: '', length };
  yield* write(value, out);
  if (out.text !== '') yield out.text;
}

type Out = { text: string; readonly length: number };

function* write(value: Json, out: Out): Generator<string, void> {
  const isPlain = value === null || (typeof value !== 'object' && typeof value !== 'string');
  if (isPlain || lengthOf(value, out.length) <= out.length) out.text += JSON.stringify(value);
  else if (typeof value === 'string') yield* writeString(value, out);
  else if (Array.isArray(value)) yield* writeList(value, out);
  else {
    let before = '{';
    const members = value as { readonly [name: string]: Json | undefined };
    for (const name of Object.keys(members)) {
      const member = members[name];
      if (member === undefined) continue;
      out.text += `${before}${JSON.stringify(name)}:`;
      before = ',';
      yield* write(member, out);
    }
    out.text += before === '{' ? '{}' : '}';
  }
  if (out.text.length < out.length) return;
  yield out.text;
  out.text = '';
}

/** Entries that are short are written together. */
function* writeList(list: readonly Json[], out: Out): Generator<string, void> {
  out.text += '[';
  for (let at = 0; at < list.length; ) {
    const from = at;
    let taken = lengthOf(list[at++], out.length);
    while (at < list.length && taken <= out.length) taken += lengthOf(list[at++], out.length);
    // The last one may be long.
    const last = taken > out.length ? at - 1 : at;
    if (last > from) {
      out.text += `${from === 0 ? '' : ','}${JSON.stringify(list.slice(from, last)).slice(1, -1)}`;
      if (out.text.length >= out.length) {
        yield out.text;
        out.text = '';
      }
    }
    if (last === at) continue;
    if (last > 0) out.text += ',';
    yield* write(list[last] ?? null, out);
  }
  out.text += ']';
}

/** Cut between two characters: half of a pair would be written as an escape. */
function* writeString(text: string, out: Out): Generator<string, void> {
  out.text += '"';
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + out.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last < 0xdc00) end--;
    if (end === at) end += 2;
    out.text += JSON.stringify(text.slice(at, end)).slice(1, -1);
    at = end;
    if (at === text.length) break;
    yield out.text;
    out.text = '';
  }
  out.text += '"';
}

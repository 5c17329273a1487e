import type { Json, JsonObject } from '../../base/json.ts';
import { isObject, parseJson } from '../../base/json.ts';
import type { Complaint, Field, Values } from './form.ts';

/** What of a form's fields the API is told: the same body that a program would send. It alone judges it. */
export function bodyOf(fields: readonly Field[], values: Values): JsonObject {
  const body: { [name: string]: Json } = {};
  for (const field of fields) {
    const value = memberOf(field, (values[field.name] ?? '').replaceAll('\r\n', '\n'));
    if (value !== undefined) put(body, field.name.split('.'), value);
  }
  return body;
}

function memberOf({ kind, empty = 'absent' }: Field, text: string): Json | undefined {
  if (kind === 'switch') return text === 'true';
  const trimmed = text.trim();
  if (trimmed === '') return empty === 'null' ? null : undefined;
  switch (kind) {
    case 'whether':
      return trimmed === 'true' || (trimmed === 'false' ? false : trimmed);
    case 'number':
    case 'money':
      // What is no number goes as it is, and is refused there.
      return /^-?\d*\.?\d+$/.test(trimmed) ? Number(trimmed) : trimmed;
    case 'moment':
      return `${trimmed}${/T\d\d:\d\d$/.test(trimmed) ? ':00' : ''}${trimmed.endsWith('Z') ? '' : 'Z'}`;
    case 'lines':
      return trimmed.split('\n').flatMap((line) => line.trim() || []);
    case 'json':
    case 'json-list':
      return parseJson(trimmed) ?? trimmed;
    case 'words':
      return text;
    default:
      return trimmed;
  }
}

function put(body: { [name: string]: Json }, path: readonly string[], value: Json): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    body[name] = value;
    return;
  }
  const inner = isObject(body[name]) ? { ...body[name] } : {};
  put(inner as { [name: string]: Json }, rest, value);
  body[name] = inner as JsonObject;
}

/** What no body can be made of. */
export function objectionTo(fields: readonly Field[], values: Values): Complaint | null {
  for (const { name, kind } of fields) {
    const text = (values[name] ?? '').trim();
    if (text === '') continue;
    if (kind === 'json' && !isObject(parseJson(text))) return { message: 'must be a JSON object', field: name };
    if (kind === 'json-list' && !Array.isArray(parseJson(text))) return { message: 'must be a JSON list', field: name };
  }
  return null;
}

/** What stands in the fields of an object as the API shows it. */
export function valuesOf(fields: readonly Field[], object: unknown): Values {
  return Object.fromEntries(fields.map((field) => [field.name, textOf(field, at(object, field.name.split('.')))]));
}

const at = (object: unknown, path: readonly string[]): unknown =>
  path.reduce((value: unknown, name) => (isObject(value) ? value[name] : undefined), object);

function textOf({ kind }: Field, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (kind === 'moment') return String(value).replace(/(\.\d+)?Z$/, '');
  if (kind === 'lines') return Array.isArray(value) ? value.join('\n') : String(value);
  if (kind === 'json' || kind === 'json-list') return JSON.stringify(value, null, 2);
  if (typeof value === 'number') return decimal(value);
  return String(value);
}

/** JavaScript would write small numbers as 4e-7. */
const decimal = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(12).replace(/\.?0+$/, '');

/** What a form was sent with. */
export const sentIn = (body: JsonObject): Values =>
  Object.fromEntries(Object.entries(body).map(([name, value]) => [name, typeof value === 'string' ? value : '']));

/** The API's words about a member, said to somebody who sees its field. */
export function complaintOf(error: { readonly message: string; readonly param?: string | undefined }): Complaint {
  const { message, param } = error;
  if (param === undefined) return { message, field: null };
  const said = message.startsWith(`${param}: `) ? message.slice(param.length + 2) : message;
  return { message: plain(said), field: param };
}

/** Zod's standard words (4.6, read 2026-11-29) name types of JavaScript, of which who fills in a form knows nothing. */
function plain(words: string): string {
  for (const [pattern, said] of PLAIN) if (pattern.test(words)) return words.replace(pattern, said);
  return words;
}
const PLAIN: readonly (readonly [RegExp, string])[] = [
  [/^Invalid input: expected (?:number|int), received (?:string|NaN)/, 'must be a number'],
  [/^Invalid input: expected int.*/, 'must be a whole number'],
  [/^Invalid input: expected array, received string/, 'must be a JSON list'],
  [/^Invalid input: expected \w+, received undefined/, 'must be filled in'],
  [/^Invalid ISO datetime/, 'must be a date and a time'],
  [/^Too small: expected string to have >=1 characters/, 'must be filled in'],
  [/^Too big: expected string to have <=(\d+) characters/, 'must have at most $1 characters'],
  [/^Too small: expected number to be >=?(\S+)/, 'must be at least $1'],
  [/^Too big: expected (?:number|int) to be <=(\S+)/, 'must be at most $1'],
  [/^Too small: expected number to be >0/, 'must be more than 0'],
];

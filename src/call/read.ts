import { type Fault, fault } from '../base/fault.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';

/**
 * Typed readers of a caller's body. Each returns the field's value, or undefined if the field is absent, null or wrong;
 * what is wrong is noted, and the decoder fails once at the end with the first complaint. `path` is the field as the
 * caller would write it (`messages[2].content[0].type`); it becomes the fault's `param`.
 */
export type Complaints = { first: Fault | null };

export const newComplaints = (): Complaints => ({ first: null });

export function complain(to: Complaints, param: string, message: string): void {
  to.first ??= fault('invalid_request', message, { param });
}

export function readString(to: Complaints, object: JsonObject, field: string, path = field): string | undefined {
  const value = object[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  return wrongType(to, path, 'a string', value);
}

export function readBoolean(to: Complaints, object: JsonObject, field: string, path = field): boolean | undefined {
  const value = object[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  return wrongType(to, path, 'a boolean', value);
}

/** The numbers that a field may have, both ends included; `whole` admits integers only. */
export type Range = { readonly min?: number; readonly max?: number; readonly whole?: true };

export function readNumber(
  to: Complaints,
  object: JsonObject,
  field: string,
  range: Range = {},
  path = field,
): number | undefined {
  const value = object[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) return wrongType(to, path, 'a number', value);
  if (range.whole && !Number.isInteger(value)) return wrongType(to, path, 'an integer', value);
  if (range.min !== undefined && value < range.min) {
    complain(to, path, `Invalid '${path}': expected a value >= ${range.min}, but got ${value} instead.`);
    return undefined;
  }
  if (range.max !== undefined && value > range.max) {
    complain(to, path, `Invalid '${path}': expected a value <= ${range.max}, but got ${value} instead.`);
    return undefined;
  }
  return value;
}

export function readObject(to: Complaints, object: JsonObject, field: string, path = field): JsonObject | undefined {
  const value = object[field];
  if (value === undefined || value === null) return undefined;
  if (isObject(value)) return value;
  return wrongType(to, path, 'an object', value);
}

export function readArray(
  to: Complaints,
  object: JsonObject,
  field: string,
  path = field,
): readonly Json[] | undefined {
  const value = object[field];
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value;
  return wrongType(to, path, 'an array', value);
}

/** An array whose every member is an object. */
export function readObjects(
  to: Complaints,
  object: JsonObject,
  field: string,
  path = field,
): readonly JsonObject[] | undefined {
  const values = readArray(to, object, field, path);
  const wrong = values?.findIndex((value) => !isObject(value)) ?? -1;
  if (wrong >= 0) return wrongType(to, `${path}[${wrong}]`, 'an object', values?.[wrong]);
  return values as readonly JsonObject[] | undefined;
}

/** An array whose every member is a string. */
export function readStrings(
  to: Complaints,
  object: JsonObject,
  field: string,
  path = field,
): readonly string[] | undefined {
  const values = readArray(to, object, field, path);
  const wrong = values?.findIndex((value) => typeof value !== 'string') ?? -1;
  if (wrong >= 0) return wrongType(to, `${path}[${wrong}]`, 'a string', values?.[wrong]);
  return values as readonly string[] | undefined;
}

export function readOneOf<const Word extends string>(
  to: Complaints,
  object: JsonObject,
  field: string,
  words: readonly Word[],
  path = field,
): Word | undefined {
  const value = readString(to, object, field, path);
  if (value === undefined || (words as readonly string[]).includes(value)) return value as Word | undefined;
  const list = words.map((word) => `'${word}'`).join(', ');
  complain(to, path, `Invalid value for '${path}': '${value.slice(0, 100)}'. Supported values are: ${list}.`);
  return undefined;
}

/** Says that `path` holds something of another type; gives undefined, the value of a field that could not be read. */
export function wrongType(to: Complaints, path: string, expected: string, value: unknown): undefined {
  complain(to, path, `Invalid type for '${path}': expected ${expected}, but got ${kindOf(value)} instead.`);
  return undefined;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal';
  return value === undefined ? 'nothing' : `a ${typeof value}`;
}

/** The members of `object` that are not undefined: for building values with optional members in one expression. */
export function present<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: Record<string, unknown> = {};
  for (const name in object) if (object[name] !== undefined) kept[name] = object[name];
  return kept as { [K in keyof T]?: Exclude<T[K], undefined> };
}

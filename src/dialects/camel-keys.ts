import type { JsonObject } from '../base/json.ts';

/**
 * A protocol object with its keys in camel case: Google's JSON takes the original snake case too (protobuf's JSON
 * mapping, read 2026-11-22). Only for objects of the protocol, never for arguments, results or schemas.
 */
export function camelKeys(object: JsonObject): JsonObject {
  let isCamel = true;
  for (const key in object) if (key.includes('_')) isCamel = false;
  if (isCamel) return object;
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [camel(key), value]));
}

const camel = (key: string): string => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

export const hasKeys = (object: JsonObject): boolean => Object.keys(object).length > 0;

/** The members of an object that a reader does not take. */
export const without = (object: JsonObject, names: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !names.has(key)));

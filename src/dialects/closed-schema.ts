import { arrayOf, isObject, type Json, type JsonObject } from '../base/json.ts';
import { resolvePointer } from './schema-pointer.ts';

/** Members of a schema whose values are schemas by name, one schema, and a list of schemas. */
const BY_NAME = ['properties', '$defs', 'definitions'];
const ONE = ['items', 'additionalProperties'];
const LIST = ['anyOf', 'oneOf', 'allOf'];
const COMPOSED = [...LIST, '$ref', 'enum', 'const'];
/** What Claude's constrained decoding knows besides (transformJSONSchema of @anthropic-ai/sdk 1.14, read 2026-11-29). */
const PLAIN = ['$ref', 'type', 'enum', 'const', 'description', 'title', 'default', 'required'];
const FORMATS = [...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid']];
/** They say nothing about the value. */
const SILENT = ['$schema', '$id', '$comment', 'examples', 'deprecated', 'readOnly', 'writeOnly'];
/** Schemas deeper than any that a vendor takes are not looked through. */
const DEPTH_MAX = 64;

/**
 * Whether Claude's decoding can be held to this schema once it is closed: no open object, no tuple, no reference to
 * itself or elsewhere ("Circular reference detected in schema definitions", egonSchiele/agency-lang#487; external `$ref`
 * and `allOf` with `$ref` are refused, ENTERPILOT/GoModel#963; all read 2026-11-29), no enum of objects. `allOf` of
 * several would, with each of them closed, allow nothing.
 */
export function isClosable(schema: JsonObject): boolean {
  return !isOpen(schema) && isBounded(schema, { root: schema, open: new Set(), done: new Set() }, 0);
}

type Search = { readonly root: JsonObject; readonly open: Set<string>; readonly done: Set<string> };

/** Everything in it ends, and what it names is here. */
function isBounded(value: Json | undefined, search: Search, depth: number): boolean {
  if (!isObject(value) || depth > DEPTH_MAX) return false;
  if (arrayOf(value.allOf).length > 1 || value.prefixItems !== undefined || Array.isArray(value.items)) return false;
  if (arrayOf(value.enum).some(isCompound) || isCompound(value.const)) return false;
  if (value.$ref !== undefined && !endsHere(value.$ref, search, depth)) return false;
  if (!saysSomething(value)) return false;
  return inner(value).every((schema) => isBounded(schema, search, depth + 1));
}

const isCompound = (value: Json | undefined): boolean => typeof value === 'object' && value !== null;
const saysSomething = (schema: JsonObject): boolean =>
  ['type', 'properties', 'items', '$defs', 'definitions', ...COMPOSED].some((name) => schema[name] !== undefined);

function endsHere(pointer: Json, search: Search, depth: number): boolean {
  if (typeof pointer !== 'string' || search.open.has(pointer) || pointer === '#') return false;
  if (search.done.has(pointer)) return true;
  search.open.add(pointer);
  const isEnding = isBounded(resolvePointer(search.root, pointer), search, depth + 1);
  search.open.delete(pointer);
  search.done.add(pointer);
  return isEnding;
}

/** No vendor's constrained decoding takes objects that may have further members. */
export function isOpen(value: Json | undefined): boolean {
  if (!isObject(value)) return false;
  const more = value.additionalProperties;
  if (more !== undefined && more !== false) return true;
  if (value.patternProperties !== undefined) return true;
  // With nothing named, closing it would leave `{}` as the only value.
  if (value.type === 'object' && ![...COMPOSED, 'properties'].some((name) => value[name] !== undefined))
    return more !== false;
  return inner(value).some(isOpen);
}

/** The schemas right inside a schema; what stands in `default`, `enum` and the like is no schema. */
function inner(schema: JsonObject): (Json | undefined)[] {
  return Object.entries(schema).flatMap(([name, member]): readonly (Json | undefined)[] => {
    if (BY_NAME.includes(name)) return isObject(member) ? Object.values(member) : [];
    if (LIST.includes(name)) return arrayOf(member);
    return ONE.includes(name) && member !== false ? [member] : [];
  });
}

/**
 * The schema as Claude's constrained decoding takes it: every object closed; constraints that it does not know are told
 * to `lost` and stand in the description, where the model reads them, as its vendor's SDKs put them. For schemas that
 * `isClosable`.
 */
export function closedSchema(value: Json | undefined, lost: (keyword: string) => void): Json | undefined {
  if (!isObject(value)) return value;
  const [only] = arrayOf(value.allOf);
  if (isObject(only)) {
    const { allOf: _one, ...rest } = value;
    return closedSchema({ ...rest, ...only }, lost);
  }
  const result: { [name: string]: Json | undefined } = {};
  const unknown: string[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (BY_NAME.includes(name) && isObject(member))
      result[name] = Object.fromEntries(
        Object.entries(member).map(([key, schema]) => [key, closedSchema(schema, lost)]),
      );
    else if (name === 'anyOf' || name === 'oneOf')
      result.anyOf = arrayOf(member).map((schema) => closedSchema(schema, lost) as Json);
    else if (name === 'items') result.items = closedSchema(member, lost);
    else if (name === 'additionalProperties' || isKnown(name, member)) result[name] = member;
    else if (!SILENT.includes(name)) unknown.push(`${name}: ${JSON.stringify(member)}`) && lost(name);
  }
  if (unknown.length > 0)
    result.description = [value.description, `{${unknown.join(', ')}}`]
      .filter((text) => typeof text === 'string')
      .join('\n\n');
  if (
    isObject(value.properties) ||
    arrayOf(value.type)
      .concat(value.type ?? [])
      .includes('object')
  ) {
    result.type ??= 'object';
    result.additionalProperties = false;
  }
  return result;
}

/** Only some formats are known, and of lists only whether they may be empty. */
function isKnown(name: string, value: Json | undefined): boolean {
  if (name === 'format') return FORMATS.includes(String(value));
  if (name === 'minItems') return value === 0 || value === 1;
  return PLAIN.includes(name);
}

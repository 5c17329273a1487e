import { arrayOf, isObject, type Json, type JsonObject, objectOf } from '../base/json.ts';

/** A schema may refer to itself: neither many steps nor deep ones are worth an answer. */
const STEPS_MAX = 20_000;
const DEPTH_MAX = 200;

type Check = { readonly root: JsonObject; steps: number; depth: number };

/**
 * Where a value breaks a JSON Schema, as a path and the keyword (`/city: required`); null if it breaks nothing that is
 * understood here: types, members, items, enumerations, local references and combinations. Other keywords are not held
 * against a value.
 */
export function misfitOf(schema: JsonObject, value: Json): string | null {
  return visit({ root: schema, steps: 0, depth: 0 }, schema, value, '');
}

function visit(check: Check, schema: Json | undefined, value: Json, path: string): string | null {
  if (schema === false) return `${path || '/'}: not allowed`;
  if (!isObject(schema) || ++check.steps > STEPS_MAX || check.depth > DEPTH_MAX) return null;
  check.depth++;
  const broken = compare(check, schema, value, path);
  check.depth--;
  return broken;
}

function compare(check: Check, schema: JsonObject, value: Json, path: string): string | null {
  const { type, enum: values, const: only, anyOf, oneOf, allOf, $ref } = schema;
  const at = path || '/';
  if (type !== undefined && !hasType(type, value)) return `${at}: type`;
  if (Array.isArray(values) && !values.some((one) => same(one, value))) return `${at}: enum`;
  if (only !== undefined && !same(only, value)) return `${at}: const`;
  for (const part of arrayOf(allOf)) {
    const broken = visit(check, part, value, path);
    if (broken !== null) return broken;
  }
  for (const choices of [anyOf, oneOf])
    if (Array.isArray(choices) && !choices.some((part) => visit(check, part, value, path) === null))
      return `${at}: none of its forms`;
  const target = typeof $ref === 'string' ? resolve(check.root, $ref) : undefined;
  return (
    (target === undefined ? null : visit(check, target, value, path)) ??
    (isObject(value) ? members(check, schema, value, path) : null) ??
    (Array.isArray(value) ? items(check, schema, value, path) : null)
  );
}

function members(check: Check, schema: JsonObject, value: JsonObject, path: string): string | null {
  const missing = arrayOf(schema.required).find((name) => typeof name === 'string' && !Object.hasOwn(value, name));
  if (missing !== undefined) return `${path}/${missing}: required`;
  const properties = objectOf(schema.properties);
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const isKnown = Object.hasOwn(properties, name);
    if (!isKnown && schema.patternProperties !== undefined) continue;
    const broken = visit(check, isKnown ? properties[name] : schema.additionalProperties, member, `${path}/${name}`);
    if (broken !== null) return broken;
  }
  return null;
}

function items(check: Check, schema: JsonObject, value: readonly Json[], path: string): string | null {
  if (schema.items === undefined || schema.prefixItems !== undefined) return null;
  for (const [index, item] of value.entries()) {
    const broken = visit(check, schema.items, item, `${path}/${index}`);
    if (broken !== null) return broken;
  }
  return null;
}

function hasType(type: Json, value: Json): boolean {
  if (Array.isArray(type)) return type.some((one) => hasType(one, value));
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    default:
      return true;
  }
}

/** `#/$defs/place`; a reference to elsewhere is not followed. */
function resolve(root: JsonObject, reference: string): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  let found: Json | undefined = root;
  for (const name of reference.slice(1).split('/').slice(1))
    found = objectOf(found)[name.replaceAll('~1', '/').replaceAll('~0', '~')];
  return found;
}

const same = (a: Json, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b);

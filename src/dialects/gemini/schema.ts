import { arrayOf, isObject, type Json, type JsonObject, objectOf } from '../../base/json.ts';
import { resolvePointer } from '../schema-pointer.ts';

/**
 * What `parametersJsonSchema` and `responseJsonSchema` read (GenerationConfig reference of the Gemini API, read
 * 2026-11-22). The older `parameters`/`responseSchema` fields know less (OpenAPI 3.0), so they are not used.
 */
const KEPT = new Set([
  ...['$id', '$anchor', 'type', 'format', 'title', 'description', 'enum', 'items', 'prefixItems', 'minItems'],
  ...['maxItems', 'minimum', 'maximum', 'anyOf', 'oneOf', 'properties', 'additionalProperties', 'required'],
  'propertyOrdering',
]);
/** Notes to a reader that constrain nothing, and what is said otherwise: left out without a loss. */
const NOTES = new Set([
  ...['$schema', '$comment', '$defs', 'definitions', 'default', 'example', 'examples', 'deprecated', 'readOnly'],
  ...['writeOnly', 'strict', 'nullable'],
]);
const NODES_MAX = 4_000;
const DEPTH_MAX = 96;
const MEMBERS_MAX = 200;

type Walk = {
  readonly root: JsonObject;
  readonly dropped: Set<string>;
  /** Definitions that refer to themselves: kept as `$defs`. */
  readonly recursive: Set<string>;
  nodes: number;
};

/** A JSON Schema in the subset Gemini reads, key order kept, and the names of the keywords that are lost. */
export function geminiSchema(root: JsonObject): { readonly schema: JsonObject; readonly dropped: readonly string[] } {
  const walk: Walk = { root, dropped: new Set(), recursive: new Set(), nodes: 0 };
  const schema = schemaAt(walk, root, []);
  const definitions: [string, Json][] = [];
  for (const pointer of walk.recursive) {
    const definition = resolvePointer(root, pointer);
    if (isObject(definition)) definitions.push([nameOf(pointer), schemaAt(walk, definition, [pointer])]);
  }
  const whole = definitions.length > 0 ? { ...schema, $defs: Object.fromEntries(definitions) } : schema;
  return { schema: whole, dropped: [...walk.dropped] };
}

function schemaAt(walk: Walk, value: Json | undefined, open: readonly string[], depth = 0): JsonObject {
  walk.nodes++;
  if (!isObject(value)) return {};
  if (depth > DEPTH_MAX || walk.nodes > NODES_MAX) {
    walk.dropped.add('nesting');
    return {};
  }
  if (typeof value.$ref === 'string') return reference(walk, value, value.$ref, open, depth);
  const source = Array.isArray(value.allOf) ? mergeAll(walk, value, value.allOf, open, depth) : value;
  const entries: [string, Json][] = [];
  for (const [key, member] of Object.entries(source)) {
    if (member === undefined) continue;
    const translated = keyword(walk, source, key, member, open, depth);
    if (translated) entries.push(translated);
    else if (!KEPT.has(key) && !NOTES.has(key)) walk.dropped.add(key);
  }
  if (source.type === undefined && namesNull(source)) entries.push(['type', typesOf(source)]);
  return Object.fromEntries(entries);
}

function keyword(
  walk: Walk,
  schema: JsonObject,
  key: string,
  value: Json,
  open: readonly string[],
  depth: number,
): [string, Json] | null {
  const inner = (member: Json | undefined) => schemaAt(walk, member, open, depth + 1);
  switch (key) {
    case 'properties':
      if (!isObject(value)) return null;
      return [key, Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inner(member)]))];
    case 'items':
      return Array.isArray(value) ? ['prefixItems', value.map(inner)] : [key, inner(value)];
    case 'additionalProperties':
      return [key, isObject(value) ? inner(value) : value];
    case 'prefixItems':
    case 'anyOf':
    case 'oneOf':
      return Array.isArray(value) ? [key, value.map(inner)] : null;
    case 'const':
      return enumOf(walk, key, [value]);
    case 'enum':
      return Array.isArray(value) ? enumOf(walk, key, value) : null;
    case 'type':
      return [key, isNullable(schema) && typeof value === 'string' && value !== 'null' ? [value, 'null'] : value];
    case 'required':
      return requiredOf(walk, schema, value);
    case 'nullable':
      return null;
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return bound(walk, schema, key, value);
    default:
      return KEPT.has(key) ? [key, value] : null;
  }
}

/**
 * `enum` takes strings and numbers only, none of them empty ("enum[0]: cannot be empty", anomalyco/opencode#46676, read
 * 2026-11-29); `const` is an enum of one, and a null among them is said by the type.
 */
function enumOf(walk: Walk, key: string, values: readonly Json[]): [string, Json] | null {
  const taken = values.filter((entry) => typeof entry === 'number' || (typeof entry === 'string' && entry !== ''));
  if (values.some((entry) => entry !== null && !taken.includes(entry))) walk.dropped.add(key);
  const isMixed = values.some((entry) => entry !== null && entry !== '' && !taken.includes(entry));
  return isMixed || taken.length === 0 ? null : ['enum', taken];
}

/** May the value be null, in whichever words? A type that lists it says so itself. */
const isNullable = (schema: JsonObject): boolean => schema.nullable === true || namesNull(schema);
const namesNull = ({ enum: values, const: only }: JsonObject): boolean =>
  only === null || (Array.isArray(values) && values.includes(null));

/** What an enumeration without a type is made of, null among it. */
function typesOf({ enum: values, const: only }: JsonObject): Json {
  const types = new Set<Json>(
    [...arrayOf(values), only ?? null].map((entry) => (entry === null ? 'null' : typeof entry)),
  );
  return types.size > 1 ? [...types].sort() : 'null';
}

/** A name that is no property is refused ("required[1]: property is not defined", theopenco/llmgateway#1763). */
function requiredOf(walk: Walk, schema: JsonObject, value: Json): [string, Json] | null {
  const properties = objectOf(schema.properties);
  const names = arrayOf(value);
  const declared = names.filter((name) => typeof name === 'string' && Object.hasOwn(properties, name));
  if (declared.length < names.length) walk.dropped.add('required');
  return declared.length > 0 ? ['required', declared] : null;
}

/** Exact for integers; for other numbers the bound itself becomes allowed. */
function bound(walk: Walk, schema: JsonObject, key: string, value: Json): [string, Json] | null {
  if (typeof value !== 'number') return null;
  const isMinimum = key === 'exclusiveMinimum';
  const inclusive = isMinimum ? 'minimum' : 'maximum';
  if (typeof schema[inclusive] === 'number') return null;
  if (schema.type === 'integer') return [inclusive, isMinimum ? Math.floor(value) + 1 : Math.ceil(value) - 1];
  walk.dropped.add(key);
  return [inclusive, value];
}

/** Written out in place; only a definition that contains itself stays a reference. */
function reference(
  walk: Walk,
  schema: JsonObject,
  pointer: string,
  open: readonly string[],
  depth: number,
): JsonObject {
  if (open.includes(pointer)) {
    walk.recursive.add(pointer);
    return { $ref: `#/$defs/${nameOf(pointer)}` };
  }
  const target = resolvePointer(walk.root, pointer);
  if (!isObject(target)) {
    walk.dropped.add('$ref');
    return {};
  }
  const { $ref: _, ...siblings } = schema;
  return schemaAt(walk, { ...target, ...siblings }, [...open, pointer], depth + 1);
}

function mergeAll(
  walk: Walk,
  schema: JsonObject,
  members: readonly Json[],
  open: readonly string[],
  depth: number,
): JsonObject {
  if (members.length > MEMBERS_MAX) walk.dropped.add('allOf');
  let merged: JsonObject = {};
  for (const member of [...members.slice(0, MEMBERS_MAX), { ...schema, allOf: undefined }]) {
    const part = isObject(member) && member.allOf === undefined ? member : schemaAt(walk, member, open, depth + 1);
    const whole = typeof part.$ref === 'string' ? schemaAt(walk, part, open, depth + 1) : part;
    merged = {
      ...merged,
      ...whole,
      ...(isObject(merged.properties) &&
        isObject(whole.properties) && { properties: { ...merged.properties, ...whole.properties } }),
      ...(Array.isArray(merged.required) &&
        Array.isArray(whole.required) && { required: [...new Set([...merged.required, ...whole.required])] }),
    };
  }
  return { ...merged, allOf: undefined };
}

const nameOf = (pointer: string): string => (pointer === '#' ? 'root' : (pointer.split('/').at(-1) ?? 'root'));

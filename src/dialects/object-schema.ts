import { arrayOf, isObject, type Json, type JsonObject } from '../base/json.ts';
import { resolvePointer } from './schema-pointer.ts';

const CHOICES = ['anyOf', 'oneOf', 'allOf'] as const;
/** Refused at the top like alternatives, and of no use there: a tool's arguments are one object in any case. */
const REFUSED = ['enum', 'not'] as const;
/** References and alternatives within each other at the top of one schema. */
const DEPTH_MAX = 16;
/** Alternatives may refer to each other many times over. */
const NODES_MAX = 1_000;

/** Is the root an object as it stands, without reference or alternatives? */
export const isPlainObject = (schema: JsonObject): boolean =>
  schema.type === 'object' &&
  schema.$ref === undefined &&
  [...CHOICES, ...REFUSED].every((keyword) => schema[keyword] === undefined);

/**
 * A tool's schema as vendors take it: an object, which is no reference and whose alternatives are not at the top
 * ("input_schema does not support oneOf, allOf, or anyOf at the top level", anthropics/claude-code#40075, read
 * 2026-11-24; "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level",
 * langchain-ai/langchain#39271; "schema must be a JSON Schema of 'type: "object"', got 'type: null'", DeepSeek in
 * end-4/dots-hyprland#3640; "when using anyOf, type should be defined in anyOf items instead of the parent schema",
 * Moonshot in abhigyanpatwari/GitNexus#2703, read 2026-11-29). Properties of alternatives are merged; only what all of
 * them require stays required. `lost` hears which keyword went.
 */
export function objectSchema(schema: JsonObject | undefined, lost: (keyword: string) => void): JsonObject {
  if (!schema) return { type: 'object', properties: {} };
  if (isPlainObject(schema)) return schema;
  const whole = flat(schema, { root: schema, lost, nodes: 0 }, 0);
  for (const keyword of REFUSED) if (whole[keyword] !== undefined) lost(keyword);
  const { enum: _values, not: _not, ...kept } = whole;
  // A type that an object may have too stays one; arguments are never anything else.
  if (whole.type !== undefined && !isObjectType(whole.type)) lost(`type ${JSON.stringify(whole.type)}`);
  return { ...kept, type: 'object', ...(!isObject(kept.properties) && { properties: {} }) };
}

const isObjectType = (type: Json): boolean => type === 'object' || arrayOf(type).includes('object');

type Flattening = { readonly root: JsonObject; readonly lost: (keyword: string) => void; nodes: number };

/** References resolved and alternatives merged, at the top alone. */
function flat(schema: JsonObject, flattening: Flattening, depth: number): JsonObject {
  if (depth > DEPTH_MAX || ++flattening.nodes > NODES_MAX) return {};
  let whole = schema;
  if (typeof whole.$ref === 'string') {
    const { $ref, ...beside } = whole;
    const target = resolvePointer(flattening.root, String($ref));
    if (!isObject(target)) flattening.lost('$ref');
    whole = isObject(target) ? { ...flat(target, flattening, depth + 1), ...beside } : beside;
  }
  for (const keyword of CHOICES) {
    const { [keyword]: choices, ...rest } = whole;
    if (choices === undefined) continue;
    flattening.lost(keyword);
    const members = arrayOf(choices).filter(isObject);
    const objects = members.map((member) => flat(member, flattening, depth + 1));
    // Null and the like beside an object are alternatives to having arguments at all.
    const kept = objects.filter(({ type }) => type === undefined || isObjectType(type));
    whole = merged(rest, kept, keyword);
  }
  return whole;
}

function merged(base: JsonObject, members: readonly JsonObject[], keyword: string): JsonObject {
  const properties = Object.assign({}, ...members.map((member) => member.properties), base.properties);
  const lists = members.map((member) => arrayOf(member.required));
  const added = lists.flat().filter((name) => keyword === 'allOf' || lists.every((list) => list.includes(name)));
  const required: Json[] = [...new Set([...arrayOf(base.required), ...added])];
  return {
    ...base,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  };
}

import { arrayOf, isObject, type Json, type JsonObject } from '../base/json.ts';

const CHOICES = ['anyOf', 'oneOf', 'allOf'] as const;

/**
 * A tool's schema as Claude takes it: an object, whose alternatives are not at the top ("input_schema does not support
 * oneOf, allOf, or anyOf at the top level", anthropics/claude-code#40075, read 2026-11-24). Their properties are merged;
 * of alternatives only what all of them require stays required. `lost` hears which keyword went.
 */
export function objectSchema(schema: JsonObject | undefined, lost: (keyword: string) => void): JsonObject {
  if (!schema) return { type: 'object', properties: {} };
  let whole: JsonObject = schema.type === undefined ? { type: 'object', ...schema } : schema;
  for (const keyword of CHOICES) {
    const { [keyword]: choices, ...rest } = whole;
    if (choices === undefined) continue;
    lost(keyword);
    whole = merged(rest, arrayOf(choices).filter(isObject), keyword);
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

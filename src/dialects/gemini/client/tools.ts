import { arrayOf, isObject, type Json, type JsonObject, objectOf, optionalString } from '../../../base/json.ts';
import { type Complaints, complain, present } from '../../../call/read.ts';
import type { Tool, ToolChoice } from '../../../call/tool.ts';
import { camelKeys, hasKeys } from '../../camel-keys.ts';
import { GEMINI } from '../../gemini-names.ts';

/** Function declarations one by one; Google's own tools as they are. */
export function readTools(to: Complaints, body: JsonObject): Tool[] {
  const tools: Tool[] = [];
  const list = Array.isArray(body.tools) ? body.tools : [];
  list.forEach((entry, at) => {
    const { functionDeclarations, ...builtIn } = camelKeys(objectOf(entry));
    arrayOf(functionDeclarations).forEach((value, index) => {
      const tool = readDeclaration(camelKeys(objectOf(value)));
      if (tool) tools.push(tool);
      else complain(to, `tools[${at}].functionDeclarations[${index}].name`, 'A function declaration needs a name.');
    });
    if (hasKeys(builtIn)) tools.push({ type: 'native', dialect: GEMINI, value: builtIn });
  });
  return tools;
}

function readDeclaration(value: JsonObject): Tool | undefined {
  const name = optionalString(value.name);
  if (name === undefined || name === '') return undefined;
  const schema = isObject(value.parametersJsonSchema) ? value.parametersJsonSchema : undefined;
  const parameters = schema ?? (isObject(value.parameters) ? jsonSchema(value.parameters) : undefined);
  return { type: 'function', name, ...present({ description: optionalString(value.description), parameters }) };
}

const COUNTS = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties']);

/** Formats of OpenAPI's that are none of JSON Schema's: the width of numbers, and that there is an enum. */
const WIDTHS = new Set<unknown>(['int32', 'int64', 'float', 'double', 'enum']);

/**
 * Google's OpenAPI-like `Schema` → JSON Schema: types in small letters, `nullable` as a type, counts as numbers, and the
 * properties in the order of `propertyOrdering`, which all models keep (Gemini's from 2.5 on: ai.google.dev, structured
 * output, read 2026-11-29) and nobody else knows by that name.
 */
export function jsonSchema(schema: JsonObject): JsonObject {
  const entries: [string, Json][] = [];
  for (const [key, value] of Object.entries(camelKeys(schema))) {
    if (value === undefined || key === 'nullable' || key === 'propertyOrdering') continue;
    if (key === 'format' && WIDTHS.has(value)) continue;
    if (key === 'type' && typeof value === 'string') {
      const type = value.toLowerCase();
      entries.push([key, schema.nullable === true ? [type, 'null'] : type]);
    } else if (key === 'properties' && isObject(value))
      entries.push([
        key,
        Object.fromEntries(inOrder(value, schema).map(([name, member]) => [name, jsonSchema(objectOf(member))])),
      ]);
    else if (key === 'items' && isObject(value)) entries.push([key, jsonSchema(value)]);
    else if (key === 'anyOf' && Array.isArray(value))
      entries.push([key, value.map((one) => jsonSchema(objectOf(one)))]);
    else if (COUNTS.has(key) && typeof value === 'string') entries.push([key, Number(value)]);
    else entries.push([key, value]);
  }
  return Object.fromEntries(entries);
}

function inOrder(properties: JsonObject, schema: JsonObject): [string, Json | undefined][] {
  const places = new Map(arrayOf(schema.propertyOrdering ?? schema.property_ordering).map((name, at) => [name, at]));
  const placeOf = (name: string): number => places.get(name) ?? places.size;
  return Object.entries(properties).sort(([one], [other]) => placeOf(one) - placeOf(other));
}

/** `functionCallingConfig`; `VALIDATED` and lists of names are Gemini's alone. */
export function readToolChoice(body: JsonObject): ToolChoice | undefined {
  const config = camelKeys(objectOf(camelKeys(objectOf(body.toolConfig)).functionCallingConfig));
  const names = arrayOf(config.allowedFunctionNames);
  const [name] = names;
  switch (config.mode) {
    case undefined:
    case 'MODE_UNSPECIFIED':
      return undefined;
    case 'AUTO':
      return { type: 'auto' };
    case 'NONE':
      return { type: 'none' };
    case 'ANY':
      if (names.length === 0) return { type: 'required' };
      if (names.length === 1 && typeof name === 'string') return { type: 'function', name };
      return { type: 'native', dialect: GEMINI, value: config };
    default:
      return { type: 'native', dialect: GEMINI, value: config };
  }
}

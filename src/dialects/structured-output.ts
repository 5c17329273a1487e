import { isObject, type Json, type JsonObject } from '../base/json.ts';
import type { Call, OutputFormat } from '../call/call.ts';

/** The tool that stands in for a JSON schema: the model is made to call it, and its arguments are the answer. */
export type Emulation = { readonly tool: string; readonly description: string; readonly schema: JsonObject };

/** Null if the call asks for no schema, or for one that a tool's arguments cannot have. Encoding and decoding ask alike. */
export function emulate({ output, tools }: Call): Emulation | null {
  if (output.type !== 'json-schema' || !isObjectSchema(output.schema)) return null;
  const names = new Set(tools.map((other) => (other.type === 'function' ? other.name : '')));
  let tool = 'structured_answer';
  while (names.has(tool)) tool += '_';
  const description = output.description ?? `Gives the final answer${output.name ? ` (${output.name})` : ''}.`;
  return { tool, description, schema: { type: 'object', ...output.schema } };
}

const isObjectSchema = (schema: JsonObject): boolean => schema.type === 'object' || isObject(schema.properties);

/** JSON asked for in the system prompt, where neither a format nor a tool can say it; null for other output. */
export function outputInWords(output: OutputFormat): string | null {
  if (output.type === 'json')
    return 'Answer with one valid JSON object and nothing else: no code fence, no words around it.';
  if (output.type !== 'json-schema') return null;
  return `Answer with one valid JSON value that matches this JSON Schema, and nothing else: no code fence, no words around it.\n${JSON.stringify(output.schema)}`;
}

/** No vendor's constrained decoding takes objects that may have further members. */
export function isOpen(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.some(isOpen);
  if (!isObject(value)) return false;
  const more = value.additionalProperties;
  return (more !== undefined && more !== false) || Object.values(value).some(isOpen);
}

/**
 * Refused by Claude's constrained decoding; the model may still read them where they are described (transformJSONSchema
 * of @anthropic-ai/sdk 1.12 and BerriAI/litellm#34313, read 2026-11-24).
 */
const UNSUPPORTED = [
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'pattern'],
  ...['maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'not', 'contains', 'propertyNames'],
];
const FORMATS = [...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid']];
const NAMED = ['properties', '$defs', 'definitions'];
const VALUES = ['enum', 'const', 'default', 'examples'];

/** Only some formats are known, and of lists only whether they may be empty. */
const isRefused = (name: string, value: Json | undefined): boolean =>
  (name === 'format' && typeof value === 'string' && !FORMATS.includes(value)) ||
  (name === 'minItems' && value !== 0 && value !== 1);

/** Every object is closed, and constraints that are not known there are left out and told to `lost`. */
export function closedSchema(value: Json | undefined, lost: (keyword: string) => void): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => closedSchema(item, lost) as Json);
  if (!isObject(value)) return value;
  const result: { [name: string]: Json | undefined } = {};
  for (const [name, member] of Object.entries(value)) {
    if (UNSUPPORTED.includes(name) || isRefused(name, member)) lost(name);
    else if (name === 'oneOf') result.anyOf = closedSchema(member, lost);
    else if (NAMED.includes(name) && isObject(member))
      result[name] = Object.fromEntries(Object.entries(member).map(([key, inner]) => [key, closedSchema(inner, lost)]));
    else result[name] = VALUES.includes(name) ? member : closedSchema(member, lost);
  }
  if (value.type === 'object' && value.additionalProperties === undefined) result.additionalProperties = false;
  return result;
}

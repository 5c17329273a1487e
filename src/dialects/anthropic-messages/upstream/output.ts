import { isObject, type Json, type JsonObject } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import type { Target } from '../../../facts/target.ts';
import { DIALECT } from '../words.ts';
import type { Encoding } from './encoding.ts';

/** The tool that stands in for a JSON schema: the model is made to call it, and its arguments are the answer. */
export type Emulation = { readonly tool: string; readonly definition: JsonObject };

/**
 * How a JSON schema reaches the model: natively where the endpoint has structured outputs and can constrain by this
 * schema, else by a forced tool. Null = no such tool. Encoding and decoding ask alike.
 */
export function emulationOf(call: Call, target: Target): Emulation | null {
  const { output } = call;
  if (output.type !== 'json-schema' || isNative(call, target) || !isObjectSchema(output.schema)) return null;
  const names = new Set(call.tools.map((other) => (other.type === 'function' ? other.name : '')));
  let tool = 'structured_answer';
  while (names.has(tool)) tool += '_';
  const description = output.description ?? `Gives the final answer${output.name ? ` (${output.name})` : ''}.`;
  return { tool, definition: { name: tool, description, input_schema: { type: 'object', ...output.schema } } };
}

const isNative = ({ output }: Call, target: Target): boolean =>
  output.type === 'json-schema' && target.endpoint.parameters.has('structured_outputs') && !isOpen(output.schema);

const isObjectSchema = (schema: JsonObject): boolean => schema.type === 'object' || isObject(schema.properties);

/** Constrained decoding takes only closed objects. */
function isOpen(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.some(isOpen);
  if (!isObject(value)) return false;
  const more = value.additionalProperties;
  return (more !== undefined && more !== false) || Object.values(value).some(isOpen);
}

/** `output_config.format`, if the schema is carried natively. */
export function outputFormat(encoding: Encoding): JsonObject | undefined {
  const { output } = encoding.call;
  if (output.type === 'native') {
    const same = output.dialect === DIALECT;
    if (!same) encoding.lose('response_format', 'only its own dialect knows this output format');
    return same ? output.value : undefined;
  }
  if (output.type !== 'json-schema' || !isNative(encoding.call, encoding.target)) return undefined;
  return { type: 'json_schema', schema: closed(output.schema, encoding) };
}

/** Refused within a natively carried schema (Anthropic guide to structured outputs, read 2026-11-22). */
const UNSUPPORTED = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
];
const NAMED = ['properties', '$defs', 'definitions'];

/** Every object is closed, and constraints that are not known there are left out. */
function closed(value: Json | undefined, encoding: Encoding): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => closed(item, encoding) as Json);
  if (!isObject(value)) return value;
  const result: { [name: string]: Json | undefined } = {};
  for (const [name, member] of Object.entries(value)) {
    if (UNSUPPORTED.includes(name)) encoding.lose(`response_format.json_schema.schema: ${name}`, 'not taken natively');
    else if (NAMED.includes(name) && isObject(member))
      result[name] = Object.fromEntries(Object.entries(member).map(([key, inner]) => [key, closed(inner, encoding)]));
    else if (name === 'enum' || name === 'const' || name === 'default' || name === 'examples') result[name] = member;
    else result[name] = closed(member, encoding);
  }
  if (value.type === 'object' && value.additionalProperties === undefined) result.additionalProperties = false;
  return result;
}

/** What the system prompt must add where neither a format nor a tool can say it. */
export function outputInstruction(call: Call, target: Target): string | null {
  const { output } = call;
  if (output.type === 'json')
    return 'Answer with one valid JSON object and nothing else: no code fence, no words around it.';
  if (output.type !== 'json-schema' || isNative(call, target) || isObjectSchema(output.schema)) return null;
  return `Answer with one valid JSON value that matches this JSON Schema, and nothing else: no code fence, no words around it.\n${JSON.stringify(output.schema)}`;
}

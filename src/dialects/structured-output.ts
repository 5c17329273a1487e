import { isObject, type JsonObject } from '../base/json.ts';
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

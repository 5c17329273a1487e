import { isObject, type Json, type JsonObject } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import type { Loss } from '../call/loss.ts';
import { isOpen } from './closed-schema.ts';
import { isPlainObject, objectSchema } from './object-schema.ts';
import type { Quirk } from './quirks.ts';

export const STRICT_SCHEMAS = 'strict-schemas';
export const STRICT_SCHEMAS_QUIRK: Quirk = {
  why: 'strict schemas must close every object and require every property: platform.openai.com/docs/guides/structured-outputs, read 2026-11-22',
};

/** The output format and the tools as such a provider takes them; undefined if the call is so already. */
export function strictCall({ output, tools }: Call, losses: Loss[]): Pick<Call, 'output' | 'tools'> | undefined {
  const isStrict = output.type === 'json-schema' && output.strict;
  if (!isStrict && !tools.some((tool) => tool.type === 'function' && (tool.strict || isOdd(tool)))) return undefined;
  return {
    output:
      output.type === 'json-schema' && isStrict
        ? { ...output, ...strictSchema(output.schema, 'response_format.json_schema', losses) }
        : output,
    tools: tools.map((tool, at) => {
      if (tool.type !== 'function' || !tool.parameters) return tool;
      const parameters = rootedSchema(tool.parameters, `tools[${at}].function.parameters`, losses);
      if (!tool.strict) return parameters === tool.parameters ? tool : { ...tool, parameters };
      const { schema, strict } = strictSchema(parameters, `tools[${at}].function`, losses);
      return { ...tool, parameters: schema, strict };
    }),
  };
}

/** The tools with a plain object at the top of each schema, as all hosts take them; undefined if they are so already. */
export function rootedTools({ tools }: Call, losses: Loss[]): Pick<Call, 'tools'> | undefined {
  if (!tools.some((tool) => tool.type === 'function' && isOdd(tool))) return undefined;
  const rooted = tools.map((tool, at) =>
    tool.type === 'function' && tool.parameters && isOdd(tool)
      ? { ...tool, parameters: rootedSchema(tool.parameters, `tools[${at}].function.parameters`, losses) }
      : tool,
  );
  return { tools: rooted };
}

type FunctionTool = Extract<Call['tools'][number], { type: 'function' }>;
const isOdd = ({ parameters, freeform }: FunctionTool): boolean =>
  parameters !== undefined && freeform === undefined && !(isPlainObject(parameters) && isObject(parameters.properties));

function rootedSchema(schema: JsonObject, field: string, losses: Loss[]): JsonObject {
  const merged = new Set<string>();
  const rooted = objectSchema(schema, (keyword) => merged.add(keyword));
  if (merged.size > 0) losses.push({ field, reason: `merged into one object at the top: ${[...merged].join(', ')}` });
  // "object schema missing properties", also where there are none: spring-projects/spring-ai#4776, read 2026-11-29.
  return isObject(rooted.properties) ? rooted : { ...rooted, properties: {} };
}

const NAMED = ['properties', '$defs', 'definitions'];
const VALUES = ['enum', 'const', 'default', 'examples', 'required'];

/**
 * A schema as OpenAI's strict mode demands it: every object closed, every property required (structured outputs guide,
 * read 2026-11-22). What was optional may be null instead. An object that is meant to stay open cannot be strict: then the
 * schema goes as it is, and the loss says so.
 */
function strictSchema(
  schema: JsonObject,
  field: string,
  losses: Loss[],
): { readonly schema: JsonObject; readonly strict: boolean } {
  if (isOpen(schema)) {
    losses.push({ field: `${field}.strict`, reason: 'objects with further properties cannot be strict here' });
    return { schema, strict: false };
  }
  const optional: string[] = [];
  const closed = close(schema, optional) as JsonObject;
  if (optional.length > 0)
    losses.push({
      field: `${field}.schema`,
      reason: `strict schemas have no optional properties here, so null stands for: ${optional.slice(0, 20).join(', ')}`,
    });
  return { schema: closed, strict: true };
}

function close(value: Json | undefined, optional: string[]): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => close(item, optional) as Json);
  if (!isObject(value)) return value;
  const result: { [name: string]: Json | undefined } = {};
  for (const [name, member] of Object.entries(value)) {
    if (NAMED.includes(name) && isObject(member))
      result[name] = Object.fromEntries(Object.entries(member).map(([key, inner]) => [key, close(inner, optional)]));
    else result[name] = VALUES.includes(name) ? member : close(member, optional);
  }
  if (!isObject(result.properties))
    return value.type === 'object' ? { ...result, additionalProperties: false } : result;
  const required = Array.isArray(value.required) ? value.required : [];
  const properties: { [name: string]: Json | undefined } = {};
  for (const [name, member] of Object.entries(result.properties)) {
    if (!required.includes(name)) optional.push(name);
    properties[name] = required.includes(name) ? member : nullable(member);
  }
  return { ...result, properties, required: Object.keys(properties), additionalProperties: false };
}

function nullable(schema: Json | undefined): Json | undefined {
  if (!isObject(schema)) return schema;
  const { type, enum: values } = schema;
  const types = Array.isArray(type) ? type : typeof type === 'string' ? [type] : null;
  if (!types || schema.const !== undefined) return { anyOf: [schema, { type: 'null' }] };
  if (types.includes('null')) return schema;
  return { ...schema, type: [...types, 'null'], ...(Array.isArray(values) && { enum: [...values, null] }) };
}

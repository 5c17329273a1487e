import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../../base/json.ts';
import type { OutputFormat } from '../../../call/call.ts';
import {
  type Complaints,
  complain,
  present,
  readBoolean,
  readObject,
  readObjects,
  readString,
  wrongType,
} from '../../../call/read.ts';
import { readCacheMark } from '../../../call/read-gateway.ts';
import type { Tool, ToolChoice } from '../../../call/tool.ts';
import type { FunctionTool } from '../freeform.ts';
import { DIALECT } from '../tools.ts';

/** Reads `tools`: functions and free-form tools are neutral, every other type only this dialect understands. */
export function readTools(to: Complaints, body: JsonObject): Tool[] {
  return (readObjects(to, body, 'tools') ?? []).map((entry, at) => {
    const path = `tools[${at}]`;
    if (entry.type === 'function') return readFunction(to, entry, path);
    if (entry.type === 'custom') return readFreeform(to, entry, path);
    if (stringOf(entry.type) === '') complain(to, `${path}.type`, `Missing required parameter: '${path}.type'.`);
    return { type: 'native', dialect: DIALECT, value: entry };
  });
}

function readFunction(to: Complaints, tool: JsonObject, path: string): FunctionTool {
  // Some clients nest the function as chat completions do.
  const entry = isObject(tool.function) ? tool.function : tool;
  return {
    type: 'function',
    name: readName(to, entry, path),
    ...present({
      description: readString(to, entry, 'description', `${path}.description`),
      parameters: readObject(to, entry, 'parameters', `${path}.parameters`),
      strict: readBoolean(to, entry, 'strict', `${path}.strict`),
      cache: readCacheMark(to, tool, `${path}.cache_control`),
    }),
  };
}

/** A free-form tool as a function of one text; its grammar, which only this dialect enforces, is told in words. */
function readFreeform(to: Complaints, entry: JsonObject, path: string): FunctionTool {
  const format = readObject(to, entry, 'format', `${path}.format`);
  const grammar = stringOf(format?.definition);
  const input = `The whole input as plain text.${grammar === '' ? '' : ` It must follow this ${stringOf(format?.syntax)} grammar:\n${grammar}`}`;
  const description = readString(to, entry, 'description', `${path}.description`);
  return {
    type: 'function',
    name: readName(to, entry, path),
    ...(description !== undefined && { description }),
    parameters: {
      type: 'object',
      properties: { input: { type: 'string', description: input } },
      required: ['input'],
      additionalProperties: false,
    },
    freeform: format ? { format } : {},
  };
}

function readName(to: Complaints, entry: JsonObject, path: string): string {
  const name = readString(to, entry, 'name', `${path}.name`);
  if (!name) complain(to, `${path}.name`, `Missing required parameter: '${path}.name'.`);
  return name ?? '';
}

export function readToolChoice(to: Complaints, body: JsonObject): ToolChoice | undefined {
  const choice = body.tool_choice;
  if (choice === undefined || choice === null) return undefined;
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice };
  if (!isObject(choice)) {
    const words = "Supported values are: 'none', 'auto', 'required', or an object.";
    complain(to, 'tool_choice', `Invalid value for 'tool_choice': ${JSON.stringify(choice).slice(0, 100)}. ${words}`);
    return undefined;
  }
  if (choice.type !== 'function' && choice.type !== 'custom')
    return { type: 'native', dialect: DIALECT, value: choice };
  const name = stringOf(choice.name) || stringOf(objectOf(choice.function).name);
  if (name === '') complain(to, 'tool_choice.name', "Missing required parameter: 'tool_choice.name'.");
  return { type: 'function', name };
}

export function readFormat(to: Complaints, text: JsonObject): OutputFormat {
  const format = readObject(to, text, 'format', 'text.format');
  switch (format?.type) {
    case undefined:
      if (format) complain(to, 'text.format.type', "Missing required parameter: 'text.format.type'.");
      return { type: 'text' };
    case 'text':
      return { type: 'text' };
    case 'json_object':
      return { type: 'json' };
    case 'json_schema':
      return readSchema(to, format ?? {});
    default:
      return { type: 'native', dialect: DIALECT, value: format ?? {} };
  }
}

function readSchema(to: Complaints, format: JsonObject): OutputFormat {
  const schema = readObject(to, format, 'schema', 'text.format.schema');
  if (!schema) complain(to, 'text.format.schema', "Missing required parameter: 'text.format.schema'.");
  return {
    type: 'json-schema',
    name: readString(to, format, 'name', 'text.format.name') ?? 'response',
    schema: schema ?? {},
    ...present({
      description: readString(to, format, 'description', 'text.format.description'),
      strict: readBoolean(to, format, 'strict', 'text.format.strict'),
    }),
  };
}

/** Nothing is stored here and nothing runs in the background: what would need that is refused by name. */
export function refuseState(to: Complaints, body: JsonObject): void {
  for (const field of ['previous_response_id', 'conversation'] as const)
    if (body[field] !== undefined && body[field] !== null)
      complain(to, field, `'${field}' is not supported: responses are not stored. Send the conversation in 'input'.`);
  for (const field of ['store', 'background'] as const) {
    const value = body[field];
    if (value === undefined || value === null || value === false) continue;
    if (value === true) complain(to, field, `'${field}' may only be false: responses are not stored.`);
    else wrongType(to, field, 'a boolean', value);
  }
}

export const includes = (body: JsonObject, word: string): boolean => arrayOf(body.include).includes(word);

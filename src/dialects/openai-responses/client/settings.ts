import {
  arrayOf,
  isObject,
  type Json,
  type JsonObject,
  objectOf,
  optionalString,
  stringOf,
} from '../../../base/json.ts';
import type { OutputFormat, Storing } from '../../../call/call.ts';
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
import type { FunctionTool } from '../../freeform.ts';
import { bringsTools, flatName, functionsIn, namespaceOf } from '../namespaces.ts';
import { DIALECT } from '../tools.ts';

/** Reads `tools`: functions and free-form tools are neutral, every other type only this dialect understands. */
export function readTools(to: Complaints, body: JsonObject): Tool[] {
  const tools = (readObjects(to, body, 'tools') ?? []).map((entry, at) => readTool(to, entry, `tools[${at}]`));
  return [...tools, ...readBrought(to, body.input)];
}

function readTool(to: Complaints, entry: JsonObject, path: string): Tool {
  if (entry.type === 'function') return readFunction(to, entry, path);
  if (entry.type === 'custom') return readFreeform(to, entry, path);
  if (stringOf(entry.type) === '') complain(to, `${path}.type`, `Missing required parameter: '${path}.type'.`);
  const value = { type: 'native', dialect: DIALECT, value: entry } as const;
  return entry.type === 'namespace' ? { ...value, functions: readNamespace(to, entry, path) } : value;
}

/** The functions of a namespace under their flat names, each with the name that its caller gave it. */
function readNamespace(to: Complaints, entry: JsonObject, path: string): Tool[] {
  const namespace = readName(to, entry, path);
  return (readObjects(to, entry, 'tools', `${path}.tools`) ?? []).flatMap((inner, at): Tool[] => {
    const tool = readTool(to, inner, `${path}.tools[${at}]`);
    if (tool.type !== 'function') return [];
    const native = { dialect: DIALECT, fields: { namespace, name: tool.name } };
    return [{ ...tool, name: flatName(namespace, tool.name), native }];
  });
}

/** Tools that items of the input bring along: to this dialect the item says it all, to others they are functions. */
function readBrought(to: Complaints, input: Json | undefined): Tool[] {
  return arrayOf(input).flatMap((item, at): Tool[] => {
    if (!isObject(item) || !bringsTools(item)) return [];
    const path = `input[${at}]`;
    const functions = (readObjects(to, item, 'tools', `${path}.tools`) ?? []).flatMap((entry, index) => {
      const tool = readTool(to, entry, `${path}.tools[${index}]`);
      return tool.type === 'function' ? [tool] : functionsIn(tool);
    });
    return [{ type: 'native', dialect: DIALECT, value: { type: item.type ?? null }, functions }];
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
  return { type: 'function', name: flatName(namespaceOf(choice), name) };
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

/**
 * What is to be kept of the call where answers are stored (OpenAI stores unless told not to); undefined where none are,
 * and whatever would need that is refused by name. Nothing runs in the background.
 */
export function readStoring(to: Complaints, body: JsonObject, stores: boolean): Storing | undefined {
  refuseTrue(to, body, 'background', 'nothing runs in the background here');
  const { conversation, previous_response_id: previous } = body;
  if (stores) {
    const previousResponseId = readString(to, body, 'previous_response_id') ?? null;
    const conversationId = conversationIn(conversation);
    if (conversationId === undefined) wrongType(to, 'conversation', 'a string or an object with an id', conversation);
    if (conversationId && previousResponseId !== null)
      complain(to, 'conversation', "'conversation' and 'previous_response_id' exclude each other.");
    const store = readBoolean(to, body, 'store') ?? true;
    return { store, previousResponseId, ...(conversationId && { conversationId }) };
  }
  if (conversation !== undefined && conversation !== null)
    complain(to, 'conversation', "'conversation' is not supported: responses are not stored. Send it in 'input'.");
  if (previous !== undefined && previous !== null)
    complain(
      to,
      'previous_response_id',
      "'previous_response_id' is not supported: responses are not stored. Send the conversation in 'input'.",
    );
  refuseTrue(to, body, 'store', 'responses are not stored');
  return undefined;
}

/** The id of the conversation that a body names, as a text or as an object's member; null = none, undefined = it says neither. */
export function conversationIn(value: Json | undefined): string | null | undefined {
  if (value === undefined || value === null) return null;
  return optionalString(isObject(value) ? value.id : value);
}

function refuseTrue(to: Complaints, body: JsonObject, field: 'store' | 'background', reason: string): void {
  const value = body[field];
  if (value === undefined || value === null || value === false) return;
  if (value === true) complain(to, field, `'${field}' may only be false: ${reason}.`);
  else wrongType(to, field, 'a boolean', value);
}

export const includes = (body: JsonObject, word: string): boolean => arrayOf(body.include).includes(word);

import { isObject, type JsonObject, objectOf, stringOf } from '../../../base/json.ts';
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
import { readFormat } from '../custom.ts';

/** Reads `tools` and the legacy `functions`. Tools of another type than `function` are kept as they are. */
export function readTools(to: Complaints, body: JsonObject): Tool[] {
  const tools: Tool[] = [];
  for (const [index, entry] of (readObjects(to, body, 'tools') ?? []).entries()) {
    const path = `tools[${index}]`;
    if (entry.type === 'function') {
      const cache = readCacheMark(to, entry, `${path}.cache_control`);
      const tool = readFunction(to, readObject(to, entry, 'function', `${path}.function`) ?? {}, `${path}.function`);
      tools.push(cache ? { ...tool, cache } : tool);
    } else if (entry.type === 'custom') {
      tools.push(readCustom(to, readObject(to, entry, 'custom', `${path}.custom`) ?? {}, `${path}.custom`));
    } else if (stringOf(entry.type) === '') {
      complain(to, `${path}.type`, `Missing required parameter: '${path}.type'.`);
    } else tools.push({ type: 'native', dialect: 'openai-chat', value: entry });
  }
  for (const [index, entry] of (readObjects(to, body, 'functions') ?? []).entries())
    tools.push(readFunction(to, entry, `functions[${index}]`));
  return tools;
}

function readFunction(to: Complaints, entry: JsonObject, path: string): Extract<Tool, { type: 'function' }> {
  const name = readString(to, entry, 'name', `${path}.name`);
  if (!name) complain(to, `${path}.name`, `Missing required parameter: '${path}.name'.`);
  return {
    type: 'function',
    name: name ?? '',
    ...present({
      description: readString(to, entry, 'description', `${path}.description`),
      parameters: readObject(to, entry, 'parameters', `${path}.parameters`),
      strict: readBoolean(to, entry, 'strict', `${path}.strict`),
    }),
  };
}

function readCustom(to: Complaints, entry: JsonObject, path: string): Tool {
  const name = readString(to, entry, 'name', `${path}.name`);
  if (!name) complain(to, `${path}.name`, `Missing required parameter: '${path}.name'.`);
  return {
    type: 'function',
    name: name ?? '',
    ...present({ description: readString(to, entry, 'description', `${path}.description`) }),
    freeform: present({ format: readFormat(entry.format) }),
  };
}

/** Reads `tool_choice` and the legacy `function_call`. */
export function readToolChoice(to: Complaints, body: JsonObject): ToolChoice | undefined {
  const field = body.tool_choice === undefined || body.tool_choice === null ? 'function_call' : 'tool_choice';
  const choice = body[field];
  if (choice === undefined || choice === null) return undefined;
  if (typeof choice === 'string') return readChoiceWord(to, choice, field);
  if (!isObject(choice)) return wrongType(to, field, 'a string or an object', choice);
  const named = objectOf(choice.type === 'custom' ? choice.custom : choice.function);
  const name = stringOf(field === 'function_call' ? choice.name : named.name);
  if (name !== '') return { type: 'function', name };
  if (choice.type !== 'function' && stringOf(choice.type) !== '')
    return { type: 'native', dialect: 'openai-chat', value: choice };
  complain(to, `${field}.function.name`, `Missing required parameter: '${field}.function.name'.`);
  return undefined;
}

function readChoiceWord(to: Complaints, word: string, field: string): ToolChoice | undefined {
  switch (word) {
    case 'auto':
    case 'none':
    case 'required':
      return { type: word };
    case 'any':
      return { type: 'required' };
    case 'web_search':
      return { type: 'native', dialect: 'openai-chat', value: { type: 'openrouter:web_search' } };
    default:
      complain(
        to,
        field,
        `Invalid value for '${field}': '${word.slice(0, 100)}'. Supported values are: 'none', 'auto', 'required'.`,
      );
      return undefined;
  }
}

import type { JsonObject } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import {
  type Complaints,
  complain,
  present,
  readBoolean,
  readObject,
  readObjects,
  readString,
} from '../../../call/read.ts';
import { readCacheMark } from '../../../call/read-gateway.ts';
import type { Tool } from '../../../call/tool.ts';
import { DIALECT, leftover, withNative } from '../words.ts';

const MODELLED = ['type', 'name', 'description', 'input_schema', 'strict', 'cache_control'];

export function readTools(to: Complaints, body: JsonObject): Tool[] {
  return (readObjects(to, body, 'tools') ?? []).map((tool, index) => readTool(to, tool, `tools[${index}]`));
}

function readTool(to: Complaints, tool: JsonObject, path: string): Tool {
  const type = readString(to, tool, 'type', `${path}.type`);
  if (type !== undefined && type !== 'custom') return { type: 'native', dialect: DIALECT, value: tool };
  const name = readString(to, tool, 'name', `${path}.name`);
  if (!name) complain(to, `${path}.name`, `Missing '${path}.name'.`);
  return {
    type: 'function',
    name: name ?? '',
    ...present({
      description: readString(to, tool, 'description', `${path}.description`),
      parameters: readObject(to, tool, 'input_schema', `${path}.input_schema`),
      strict: readBoolean(to, tool, 'strict', `${path}.strict`),
      cache: readCacheMark(to, tool, `${path}.cache_control`),
    }),
    ...withNative(leftover(tool, MODELLED)),
  };
}

/** `tool_choice`, with `disable_parallel_tool_use` turned round. */
export function readToolChoice(to: Complaints, body: JsonObject): Pick<Call, 'toolChoice' | 'parallelToolCalls'> {
  const choice = readObject(to, body, 'tool_choice');
  if (!choice) return {};
  const alone = readBoolean(to, choice, 'disable_parallel_tool_use', 'tool_choice.disable_parallel_tool_use');
  const parallel = alone === undefined ? {} : { parallelToolCalls: !alone };
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { toolChoice: { type: choice.type }, ...parallel };
    case 'any':
      return { toolChoice: { type: 'required' }, ...parallel };
    case 'tool': {
      const name = readString(to, choice, 'name', 'tool_choice.name');
      if (name === undefined) complain(to, 'tool_choice.name', "Missing 'tool_choice.name'.");
      return { toolChoice: { type: 'function', name: name ?? '' }, ...parallel };
    }
    default:
      return { toolChoice: { type: 'native', dialect: DIALECT, value: choice } };
  }
}

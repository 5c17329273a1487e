import { type JsonObject, objectOf } from '../../base/json.ts';
import type { Call } from '../../call/call.ts';
import type { Loss } from '../../call/loss.ts';
import type { Tool } from '../../call/tool.ts';
import type { Target } from '../../facts/target.ts';
import { isGatewayTool } from '../gateway-options.ts';
import { GEMINI, mixesTools } from '../gemini-names.ts';
import { objectSchema } from '../object-schema.ts';
import { geminiSchema } from './schema.ts';

const FREEFORM: JsonObject = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };

/** `tools` and `toolConfig`: all functions in one declaration list, Google's own tools beside it. */
export function geminiTools(call: Call, { endpoint }: Target, losses: Loss[]): JsonObject {
  const functions: JsonObject[] = [];
  const builtIn: JsonObject[] = [];
  call.tools.forEach((tool, at) => {
    if (tool.type === 'function') functions.push(declaration(tool, at, losses));
    else if (tool.dialect === GEMINI && !isGatewayTool(tool)) builtIn.push(tool.value);
    else losses.push({ field: `tools[${at}]`, reason: `a tool of ${tool.dialect} that Gemini does not have` });
  });
  const tools = [...(functions.length > 0 ? [{ functionDeclarations: functions }] : []), ...builtIn];
  const config = functions.length > 0 ? functionCallingConfig(call, losses) : undefined;
  const native = call.native?.dialect === GEMINI ? objectOf(call.native.fields.toolConfig) : {};
  const isMixed = functions.length > 0 && builtIn.length > 0 && mixesTools(endpoint);
  const toolConfig = {
    ...native,
    ...(config && { functionCallingConfig: config }),
    ...(isMixed && { includeServerSideToolInvocations: true }),
  };
  return { ...(tools.length > 0 && { tools }), ...((config || isMixed) && { toolConfig }) };
}

function declaration(tool: Extract<Tool, { type: 'function' }>, at: number, losses: Loss[]): JsonObject {
  if (tool.cache)
    losses.push({ field: `tools[${at}].cache_control`, reason: 'Gemini caches prompts without breakpoints' });
  if (tool.strict)
    losses.push({ field: `tools[${at}].function.strict`, reason: 'Gemini does not constrain arguments' });
  const parameters = tool.parameters ?? (tool.freeform ? FREEFORM : undefined);
  const merged: string[] = [];
  const written = parameters && geminiSchema(objectSchema(parameters, (keyword) => merged.push(keyword)));
  if (merged.length > 0)
    losses.push({
      field: `tools[${at}].function.parameters`,
      reason: `merged into one object at the top: ${[...new Set(merged)].join(', ')}`,
    });
  if (written && written.dropped.length > 0)
    losses.push({
      field: `tools[${at}].function.parameters`,
      reason: `Gemini does not read these schema keywords: ${written.dropped.join(', ')}`,
    });
  return {
    name: tool.name,
    ...(tool.description !== undefined && { description: tool.description }),
    ...(written && { parametersJsonSchema: written.schema }),
  };
}

function functionCallingConfig(call: Call, losses: Loss[]): JsonObject | undefined {
  if (call.parallelToolCalls === false)
    losses.push({ field: 'parallel_tool_calls', reason: 'Gemini cannot be held to one call at a time' });
  const choice = call.toolChoice;
  switch (choice?.type) {
    case undefined:
      return undefined;
    case 'auto':
      return { mode: 'AUTO' };
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
    case 'function':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] };
    case 'native':
      if (choice.dialect === GEMINI) return choice.value;
      losses.push({ field: 'tool_choice', reason: `a choice of ${choice.dialect} that Gemini does not have` });
      return undefined;
    default:
      return choice satisfies never;
  }
}

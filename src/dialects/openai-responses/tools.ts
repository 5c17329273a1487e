import type { Json, JsonObject } from '../../base/json.ts';
import type { OutputFormat } from '../../call/call.ts';
import type { Loss } from '../../call/loss.ts';
import type { Tool, ToolChoice } from '../../call/tool.ts';
import { isFreeform } from '../freeform.ts';
import { isGatewayTool } from '../gateway-options.ts';
import { bringsTools, ownName } from './namespaces.ts';

/** Tools, tool choice and answer format in this dialect's words: what a provider is sent and what an answer echoes. */
export const DIALECT = 'openai-responses';

/** Stands for the tools of an item of the input, which is sent as it came. */
const isBrought = (tool: Tool): boolean => tool.type === 'native' && bringsTools({ ...tool.value, tools: [{}] });

/** A tool of another dialect has no words here: undefined. */
export function encodeTool(tool: Tool): JsonObject | undefined {
  if (tool.type === 'native') return tool.dialect === DIALECT && !isBrought(tool) ? tool.value : undefined;
  const described = tool.description === undefined ? {} : { description: tool.description };
  if (tool.freeform) {
    const { format } = tool.freeform;
    return { type: 'custom', name: tool.name, ...described, ...(format && { format }) };
  }
  return {
    type: 'function',
    name: tool.name,
    ...described,
    parameters: tool.parameters ?? { type: 'object', properties: {} },
    // Absent means strict here, unlike in chat completions (platform.openai.com/docs/guides/migrate-to-responses, read 2026-11-22).
    strict: tool.strict ?? false,
  };
}

export function encodeTools(tools: readonly Tool[], losses: Loss[]): JsonObject[] {
  return tools.flatMap((tool, at) => {
    const encoded = isGatewayTool(tool) ? undefined : encodeTool(tool);
    if (!encoded && !isBrought(tool))
      losses.push({ field: `tools[${at}]`, reason: 'a tool that only another dialect understands' });
    return encoded ? [encoded] : [];
  });
}

export function encodeToolChoice(choice: ToolChoice, tools: readonly Tool[]): Json | undefined {
  switch (choice.type) {
    case 'auto':
    case 'none':
    case 'required':
      return choice.type;
    case 'function':
      return { type: isFreeform(tools, choice.name) ? 'custom' : 'function', ...ownName(tools, choice.name) };
    case 'native':
      return choice.dialect === DIALECT ? choice.value : undefined;
    default:
      return choice satisfies never;
  }
}

export function encodeFormat(output: OutputFormat): JsonObject | undefined {
  switch (output.type) {
    case 'text':
      return { type: 'text' };
    case 'json':
      return { type: 'json_object' };
    case 'json-schema':
      return {
        type: 'json_schema',
        name: output.name,
        ...(output.description !== undefined && { description: output.description }),
        schema: output.schema,
        ...(output.strict !== undefined && { strict: output.strict }),
      };
    case 'native':
      return output.dialect === DIALECT ? output.value : undefined;
    default:
      return output satisfies never;
  }
}

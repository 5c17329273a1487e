import { isObject, type JsonObject } from '../../../base/json.ts';
import type { Tool } from '../../../call/tool.ts';
import { closedSchema, isClosable } from '../../closed-schema.ts';
import { isGatewayTool } from '../../gateway-options.ts';
import { objectSchema } from '../../object-schema.ts';
import type { Emulation } from '../../structured-output.ts';
import { DIALECT, fieldsOf } from '../words.ts';
import type { Encoding } from './encoding.ts';

const NO_PARAMETERS: JsonObject = { type: 'object', properties: {} };
const FREEFORM: JsonObject = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };

export function encodeTools(encoding: Encoding, emulation: Emulation | null): JsonObject[] {
  const tools = encoding.call.tools.flatMap((tool, index) => encodeTool(encoding, tool, `tools[${index}]`));
  if (emulation)
    tools.push({ name: emulation.tool, description: emulation.description, input_schema: emulation.schema });
  return tools.length > 0 ? tools : toolsOfHistory(encoding);
}

function encodeTool(encoding: Encoding, tool: Tool, field: string): JsonObject[] {
  if (tool.type === 'native') {
    if (tool.dialect === DIALECT && !isGatewayTool(tool)) return [ownTool(encoding, tool.value, field)];
    encoding.lose(
      field,
      isGatewayTool(tool) ? 'a tool that a gateway would run' : `a tool that only ${tool.dialect} knows`,
    );
    return [];
  }
  const schema = objectSchema(tool.freeform ? FREEFORM : tool.parameters, (keyword) =>
    encoding.lose(`${field}.input_schema`, `${keyword} at the top is merged into one object`),
  );
  if (tool.freeform?.format) encoding.lose(`${field}.format`, 'this dialect cannot constrain free-form input');
  const strict =
    tool.strict === true && encoding.target.endpoint.parameters.has('structured_outputs') && isClosable(schema);
  if (tool.strict === true && !strict) encoding.lose(`${field}.strict`, 'this endpoint does not constrain arguments');
  return [
    {
      name: tool.name,
      ...(tool.description !== undefined && { description: tool.description }),
      input_schema: strict ? closed(encoding, schema, `${field}.input_schema`) : schema,
      ...(strict && { strict }),
      ...fieldsOf(tool.native),
      ...encoding.mark(tool.cache, field),
    },
  ];
}

/** Strict arguments are constrained like structured output. */
const closed = (encoding: Encoding, schema: JsonObject, field: string): JsonObject =>
  closedSchema(schema, (keyword) =>
    encoding.lose(`${field}: ${keyword}`, 'not constrained natively: it stands in the description'),
  ) as JsonObject;

/** Anthropic's own tool, whose breakpoint counts like any other. */
function ownTool(encoding: Encoding, { cache_control, ...tool }: JsonObject, field: string): JsonObject {
  if (!isObject(cache_control)) return tool;
  return { ...tool, ...encoding.mark({ ttl: cache_control.ttl === '1h' ? '1h' : '5m' }, field) };
}

/** A conversation with tool calls in it is refused without tools, so those that it names are declared. */
function toolsOfHistory({ call }: Encoding): JsonObject[] {
  const names = new Set<string>();
  for (const message of call.messages)
    for (const part of message.parts) if (part.type === 'tool-call') names.add(part.name);
  return [...names].map((name) => ({ name, input_schema: NO_PARAMETERS }));
}

/** The choice is forced: a tool must be called, which excludes thinking. */
export const isForced = ({ call }: Encoding, emulation: Emulation | null): boolean =>
  emulation !== null || call.toolChoice?.type === 'required' || call.toolChoice?.type === 'function';

export function encodeToolChoice(
  encoding: Encoding,
  emulation: Emulation | null,
  thinking: boolean,
): JsonObject | undefined {
  const { toolChoice, tools, parallelToolCalls } = encoding.call;
  const choice = chosen(encoding, emulation);
  if (thinking && isForced(encoding, emulation)) {
    encoding.lose('tool_choice', 'a tool cannot be forced while this model must reason');
    return { type: 'auto' };
  }
  if (choice?.type === 'none' || (tools.length === 0 && !emulation)) return choice;
  if (emulation && tools.length === 0) return { ...choice, disable_parallel_tool_use: true };
  if (parallelToolCalls === undefined || (parallelToolCalls && !toolChoice)) return choice;
  return { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: !parallelToolCalls };
}

function chosen(encoding: Encoding, emulation: Emulation | null): JsonObject | undefined {
  const { toolChoice, tools } = encoding.call;
  if (emulation) {
    const othersMayRun = tools.length > 0 && toolChoice?.type !== 'none';
    return othersMayRun ? { type: 'any' } : { type: 'tool', name: emulation.tool };
  }
  if (tools.length === 0) return toolsOfHistory(encoding).length > 0 ? { type: 'none' } : undefined;
  switch (toolChoice?.type) {
    case undefined:
      return undefined;
    case 'auto':
    case 'none':
      return { type: toolChoice.type };
    case 'required':
      return { type: 'any' };
    case 'function':
      return { type: 'tool', name: toolChoice.name };
    case 'native':
      if (toolChoice.dialect === DIALECT) return toolChoice.value;
      encoding.lose('tool_choice', `a choice that only ${toolChoice.dialect} knows`);
      return undefined;
    default:
      return toolChoice satisfies never;
  }
}

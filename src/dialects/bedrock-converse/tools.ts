import type { JsonObject } from '../../base/json.ts';
import type { ToolChoice } from '../../call/tool.ts';
import { closedSchema, isClosable } from '../closed-schema.ts';
import { objectSchema } from '../object-schema.ts';
import { type Encoding, familyOf, lose } from './encoding.ts';
import { pushCachePoint } from './messages.ts';
import { emulationOf } from './output.ts';

/**
 * `toolConfig`, or undefined without tools. Converse has no choice `none`, and refuses a conversation with tool blocks
 * but no tools (API_runtime_ToolConfiguration, read 2026-11-22): then the tools that the history names are declared.
 */
export function encodeTools(encoding: Encoding): JsonObject | undefined {
  const { call } = encoding;
  const used = namesUsed(encoding);
  const none = call.toolChoice?.type === 'none';
  const emulation = emulationOf(call, encoding.target);
  if (emulation) {
    const others = none && used.size === 0 ? [] : declared(encoding);
    const answer = spec(emulation.tool, emulation.description, emulation.schema);
    const toolChoice = none || others.length === 0 ? { tool: { name: emulation.tool } } : { any: {} };
    return { tools: [...others, answer], toolChoice };
  }
  if (none && used.size === 0) return undefined;
  if (none && call.tools.length > 0)
    lose(encoding, 'tool_choice', 'sent as auto: the conversation has tool calls, so the tools must be declared');
  const tools = declared(encoding);
  if (tools.length === 0) {
    if (used.size === 0) return undefined;
    for (const name of used) tools.push(spec(name, undefined, undefined));
    lose(encoding, 'tools', 'declared from the conversation, which has tool calls');
  }
  const isSaid = call.toolChoice && call.tools.length > 0 && !isOneAtATime(encoding);
  const toolChoice = isSaid && call.toolChoice ? encodeChoice(encoding, call.toolChoice) : undefined;
  return { tools, ...(toolChoice && { toolChoice }) };
}

/**
 * Calls one at a time are a matter of Anthropic's own field, which then says the choice as well (@ai-sdk/amazon-bedrock,
 * bedrock-prepare-tools, read 2026-11-24).
 */
export function oneAtATime(encoding: Encoding): JsonObject {
  if (!isOneAtATime(encoding)) return {};
  const choice = encoding.call.toolChoice;
  const type = choice?.type === 'required' ? 'any' : choice?.type === 'function' ? 'tool' : 'auto';
  const name = choice?.type === 'function' && { name: choice.name };
  return { tool_choice: { type, ...name, disable_parallel_tool_use: true } };
}

const isOneAtATime = ({ call, target }: Encoding): boolean =>
  call.parallelToolCalls === false &&
  call.tools.length > 0 &&
  call.toolChoice?.type !== 'none' &&
  familyOf(target) === 'claude' &&
  emulationOf(call, target) === null;

function namesUsed(encoding: Encoding): Set<string> {
  const names = new Set<string>();
  for (const message of encoding.call.messages)
    for (const part of message.parts) if (part.type === 'tool-call') names.add(part.name);
  if (names.size === 0 && encoding.call.messages.some(({ role }) => role === 'tool')) names.add('tool');
  return names;
}

function declared(encoding: Encoding): JsonObject[] {
  const tools: JsonObject[] = [];
  for (const [at, tool] of encoding.call.tools.entries()) {
    if (tool.type === 'native') {
      lose(encoding, `tools[${at}]`, 'a tool that only another dialect understands');
      continue;
    }
    const field = `tools[${at}].function.parameters`;
    const schema = schemaOf(encoding, tool.parameters, field);
    const strict =
      tool.strict === true &&
      encoding.target.endpoint.parameters.has('structured_outputs') &&
      schema !== undefined &&
      isClosable(schema);
    const lost = (keyword: string): void =>
      lose(encoding, `${field}: ${keyword}`, 'not constrained natively: it stands in the description');
    tools.push(
      strict
        ? spec(tool.name, tool.description, closedSchema(schema, lost) as JsonObject | undefined, { strict })
        : spec(tool.name, tool.description, schema),
    );
    if (tool.cache) pushCachePoint(encoding, tools, tool.cache, `tools[${at}]`);
  }
  return tools;
}

/** Claude refuses alternatives at the top; the other families' documents know plain objects only. */
function schemaOf(encoding: Encoding, schema: JsonObject | undefined, field: string): JsonObject | undefined {
  return objectSchema(schema, (keyword) => lose(encoding, field, `${keyword} at the top is merged into one object`));
}

function spec(
  name: string,
  description: string | undefined,
  parameters: JsonObject | undefined,
  more = {},
): JsonObject {
  return {
    toolSpec: {
      name,
      ...(description && { description }),
      inputSchema: { json: { type: 'object', ...(parameters ?? { properties: {} }) } },
      ...more,
    },
  };
}

function encodeChoice(encoding: Encoding, choice: ToolChoice): JsonObject | undefined {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { auto: {} };
    case 'required':
      return { any: {} };
    case 'function':
      return { tool: { name: choice.name } };
    case 'native':
      lose(encoding, 'tool_choice', 'a choice that only another dialect understands');
      return undefined;
    default:
      return choice satisfies never;
  }
}

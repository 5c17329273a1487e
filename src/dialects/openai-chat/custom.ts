import { isObject, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import type { ToolCallPart } from '../../call/message.ts';
import type { Tool } from '../../call/tool.ts';
import { inputOfArguments, isFreeform } from '../freeform.ts';

/**
 * Free-form tools in chat completions: `{type: "custom", custom: {name, description, format}}`, called with one text as
 * `custom.input` (openai 7.57, resources/chat/completions, read 2026-11-24). The grammar of a
 * format stands one level deeper than in the Responses API, whose shape the neutral tool has.
 */
export function readFormat(format: unknown): JsonObject | undefined {
  if (!isObject(format)) return undefined;
  const { grammar, ...rest } = format;
  return { ...rest, ...objectOf(grammar) };
}

function writeFormat({ type, ...grammar }: JsonObject): JsonObject {
  return stringOf(type) === 'grammar' ? { type: 'grammar', grammar } : { type: type ?? 'text', ...grammar };
}

export function writeCustomTool({ name, description, freeform }: Extract<Tool, { type: 'function' }>): JsonObject {
  return {
    type: 'custom',
    custom: {
      name,
      ...(description !== undefined && { description }),
      ...(freeform?.format && { format: writeFormat(freeform.format) }),
    },
  };
}

/** A call as an entry of `tool_calls`, `custom` where its tool takes free text. */
export function writeToolCall({ id, name, arguments: text }: ToolCallPart, tools: readonly Tool[]): JsonObject {
  return isFreeform(tools, name)
    ? { id, type: 'custom', custom: { name, input: inputOfArguments(text) } }
    : { id, type: 'function', function: { name, arguments: text } };
}

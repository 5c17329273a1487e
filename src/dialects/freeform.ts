import { isObject, parseJson } from '../base/json.ts';
import type { Tool } from '../call/tool.ts';

/**
 * Free-form (custom) tools take one text instead of JSON. Everywhere else such a tool is a function with the single
 * string argument `input`; these two turn a call's text into that and back.
 */
export const argumentsOfInput = (input: string): string => JSON.stringify({ input });

/** The text of a call whose arguments were `{"input": …}`; arguments of another shape stand for themselves. */
export function inputOfArguments(text: string): string {
  const value = parseJson(text);
  return isObject(value) && typeof value.input === 'string' ? value.input : text;
}

export type FunctionTool = Extract<Tool, { type: 'function' }>;

export const isFreeform = (tools: readonly Tool[], name: string): boolean =>
  tools.some((tool) =>
    tool.type === 'function'
      ? tool.name === name && tool.freeform !== undefined
      : tool.functions !== undefined && isFreeform(tool.functions, name),
  );

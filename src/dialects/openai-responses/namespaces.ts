import { arrayOf, isObject, type JsonObject, stringOf } from '../../base/json.ts';
import type { Tool } from '../../call/tool.ts';

/**
 * Tools may stand in namespaces (`collaboration` · `spawn_agent`), and a call then names both. Everywhere else a
 * function has one name: Codex joins the two itself for such models, with `__` unless the namespace ends in it
 * (openai/codex, codex-rs/core/src/tools, read 2026-11-29).
 */
export const flatName = (namespace: string, name: string): string =>
  namespace === '' ? name : namespace.endsWith('__') ? `${namespace}${name}` : `${namespace}__${name}`;

/** The namespace of a call in either direction, `''` for none. */
export const namespaceOf = (item: JsonObject): string => stringOf(item.namespace);

/** The functions inside a tool or item that only this dialect has a word for, as they are offered to everyone else. */
export const functionsIn = (tool: Tool): readonly Tool[] => (tool.type === 'native' ? (tool.functions ?? []) : []);

/** What the caller calls the tool that others know by its flat name. */
export function ownName(tools: readonly Tool[], flat: string): { readonly namespace?: string; readonly name: string } {
  for (const tool of tools)
    for (const inner of functionsIn(tool))
      if (inner.type === 'function' && inner.name === flat && inner.native) {
        const { namespace, name } = inner.native.fields;
        return { name: stringOf(name), ...(stringOf(namespace) !== '' && { namespace: stringOf(namespace) }) };
      }
  return { name: flat };
}

/** Items that bring further tools along: Codex's at the head of the input, and what a search for tools has found. */
export const bringsTools = (item: JsonObject): boolean =>
  (item.type === 'additional_tools' || item.type === 'tool_search_output') && arrayOf(item.tools).some(isObject);

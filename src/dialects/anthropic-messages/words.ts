import type { JsonObject } from '../../base/json.ts';
import type { Native } from '../../call/message.ts';

export const DIALECT = 'anthropic-messages';
/** What the reasoning of Claude and of hosts that speak its dialect is called. */
export const CLAUDE = 'anthropic-claude-v1';

export const nativeOf = (fields: JsonObject): Native => ({ dialect: DIALECT, fields });

/** The unmodelled fields if they are of this dialect, else none. */
export const fieldsOf = (native: Native | undefined): JsonObject => (native?.dialect === DIALECT ? native.fields : {});

/** What of an object is not modelled: every member that is neither named nor null. */
export function leftover(object: JsonObject, modelled: readonly string[]): JsonObject {
  const rest: { [name: string]: JsonObject[string] } = {};
  for (const [name, value] of Object.entries(object))
    if (!modelled.includes(name) && value !== null && value !== undefined) rest[name] = value;
  return rest;
}

export const isEmpty = (object: JsonObject): boolean => Object.keys(object).length === 0;

/** `{ native }` to spread into a part, or nothing when nothing is left over. */
export const withNative = (fields: JsonObject): { readonly native?: Native } =>
  isEmpty(fields) ? {} : { native: nativeOf(fields) };

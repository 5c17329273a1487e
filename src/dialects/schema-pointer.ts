import { isObject, type Json, type JsonObject } from '../base/json.ts';

/** What a local reference of a JSON Schema names (`#/$defs/place`); undefined where it leads nowhere, or elsewhere. */
export function resolvePointer(root: JsonObject, pointer: string): Json | undefined {
  if (pointer === '#') return root;
  if (!pointer.startsWith('#/')) return undefined;
  let value: Json | undefined = root;
  for (const step of pointer.slice(2).split('/')) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

import { type Json, type JsonObject, parseJson } from '../base/json.ts';

/** Fields of every operation that are no text in JSON. */
const COMMON: readonly string[] = ['stream', 'provider', 'models', 'trace', 'metadata'];

/** What a form writes as text, as JSON has it: the common fields and `own`, where their text is JSON; an empty one is absent. */
export function typedFields(fields: JsonObject, own: readonly string[]): { [name: string]: Json | undefined } {
  const read: { [name: string]: Json | undefined } = { ...fields };
  for (const name of [...COMMON, ...own]) {
    const text = fields[name];
    if (typeof text !== 'string') continue;
    const value = text === '' ? undefined : parseJson(text);
    read[name] = value === undefined && text !== '' ? text : value;
  }
  return read;
}

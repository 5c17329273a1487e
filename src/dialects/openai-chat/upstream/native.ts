import { arrayOf, type Json, type JsonObject } from '../../../base/json.ts';
import type { Event } from '../../../call/event.ts';
import type { ChoiceState } from './content.ts';

/** Members we model, write ourselves, or know to be padding; everything else is the vendor's own and passes through. */
const TOP: ReadonlySet<string> = new Set([
  ...[
    'id',
    'object',
    'created',
    'model',
    'provider',
    'choices',
    'usage',
    'error',
    'system_fingerprint',
    'service_tier',
  ],
  ...['type', 'obfuscation', 'p', 'x_groq', 'prompt', 'user_id', 'openrouter_metadata', 'debug'],
]);
const CHOICE: ReadonlySet<string> = new Set([
  ...['index', 'delta', 'message', 'finish_reason', 'native_finish_reason', 'logprobs', 'seed', 'stop_reason', 'text'],
  'usage',
]);
const MESSAGE: ReadonlySet<string> = new Set([
  ...['role', 'content', 'refusal', 'reasoning', 'reasoning_content', 'reasoning_text', 'reasoning_details'],
  ...['tool_calls', 'function_call', 'images', 'audio', 'annotations', 'channel'],
]);

const FIELDS_MAX = 256;

/** Passes on what a vendor sends beside the modelled members, each value once: some repeat it in every chunk. */
export type Natives = {
  readonly top: (chunk: JsonObject, out: Event[]) => void;
  readonly choice: (state: ChoiceState, choice: JsonObject, message: JsonObject, out: Event[]) => void;
};

export function createNatives(): Natives {
  const seen = new Map<string, string>();
  const messages = new Map<number, JsonObject>();

  const fresh = (object: JsonObject, known: ReadonlySet<string>, scope: string): { [name: string]: Json } | null => {
    let fields: { [name: string]: Json } | null = null;
    for (const name in object) {
      if (known.has(name)) continue;
      const value = object[name];
      if (value === undefined || isEmpty(value)) continue;
      const text = JSON.stringify(value);
      const key = `${scope}.${name}`;
      if (seen.get(key) === text || (seen.size >= FIELDS_MAX && !seen.has(key))) continue;
      seen.set(key, text);
      fields ??= {};
      fields[name] = value;
    }
    return fields;
  };

  return {
    top: (chunk, out) => {
      const fields = fresh(chunk, TOP, '');
      if (fields) out.push({ type: 'native', choice: null, native: { dialect: 'openai-chat', fields } });
    },
    choice: ({ choice: index, otherDetails }, choice, message, out) => {
      const beside = fresh(choice, CHOICE, String(index));
      const messageFields = fresh(message, MESSAGE, `${index}.message`);
      const before = messages.get(index);
      const isMore = otherDetails.length > arrayOf(before?.reasoning_details).length;
      if (!beside && !messageFields && !isMore) return;
      // A later event replaces the members of an earlier one, so each says all there is of the message.
      const within = { ...before, ...messageFields, ...(isMore && { reasoning_details: [...otherDetails] }) };
      messages.set(index, within);
      const fields = { ...beside, ...(!isEmpty(within) && { message: within }) };
      out.push({ type: 'native', choice: index, native: { dialect: 'openai-chat', fields } });
    },
  };
}

function isEmpty(value: Json): boolean {
  if (typeof value !== 'object') return value === '';
  if (value === null) return true;
  for (const _ in value as JsonObject) return false;
  return true;
}

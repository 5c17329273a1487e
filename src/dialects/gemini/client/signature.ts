import { isObject, optionalString, parseJson, stringOf } from '../../../base/json.ts';
import { REASONING_FORMATS, type ReasoningPart } from '../../../call/message.ts';

/**
 * Gemini programs send back thought parts with an opaque `thoughtSignature`. Reasoning of other vendors travels in one
 * of our own making: base64 of a mark and the part's JSON, so that it returns to its vendor unharmed.
 */
const MARK = 'reasoning/1:';
/** The mark's length is a multiple of three, so its base64 is a prefix of every such signature. */
const PREFIX = Buffer.from(MARK).toString('base64');

export type Foreign = Omit<ReasoningPart, 'type' | 'text' | 'cache' | 'native'> & { readonly text?: string };

/** `text` is left out where the program is shown it anyway. */
export const wrapReasoning = ({ kind, format, text, signature, id }: Foreign): string =>
  Buffer.from(MARK + JSON.stringify({ kind, format, text, signature, id })).toString('base64');

export function unwrapReasoning(token: string): Foreign | undefined {
  if (!token.startsWith(PREFIX)) return undefined;
  const value = parseJson(Buffer.from(token, 'base64').toString().slice(MARK.length));
  if (!isObject(value)) return undefined;
  const kind = (['text', 'summary', 'encrypted'] as const).find((known) => known === stringOf(value.kind));
  const format = REASONING_FORMATS.find((known) => known === stringOf(value.format));
  if (kind === undefined || format === undefined) return undefined;
  const text = optionalString(value.text);
  const signature = optionalString(value.signature);
  const id = optionalString(value.id);
  return {
    kind,
    format,
    ...(text !== undefined && { text }),
    ...(signature !== undefined && { signature }),
    ...(id !== undefined && { id }),
  };
}

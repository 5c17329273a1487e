import { type Blob, putBack } from '../../base/blobs.ts';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { ConversationItem } from '../../gateway/conversations.ts';

/** What a call says itself: a string is one message of the user. Anything else is complained of later, where it stands. */
export function ownItems(input: Json | undefined): readonly Json[] {
  if (typeof input === 'string')
    return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }];
  return Array.isArray(input) ? input : input === undefined || input === null ? [] : [input];
}

/** Items as JSON text, each with an id by which lists page. */
export function itemsText(items: readonly Json[], blobs: readonly Blob[], newId: (prefix: string) => string): string {
  const named = items.map((item) => {
    if (!isObject(item)) return item;
    const whole = isMessage(item) ? wholeMessage(item) : item;
    return typeof whole.id === 'string' ? whole : { id: newId(PREFIXES[String(whole.type)] ?? 'msg'), ...whole };
  });
  const text = JSON.stringify(named);
  return blobs.length === 0 ? text : Buffer.concat(putBack(text, blobs)).toString('utf8');
}

/** An item as a conversation keeps it: under its id, which every item of `itemsText` has. */
export function conversationItem(item: Json, newId: (prefix: string) => string): ConversationItem {
  const id = isObject(item) && typeof item.id === 'string' && item.id !== '' ? item.id : newId('msg');
  return { id, item: JSON.stringify(isObject(item) ? { ...item, id } : item) };
}

const isMessage = ({ type, role }: JsonObject): boolean =>
  type === 'message' || (type === undefined && typeof role === 'string');

/** As lists show a message, whose sender may leave out its type and give its content as one text. */
const wholeMessage = (item: JsonObject): JsonObject => ({
  ...item,
  type: 'message',
  status: item.status ?? 'completed',
  ...(typeof item.content === 'string' && {
    content: [
      item.role === 'assistant'
        ? { type: 'output_text', text: item.content, annotations: [] }
        : { type: 'input_text', text: item.content },
    ],
  }),
});

const PREFIXES: { readonly [type: string]: string } = {
  function_call_output: 'fc',
  function_call: 'fc',
  reasoning: 'rs',
};

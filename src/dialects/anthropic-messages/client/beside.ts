import { type JsonObject, objectOf } from '../../../base/json.ts';
import type { Native } from '../../../call/message.ts';
import { fieldsOf, leftover } from '../words.ts';

/** What the vendor said beside the content, by where this dialect's clients expect it. */
export type LeftoverFields = { readonly usage: JsonObject; readonly message: JsonObject };

export function besideOf(native: Native | undefined): LeftoverFields {
  const fields = fieldsOf(native);
  return { usage: objectOf(fields.usage), message: leftover(fields, ['usage']) };
}

/** `content[3]` → 3: the place of a block that we do not model. */
export function placeOf(name: string): number | undefined {
  const place = /^content\[(\d{1,6})\]$/.exec(name)?.[1];
  return place === undefined ? undefined : Number(place);
}

import type { Blob } from '../../base/blobs.ts';
import type { Fault } from '../../base/fault.ts';
import type { JsonObject, Later, ParsedBody } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Caller } from '../../facts/caller.ts';
import type { Answering } from '../answering.ts';
import type { RoomKept } from '../room.ts';

/** A body whose caller is admitted, before anybody has looked into it. */
export type Reading = {
  readonly body: JsonObject;
  readonly blobs: readonly Blob[];
  readonly caller: Caller;
  readonly response: Answering;
  readonly refuse: (value: Fault) => void;
  /** What goes on in a later turn goes on within the call: as a part of its work, or behind what was waited for. */
  readonly later: Later;
  readonly within: (act: () => void) => void;
};
/** The body with all that it refers to. */
export type Recollected = {
  readonly body: JsonObject;
  /** Stores the answer; null = it is not to be stored. */
  readonly turn: Turn | null;
  /** Of what was referred to, and the memory that it takes. */
  readonly bytes: number;
  readonly room: RoomKept | null;
};
export type Recollect = (reading: Reading, done: (recollected: Recollected) => void) => void;

/** One call whose answer is to be stored. */
export type Turn = {
  readonly keep: (answer: JsonObject) => void;
  /** Whether it could be; null = nothing has been kept, yet or at all. Never rejects. */
  readonly kept: () => Promise<boolean> | null;
};

/** The same body as if its program had sent what it refers to. */
export function withRecollected(parsed: ParsedBody, { body, bytes }: Recollected): ParsedBody {
  if (bytes === 0) return parsed;
  const isLarge = parsed.isLarge || bytes > LIMITS.at_once_bytes_max;
  return { value: body, blobs: parsed.blobs, restBytes: parsed.restBytes + bytes, isLarge };
}

/** Memory that one call has in two places. */
export const bothOf = (one: RoomKept | null, other: RoomKept | null): RoomKept | null =>
  one && other
    ? {
        keep: () => {
          one.keep();
          other.keep();
        },
        close: () => {
          one.close();
          other.close();
        },
      }
    : (one ?? other);

import type { JsonObject } from '../base/json.ts';
import type { CacheMark, Native } from './message.ts';

/** A function the caller will run, or a vendor's own tool that only its dialect understands. */
export type Tool =
  | {
      readonly type: 'function';
      readonly name: string;
      readonly description?: string;
      /** JSON Schema, key order preserved: reordering breaks prompt caches. Absent = no parameters. */
      readonly parameters?: JsonObject;
      readonly strict?: boolean;
      /** A free-form tool: its only argument is the string `input`. Dialects that have such tools say so with this format. */
      readonly freeform?: { readonly format?: JsonObject };
      readonly cache?: CacheMark;
      readonly native?: Native;
    }
  | {
      readonly type: 'native';
      readonly dialect: string;
      readonly value: JsonObject;
      /** The functions inside it, where it is a group of such: what everyone else is offered in its place. */
      readonly functions?: readonly Tool[];
    };

/** Which tools the model may or must call. */
export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'function'; readonly name: string }
  | { readonly type: 'native'; readonly dialect: string; readonly value: JsonObject };

import type { JsonObject } from '../base/json.ts';
import type { CacheMark } from './message.ts';

/** A function the caller will run, or a vendor's own tool that only its dialect understands. */
export type Tool =
  | {
      readonly type: 'function';
      readonly name: string;
      readonly description?: string;
      /** JSON Schema, key order preserved: reordering breaks prompt caches. Absent = no parameters. */
      readonly parameters?: JsonObject;
      readonly strict?: boolean;
      readonly cache?: CacheMark;
    }
  | { readonly type: 'native'; readonly dialect: string; readonly value: JsonObject };

export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'function'; readonly name: string }
  | { readonly type: 'native'; readonly dialect: string; readonly value: JsonObject };

import type { Frame } from '../base/frame.ts';
import { type Json, nestingOf, parseJson } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';

/** Too short to nest so deeply that writing it again could exhaust the stack. */
const HARMLESS_LENGTH = 4_096;

/** A frame's JSON; undefined if it is broken, no JSON, or nests beyond the limit. */
export function frameJson(frame: Frame): Json | undefined {
  if (frame.exception) return undefined;
  if (frame.data.length > HARMLESS_LENGTH && nestingOf(frame.data, LIMITS.nesting_max) > LIMITS.nesting_max)
    return undefined;
  return parseJson(frame.data);
}

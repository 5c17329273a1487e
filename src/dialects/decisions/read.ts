import { isObject, type Json } from '../../base/json.ts';
import { type Complaints, complain, wrongType } from '../../call/read.ts';

/** OpenAI takes 1 to 400 questions, 2 to 255 choices and 2 to 10 levels (openai 3.57 of PyPI, read 2026-11-29); hosts that take less say so. */
export const QUESTIONS_MAX = 400;
export const CHOICES_MAX = 255;
export const LEVELS_MAX = 10;

/** A text, an object or an array; undefined where it is absent or null. */
export function readGuidance(to: Complaints, value: Json | undefined, path: string): Json | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' || typeof value === 'object') return value;
  return wrongType(to, path, 'a string, an object or an array', value);
}

/** Complains unless there are so many; gives whether there are. */
export function isWithin(
  to: Complaints,
  count: number,
  [least, most]: readonly [number, number],
  path: string,
): boolean {
  if (count >= least && count <= most) return true;
  complain(to, path, `Invalid '${path}': expected ${least} to ${most} entries, but got ${count} instead.`);
  return false;
}

export function missing(to: Complaints, path: string): undefined {
  complain(to, path, `Missing required parameter: '${path}'.`);
}

/** An object with members of its own; undefined, with a complaint, for anything else. */
export function readMap(
  to: Complaints,
  value: Json | undefined,
  path: string,
): [string, Json | undefined][] | undefined {
  if (value === undefined || value === null) return missing(to, path);
  return isObject(value) ? Object.entries(value) : wrongType(to, path, 'an object', value);
}

export function readList(to: Complaints, value: Json | undefined, path: string): readonly Json[] | undefined {
  if (value === undefined || value === null) return missing(to, path);
  return Array.isArray(value) ? value : wrongType(to, path, 'an array', value);
}

import type { Json, JsonObject } from '../../src/base/json.ts';
import { GARBAGE } from '../../src/dialects/fuzz.ts';

/** A source of numbers in [0, 1): the same seed gives the same ones. */
export type Random = () => number;

export const below = (random: Random, limit: number): number => Math.floor(random() * limit);
export function pick<T>(random: Random, list: readonly T[]): T {
  const chosen = list[below(random, list.length)];
  if (chosen === undefined) throw new Error('nothing to pick from');
  return chosen;
}

const nested = (depth: number): Json => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as Json;

/** Values that vendors and callers should never send, and do. */
const HOSTILE: readonly Json[] = [
  ...GARBAGE,
  0,
  1.5,
  -0,
  1e308,
  2 ** 53,
  -(2 ** 31),
  '',
  ' ',
  '0',
  '\u0000',
  '\ud800',
  '{"a":',
  '{"__proto__":{"a":1}}',
  '__proto__',
  'constructor',
  'data: [DONE]\n\n',
  '\r\n\r\nevent: error\r\ndata: {}\r\n\r\n',
  'data:image/png;base64,',
  'data:;base64,====',
  'x'.repeat(5_000),
  nested(60),
  nested(300),
  JSON.parse('{"__proto__":{"type":"text"},"constructor":1,"toString":null}') as Json,
  [null, null, 0, ''],
];

/** The same JSON with one thing changed: a value replaced, a member dropped, renamed, doubled or taken from elsewhere. */
export function mutateJson(value: Json, random: Random, donors: readonly Json[]): Json {
  const members = membersOf(value);
  const chosen = members[below(random, members.length)];
  if (!chosen || random() < 0.08) return random() < 0.7 ? pick(random, HOSTILE) : pick(random, donors);
  const [key, member] = chosen;
  if (random() < 0.75) return withMember(value, key, mutateJson(member, random, donors));
  switch (below(random, 4)) {
    case 0:
      return without(value, key);
    case 1:
      return Array.isArray(value) ? [...value.slice(0, Number(key)), member, ...value.slice(Number(key))] : value;
    case 2:
      return withMember(value, pick(random, members)[0], member);
    default:
      return withMember(value, key, pick(random, HOSTILE));
  }
}

const membersOf = (value: Json): [string, Json][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, member as Json]]))
    : [];

function withMember(value: Json, key: string, member: Json): Json {
  if (Array.isArray(value)) return value.map((old, at) => (at === Number(key) ? member : old)) as Json;
  return { ...(value as JsonObject), [key]: member };
}

function without(value: Json, key: string): Json {
  if (Array.isArray(value)) return value.filter((_, at) => at !== Number(key)) as Json;
  const { [key]: _, ...rest } = value as JsonObject;
  return rest;
}

/** A list with entries dropped, doubled, swapped, moved or cut off. */
export function mutateList<T>(list: readonly T[], random: Random): T[] {
  const changed = [...list];
  const at = below(random, changed.length + 1);
  const other = below(random, changed.length + 1);
  switch (below(random, 5)) {
    case 0:
      changed.splice(at, 1 + below(random, 3));
      return changed;
    case 1:
      changed.splice(other, 0, ...changed.slice(at, at + 1 + below(random, 3)));
      return changed;
    case 2:
      return changed.slice(0, at);
    case 3:
      return [...changed.slice(at), ...changed.slice(0, at)];
    default: {
      const moved = changed.splice(at, 1);
      changed.splice(other, 0, ...moved);
      return changed;
    }
  }
}

const TOKENS = [
  '\n',
  '\r\n',
  '\n\n',
  'data: ',
  'event: ',
  ':',
  '{',
  '}',
  '"',
  '\\u',
  '\ufeff',
  '\u2028',
  '[DONE]',
  'null',
];

/** The same bytes with a few of them changed, doubled, removed, or with something pushed in between. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const at = below(random, bytes.length + 1);
  const size = below(random, 40);
  switch (below(random, 5)) {
    case 0: {
      const changed = Uint8Array.from(bytes);
      for (let hits = 0; hits < 3 && bytes.length > 0; hits++)
        changed[below(random, bytes.length)] = below(random, 256);
      return changed;
    }
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - size))]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(pick(random, TOKENS)), bytes.subarray(at)]);
    default:
      return bytes.subarray(0, at);
  }
}

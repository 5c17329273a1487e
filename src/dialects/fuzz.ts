import type { Json, JsonObject } from '../base/json.ts';

/** The seed of every law; `SEED=…` in the environment runs with another one. */
export const SEED = Number(process.env.SEED ?? 20261122);

/** A small generator (mulberry32): the same seed gives the same numbers on every machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Values of every kind, none of them a sensible answer. */
export const GARBAGE: readonly Json[] = [
  null,
  true,
  -1,
  'text',
  [],
  {},
  [[]],
  { choices: 7 },
  { error: null },
  { error: 'no' },
];

/** The same JSON with one value somewhere replaced by another kind of value. */
export function mutate(value: Json, random: () => number): Json {
  const members: [string | number, Json][] =
    typeof value === 'object' && value !== null
      ? (Object.entries(value).filter(([, member]) => member !== undefined) as [string, Json][])
      : [];
  const pick = members[Math.floor(random() * members.length)];
  if (!pick || random() < 0.15) return GARBAGE[Math.floor(random() * GARBAGE.length)] ?? null;
  const changed = mutate(pick[1], random);
  if (Array.isArray(value)) return value.map((member, index) => (index === Number(pick[0]) ? changed : member));
  return { ...(value as JsonObject), [pick[0]]: changed };
}

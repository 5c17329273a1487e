import type { World } from '../base/world.ts';

/**
 * Wrong keys and links, counted by the address that they come from. So many may come at once and then so many an hour:
 * a program with an old key does not notice, one that tries keys is told to wait, and the store is not asked for it.
 */
const OF_KEYS: Rate = { burst: 100, perHour: 3_600 };
/** Addresses that are kept; the one that has been silent longest is forgotten first. */
const ADDRESSES_MAX = 10_000;
const HOUR_MS = 3_600_000;

type Rate = { readonly burst: number; readonly perHour: number };
/** Where a guess comes from, and whose secret it is about: empty for secrets that name their owner. */
export type Place = { readonly address: string; readonly about: string };

export type Guesses = {
  /** One more wrong one. Null = it may be told so; else how many milliseconds to wait before the next. */
  readonly wrong: (from: string | Place) => number | null;
  /** How many milliseconds to wait before the next may be tried; null = none. Nothing is counted. */
  readonly wait: (from: string | Place) => number | null;
};

export function createGuesses(world: Pick<World, 'elapsed'>, { burst, perHour }: Rate = OF_KEYS): Guesses {
  const seen = new Map<string, { readonly left: number; readonly at: number }>();
  const nameOf = (from: string | Place): string =>
    typeof from === 'string' ? placeOf(from) : `${placeOf(from.address)} ${from.about}`;
  const leftAt = (name: string, at: number): number => {
    const before = seen.get(name);
    return before === undefined ? burst : Math.min(burst, before.left + ((at - before.at) * perHour) / HOUR_MS);
  };
  const waitFor = (left: number): number | null => (left >= 1 ? null : Math.ceil(((1 - left) * HOUR_MS) / perHour));
  return {
    wrong: (from) => {
      const name = nameOf(from);
      const at = world.elapsed();
      const left = leftAt(name, at);
      seen.delete(name);
      if (seen.size >= ADDRESSES_MAX) seen.delete(seen.keys().next().value ?? '');
      seen.set(name, { left: Math.max(0, left - 1), at });
      return waitFor(left);
    },
    wait: (from) => waitFor(leftAt(nameOf(from), world.elapsed())),
  };
}

/** One customer of an IPv6 network has a block of 2⁶⁴ addresses (RFC 6177, read 2026-11-29): they count as one. */
function placeOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::', 2);
  const front = head === '' ? [] : head.split(':');
  const back = tail ? tail.split(':').length : 0;
  const zeros = tail === undefined ? 0 : 8 - front.length - back;
  return [...front, ...Array<string>(Math.max(0, zeros)).fill('0')].slice(0, 4).join(':');
}

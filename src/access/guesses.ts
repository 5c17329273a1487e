import type { World } from '../base/world.ts';

/**
 * Wrong keys and links, counted by the address that they come from. So many may come at once and then so many a minute:
 * a program with an old key does not notice, one that tries keys is told to wait, and the store is not asked for it.
 */
const BURST = 100;
const PER_MINUTE = 60;
/** Addresses that are kept; the one that has been silent longest is forgotten first. */
const ADDRESSES_MAX = 10_000;

export type Guesses = {
  /** One more wrong one. Null = it may be told so; else how many milliseconds to wait before the next. */
  readonly wrong: (address: string) => number | null;
};

export function createGuesses(world: Pick<World, 'elapsed'>): Guesses {
  const seen = new Map<string, { readonly left: number; readonly at: number }>();
  return {
    wrong: (address) => {
      const place = placeOf(address);
      const at = world.elapsed();
      const before = seen.get(place) ?? { left: BURST, at };
      const left = Math.min(BURST, before.left + ((at - before.at) * PER_MINUTE) / 60_000);
      seen.delete(place);
      if (seen.size >= ADDRESSES_MAX) seen.delete(seen.keys().next().value ?? '');
      seen.set(place, { left: Math.max(0, left - 1), at });
      return left >= 1 ? null : Math.ceil(((1 - left) * 60_000) / PER_MINUTE);
    },
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

/** Words with the white space before them: what the sandbox streams as one piece and counts as one token. */
export const piecesOf = (text: string): string[] => text.match(/\s*\S+|\s+$/g) ?? [];

export const countTokens = (text: string): number => piecesOf(text).length;

/** FNV-1a: a number from a text, the same everywhere. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** Draws from [0, 1), the same for the same seed (mulberry32). */
export type Dice = () => number;

export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pick = <T>(dice: Dice, from: readonly T[]): T | undefined => from[Math.floor(dice() * from.length)];

const LOREM = (
  'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna ' +
  'aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo consequat'
).split(' ');

/** So many words of filler, in sentences. */
export function lorem(dice: Dice, count: number): string {
  const words: string[] = [];
  let left = 0;
  for (let index = 0; index < count; index++) {
    const isFirst = left === 0;
    if (isFirst) left = 5 + Math.floor(dice() * 8);
    const word = pick(dice, LOREM) ?? 'lorem';
    left--;
    const ends = left === 0 || index === count - 1;
    words.push((isFirst ? word.charAt(0).toUpperCase() + word.slice(1) : word) + (ends ? '.' : ''));
  }
  return words.join(' ');
}

import type { Toml } from './write.ts';

/** A price that so many times what the other hosts of a model ask is a slip of a unit or a digit, and is not taken over. */
const REFUSED_ABOVE = 10;
/** Beyond these it is taken over and told: hosts do differ, though seldom so much. */
const TOLD_ABOVE = 5;
const TOLD_BELOW = 1 / 20;
/** A price is judged only beside so many others. */
const OTHERS_MIN = 2;

/** What is believed of listed prices. */
export type Plausible = {
  /** The tags whose price cannot be meant. */
  readonly refused: ReadonlySet<string>;
  /** One line for each price that is refused or odd. */
  readonly notes: readonly string[];
};

/**
 * Compares each host's price of a million tokens in and out with the middle of the others'. A model's author is believed,
 * and tiers and quantised variants are compared as what they are: other prices of the same model.
 */
export function examinePrices(
  id: string,
  endpoints: { readonly [tag: string]: Toml },
  isAuthors: (tag: string) => boolean,
): Plausible {
  const sums = Object.entries(endpoints).flatMap(([tag, { price }]) => {
    const sum = sumOf(price as Toml | undefined);
    return sum > 0 ? [{ tag, sum }] : [];
  });
  const refused = new Set<string>();
  const notes: string[] = [];
  for (const { tag, sum } of sums) {
    const others = sums.filter((other) => other.tag !== tag).map((other) => other.sum);
    if (isAuthors(tag) || others.length < OTHERS_MIN) continue;
    const usual = middleOf(others);
    const times = sum / usual;
    if (times <= TOLD_ABOVE && times >= TOLD_BELOW) continue;
    const isRefused = times > REFUSED_ABOVE;
    if (isRefused) refused.add(tag);
    const what = isRefused ? 'refused' : 'odd';
    notes.push(
      `${id}@${tag}: ${what}: $${round(sum)} per million tokens in and out, where others ask $${round(usual)}`,
    );
  }
  return { refused, notes };
}

const sumOf = (price: Toml | undefined): number => Number(price?.input ?? 0) + Number(price?.output ?? 0);

function middleOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

const round = (value: number): number => Number(value.toPrecision(3));

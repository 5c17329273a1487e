/** How alike two names are, from 0 to 1: the share of letter pairs they have in common (Dice's coefficient). */
function likeness(one: string, other: string): number {
  const pairs = pairsOf(one);
  const others = pairsOf(other);
  if (pairs.size === 0 || others.size === 0) return 0;
  let common = 0;
  for (const pair of pairs) if (others.has(pair)) common++;
  return (2 * common) / (pairs.size + others.size);
}

function pairsOf(text: string): ReadonlySet<string> {
  const letters = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return new Set(Array.from({ length: Math.max(0, letters.length - 1) }, (_, at) => letters.slice(at, at + 2)));
}

const LIKENESS_MIN = 0.4;
const NAME_LENGTH_MAX = 200;

/** The names most like the one that was asked for, best first: at most `size`, none when nothing is near. */
export function nearest(asked: string, names: Iterable<string>, size = 5): readonly string[] {
  const name = asked.slice(0, NAME_LENGTH_MAX);
  return [...names]
    .map((candidate) => ({ candidate, score: likeness(name, candidate) }))
    .filter(({ score }) => score >= LIKENESS_MIN)
    .sort((a, b) => b.score - a.score)
    .slice(0, size)
    .map(({ candidate }) => candidate);
}

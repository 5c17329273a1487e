import type { Usage } from '../call/usage.ts';

/** Meters that some vendor counts beside its prompt or completion, the likeliest first. */
const PARTS = [
  'outputReasoning',
  'inputCacheRead',
  'inputCacheWrite',
  'inputAudio',
  'inputImage',
  'inputVideo',
] as const satisfies readonly (keyof Usage)[];
export type BesideMeter = (typeof PARTS)[number];

/** A vendor's overlapping counts, as told; `total` is 0 where it tells none. */
export type Told = {
  readonly prompt: number;
  readonly completion: number;
  readonly total: number;
  readonly parts: { readonly [M in BesideMeter]?: number };
};

export type TotalGap = {
  /** Parts that the prompt (or the completion) leaves out. */
  readonly meters: ReadonlySet<BesideMeter>;
  /** Tokens of the total that no part explains. */
  readonly unexplained: number;
};

const NOTHING: TotalGap = { meters: new Set(), unexplained: 0 };

/**
 * Which parts stand beside their whole. Most vendors count cached, spoken and drawn tokens within the prompt, and thoughts
 * within the completion. Those that do not are given away by their sums: a total that is larger by just that part (Mistral's
 * Voxtral leaves the audio out of `prompt_tokens`, xAI the reasoning out of `completion_tokens`), or a part that is larger
 * than the prompt (xAI on Azure: 161 cached of 7 prompt tokens, with a total that leaves them out). Read 2026-11-29.
 */
export function besideTotal({ prompt, completion, total, parts }: Told): TotalGap {
  if (total <= prompt + completion && !tellsParts(parts)) return NOTHING;
  const counted = PARTS.filter((meter) => (parts[meter] ?? 0) > 0);
  const larger = counted.filter((meter) => meter !== 'outputReasoning' && (parts[meter] ?? 0) > prompt);
  const surplus = total - prompt - completion;
  if (surplus <= 0) return larger.length === 0 ? NOTHING : { meters: new Set(larger), unexplained: 0 };
  const explaining = subsetOf(counted, surplus, (meter) => parts[meter] ?? 0);
  if (explaining) return { meters: new Set([...explaining, ...larger]), unexplained: 0 };
  const outside = larger.reduce((sum, meter) => sum + (parts[meter] ?? 0), 0);
  return { meters: new Set(larger), unexplained: Math.max(surplus - outside, 0) };
}

function tellsParts(parts: Told['parts']): boolean {
  for (const meter of PARTS) if ((parts[meter] ?? 0) > 0) return true;
  return false;
}

/** The smallest choice of meters whose counts add up to the sum; of several the one that comes first. */
function subsetOf(
  meters: readonly BesideMeter[],
  sum: number,
  countOf: (meter: BesideMeter) => number,
): readonly BesideMeter[] | undefined {
  let best: readonly BesideMeter[] | undefined;
  for (let choice = 1; choice < 2 ** meters.length; choice++) {
    const chosen = meters.filter((_, at) => choice & (1 << at));
    if (best && chosen.length >= best.length) continue;
    if (chosen.reduce((total, meter) => total + countOf(meter), 0) === sum) best = chosen;
  }
  return best;
}

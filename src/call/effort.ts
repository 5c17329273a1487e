import { EFFORTS, type Effort } from './call.ts';

/** The share of the output limit that an effort is worth where only a budget can be named (OpenRouter's table, spec §2.5). */
export const EFFORT_SHARES: { readonly [effort in Effort]: number } = {
  none: 0,
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.95,
  max: 0.95,
};

/** A budget in tokens for an effort, of an output limit in tokens. */
export const budgetOfEffort = (effort: Effort, outputLimit: number): number =>
  Math.floor(outputLimit * EFFORT_SHARES[effort]);

/** The effort whose share of the output limit is nearest to a budget; a budget above zero is never `none`. */
export function effortOfBudget(budgetTokens: number, outputLimit: number): Effort {
  if (budgetTokens <= 0) return 'none';
  const share = budgetTokens / Math.max(outputLimit, 1);
  const candidates = EFFORTS.filter((effort) => effort !== 'none' && effort !== 'max');
  return nearest(candidates, (effort) => Math.abs(EFFORT_SHARES[effort] - share));
}

/**
 * The supported effort nearest to the one asked for; the same one if nothing is known about what is supported. Who asks
 * for some reasoning never gets none.
 */
export function nearestEffort(effort: Effort, supported: readonly Effort[]): Effort {
  if (supported.length === 0 || supported.includes(effort)) return effort;
  const rank = EFFORTS.indexOf(effort);
  const some = effort === 'none' ? [] : supported.filter((other) => other !== 'none');
  return nearest(some.length > 0 ? some : supported, (other) => Math.abs(EFFORTS.indexOf(other) - rank));
}

function nearest(efforts: readonly Effort[], distance: (effort: Effort) => number): Effort {
  let best = efforts[0] ?? 'medium';
  for (const effort of efforts) if (distance(effort) < distance(best)) best = effort;
  return best;
}

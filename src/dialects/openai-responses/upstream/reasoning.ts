import type { JsonObject } from '../../../base/json.ts';
import type { Call, Effort, ReasoningRequest } from '../../../call/call.ts';
import { nearestEffort } from '../../../call/effort.ts';
import type { Target } from '../../../facts/target.ts';

/** The share of the output limit that an effort stands for (spec §2.5). */
const RATIOS = [
  ['none', 0],
  ['minimal', 0.1],
  ['low', 0.2],
  ['medium', 0.5],
  ['high', 0.8],
  ['xhigh', 0.95],
] as const;

/** The `reasoning` member, or undefined if nothing was asked or the model does not reason. */
export function encodeReasoning(call: Call, target: Target): JsonObject | undefined {
  const asked = call.reasoning;
  const support = target.endpoint.reasoning;
  if (!asked || !support) return undefined;
  const wanted = effortOf(asked, call.maxOutputTokens ?? target.endpoint.maxOutput ?? 32_000);
  const isFixed = support.efforts.length === 0 && target.endpoint.dialect.quirks.includes('listed-efforts');
  const effort = isFixed ? undefined : wanted && nearestEffort(wanted, support.efforts);
  const summary = asked.summary ?? (asked.exclude || effort === 'none' ? undefined : 'auto');
  if (effort === undefined && summary === undefined) return undefined;
  return { ...(effort !== undefined && { effort }), ...(summary !== undefined && { summary }) };
}

function effortOf(asked: ReasoningRequest, outputTokens: number): Effort | undefined {
  if (asked.enabled === false) return 'none';
  if (asked.effort !== undefined) return asked.effort;
  if (asked.budgetTokens === undefined) return asked.enabled ? 'medium' : undefined;
  const share = asked.budgetTokens / Math.max(1, outputTokens);
  let best: (typeof RATIOS)[number] = RATIOS[0];
  for (const row of RATIOS) if (Math.abs(row[1] - share) < Math.abs(best[1] - share)) best = row;
  return best[0];
}

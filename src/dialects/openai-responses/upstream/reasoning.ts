import type { JsonObject } from '../../../base/json.ts';
import type { Call, Effort, ReasoningRequest } from '../../../call/call.ts';
import { effortOfBudget, nearestEffort } from '../../../call/effort.ts';
import type { Target } from '../../../facts/target.ts';

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
  return effortOfBudget(asked.budgetTokens, outputTokens);
}

import type { JsonObject } from '../../../base/json.ts';
import type { Call, Effort, ReasoningRequest } from '../../../call/call.ts';
import { effortOfBudget, nearestEffort } from '../../../call/effort.ts';
import type { Target } from '../../../facts/target.ts';

/** The `reasoning` member, or undefined if nothing was asked or the model does not reason. */
export function encodeReasoning(call: Call, target: Target): JsonObject | undefined {
  const request = call.reasoning;
  const support = target.endpoint.reasoning;
  if (!request || !support) return undefined;
  const requested = effortOf(request, call.maxOutputTokens ?? target.endpoint.maxOutput ?? 32_000);
  const isFixed = support.efforts.length === 0 && target.endpoint.dialect.quirks.includes('listed-efforts');
  const effort = isFixed ? undefined : requested && nearestEffort(requested, support.efforts);
  const summary = request.summary ?? (request.exclude || effort === 'none' ? undefined : 'auto');
  if (effort === undefined && summary === undefined) return undefined;
  return { ...(effort !== undefined && { effort }), ...(summary !== undefined && { summary }) };
}

function effortOf(request: ReasoningRequest, outputTokens: number): Effort | undefined {
  if (request.enabled === false) return 'none';
  if (request.effort !== undefined) return request.effort;
  if (request.budgetTokens === undefined) return request.enabled ? 'medium' : undefined;
  return effortOfBudget(request.budgetTokens, outputTokens);
}

import { type Fault, fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Call, Effort } from '../../call/call.ts';
import type { Loss } from '../../call/loss.ts';
import type { Endpoint } from '../../catalog/model.ts';
import { isGemini3 } from './names.ts';

/** Share of the output limit, as OpenRouter converts efforts (openrouter.ai/docs, reasoning tokens, read 2026-11-22). */
const RATIO = { none: 0, minimal: 0.1, low: 0.2, medium: 0.5, high: 0.8, xhigh: 0.95, max: 0.95 } as const;
const LEVELS = ['minimal', 'low', 'medium', 'high'] as const;
/** Budgets of the 2.5 family: Pro 128–32 768, Flash 0–24 576, Flash-Lite 512–24 576 (Gemini thinking guide, read 2026-11-22). */
const BUDGETS = { pro: { min: 128, max: 32_768 }, flash: { min: 1, max: 24_576 }, lite: { min: 512, max: 24_576 } };
const AUTOMATIC = -1;

/** `thinkingConfig`: levels for the third generation, a token budget for 2.5. Undefined for models that do not think. */
export function thinkingConfig(call: Call, endpoint: Endpoint, losses: Loss[]): Result<JsonObject | undefined, Fault> {
  const request = call.reasoning;
  if (!endpoint.reasoning) {
    if (request && request.effort !== 'none' && request.enabled !== false)
      losses.push({ field: 'reasoning', reason: 'this model does not reason' });
    return ok(undefined);
  }
  const isOff = request?.effort === 'none' || request?.enabled === false || request?.budgetTokens === 0;
  if (isOff && endpoint.reasoning.mandatory) {
    const message = 'Reasoning is mandatory for this endpoint and cannot be disabled.';
    return failed(fault('invalid_request', message, { param: 'reasoning' }));
  }
  if (isOff) {
    if (!isGemini3(endpoint)) return ok({ thinkingBudget: 0 });
    losses.push({ field: 'reasoning', reason: 'thinking cannot be switched off, only set to its lowest level' });
    return ok({ thinkingLevel: levelOf('minimal', endpoint) });
  }
  const includeThoughts = request?.exclude !== true;
  if (!request || (request.effort === undefined && request.budgetTokens === undefined))
    return ok(
      request?.enabled === true && !isGemini3(endpoint)
        ? { includeThoughts, thinkingBudget: AUTOMATIC }
        : { includeThoughts },
    );
  if (isGemini3(endpoint)) {
    const effort = request.effort ?? effortOf(request.budgetTokens ?? 0, call, endpoint);
    return ok({ includeThoughts, thinkingLevel: levelOf(effort, endpoint) });
  }
  return ok({ includeThoughts, thinkingBudget: budgetOf(call, endpoint) });
}

function budgetOf(call: Call, endpoint: Endpoint): number {
  const range = rangeOf(endpoint);
  const asked = call.reasoning?.budgetTokens;
  if (asked !== undefined && asked < 0) return AUTOMATIC;
  const wanted =
    asked ?? RATIO[call.reasoning?.effort ?? 'medium'] * Math.min(call.maxOutputTokens ?? range.max, range.max);
  return Math.min(Math.max(Math.round(wanted), range.min), range.max);
}

function rangeOf(endpoint: Endpoint): { readonly min: number; readonly max: number } {
  if (endpoint.upstreamId.includes('lite')) return BUDGETS.lite;
  return endpoint.upstreamId.includes('flash') ? BUDGETS.flash : BUDGETS.pro;
}

/** The effort whose share of the output limit is nearest to the asked budget. */
function effortOf(budget: number, call: Call, endpoint: Endpoint): Effort {
  const share = budget / Math.min(call.maxOutputTokens ?? BUDGETS.pro.max, endpoint.maxOutput ?? BUDGETS.pro.max);
  let nearest: Effort = 'low';
  for (const level of LEVELS) if (Math.abs(RATIO[level] - share) < Math.abs(RATIO[nearest] - share)) nearest = level;
  return nearest;
}

/** The nearest level that this model knows; above `high` there is none. */
function levelOf(effort: Effort, endpoint: Endpoint): string {
  const known = LEVELS.filter((level) => endpoint.reasoning?.efforts.includes(level));
  const choices = known.length > 0 ? known : LEVELS;
  let nearest: (typeof LEVELS)[number] = choices[0] ?? 'low';
  for (const level of choices)
    if (Math.abs(RATIO[level] - RATIO[effort]) < Math.abs(RATIO[nearest] - RATIO[effort])) nearest = level;
  return nearest.toUpperCase();
}

import type { JsonObject } from '../../base/json.ts';
import type { Call, Effort } from '../../call/call.ts';
import { budgetOfEffort, effortOfBudget, nearestEffort } from '../../call/effort.ts';
import type { Loss } from '../../call/loss.ts';
import type { Endpoint } from '../../catalog/model.ts';
import { isGemini3 } from '../gemini-names.ts';

const LEVELS = ['minimal', 'low', 'medium', 'high'] as const;
/** Budgets of the 2.5 family: Pro 128–32 768, Flash 0–24 576, Flash-Lite 512–24 576 (Gemini thinking guide, read 2026-11-22). */
const BUDGETS = { pro: { min: 128, max: 32_768 }, flash: { min: 1, max: 24_576 }, lite: { min: 512, max: 24_576 } };
const AUTOMATIC = -1;

/** `thinkingConfig`: levels for the third generation, a token budget for 2.5. Undefined for models that do not think. */
export function thinkingConfig(call: Call, endpoint: Endpoint, losses: Loss[]): JsonObject | undefined {
  const request = call.reasoning;
  const isOff = request?.effort === 'none' || request?.enabled === false || request?.budgetTokens === 0;
  const isSteered = request?.effort !== undefined || request?.budgetTokens !== undefined;
  if (!endpoint.reasoning) {
    if (!isOff && (isSteered || request?.enabled))
      losses.push({ field: 'reasoning', reason: 'this model does not reason' });
    return undefined;
  }
  const { efforts, budget, defaultEnabled } = endpoint.reasoning;
  const isSteerable = efforts.length > 0 || budget;
  // Thoughts are part of an answer unless the caller hides them; Gemini gives them on demand only. Image models that
  // cannot be steered may refuse the whole field.
  if (!request) return defaultEnabled && isSteerable ? { includeThoughts: true } : undefined;
  if (isOff) return lowest(endpoint, losses);
  const includeThoughts = request.exclude !== true;
  if (isSteered && !isSteerable) losses.push({ field: 'reasoning', reason: 'how much this model thinks is fixed' });
  if (!isSteerable) return isGemini3(endpoint) && includeThoughts ? { includeThoughts } : undefined;
  if (!isSteered)
    return { includeThoughts, ...(request.enabled && !isGemini3(endpoint) && { thinkingBudget: AUTOMATIC }) };
  if (!isGemini3(endpoint)) return { includeThoughts, thinkingBudget: budgetOf(call, endpoint) };
  const effort = request.effort ?? effortOfBudget(request.budgetTokens ?? 0, outputLimit(call, endpoint));
  return { includeThoughts, thinkingLevel: levelOf(effort, endpoint) };
}

/** Only the Flash models of the 2.5 family can be kept from thinking. */
function lowest(endpoint: Endpoint, losses: Loss[]): JsonObject {
  if (!isGemini3(endpoint) && rangeOf(endpoint) !== BUDGETS.pro) return { thinkingBudget: 0 };
  losses.push({ field: 'reasoning', reason: 'thinking cannot be switched off, only set to its lowest level' });
  if (isGemini3(endpoint)) return { thinkingLevel: levelOf('minimal', endpoint) };
  return { thinkingBudget: BUDGETS.pro.min };
}

const outputLimit = (call: Call, endpoint: Endpoint): number =>
  call.maxOutputTokens ?? endpoint.maxOutput ?? BUDGETS.pro.max;

function budgetOf(call: Call, endpoint: Endpoint): number {
  const range = rangeOf(endpoint);
  const budgetTokens = call.reasoning?.budgetTokens;
  if (budgetTokens !== undefined && budgetTokens < 0) return AUTOMATIC;
  const limit = Math.min(call.maxOutputTokens ?? range.max, range.max);
  const thinkingBudget = budgetTokens ?? budgetOfEffort(call.reasoning?.effort ?? 'medium', limit);
  return Math.min(Math.max(Math.round(thinkingBudget), range.min), range.max);
}

function rangeOf(endpoint: Endpoint): { readonly min: number; readonly max: number } {
  if (endpoint.upstreamId.includes('lite')) return BUDGETS.lite;
  return endpoint.upstreamId.includes('flash') ? BUDGETS.flash : BUDGETS.pro;
}

/** The nearest level that this model knows; above `high` there is none. */
function levelOf(effort: Effort, endpoint: Endpoint): string {
  const knownLevels = LEVELS.filter((level) => endpoint.reasoning?.efforts.includes(level));
  return nearestEffort(effort, knownLevels.length > 0 ? knownLevels : LEVELS).toUpperCase();
}

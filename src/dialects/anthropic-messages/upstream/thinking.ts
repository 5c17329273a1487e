import { type JsonObject, objectOf } from '../../../base/json.ts';
import { EFFORTS, type Effort, type ReasoningRequest } from '../../../call/call.ts';
import { EFFORT_SHARES } from '../../../call/effort.ts';
import type { ReasoningSupport } from '../../../catalog/model.ts';
import { CLAUDE, fieldsOf, leftover } from '../words.ts';
import type { Encoding } from './encoding.ts';

const BUDGET_MIN = 1024;
const BUDGET_MAX = 128_000;

export type Thinking = { readonly on: boolean; readonly thinking?: JsonObject; readonly effort?: string };
const OFF: Thinking = { on: false };

type Limits = {
  readonly maxTokens: number;
  /** A forced tool or a prefill: neither goes together with thinking (Anthropic guide to extended thinking, read 2026-11-22). */
  readonly conflict: string | null;
};

export function planThinking(encoding: Encoding, { maxTokens, conflict }: Limits): Thinking {
  const request = encoding.call.reasoning;
  const support = encoding.target.endpoint.reasoning;
  if (!request) return OFF;
  const { effort, enabled, budgetTokens } = request;
  if (effort === 'none' || enabled === false || budgetTokens === 0) {
    return support ? { on: false, thinking: { type: 'disabled' } } : OFF;
  }
  // `exclude` or `summary` alone say how to show thoughts, not that there should be any.
  if (effort === undefined && budgetTokens === undefined && enabled !== true) return OFF;
  const lost = (reason: string): Thinking => {
    encoding.lose('reasoning', reason);
    return OFF;
  };
  if (!support) return lost('this endpoint does not reason');
  if (conflict !== null && !support.mandatory) return lost(`${conflict} cannot go together with reasoning`);
  const ownThinking = objectOf(fieldsOf(encoding.call.native).thinking);
  if (typeof ownThinking.type === 'string' && ownThinking.type !== 'adaptive')
    return { on: true, thinking: ownThinking };
  const efforts = support.efforts.filter((effort) => effort !== 'none');
  if (efforts.length > 0 && (ownThinking.type === 'adaptive' || !support.budget))
    return adaptive(request, efforts, ownThinking, maxTokens);
  if (endsInForeignToolLoop(encoding) && !support.mandatory)
    return lost('the tool calls being answered came without a signed thought of this vendor');
  return budgeted(encoding, request, support, maxTokens);
}

/** Models that choose their own depth take an effort; a budget becomes the nearest one. */
function adaptive(request: ReasoningRequest, efforts: Effort[], ownThinking: JsonObject, maxTokens: number): Thinking {
  const requested =
    request.effort ?? (request.budgetTokens === undefined ? undefined : effortOf(request.budgetTokens / maxTokens));
  const effort = requested ?? (ownThinking.type === 'adaptive' ? undefined : 'medium');
  // Newer models show no thinking unless asked to; callers of other dialects expect to see it.
  const display = ownThinking.type === undefined ? { display: request.exclude ? 'omitted' : 'summarized' } : {};
  return {
    on: true,
    thinking: { type: 'adaptive', ...display, ...ownThinking },
    ...(effort !== undefined && { effort: nearest(effort, efforts) }),
  };
}

function budgeted(
  encoding: Encoding,
  request: ReasoningRequest,
  support: ReasoningSupport,
  maxTokens: number,
): Thinking {
  if (maxTokens <= BUDGET_MIN) {
    encoding.lose('reasoning', `thinking needs max_tokens above ${BUDGET_MIN}`);
    return OFF;
  }
  const share = Math.floor(maxTokens * EFFORT_SHARES[request.effort ?? 'medium']);
  const boundedBudget = Math.max(Math.min(request.budgetTokens ?? share, BUDGET_MAX), BUDGET_MIN);
  const budget =
    boundedBudget < maxTokens ? boundedBudget : Math.max(Math.floor(maxTokens * EFFORT_SHARES.high), BUDGET_MIN);
  if (request.budgetTokens !== undefined && budget !== request.budgetTokens)
    encoding.lose('reasoning.max_tokens', `sent as ${budget}: at least ${BUDGET_MIN} and below max_tokens`);
  const both = request.budgetTokens !== undefined && request.effort !== undefined && support.efforts.length > 0;
  const more = leftover(objectOf(fieldsOf(encoding.call.native).thinking), ['type', 'budget_tokens']);
  return {
    on: true,
    thinking: { type: 'enabled', budget_tokens: budget, ...more },
    ...(both && request.effort && { effort: nearest(request.effort, support.efforts) }),
  };
}

const effortOf = (ratio: number): Effort =>
  EFFORTS.reduce(
    (best, effort) =>
      Math.abs(EFFORT_SHARES[effort] - ratio) < Math.abs(EFFORT_SHARES[best] - ratio) && effort !== 'none'
        ? effort
        : best,
    'minimal',
  );

export function nearest(requested: Effort, supported: readonly Effort[]): Effort {
  const at = (effort: Effort): number => EFFORTS.indexOf(effort);
  return supported.reduce((best, effort) =>
    Math.abs(at(effort) - at(requested)) < Math.abs(at(best) - at(requested)) ? effort : best,
  );
}

/**
 * With a budget, Anthropic wants the turn whose tool calls are being answered to begin with its own signed thought.
 * After a change of vendor within a tool loop there is none.
 */
function endsInForeignToolLoop({ call }: Encoding): boolean {
  const at = call.messages.findLastIndex((message) => message.role === 'assistant');
  const last = call.messages[at];
  if (last?.role !== 'assistant' || call.messages[at + 1]?.role !== 'tool') return false;
  const first = last.parts[0];
  const signed =
    first?.type === 'reasoning' && first.format === CLAUDE && (first.kind === 'encrypted' || first.signature);
  return last.parts.some((part) => part.type === 'tool-call') && !signed;
}

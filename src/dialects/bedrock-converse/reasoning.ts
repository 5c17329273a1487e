import type { JsonObject } from '../../base/json.ts';
import { EFFORTS, type Effort } from '../../call/call.ts';
import { EFFORT_SHARES } from '../../call/effort.ts';
import type { ReasoningFormat } from '../../call/message.ts';
import type { Target } from '../../facts/target.ts';
import { type Encoding, familyOf, lose } from './encoding.ts';
import { emulationOf } from './output.ts';

export const CLAUDE: ReasoningFormat = 'anthropic-claude-v1';

export const formatOf = (target: Target): ReasoningFormat => (familyOf(target) === 'claude' ? CLAUDE : 'unknown');

/**
 * Who can read its sealed thoughts: GPT's come like Claude's, and are taken back as they came, while its readable ones
 * are refused (UKGovernmentBEIS/inspect_ai#5217, read 2026-11-25).
 */
export const sealOf = (target: Target): ReasoningFormat =>
  /\bopenai\.gpt-/.test(target.endpoint.upstreamId) ? 'bedrock-openai-responses-v1' : formatOf(target);

/**
 * Sealed data travels as a blob, so once more in base64. One character per byte makes the way there and back exact, in
 * pieces too, and gives the very text that Anthropic's own API carries.
 */
export const redactedFromWire = (blob: string): string => Buffer.from(blob, 'base64').toString('latin1');
export const redactedToWire = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

const NOVA_EFFORTS: readonly Effort[] = ['low', 'medium', 'high'];
const BUDGET_MIN = 1024;
const BUDGET_MAX = 128_000;

/** Model-specific request fields that turn reasoning on; `on` rules out some sampling parameters. */
export type Thinking = { readonly on: boolean; readonly fields: JsonObject };
const OFF: Thinking = { on: false, fields: {} };

export function planThinking(encoding: Encoding): Thinking {
  const { call, target } = encoding;
  const request = call.reasoning;
  const support = target.endpoint.reasoning;
  if (!request) return OFF;
  if (request.effort === 'none' || request.enabled === false) {
    if (support && familyOf(target) === 'claude') return { on: false, fields: { thinking: { type: 'disabled' } } };
    if (support?.defaultEnabled && familyOf(target) === 'other')
      lose(encoding, 'reasoning', 'the endpoint has no way to turn reasoning off');
    return OFF;
  }
  // `exclude` or `summary` alone say how to show thoughts, not that there should be any.
  if (request.effort === undefined && request.budgetTokens === undefined && request.enabled === undefined) return OFF;
  if (!support) {
    lose(encoding, 'reasoning', 'this endpoint does not reason');
    return OFF;
  }
  const forced =
    emulationOf(call, target) !== null || call.toolChoice?.type === 'required' || call.toolChoice?.type === 'function';
  if (familyOf(target) === 'claude' && forced) {
    lose(encoding, 'reasoning', 'a forced tool cannot go together with reasoning');
    return OFF;
  }
  const limit = call.maxOutputTokens ?? target.endpoint.maxOutput ?? 32_000;
  const effort = request.effort ?? effortOf((request.budgetTokens ?? limit * EFFORT_SHARES.medium) / limit);
  return thinkingOf(encoding, effort, limit);
}

/**
 * The names are each family's own (Bedrock model parameters: Claude, Nova 2, gpt-oss; read 2026-11-22). Others refuse
 * fields they do not know.
 */
function thinkingOf(encoding: Encoding, effort: Effort, limit: number): Thinking {
  const efforts = (encoding.target.endpoint.reasoning?.efforts ?? []).filter((known) => known !== 'none');
  const nearest = nearestOf(effort, efforts);
  const family = familyOf(encoding.target);
  switch (family) {
    case 'claude':
      return claudeThinking(encoding, effort, limit, nearest);
    case 'nova':
      return {
        on: true,
        fields: {
          reasoningConfig: { type: 'enabled', maxReasoningEffort: nearest ?? nearestOf(effort, NOVA_EFFORTS) },
        },
      };
    case 'other': {
      if (nearest === undefined) {
        lose(encoding, 'reasoning.effort', 'how much this model thinks is fixed');
        return OFF;
      }
      // GPT-5 takes OpenAI's object, gpt-oss and Kimi the bare word (BerriAI/litellm#38279, langchain-ai/docs#5239, read 2026-11-24).
      const isObject = /\bopenai\.gpt-(?!oss)/.test(encoding.target.endpoint.upstreamId);
      return { on: true, fields: isObject ? { reasoning: { effort: nearest } } : { reasoning_effort: nearest } };
    }
    default:
      return family satisfies never;
  }
}

function claudeThinking(encoding: Encoding, effort: Effort, limit: number, nearest: Effort | undefined): Thinking {
  if (nearest !== undefined && !encoding.target.endpoint.reasoning?.budget)
    return {
      on: true,
      fields: {
        // Without it the thoughts of newer models come as signatures alone (strands-rl/strands-env#258, read 2026-11-24).
        thinking: { type: 'adaptive', display: encoding.call.reasoning?.exclude ? 'omitted' : 'summarized' },
        output_config: { effort: nearest },
      },
    };
  if (limit <= BUDGET_MIN) {
    lose(encoding, 'reasoning', `thinking needs max_tokens above ${BUDGET_MIN}`);
    return OFF;
  }
  const budgetTokens = encoding.call.reasoning?.budgetTokens ?? Math.floor(limit * EFFORT_SHARES[effort]);
  const bounded = Math.max(Math.min(budgetTokens, BUDGET_MAX), BUDGET_MIN);
  const budget = bounded < limit ? bounded : Math.max(Math.floor(limit * EFFORT_SHARES.high), BUDGET_MIN);
  return { on: true, fields: { thinking: { type: 'enabled', budget_tokens: budget } } };
}

const effortOf = (share: number): Effort =>
  EFFORTS.filter((effort) => effort !== 'none').reduce((best, effort) =>
    Math.abs(EFFORT_SHARES[effort] - share) < Math.abs(EFFORT_SHARES[best] - share) ? effort : best,
  );

function nearestOf(requested: Effort, supported: readonly Effort[]): Effort | undefined {
  const distance = (effort: Effort): number => Math.abs(EFFORTS.indexOf(effort) - EFFORTS.indexOf(requested));
  return [...supported].sort((a, b) => distance(a) - distance(b))[0];
}

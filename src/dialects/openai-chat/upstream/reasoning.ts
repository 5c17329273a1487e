import type { JsonObject } from '../../../base/json.ts';
import type { Call, Effort, ReasoningRequest } from '../../../call/call.ts';
import { budgetOfEffort, effortOfBudget, nearestEffort } from '../../../call/effort.ts';
import type { Endpoint } from '../../../catalog/model.ts';
import { lose, type Writer } from './messages.ts';

const OUTPUT_LIMIT_UNKNOWN = 16_384;

/** How the caller's wish about reasoning is told to this endpoint: by effort, by an object, or by a switch. */
export function writeReasoningRequest(writer: Writer, call: Call): JsonObject {
  const asked = call.reasoning;
  const { endpoint } = writer.target;
  if (!asked || !wantsSomething(asked)) return {};
  const isOff = asked.effort === 'none' || asked.enabled === false || asked.budgetTokens === 0;
  if (endpoint.reasoning === null && !endpoint.parameters.has('reasoning')) {
    if (!isOff) lose(writer, 'reasoning', 'the model does not reason');
    return {};
  }
  const limit = call.maxOutputTokens ?? endpoint.maxOutput ?? OUTPUT_LIMIT_UNKNOWN;
  if (writer.has('reasoning-object')) return { reasoning: reasoningObject(asked) };
  if (writer.has('adaptive-thinking')) return { thinking: { type: isOff ? 'disabled' : 'adaptive' } };
  if (writer.has('thinking-object')) return thinkingObject(endpoint, isOff ? 'none' : effortOf(asked, limit));
  if (writer.has('enable-thinking')) return enableThinking(asked, isOff, limit);
  return writeEffort(writer, isOff ? 'none' : effortOf(asked, limit), endpoint);
}

/** `exclude` and `summary` alone ask nothing of this dialect: hiding is done where the answer is written. */
const wantsSomething = (asked: ReasoningRequest): boolean =>
  asked.effort !== undefined ||
  asked.budgetTokens !== undefined ||
  asked.enabled !== undefined ||
  asked.mode !== undefined;

function effortOf(asked: ReasoningRequest, limit: number): Effort {
  if (asked.effort !== undefined) return asked.effort;
  return asked.budgetTokens === undefined ? 'medium' : effortOfBudget(asked.budgetTokens, limit);
}

function writeEffort(writer: Writer, effort: Effort, endpoint: Endpoint): JsonObject {
  const supported = endpoint.reasoning?.efforts ?? [];
  if (effort === 'none' && !supported.includes('none')) {
    lose(writer, 'reasoning', 'the endpoint has no way to turn reasoning off');
    return supported.length > 0 ? { reasoning_effort: nearestEffort('none', supported) } : {};
  }
  if (supported.length === 0 && writer.has('listed-efforts')) {
    lose(writer, 'reasoning', 'how much the model reasons cannot be told to it');
    return {};
  }
  return { reasoning_effort: nearestEffort(effort, supported) };
}

/** The switch, and beside it the effort where the model knows several. */
function thinkingObject(endpoint: Endpoint, effort: Effort): JsonObject {
  if (effort === 'none') return { thinking: { type: 'disabled' } };
  const efforts = endpoint.reasoning?.efforts ?? [];
  return {
    thinking: { type: 'enabled' },
    ...(efforts.length > 0 && { reasoning_effort: nearestEffort(effort, efforts) }),
  };
}

const reasoningObject = (asked: ReasoningRequest): JsonObject => ({
  ...(asked.effort !== undefined && { effort: asked.effort }),
  ...(asked.budgetTokens !== undefined && { max_tokens: asked.budgetTokens }),
  ...(asked.enabled !== undefined && { enabled: asked.enabled }),
  ...(asked.summary !== undefined && { summary: asked.summary }),
  ...(asked.mode !== undefined && { mode: asked.mode }),
  ...(asked.context !== undefined && { context: asked.context }),
});

function enableThinking(asked: ReasoningRequest, isOff: boolean, limit: number): JsonObject {
  if (isOff) return { enable_thinking: false };
  const budget = asked.budgetTokens ?? (asked.effort === undefined ? undefined : budgetOfEffort(asked.effort, limit));
  return { enable_thinking: true, ...(budget !== undefined && { thinking_budget: budget }) };
}

import type { JsonObject } from '../../../base/json.ts';
import type { Call, Effort, ReasoningRequest } from '../../../call/call.ts';
import { budgetOfEffort, effortOfBudget, nearestEffort } from '../../../call/effort.ts';
import type { Endpoint } from '../../../catalog/model.ts';
import { lose, type Writer } from './messages.ts';

const OUTPUT_LIMIT_UNKNOWN = 16_384;

/** How the caller's wish about reasoning is told to this endpoint: by effort, by an object, or by a switch. */
export function writeReasoningRequest(writer: Writer, call: Call): JsonObject {
  const request = call.reasoning;
  const { endpoint } = writer.target;
  if (!request || !wantsSomething(request)) return {};
  const isOff = request.effort === 'none' || request.enabled === false || request.budgetTokens === 0;
  if (endpoint.reasoning === null && !endpoint.parameters.has('reasoning')) {
    if (!isOff) lose(writer, 'reasoning', 'the model does not reason');
    return {};
  }
  const limit = call.maxOutputTokens ?? endpoint.maxOutput ?? OUTPUT_LIMIT_UNKNOWN;
  if (writer.has('reasoning-object')) return { reasoning: reasoningObject(request) };
  if (writer.has('adaptive-thinking')) return { thinking: { type: isOff ? 'disabled' : 'adaptive' } };
  if (writer.has('thinking-object')) return thinkingObject(endpoint, isOff ? 'none' : effortOf(request, limit));
  if (writer.has('enable-thinking')) return enableThinking(request, isOff, limit);
  return writeEffort(writer, isOff ? 'none' : effortOf(request, limit), endpoint);
}

/** `exclude` and `summary` alone ask nothing of this dialect: hiding is done where the answer is written. */
const wantsSomething = (request: ReasoningRequest): boolean =>
  request.effort !== undefined ||
  request.budgetTokens !== undefined ||
  request.enabled !== undefined ||
  request.mode !== undefined;

function effortOf(request: ReasoningRequest, limit: number): Effort {
  if (request.effort !== undefined) return request.effort;
  return request.budgetTokens === undefined ? 'medium' : effortOfBudget(request.budgetTokens, limit);
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

const reasoningObject = (request: ReasoningRequest): JsonObject => ({
  ...(request.effort !== undefined && { effort: request.effort }),
  ...(request.budgetTokens !== undefined && { max_tokens: request.budgetTokens }),
  ...(request.enabled !== undefined && { enabled: request.enabled }),
  ...(request.summary !== undefined && { summary: request.summary }),
  ...(request.mode !== undefined && { mode: request.mode }),
  ...(request.context !== undefined && { context: request.context }),
});

function enableThinking(request: ReasoningRequest, isOff: boolean, limit: number): JsonObject {
  if (isOff) return { enable_thinking: false };
  const budget =
    request.budgetTokens ?? (request.effort === undefined ? undefined : budgetOfEffort(request.effort, limit));
  return { enable_thinking: true, ...(budget !== undefined && { thinking_budget: budget }) };
}

import type { Fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import { budgetOfEffort } from '../../call/effort.ts';
import type { Loss } from '../../call/loss.ts';
import type { Tool } from '../../call/tool.ts';
import type { Target } from '../../facts/target.ts';
import type { EncodedCall } from '../dialect.ts';
import { beyondText, foreignFields } from '../foreign-fields.ts';
import { outputInWords } from '../structured-output.ts';
import { cohereMessages } from './messages.ts';
import { COHERE_CHAT } from './names.ts';

const STOP_SEQUENCES_MAX = 5;
const UNKNOWN_TO_COHERE = ['min_p', 'top_a', 'repetition_penalty', 'logit_bias', 'n', 'top_logprobs'] as const;
/** Taken for the output limit of a model whose limit is not known. */
const OUTPUT_TOKENS = 8_192;

/** A call as Cohere's `POST /v2/chat` takes it (Chat reference, read 2026-11-22). */
export function encodeCohereCall(call: Call, target: Target): Result<EncodedCall, Fault> {
  const losses: Loss[] = [];
  const { messages, documents } = cohereMessages(call, target, losses);
  const format = responseFormat(call, losses);
  const words = format === null ? outputInWords(call.output) : null;
  noteLosses(call, losses);
  const { sampling } = call;
  const body: JsonObject = {
    ...(call.native?.dialect === COHERE_CHAT && call.native.fields),
    model: target.endpoint.upstreamId,
    messages: words === null ? messages : [{ role: 'system', content: words }, ...messages],
    stream: call.stream,
    ...(documents.length > 0 && { documents }),
    ...tools(call, losses),
    ...format,
    ...(call.maxOutputTokens !== undefined && { max_tokens: call.maxOutputTokens }),
    ...(call.stop.length > 0 && { stop_sequences: call.stop.slice(0, STOP_SEQUENCES_MAX) }),
    ...(sampling.temperature !== undefined && { temperature: sampling.temperature }),
    ...(sampling.top_p !== undefined && { p: sampling.top_p }),
    ...(sampling.top_k !== undefined && { k: sampling.top_k }),
    ...(sampling.seed !== undefined && { seed: sampling.seed }),
    ...(sampling.frequency_penalty !== undefined && { frequency_penalty: sampling.frequency_penalty }),
    ...(sampling.presence_penalty !== undefined &&
      !hasBothPenalties(call) && { presence_penalty: sampling.presence_penalty }),
    ...(sampling.logprobs !== undefined && { logprobs: sampling.logprobs }),
    ...thinking(call, target, losses),
  };
  return ok({ path: '/chat', headers: {}, body, losses });
}

/** "cannot specify both frequency_penalty and presence_penalty" (errors reference, read 2026-11-24). */
const hasBothPenalties = ({ sampling }: Call): boolean =>
  Boolean(sampling.frequency_penalty) && sampling.presence_penalty !== undefined;

function noteLosses(call: Call, losses: Loss[]): void {
  for (const field of UNKNOWN_TO_COHERE)
    if (call.sampling[field] !== undefined) losses.push({ field, reason: 'Cohere has no such parameter' });
  if (hasBothPenalties(call))
    losses.push({ field: 'presence_penalty', reason: 'Cohere takes it or frequency_penalty, not both' });
  losses.push(...beyondText(call, 'Cohere'), ...foreignFields(call, COHERE_CHAT));
  if (call.cache) losses.push({ field: 'cache_control', reason: 'Cohere caches prompts without breakpoints' });
  if (call.stop.length > STOP_SEQUENCES_MAX)
    losses.push({ field: 'stop', reason: `Cohere takes ${STOP_SEQUENCES_MAX} stop sequences; the rest was left out` });
}

/** To force one function Cohere is given that one only: `tool_choice` knows REQUIRED and NONE. */
function tools(call: Call, losses: Loss[]): JsonObject {
  const choice = call.toolChoice;
  const functions: Extract<Tool, { type: 'function' }>[] = [];
  call.tools.forEach((tool, at) => {
    if (tool.type === 'native')
      losses.push({ field: `tools[${at}]`, reason: `a tool of ${tool.dialect} that Cohere does not have` });
    else if (choice?.type !== 'function' || choice.name === tool.name) functions.push(tool);
    if (tool.type === 'function' && tool.cache)
      losses.push({ field: `tools[${at}].cache_control`, reason: 'Cohere caches prompts without breakpoints' });
  });
  if (functions.length === 0) return {};
  if (call.parallelToolCalls === false)
    losses.push({ field: 'parallel_tool_calls', reason: 'Cohere cannot be held to one call at a time' });
  if (choice?.type === 'native')
    losses.push({ field: 'tool_choice', reason: `a choice of ${choice.dialect} that Cohere does not have` });
  const isForced = choice?.type === 'required' || choice?.type === 'function';
  return {
    tools: functions.map((tool) => ({
      type: 'function',
      function: {
        name: tool.name,
        ...(tool.description !== undefined && { description: tool.description }),
        parameters: tool.parameters ?? { type: 'object', properties: {} },
      },
    })),
    ...(functions.some((tool) => tool.strict) && { strict_tools: true }),
    ...(isForced && { tool_choice: 'REQUIRED' }),
    ...(choice?.type === 'none' && { tool_choice: 'NONE' }),
  };
}

/** Null where the model is asked in words instead. */
function responseFormat(call: Call, losses: Loss[]): JsonObject | null {
  const { output } = call;
  if (output.type === 'text') return {};
  const reason =
    output.type === 'native'
      ? `a format of ${output.dialect} that Cohere does not have`
      : call.tools.length > 0
        ? 'Cohere does not combine tools with structured output: it is asked for JSON in words'
        : undefined;
  if (reason !== undefined) {
    losses.push({ field: 'response_format', reason });
    return null;
  }
  const schema = output.type === 'json-schema' && { json_schema: output.schema };
  return { response_format: { type: 'json_object', ...schema } };
}

function thinking(call: Call, target: Target, losses: Loss[]): JsonObject {
  const request = call.reasoning;
  const isAsked =
    request?.effort !== undefined || request?.enabled !== undefined || request?.budgetTokens !== undefined;
  if (!request || !isAsked) return {};
  const isOff = request.effort === 'none' || request.enabled === false;
  if (!target.endpoint.reasoning) {
    if (!isOff) losses.push({ field: 'reasoning', reason: 'this model does not reason' });
    return {};
  }
  if (isOff) return { thinking: { type: 'disabled' } };
  const limit = call.maxOutputTokens ?? target.endpoint.maxOutput ?? OUTPUT_TOKENS;
  const budget = request.budgetTokens ?? (request.effort && budgetOfEffort(request.effort, limit));
  return { thinking: { type: 'enabled', ...(budget !== undefined && { token_budget: Math.max(budget, 1) }) } };
}

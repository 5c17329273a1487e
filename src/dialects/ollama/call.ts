import type { Fault } from '../../base/fault.ts';
import { type JsonObject, objectOf } from '../../base/json.ts';
import { ok, type Result } from '../../base/result.ts';
import { type Call, marksCache } from '../../call/call.ts';
import { effortOfBudget } from '../../call/effort.ts';
import type { Loss } from '../../call/loss.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import type { EncodedCall } from '../dialect.ts';
import { beyondText, foreignFields } from '../foreign-fields.ts';
import { ollamaMessages } from './messages.ts';
import { OLLAMA } from './names.ts';

const LEVELS = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
} as const;

/** Fields of `POST /api/generate` alone (docs/api.md of ollama/ollama, read 2026-11-29). */
const OF_GENERATE: readonly string[] = ['template', 'context', 'raw', 'width', 'height', 'steps'];

/** Taken for the output limit of a model whose limit is not known. */
const OUTPUT_TOKENS = 16_384;

/** A call as Ollama's `POST /api/chat` takes it (docs.ollama.com/api, read 2026-11-22). */
export function encodeOllamaCall(call: Call, target: Target, assets: Assets): Result<EncodedCall, Fault> {
  const losses: Loss[] = [];
  const messages = ollamaMessages(call, assets, losses);
  if (!messages.ok) return messages;
  const { sampling } = call;
  const own = call.native?.dialect === OLLAMA ? call.native.fields : {};
  const options = { ...objectOf(own.options), ...optionsOf(call) };
  noteLosses(call, losses);
  const body: JsonObject = {
    ...nativeFields(own, losses),
    model: target.endpoint.upstreamId,
    messages: messages.value,
    // Ollama streams unless told not to.
    stream: call.stream,
    ...tools(call, losses),
    ...format(call, losses),
    ...think(call, target),
    ...(Object.keys(options).length > 0 && { options }),
    ...(sampling.logprobs !== undefined && { logprobs: sampling.logprobs }),
    ...(sampling.top_logprobs !== undefined && { top_logprobs: sampling.top_logprobs }),
  };
  return ok({ path: '/chat', headers: {}, body, losses });
}

function nativeFields({ options: _, ...fields }: JsonObject, losses: Loss[]): JsonObject {
  const ofChat = Object.entries(fields).filter(([field]) => !OF_GENERATE.includes(field));
  for (const field of OF_GENERATE)
    if (fields[field] !== undefined) losses.push({ field, reason: 'a chat has no place for it' });
  return Object.fromEntries(ofChat);
}

/** `options`: the names are llama.cpp's. */
function optionsOf(call: Call): JsonObject {
  const { sampling } = call;
  return {
    ...(sampling.temperature !== undefined && { temperature: sampling.temperature }),
    ...(sampling.top_p !== undefined && { top_p: sampling.top_p }),
    ...(sampling.top_k !== undefined && { top_k: sampling.top_k }),
    ...(sampling.min_p !== undefined && { min_p: sampling.min_p }),
    ...(sampling.seed !== undefined && { seed: sampling.seed }),
    ...(sampling.frequency_penalty !== undefined && { frequency_penalty: sampling.frequency_penalty }),
    ...(sampling.presence_penalty !== undefined && { presence_penalty: sampling.presence_penalty }),
    ...(sampling.repetition_penalty !== undefined && { repeat_penalty: sampling.repetition_penalty }),
    ...(call.maxOutputTokens !== undefined && { num_predict: call.maxOutputTokens }),
    ...(call.stop.length > 0 && { stop: call.stop }),
  };
}

function noteLosses(call: Call, losses: Loss[]): void {
  for (const field of ['n', 'top_a', 'logit_bias'] as const)
    if (call.sampling[field] !== undefined) losses.push({ field, reason: 'Ollama has no such parameter' });
  losses.push(...beyondText(call, 'Ollama'), ...foreignFields(call, OLLAMA));
  if (marksCache(call)) losses.push({ field: 'cache_control', reason: 'Ollama caches prompts without breakpoints' });
}

/** There is no `tool_choice`: none means no tools, and a named function is the only one sent. */
function tools(call: Call, losses: Loss[]): JsonObject {
  const choice = call.toolChoice;
  if (choice?.type === 'none') return {};
  const functions: JsonObject[] = [];
  call.tools.forEach((tool, at) => {
    if (tool.type === 'native') {
      losses.push({ field: `tools[${at}]`, reason: `a tool of ${tool.dialect} that Ollama does not have` });
      return;
    }
    if (choice?.type === 'function' && choice.name !== tool.name) return;
    if (tool.strict)
      losses.push({ field: `tools[${at}].function.strict`, reason: 'Ollama does not constrain arguments' });
    const parameters = tool.parameters ?? { type: 'object', properties: {} };
    const description = tool.description !== undefined && { description: tool.description };
    functions.push({ type: 'function', function: { name: tool.name, ...description, parameters } });
  });
  if (functions.length === 0) return {};
  if (choice && choice.type !== 'auto')
    losses.push({ field: 'tool_choice', reason: 'Ollama leaves it to the model whether to call a tool' });
  if (call.parallelToolCalls === false)
    losses.push({ field: 'parallel_tool_calls', reason: 'Ollama cannot be held to one call at a time' });
  return { tools: functions };
}

function format(call: Call, losses: Loss[]): JsonObject {
  const { output } = call;
  if (output.type === 'json-schema') return { format: output.schema };
  if (output.type === 'native')
    losses.push({ field: 'response_format', reason: `a format of ${output.dialect} that Ollama does not have` });
  return output.type === 'json' ? { format: 'json' } : {};
}

/** On or off; levels only for models that have them (gpt-oss): others answer a level with an error. */
function think(call: Call, target: Target): JsonObject {
  const request = call.reasoning;
  if (!request) return {};
  if (request.effort === 'none' || request.enabled === false) return { think: false };
  const limit = call.maxOutputTokens ?? target.endpoint.maxOutput ?? OUTPUT_TOKENS;
  const { budgetTokens } = request;
  const effort = request.effort ?? (budgetTokens === undefined ? undefined : effortOfBudget(budgetTokens, limit));
  const hasLevels =
    target.endpoint.upstreamId.includes('gpt-oss') || (target.endpoint.reasoning?.efforts.length ?? 0) > 0;
  if (effort === undefined && request.enabled !== true) return {};
  return { think: effort !== undefined && effort !== 'none' && hasLevels ? LEVELS[effort] : true };
}

import type { Fault } from '../../../base/fault.ts';
import { arrayOf, type Json, type JsonObject, objectOf } from '../../../base/json.ts';
import { ok, type Result } from '../../../base/result.ts';
import { type Call, marksCache } from '../../../call/call.ts';
import type { Loss } from '../../../call/loss.ts';
import type { Target } from '../../../facts/target.ts';
import { takesBreakpoints } from '../../cache-breakpoint.ts';
import type { EncodedCall } from '../../dialect.ts';
import { functionsIn } from '../namespaces.ts';
import { DIALECT, encodeFormat, encodeToolChoice, encodeTools } from '../tools.ts';
import { encodeInput } from './input.ts';
import { encodeReasoning } from './reasoning.ts';

/** A call as `POST /responses`: stateless, so nothing is stored and reasoning comes back encrypted. */
export function encodeCall(call: Call, target: Target): Result<EncodedCall, Fault> {
  const losses: Loss[] = [];
  const native = call.native?.dialect === DIALECT ? call.native.fields : {};
  const { include, reasoning: nativeReasoning, text: nativeText, ...rest } = native;
  const input = encodeInput(call, target, losses);
  const body: JsonObject = {
    ...rest,
    model: target.endpoint.upstreamId,
    input,
    store: false,
    ...(call.stream && { stream: true }),
    ...limits(call, losses),
    ...reasoning(call, target, objectOf(nativeReasoning), losses),
    ...text(call, objectOf(nativeText), losses),
    ...tools(call, losses),
    ...included(call, target, arrayOf(include)),
    ...labels(call),
  };
  lossesOf(call, target, losses);
  return ok({ path: '/responses', headers: {}, body, losses });
}

/** Less is refused (platform.openai.com/docs/api-reference/responses/create, read 2026-11-22). */
const OUTPUT_TOKENS_MIN = 16;

function limits(call: Call, losses: Loss[]): JsonObject {
  const { temperature, top_p, top_logprobs } = call.sampling;
  const limit = call.maxOutputTokens;
  if (limit !== undefined && limit < OUTPUT_TOKENS_MIN)
    losses.push({ field: 'max_output_tokens', reason: `sent as ${OUTPUT_TOKENS_MIN}, the least there is` });
  return {
    ...(limit !== undefined && { max_output_tokens: Math.max(OUTPUT_TOKENS_MIN, limit) }),
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { top_p }),
    ...(top_logprobs !== undefined && { top_logprobs }),
  };
}

function reasoning(call: Call, target: Target, native: JsonObject, losses: Loss[]): JsonObject {
  const thinks = call.reasoning && call.reasoning.effort !== 'none' && call.reasoning.enabled !== false;
  if (thinks && !target.endpoint.reasoning)
    losses.push({ field: 'reasoning', reason: 'this endpoint does not reason' });
  if (!target.endpoint.reasoning) return {};
  const written = encodeReasoning(call, target);
  if (!thinks && call.reasoning && written?.effort !== undefined && written.effort !== 'none')
    losses.push({ field: 'reasoning', reason: 'the endpoint has no way to turn reasoning off' });
  const { mode, context } = call.reasoning ?? {};
  const member = {
    ...native,
    ...(mode !== undefined && { mode }),
    ...(context !== undefined && { context }),
    ...written,
  };
  return Object.keys(member).length > 0 ? { reasoning: member } : {};
}

function text(call: Call, native: JsonObject, losses: Loss[]): JsonObject {
  const format = call.output.type === 'text' ? undefined : encodeFormat(call.output);
  if (call.output.type === 'native' && !format)
    losses.push({ field: 'response_format', reason: 'a format that only another dialect understands' });
  const { verbosity } = call;
  const member = { ...native, ...(format && { format }), ...(verbosity !== undefined && { verbosity }) };
  return Object.keys(member).length > 0 ? { text: member } : {};
}

function tools(call: Call, losses: Loss[]): JsonObject {
  const encoded = encodeTools(call.tools, losses);
  const hasBrought = call.tools.some((tool) => functionsIn(tool).length > 0);
  const choice = call.toolChoice && encodeToolChoice(call.toolChoice, call.tools);
  if (call.toolChoice && choice === undefined)
    losses.push({ field: 'tool_choice', reason: 'a choice that only another dialect understands' });
  return {
    ...(encoded.length > 0 && { tools: encoded }),
    ...(choice !== undefined && (encoded.length > 0 || hasBrought) && { tool_choice: choice }),
    ...(call.parallelToolCalls !== undefined &&
      call.tools.length > 0 && { parallel_tool_calls: call.parallelToolCalls }),
  };
}

function included(call: Call, target: Target, native: readonly Json[]): JsonObject {
  const include = new Set(native);
  if (target.endpoint.reasoning && call.reasoning?.effort !== 'none') include.add('reasoning.encrypted_content');
  else include.delete('reasoning.encrypted_content');
  if (call.sampling.logprobs || call.sampling.top_logprobs) include.add('message.output_text.logprobs');
  return include.size > 0 ? { include: [...include] } : {};
}

const labels = (call: Call): JsonObject => ({
  ...(call.promptCacheKey !== undefined && { prompt_cache_key: call.promptCacheKey }),
  ...(call.serviceTier !== undefined && { service_tier: call.serviceTier === 'fast' ? 'priority' : call.serviceTier }),
  // Also a field of the gateway's own, for tools that it would run; here it limits the vendor's.
  ...(typeof call.gateway.extra?.max_tool_calls === 'number' && { max_tool_calls: call.gateway.extra.max_tool_calls }),
  ...(call.user !== undefined && { user: call.user }),
  ...(call.metadata !== undefined && { metadata: call.metadata }),
});

/** What has no place for a breakpoint: the whole call, tools and their results; where there are none at all, everything. */
const unmarkable = (call: Call, target: Target): Call =>
  takesBreakpoints(target) ? { ...call, messages: call.messages.filter(({ role }) => role === 'tool') } : call;

const UNKNOWN_SAMPLING = [
  'top_k',
  'min_p',
  'top_a',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'seed',
  'logit_bias',
] as const;

function lossesOf(call: Call, target: Target, losses: Loss[]): void {
  const lose = (field: string): void => {
    losses.push({ field, reason: 'the Responses API has no such parameter' });
  };
  for (const name of UNKNOWN_SAMPLING) if (call.sampling[name] !== undefined) lose(name);
  if ((call.sampling.n ?? 1) > 1) lose('n');
  if (call.stop.length > 0) lose('stop');
  if (call.prediction) lose('prediction');
  if (marksCache(unmarkable(call, target)))
    losses.push({ field: 'cache_control', reason: 'only messages bear cache breakpoints here, if anything does' });
  if (call.audio) lose('audio');
  if (call.imageConfig) lose('image_config');
  if (call.modalities?.some((modality) => modality !== 'text')) lose('modalities');
  if (call.native && call.native.dialect !== DIALECT) for (const field of Object.keys(call.native.fields)) lose(field);
}

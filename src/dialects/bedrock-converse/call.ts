import type { Fault } from '../../base/fault.ts';
import { arrayOf, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import { ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import { BEDROCK_BETAS } from '../claude-betas.ts';
import type { EncodedCall } from '../dialect.ts';
import { createEncoding, type Encoding, familyOf, lose } from './encoding.ts';
import { encodeMessages } from './messages.ts';
import { encodeOutput, outputInstruction } from './output.ts';
import { planThinking, type Thinking } from './reasoning.ts';
import { encodeTools, oneAtATime } from './tools.ts';

/** A call as `POST /model/{id}/converse` or its streaming twin. */
export function encodeCall(call: Call, target: Target, assets: Assets): Result<EncodedCall, Fault> {
  const encoding = createEncoding(call, target, assets);
  const toolConfig = encodeTools(encoding);
  const conversation = encodeMessages(encoding);
  if (!conversation.ok) return conversation;
  const thinking = planThinking(encoding);
  const inferenceConfig = encodeInference(encoding, thinking);
  const additional = {
    ...thinking.fields,
    ...topK(encoding, thinking),
    ...betas(encoding, thinking),
    ...oneAtATime(encoding),
  };
  const outputConfig = encodeOutput(encoding);
  const tier = encodeTier(encoding);
  const { system, turns } = conversation.value;
  const instruction = outputInstruction(encoding);
  if (instruction !== null) system.push({ text: instruction });
  const body: JsonObject = {
    messages: turns,
    ...(system.length > 0 && { system }),
    ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
    ...(toolConfig && { toolConfig }),
    ...(Object.keys(additional).length > 0 && { additionalModelRequestFields: additional }),
    ...stopSequencePath(encoding),
    ...(outputConfig && { outputConfig }),
    ...(tier && { serviceTier: { type: tier } }),
  };
  lossesOf(encoding);
  const action = call.stream ? 'converse-stream' : 'converse';
  const path = `/model/${encodeURIComponent(target.endpoint.upstreamId)}/${action}`;
  const accept = call.stream ? 'application/vnd.amazon.eventstream' : 'application/json';
  return ok({ path, headers: { accept }, body, losses: encoding.losses });
}

/** Which sequence stopped it, Claude tells only when asked; a path that leads nowhere is ignored (API_runtime_Converse). */
function stopSequencePath({ call, target }: Encoding): JsonObject {
  if (call.stop.length === 0 || familyOf(target) !== 'claude') return {};
  return { additionalModelResponseFieldPaths: [call.stream ? '/delta/stop_sequence' : '/stop_sequence'] };
}

/** At its highest effort Nova chooses its limits itself and refuses any (UKGovernmentBEIS/inspect_ai#3767, read 2026-11-24). */
const isUnlimited = (thinking: Thinking): boolean =>
  objectOf(thinking.fields.reasoningConfig).maxReasoningEffort === 'high';

function encodeInference(encoding: Encoding, thinking: Thinking): JsonObject {
  const { sampling, maxOutputTokens, stop } = encoding.call;
  const sequences = stop.length > 0 && { stopSequences: stop };
  if (isUnlimited(thinking)) {
    const refused = { max_tokens: maxOutputTokens, temperature: sampling.temperature, top_p: sampling.top_p };
    for (const [name, value] of Object.entries(refused))
      if (value !== undefined) lose(encoding, name, 'not together with the highest effort of this model');
    return { ...sequences };
  }
  const claude = familyOf(encoding.target) === 'claude';
  const free = !(claude && thinking.on);
  if (!free && sampling.temperature !== undefined && sampling.temperature !== 1)
    lose(encoding, 'temperature', 'not together with reasoning');
  if (!free && sampling.top_p !== undefined) lose(encoding, 'top_p', 'not together with reasoning');
  // "`temperature` and `top_p` cannot both be specified for this model", Claude since Opus 4.1 (read 2026-11-24).
  const both = free && claude && sampling.temperature !== undefined && sampling.top_p !== undefined;
  if (both) lose(encoding, 'top_p', 'this model takes temperature or top_p, not both');
  const temperature = claude && (sampling.temperature ?? 0) > 1 ? 1 : sampling.temperature;
  if (free && temperature !== sampling.temperature) lose(encoding, 'temperature', 'sent as 1, the highest here');
  return {
    ...(maxOutputTokens !== undefined && { maxTokens: maxOutputTokens }),
    ...(free && temperature !== undefined && { temperature }),
    ...(free && !both && sampling.top_p !== undefined && { topP: sampling.top_p }),
    ...sequences,
  };
}

/** Claude's beta flags; with a budget, thinking between tool calls is one (Bedrock guide to extended thinking, read 2026-11-22). */
function betas(encoding: Encoding, thinking: Thinking): JsonObject {
  const { call, target } = encoding;
  if (familyOf(target) !== 'claude') return {};
  const { native, anthropicBetas = [] } = call;
  const listed = native?.dialect === 'anthropic-messages' ? arrayOf(native.fields.anthropic_beta).map(stringOf) : [];
  const flags = new Set<string>();
  for (const flag of [...anthropicBetas, ...listed])
    if (BEDROCK_BETAS.has(flag)) flags.add(flag);
    else lose(encoding, `anthropic-beta: ${flag}`, 'this host does not know the flag');
  const hasBudget = objectOf(thinking.fields.thinking).type === 'enabled';
  if (hasBudget && call.tools.length > 0 && !/claude-3/.test(target.endpoint.upstreamId))
    flags.add('interleaved-thinking-2025-05-14');
  return flags.size > 0 ? { anthropic_beta: [...flags] } : {};
}

/** `top_k` is no field of Converse; each family has its own place for it. */
function topK(encoding: Encoding, thinking: Thinking): JsonObject {
  const top_k = encoding.call.sampling.top_k;
  if (top_k === undefined || top_k === 0) return {};
  const family = familyOf(encoding.target);
  switch (family) {
    case 'claude':
      if (!thinking.on) return { top_k };
      lose(encoding, 'top_k', 'not together with reasoning');
      return {};
    case 'nova':
      return { inferenceConfig: { topK: top_k } };
    case 'other':
      if (encoding.target.endpoint.parameters.has('top_k')) return { top_k };
      lose(encoding, 'top_k', 'this endpoint does not take it');
      return {};
    default:
      return family satisfies never;
  }
}

/** Tiers as Bedrock names them (API_runtime_ServiceTier, read 2026-11-22). */
function encodeTier(encoding: Encoding): string | undefined {
  const { serviceTier } = encoding.call;
  if (serviceTier === 'fast') return 'priority';
  if (serviceTier === 'priority' || serviceTier === 'flex' || serviceTier === 'default') return serviceTier;
  if (serviceTier !== undefined && serviceTier !== 'auto')
    lose(encoding, 'service_tier', `Bedrock has no tier ${serviceTier}`);
  return undefined;
}

const UNKNOWN_SAMPLING = [
  'min_p',
  'top_a',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'seed',
  'logit_bias',
  'logprobs',
  'top_logprobs',
] as const;

function lossesOf(encoding: Encoding): void {
  const { call } = encoding;
  const none = (field: string): void => lose(encoding, field, 'Converse has no such parameter');
  for (const name of UNKNOWN_SAMPLING) if (call.sampling[name] !== undefined) none(name);
  if ((call.sampling.n ?? 1) > 1) none('n');
  if (call.parallelToolCalls === false && oneAtATime(encoding).tool_choice === undefined) none('parallel_tool_calls');
  if (call.prediction) none('prediction');
  if (call.verbosity !== undefined) none('verbosity');
  if (call.promptCacheKey !== undefined) none('prompt_cache_key');
  if (call.audio) none('audio');
  if (call.imageConfig) none('image_config');
  if (call.modalities?.some((modality) => modality !== 'text')) none('modalities');
  for (const field of Object.keys(call.native?.fields ?? {}))
    if (field !== 'anthropic_beta' || familyOf(encoding.target) !== 'claude') none(field);
}

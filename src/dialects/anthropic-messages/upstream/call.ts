import { type Fault, fault } from '../../../base/fault.ts';
import { type Json, type JsonObject, objectOf } from '../../../base/json.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { Call, Effort } from '../../../call/call.ts';
import { EFFORTS } from '../../../call/call.ts';
import type { Assets } from '../../../facts/asset.ts';
import type { Target } from '../../../facts/target.ts';
import type { EncodedCall } from '../../dialect.ts';
import type { Emulation } from '../../structured-output.ts';
import { DIALECT, fieldsOf } from '../words.ts';
import { urlsOf } from './assets.ts';
import { betasOf, FAST } from './betas.ts';
import { type Encoding, newEncoding } from './encoding.ts';
import { emulationOf, outputFormat, outputInstruction } from './output.ts';
import { encodeSampling } from './sampling.ts';
import { nearest, planThinking, type Thinking } from './thinking.ts';
import { encodeToolChoice, encodeTools, isForced } from './tools.ts';
import type { Transport } from './transport.ts';
import { encodeTurns, type Turns } from './turns.ts';

/** `max_tokens` is demanded. Where nobody names a limit, this is one that every Claude model takes. */
const MAX_TOKENS = 4096;

/** Fields that are merged into what we write ourselves rather than copied. */
const MERGED = ['thinking', 'output_config', 'metadata', 'anthropic_beta'];

export function encodeCall(
  call: Call,
  target: Target,
  assets: Assets,
  transport: Transport,
): Result<EncodedCall, Fault> {
  if (transport.inline(target)) {
    const missing = urlsOf(call).find(({ url }) => !assets.has(url));
    if (missing) return failed(fault('image_download_failed', `Could not fetch ${missing.url.slice(0, 200)}`));
  }
  const encoding = newEncoding(call, target, assets);
  const emulation = emulationOf(call, target);
  const maxTokens = outputLimit(encoding);
  const tools = encodeTools(encoding, emulation);
  const turns = encodeTurns(encoding);
  const thinking = planThinking(encoding, { maxTokens, conflict: conflictOf(encoding, emulation, turns) });
  const instruction = outputInstruction(call, target);
  if (instruction !== null) turns.system.push({ type: 'text', text: instruction });
  markLast(encoding, turns);
  const choice = encodeToolChoice(encoding, emulation, thinking.on);
  loseTheRest(encoding);
  const body: JsonObject = {
    model: target.endpoint.upstreamId,
    max_tokens: maxTokens,
    ...(turns.system.length > 0 && { system: turns.system }),
    messages: turns.messages as readonly Json[],
    ...(tools.length > 0 && { tools }),
    ...(choice && tools.length > 0 && { tool_choice: choice }),
    ...encodeSampling(encoding, thinking.on),
    ...stopSequences(encoding),
    ...(call.stream && { stream: true }),
    ...(thinking.thinking && { thinking: thinking.thinking }),
    ...outputConfig(encoding, thinking),
    ...metadata(call),
    ...serviceTier(encoding, transport),
    ...nativeFields(encoding, thinking, transport),
  };
  return ok({
    path: transport.path(target, call.stream),
    headers: transport.headers(body, target),
    body: transport.body(body, target),
    losses: encoding.losses,
  });
}

/** The caller's limit, never above the endpoint's; else the endpoint's own; else one that every model takes. */
function outputLimit({ call, target, lose }: Encoding): number {
  const max = target.endpoint.maxOutput;
  const callLimit = call.maxOutputTokens;
  if (callLimit === undefined) return max ?? MAX_TOKENS;
  if (max === null || callLimit <= max) return callLimit;
  lose('max_tokens', `sent as ${max}, the endpoint's limit`);
  return max;
}

function conflictOf(encoding: Encoding, emulation: Emulation | null, turns: Turns): string | null {
  if (emulation) return 'structured output by a forced tool';
  if (isForced(encoding, null)) return 'a forced tool';
  return turns.messages.at(-1)?.role === 'assistant' ? 'a prefilled answer' : null;
}

/** A sequence of white space alone is refused. */
function stopSequences({ call, lose }: Encoding): JsonObject {
  const kept = call.stop.filter((sequence) => sequence.trim() !== '');
  if (kept.length < call.stop.length) lose('stop', 'a stop sequence needs more than white space');
  return kept.length > 0 ? { stop_sequences: kept } : {};
}

/** The automatic breakpoint of the whole call: after the last block that can bear one. */
function markLast(encoding: Encoding, { messages }: Turns): void {
  const mark = encoding.mark(encoding.call.cache, 'request');
  const content = messages.at(-1)?.content ?? [];
  const at = content.findLastIndex((block) => block.type !== 'thinking' && block.type !== 'redacted_thinking');
  const block = content[at];
  if (block && block.cache_control === undefined) content[at] = { ...block, ...mark };
}

function outputConfig(encoding: Encoding, thinking: Thinking): JsonObject {
  const format = outputFormat(encoding);
  const effort = thinking.effort ?? verbosity(encoding);
  const config = {
    ...objectOf(fieldsOf(encoding.call.native).output_config),
    ...(effort !== undefined && { effort }),
    ...(format && { format }),
  };
  return Object.keys(config).length > 0 ? { output_config: config } : {};
}

/** Without thinking, Anthropic's effort says how much is written: `verbosity`. */
function verbosity({ call, target, lose }: Encoding): string | undefined {
  if (call.verbosity === undefined) return undefined;
  const supported = (target.endpoint.reasoning?.efforts ?? []).filter((effort) => effort !== 'none');
  const verbosityEffort = EFFORTS.find((effort): effort is Effort => effort === call.verbosity);
  if (verbosityEffort !== undefined && supported.length > 0) return nearest(verbosityEffort, supported);
  lose('verbosity', 'this endpoint takes no effort');
  return undefined;
}

function metadata(call: Call): JsonObject {
  const more = objectOf(fieldsOf(call.native).metadata);
  const merged = { ...more, ...(call.user !== undefined && { user_id: call.user }) };
  return Object.keys(merged).length > 0 ? { metadata: merged } : {};
}

/**
 * `auto` may use the priority tier, `standard_only` never does (Anthropic guide to service tiers, read 2026-11-22). That
 * tier is bought ahead; what is priced by the token is fast mode (spec §3.5).
 */
function serviceTier({ call, target, lose }: Encoding, transport: Transport): JsonObject {
  const tier = call.serviceTier;
  if (target.endpoint.tier === 'priority') return FAST;
  if (tier === undefined || (tier === 'fast' && fieldsOf(call.native).speed === 'fast')) return {};
  if (!transport.hasTiers(target)) {
    if (tier !== 'auto' && tier !== 'default') lose('service_tier', 'this host has no tiers');
    return {};
  }
  if (tier === 'auto' || tier === 'priority' || tier === 'fast') return { service_tier: 'auto' };
  if (tier === 'default' || tier === 'standard_only') return { service_tier: 'standard_only' };
  lose('service_tier', `this dialect has no tier ${tier}`);
  return {};
}

function nativeFields(encoding: Encoding, thinking: Thinking, transport: Transport): JsonObject {
  const { native } = encoding.call;
  if (native && native.dialect !== DIALECT)
    for (const name of Object.keys(native.fields)) encoding.lose(name, `a field that only ${native.dialect} knows`);
  const copied = Object.entries(fieldsOf(native)).filter(([name]) => !MERGED.includes(name));
  const betas = betasOf(encoding, thinking, transport);
  return { ...Object.fromEntries(copied), ...(betas.length > 0 && { anthropic_beta: betas }) };
}

function loseTheRest({ call, lose }: Encoding): void {
  const silent = (call.modalities ?? []).filter((modality) => modality !== 'text');
  if (silent.length > 0) lose('modalities', `this dialect answers in text only, not ${silent.join(', ')}`);
  if (call.audio) lose('audio', 'this dialect has no audio output');
  if (call.imageConfig) lose('image_config', 'this dialect has no image output');
  if (call.prediction) lose('prediction', 'this dialect takes no predicted output');
  if (call.promptCacheKey !== undefined) lose('prompt_cache_key', 'this dialect caches by cache_control');
}

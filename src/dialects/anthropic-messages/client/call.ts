import { type Fault, fault } from '../../../base/fault.ts';
import { type Json, type JsonObject, optionalString } from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { WireHeaders } from '../../../base/world.ts';
import type { Call } from '../../../call/call.ts';
import {
  type Complaints,
  complain,
  newComplaints,
  present,
  readNumber,
  readObject,
  readObjects,
  readString,
  readStrings,
} from '../../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../../call/read-gateway.ts';
import type { ClientRequest } from '../../dialect.ts';
import { leftover, withNative } from '../words.ts';
import { readMessages } from './messages.ts';
import { readSteering } from './thinking.ts';
import { readToolChoice, readTools } from './tools.ts';

const MODELLED = [
  ...COMMON_FIELDS,
  'fallbacks',
  'messages',
  'system',
  'max_tokens',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'anthropic_beta',
  'thread',
  // The transport's, of Bedrock and Vertex AI: the endpoint that is chosen has its own.
  'anthropic_version',
];

/** Reads the body of `POST /messages`. Unknown members reach an endpoint of the same dialect; wrong ones are a fault. */
export function decodeCall(body: JsonObject, request: ClientRequest): Result<Call, Fault> {
  const to = newComplaints();
  // `metadata` is Anthropic's here (`user_id`), not the labels of other dialects.
  const common = readCommon(to, { ...body, metadata: undefined, service_tier: undefined }, request.headers);
  const { native: steering, ...steered } = readSteering(to, body);
  const metadata = readObject(to, body, 'metadata') ?? {};
  const user = common.user ?? readString(to, metadata, 'user_id', 'metadata.user_id');
  const stop = readStrings(to, body, 'stop_sequences') ?? [];
  if (stop.length > LIMITS.stop_sequences_max)
    complain(to, 'stop_sequences', `'stop_sequences' holds more than ${LIMITS.stop_sequences_max} entries.`);
  if (body.thread !== undefined && body.thread !== null) to.first ??= refuseThread();
  const beside = leftover(metadata, ['user_id']);
  const native = {
    ...leftover(body, MODELLED),
    ...steering,
    // The vendor's own choice of fallback models; a list of models is ours to try.
    ...(body.fallbacks === 'default' && { fallbacks: 'default' }),
    ...(Object.keys(beside).length > 0 && { metadata: beside }),
    ...betasOf(body, request.headers),
  };
  const call: Call = {
    ...common,
    ...steered,
    models: readFallbacks(to, body) ?? common.models,
    messages: readMessages(to, body),
    tools: readTools(to, body),
    ...readToolChoice(to, body),
    sampling: present({
      temperature: readNumber(to, body, 'temperature', { min: 0, max: 2 }),
      top_p: readNumber(to, body, 'top_p', { min: 0, max: 1 }),
      top_k: readNumber(to, body, 'top_k', { min: 0, whole: true }),
    }),
    stop,
    ...present({
      maxOutputTokens: readNumber(to, body, 'max_tokens', { min: 1, whole: true }),
      serviceTier: readTier(to, body),
      user,
    }),
    ...withNative(native),
  };
  return to.first ? failed(to.first) : ok(call);
}

/**
 * A message thread leaves the conversation with the vendor, under the id of its last answer. We keep none, and ignoring
 * the field would answer without what was said before. Anthropic's SDK knows this refusal by its `error_code` and sends
 * the whole history instead (@anthropic-ai/sdk 1.12, lib/internal/threads/ThreadState, read 2026-11-22).
 */
const refuseThread = (): Fault =>
  fault('invalid_request', "'thread' is not supported: no conversation is kept here. Send all messages without it.", {
    param: 'thread',
    metadata: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
  });

/** `fallbacks`: at most three `{model}` objects, in place of `models`. */
function readFallbacks(to: Complaints, body: JsonObject): readonly string[] | undefined {
  if (body.fallbacks === 'default') return undefined;
  const fallbacks = readObjects(to, body, 'fallbacks');
  if (!fallbacks) return undefined;
  if (Array.isArray(body.models)) complain(to, 'fallbacks', "Send either 'fallbacks' or 'models', not both.");
  if (fallbacks.length > 3) complain(to, 'fallbacks', "'fallbacks' holds more than 3 entries.");
  return fallbacks.flatMap((entry, index) => {
    const model = readString(to, entry, 'model', `fallbacks[${index}].model`);
    if (model === undefined) complain(to, `fallbacks[${index}].model`, `Missing 'fallbacks[${index}].model'.`);
    return model ?? [];
  });
}

/** `standard_only` is other dialects' `default`: never the priority tier; `speed` is their tier `fast` (spec §3.5). */
function readTier(to: Complaints, body: JsonObject): string | undefined {
  const tier = body.speed === 'fast' ? 'fast' : readString(to, body, 'service_tier');
  return tier === 'standard_only' || tier === 'standard' ? 'default' : tier;
}

/** Beta flags of the caller, from the header or from the body as Bedrock has them; kept under the latter's name. */
function betasOf(body: JsonObject, headers: WireHeaders): { readonly anthropic_beta?: readonly Json[] } {
  const named = [headers['anthropic-beta'], headers['x-anthropic-beta']].flatMap((value) => value?.split(',') ?? []);
  const listed = Array.isArray(body.anthropic_beta) ? body.anthropic_beta : [];
  const betas = [...named, ...listed].flatMap((value) => optionalString(value)?.trim() || []);
  return betas.length > 0 ? { anthropic_beta: [...new Set(betas)].slice(0, 32) } : {};
}

/** Reads the body of `POST /messages/count_tokens`: the same, of which nothing will be answered. */
export function countTokensRequest(body: JsonObject, request: ClientRequest): Result<Call, Fault> {
  return decodeCall({ ...body, stream: false }, request);
}

import type { Fault } from '../../base/fault.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import type { Loss } from '../../call/loss.ts';
import type { Parameter } from '../../call/parameters.ts';
import type { Target } from '../../facts/target.ts';
import { dataWishes } from '../data-wishes.ts';
import type { EncodedCall, UpstreamDialect } from '../dialect.ts';
import { PLAIN_TRAITS } from '../traits.ts';

type Body = Record<string, Json | undefined>;

/** Fields of every server of this format; the others only where the catalogue says so. */
const STANDARD: ReadonlySet<string> = new Set(['logit_bias', 'n']);

/**
 * Writes a call for a host that completes text: a prompt as it is, without a template around it, so that base models
 * can be asked and gaps filled (platform.openai.com/docs/api-reference/completions, read 2026-11-29).
 */
function encodeCall(call: Call, target: Target): Result<EncodedCall, Fault> {
  const { endpoint } = target;
  const losses: Loss[] = [];
  const lose = (field: string, reason: string): void => void losses.push({ field, reason });
  const written: Body = { ...(call.native?.dialect === 'openai-chat' && call.native.fields) };
  written.model = endpoint.upstreamId;
  written.prompt = promptOf(call);
  const { suffix, echo, bestOf } = call.completion ?? {};
  Object.assign(
    written,
    suffix !== undefined && { suffix },
    echo && { echo },
    bestOf !== undefined && { best_of: bestOf },
  );
  for (const [field, value] of Object.entries(call.sampling)) {
    if (field === 'logprobs' || field === 'top_logprobs') continue;
    if (STANDARD.has(field) || endpoint.parameters.has(field as Parameter)) written[field] = value;
    else lose(field, 'the endpoint does not take this parameter');
  }
  if (call.sampling.logprobs) written.logprobs = call.sampling.top_logprobs ?? 0;
  if (call.maxOutputTokens !== undefined) written.max_tokens = call.maxOutputTokens;
  if (call.stop.length > 0) written.stop = call.stop;
  if (call.user !== undefined) written.user = call.user;
  if (call.stream) Object.assign(written, { stream: true, stream_options: { include_usage: true } });
  const wishes = dataWishes(call.gateway, target);
  if (wishes) written.provider = wishes;
  loseConversation(call, lose);
  const path = (endpoint.dialect.path ?? '/completions').replace('{model}', encodeURIComponent(endpoint.upstreamId));
  return ok({ path, headers: {}, body: written as JsonObject, losses });
}

/** One prompt stands alone: not every server takes a list of one. */
function promptOf({ completion, messages }: Call): Json {
  const [only, ...others] = completion?.prompts ?? [];
  if (only !== undefined) return others.length === 0 ? only : (completion?.prompts ?? []);
  // No conversation is ever routed here; its text is all that could be completed.
  const texts = messages.flatMap(({ parts }) => parts.map((part) => (part.type === 'text' ? part.text : '')));
  return texts.filter((text) => text !== '').join('\n\n');
}

const SAYS = 'a text completion has no place for it';

/** What only a conversation has. */
function loseConversation(call: Call, lose: (field: string, reason: string) => void): void {
  if (call.tools.length > 0) lose('tools', SAYS);
  if (call.toolChoice) lose('tool_choice', SAYS);
  if (call.parallelToolCalls !== undefined) lose('parallel_tool_calls', SAYS);
  if (call.output.type !== 'text') lose('response_format', SAYS);
  if (call.reasoning && call.reasoning.effort !== 'none') lose('reasoning', SAYS);
  for (const field of ['verbosity', 'modalities', 'audio', 'prediction'] as const)
    if (call[field] !== undefined) lose(field, SAYS);
  if (call.imageConfig) lose('image_config', SAYS);
  if (call.cache) lose('cache_control', SAYS);
  if (call.promptCacheKey !== undefined) lose('prompt_cache_key', SAYS);
  if (call.serviceTier !== undefined && call.serviceTier !== 'default' && call.serviceTier !== 'auto')
    lose('service_tier', SAYS);
  call.messages.forEach(({ parts }, at) => {
    if (parts.some(({ type }) => type !== 'text')) lose(`messages[${at}]`, SAYS);
  });
  if (call.native && call.native.dialect !== 'openai-chat')
    for (const field of Object.keys(call.native.fields)) lose(field, "no such field in the endpoint's dialect");
}

/** OpenAI's text completions, whose answers are told as chats are: in choices, chunks and counts of the same names. */
export const openaiCompletions = ({ decodeReply, decodeEvents, decodeFault }: UpstreamDialect): UpstreamDialect => ({
  id: 'openai-completions',
  framing: 'sse',
  assets: () => [],
  encodeCall,
  decodeReply,
  decodeEvents,
  decodeFault,
  // None is known that `drop`, `rename` and `path` cannot say.
  quirks: {},
  traits: { ...PLAIN_TRAITS, vocabulary: 'openai-completions', prefill: true },
});

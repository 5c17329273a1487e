import { type Fault, fault } from '../base/fault.ts';
import { arrayOf, isObject, type Json, type JsonObject, objectOf, stringOf } from '../base/json.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Call } from '../call/call.ts';
import { CLIENT_DIALECTS } from '../dialects/registry.ts';
import type { PresetVersion } from './preset.ts';

/** What a body says of how a call is made; all else is of one call, and ignored (openrouter.ai, API of presets, read 2026-11-29). */
const KEPT: ReadonlySet<string> = new Set([
  'model',
  'models',
  'route',
  'provider',
  'plugins',
  'transforms',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_tool_calls',
  'temperature',
  'top_p',
  'top_k',
  'top_a',
  'min_p',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'seed',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'stop',
  'stop_sequences',
  'reasoning',
  'reasoning_effort',
  'include_reasoning',
  'thinking',
  'output_config',
  'response_format',
  'structured_outputs',
  'text',
  'verbosity',
  'modalities',
  'audio',
  'image_config',
  'service_tier',
  'cache_control',
  'web_search_options',
  'cache_enabled',
  'cache_ttl_seconds',
]);

const CONFIG_CHARACTERS_MAX = 64 * 1024;
const SYSTEM_CHARACTERS_MAX = 64 * 1024;
const TTL_SECONDS_MAX = 86_400;

/** What a preset makes of calls, read once for all of them. */
export type Defaults = {
  /** A call that says nothing but what the preset says, and holds its system prompt. */
  readonly call: Call;
  /** Answers are kept and given again, for so long; null = where the caller asks for it. */
  readonly cache: { readonly seconds: number } | null;
};

export type Captured = Pick<PresetVersion, 'dialect' | 'config' | 'systemPrompt'>;

/** What of a request's body makes a preset, or why it makes none. */
export function capture(dialect: string, body: JsonObject): Result<Captured, Fault> {
  const config: { [field: string]: Json } = {};
  for (const field of KEPT) {
    const value = body[field];
    if (value !== undefined && value !== null) config[field] = value;
  }
  if (typeof config.model === 'string' && config.model.includes(MARK))
    return failed(fault('invalid_request', 'model: a preset names no other preset', { param: 'model' }));
  const systemPrompt = systemPromptIn(dialect, body);
  if (JSON.stringify(config).length > CONFIG_CHARACTERS_MAX || (systemPrompt?.length ?? 0) > SYSTEM_CHARACTERS_MAX)
    return failed(fault('invalid_request', 'A preset holds at most 64 KB of fields and 64 KB of system prompt'));
  const captured: Captured = { dialect, config, systemPrompt };
  const read = defaultsOf(captured);
  return read.ok ? ok(captured) : read;
}

/** Stands before a preset's slug where a model's name stands. */
export const MARK = '@preset/';

/** Reads what a preset says by the dialect that it was written in. */
export function defaultsOf({ dialect, config, systemPrompt }: Captured): Result<Defaults, Fault> {
  const client = CLIENT_DIALECTS.chat[dialect];
  if (!client) return failed(fault('invalid_request', `no preset can be written in ${dialect}`));
  const { cache_enabled: isKept, cache_ttl_seconds: seconds, ...fields } = config;
  const decoded = client.decodeCall({ ...fields, ...fillerFor(dialect, config) }, { headers: {}, params: {} });
  if (!decoded.ok) return decoded;
  if (isKept !== undefined && typeof isKept !== 'boolean') return wrong('cache_enabled', 'a boolean');
  if (
    seconds !== undefined &&
    !(Number.isInteger(seconds) && Number(seconds) >= 1 && Number(seconds) <= TTL_SECONDS_MAX)
  )
    return wrong('cache_ttl_seconds', `a whole number from 1 to ${TTL_SECONDS_MAX}`);
  const { maxOutputTokens: _filler, ...withoutLimit } = decoded.value;
  const call: Call = {
    ...(needsLimit(dialect, config) ? withoutLimit : decoded.value),
    messages: systemPrompt === null ? [] : [{ role: 'system', parts: [{ type: 'text', text: systemPrompt }] }],
  };
  return ok({ call, cache: isKept === true ? { seconds: Number(seconds ?? 300) } : null });
}

const MESSAGES = 'anthropic-messages';
/** Without `max_tokens` a body of Messages is no call. */
const needsLimit = (dialect: string, config: JsonObject): boolean =>
  dialect === MESSAGES && config.max_tokens === undefined;
/** What makes a body of the dialect a call. */
const fillerFor = (dialect: string, config: JsonObject): JsonObject => {
  if (dialect === 'openai-responses') return { input: '-' };
  return { messages: [{ role: 'user', content: '-' }], ...(needsLimit(dialect, config) && { max_tokens: 1 }) };
};

const wrong = (param: string, expected: string): Result<never, Fault> =>
  failed(fault('invalid_request', `${param}: must be ${expected}`, { param }));

/** The field that the dialect has for it; of a chat its system messages that stand first. */
function systemPromptIn(dialect: string, body: JsonObject): string | null {
  if (dialect === 'openai-responses') return stringOf(body.instructions) || null;
  if (dialect === MESSAGES) return textOf(body.system) || null;
  const texts: string[] = [];
  for (const message of arrayOf(body.messages)) {
    const { role, content } = objectOf(message);
    if (role !== 'system' && role !== 'developer') break;
    texts.push(textOf(content));
  }
  return texts.filter((text) => text !== '').join('\n\n') || null;
}

/** A text, or the texts of its parts. */
const textOf = (content: Json | undefined): string =>
  typeof content === 'string'
    ? content
    : arrayOf(content)
        .map((part) => (isObject(part) ? stringOf(part.text) : ''))
        .join('');

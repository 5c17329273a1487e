import type { Json, JsonObject } from '../../base/json.ts';
import type { Loss } from '../../call/loss.ts';
import type { DialectId } from '../../catalog/dialect-table.ts';
import type { ClientRequest } from '../../dialects/dialect.ts';
import { CLIENT_DIALECTS, UPSTREAM_DIALECTS } from '../../dialects/registry.ts';
import { sampleTarget } from '../../dialects/samples.ts';
import { wholePathOfDialect } from '../inference-routes.ts';
import type { RequestField } from './field.ts';

/** What programs may speak, in the order of the docs: the id of the dialect, its name and its path. */
export const CLIENTS = [
  { id: 'openai-chat', name: 'Chat Completions', path: wholePathOfDialect('openai-chat') },
  { id: 'openai-responses', name: 'Responses', path: wholePathOfDialect('openai-responses') },
  { id: 'anthropic-messages', name: 'Messages', path: wholePathOfDialect('anthropic-messages') },
  { id: 'gemini', name: 'Gemini', path: wholePathOfDialect('gemini') },
  { id: 'openai-completions', name: 'Completions', path: wholePathOfDialect('openai-completions') },
  { id: 'ollama', name: 'Ollama', path: wholePathOfDialect('ollama') },
] as const;
export type ClientId = (typeof CLIENTS)[number]['id'];

const MESSAGES = [{ role: 'user', content: 'Hello' }];
const BODIES: { readonly [C in ClientId]: JsonObject } = {
  'openai-chat': { model: 'a/b', messages: MESSAGES },
  'openai-responses': { model: 'a/b', input: 'Hello' },
  'anthropic-messages': { model: 'a/b', max_tokens: 1, messages: MESSAGES },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
  'openai-completions': { model: 'a/b', prompt: 'Hello' },
  ollama: { model: 'a/b', messages: MESSAGES },
};
const PARAMS = { model: 'a/b', action: 'generateContent' };

/** Where a dialect puts a field that is called otherwise there, with an example where its values differ too. */
type Elsewhere = { readonly at: string; readonly example?: Json; readonly action?: string };
const FUNCTION = { name: 'weather', description: 'The weather.' };
const SCHEMA = { type: 'object', properties: { river: { type: 'string' } } };
const ELSEWHERE: { readonly [field: string]: { readonly [C in ClientId]?: Elsewhere } } = {
  messages: {
    'openai-responses': { at: 'input', example: 'Good day' },
    gemini: { at: 'contents', example: [{ role: 'user', parts: [{ text: 'Good day' }] }] },
    'openai-completions': { at: 'prompt', example: 'Good day' },
  },
  model: { gemini: { at: 'the path' } },
  stream: { gemini: { at: 'streamGenerateContent in the path', action: 'streamGenerateContent' } },
  max_completion_tokens: {
    'openai-responses': { at: 'max_output_tokens' },
    'anthropic-messages': { at: 'max_tokens' },
    gemini: { at: 'generationConfig.maxOutputTokens' },
    ollama: { at: 'options.num_predict' },
  },
  stop: {
    'anthropic-messages': { at: 'stop_sequences' },
    gemini: { at: 'generationConfig.stopSequences' },
    ollama: { at: 'options.stop' },
  },
  temperature: { gemini: { at: 'generationConfig.temperature' }, ollama: { at: 'options.temperature' } },
  n: { gemini: { at: 'generationConfig.candidateCount' } },
  top_p: { gemini: { at: 'generationConfig.topP' }, ollama: { at: 'options.top_p' } },
  top_k: { gemini: { at: 'generationConfig.topK' }, ollama: { at: 'options.top_k' } },
  seed: { gemini: { at: 'generationConfig.seed' }, ollama: { at: 'options.seed' } },
  min_p: { ollama: { at: 'options.min_p' } },
  repetition_penalty: { ollama: { at: 'options.repeat_penalty' } },
  frequency_penalty: {
    gemini: { at: 'generationConfig.frequencyPenalty' },
    ollama: { at: 'options.frequency_penalty' },
  },
  presence_penalty: { gemini: { at: 'generationConfig.presencePenalty' }, ollama: { at: 'options.presence_penalty' } },
  logprobs: {
    gemini: { at: 'generationConfig.responseLogprobs' },
    'openai-completions': { at: 'logprobs', example: 5 },
  },
  top_logprobs: { gemini: { at: 'generationConfig.logprobs' } },
  tools: {
    'openai-responses': { at: 'tools', example: [{ type: 'function', ...FUNCTION, parameters: SCHEMA }] },
    'anthropic-messages': { at: 'tools', example: [{ ...FUNCTION, input_schema: SCHEMA }] },
    gemini: { at: 'tools', example: [{ functionDeclarations: [FUNCTION] }] },
  },
  tool_choice: {
    'openai-responses': { at: 'tool_choice', example: 'required' },
    'anthropic-messages': { at: 'tool_choice', example: { type: 'any' } },
    gemini: { at: 'toolConfig.functionCallingConfig', example: { mode: 'ANY' } },
  },
  parallel_tool_calls: {
    'anthropic-messages': {
      at: 'tool_choice.disable_parallel_tool_use',
      example: true,
    },
  },
  response_format: {
    'openai-responses': { at: 'text.format', example: { type: 'json_schema', name: 'answer', schema: SCHEMA } },
    'anthropic-messages': { at: 'output_config.format', example: { type: 'json_schema', schema: SCHEMA } },
    gemini: { at: 'generationConfig.responseMimeType', example: 'application/json' },
    ollama: { at: 'format', example: SCHEMA },
  },
  verbosity: { 'openai-responses': { at: 'text.verbosity' } },
  reasoning: {
    'anthropic-messages': { at: 'thinking', example: { type: 'enabled', budget_tokens: 2048 } },
    gemini: { at: 'generationConfig.thinkingConfig', example: { thinkingBudget: 2048 } },
    ollama: { at: 'think', example: true },
  },
  reasoning_effort: {
    'openai-responses': { at: 'reasoning.effort' },
    'anthropic-messages': { at: 'output_config.effort' },
    gemini: { at: 'generationConfig.thinkingConfig.thinkingLevel' },
    ollama: { at: 'think', example: 'high' },
  },
  modalities: { gemini: { at: 'generationConfig.responseModalities' } },
  models: { 'anthropic-messages': { at: 'fallbacks', example: [{ model: 'c/d' }] } },
};

/**
 * What the field is called in a client dialect; null where it has no place. Asked of the decoder itself: a field that
 * it does not know ends among the native ones, which only reach an endpoint of the same dialect. Chat Completions is the
 * dialect that the fields are described in.
 */
export function nameIn(client: ClientId, field: RequestField): string | null {
  const { at = field.name, example = field.example, action = PARAMS.action } = ELSEWHERE[field.name]?.[client] ?? {};
  if (client === 'openai-chat' || at.includes(' ')) return at;
  const plain = decoded(client, BODIES[client], PARAMS);
  const body = laid(BODIES[client], at.split('.'), (example ?? null) as Json);
  const call = decoded(client, body, { ...PARAMS, action });
  const isKnown = call !== null && JSON.stringify(call.native) === JSON.stringify(plain?.native);
  return isKnown ? at : null;
}

function decoded(client: ClientId, body: JsonObject, params: ClientRequest['params']) {
  const call = CLIENT_DIALECTS.chat[client]?.decodeCall(body, { headers: {}, params });
  return call?.ok ? call.value : null;
}

/** The object with a value at a path, whatever was there before. */
function laid(object: JsonObject, [first = '', ...rest]: readonly string[], value: Json): JsonObject {
  const inner = object[first];
  const below = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as JsonObject) : {};
  return { ...object, [first]: rest.length === 0 ? value : laid(below, rest, value) };
}

/** What becomes of a field on the way to a provider's wire format: the loss it would be named as, or null if it arrives. */
export function lossIn(upstream: DialectId, field: RequestField): Loss | null {
  const more = field.name === 'top_logprobs' ? { logprobs: true } : {};
  const body = { ...BODIES['openai-chat'], ...more, [field.name]: (field.example ?? null) as Json };
  const call = decoded('openai-chat', body, PARAMS);
  if (!call) return null;
  const encoded = UPSTREAM_DIALECTS.chat[upstream]?.encodeCall(call, sampleTarget(upstream), new Map());
  if (!encoded?.ok) return null;
  return encoded.value.losses.find((loss) => loss.field.split(/[.[]/)[0] === field.name) ?? null;
}

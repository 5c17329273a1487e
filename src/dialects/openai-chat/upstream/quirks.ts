import { arrayOf, isObject, type Json, type JsonObject, objectOf, stringOf } from '../../../base/json.ts';
import { CACHE_BREAKPOINT, CACHE_BREAKPOINT_QUIRK } from '../../cache-breakpoint.ts';
import { GATEWAY_FIELDS } from '../../gateway-options.ts';
import type { Quirks } from '../../quirks.ts';
import { STRICT_SCHEMAS, STRICT_SCHEMAS_QUIRK } from '../../strict-schema.ts';
import { nineCharacters } from '../../tool-ids.ts';

/** Departures of single providers from OpenAI's chat completions. */
export const QUIRKS = {
  'max-completion-tokens': {
    why: 'max_tokens is deprecated and refused by reasoning models: platform.openai.com/docs/api-reference/chat, read 2026-11-22',
    request: (body) => {
      if (body.max_tokens === undefined) return body;
      const { max_tokens, ...others } = body;
      return { ...others, max_completion_tokens: max_tokens };
    },
  },
  'completion-excludes-reasoning': {
    why: 'completion_tokens leaves reasoning_tokens out: docs.x.ai/docs/guides/reasoning, read 2026-11-22',
  },
  'four-stop-sequences': {
    why: 'takes four stop sequences: platform.openai.com/docs/api-reference/chat/create, read 2026-11-22',
  },
  'one-stop-sequence': {
    why: 'takes one stop word: docs.z.ai/api-reference/llm/chat-completion, read 2026-11-24',
  },
  'no-stop-with-reasoning': {
    why: 'models that reason refuse stop: docs.x.ai/docs/models, read 2026-11-24',
  },
  'unit-temperature': {
    why: 'refuses a temperature above 1: docs.z.ai and platform.minimax.io, chat completion, and the schema of Kimi K2, read 2026-11-24',
  },
  'listed-efforts': {
    why: 'models without listed efforts refuse reasoning_effort: docs.x.ai, reasoning, and vercel/ai, @ai-sdk/xai 4.0.8, read 2026-11-24',
  },
  'no-names': {
    why: 'refuses name in messages: console.groq.com/docs/openai, and Mistral’s 422 in Gage-Technologies/mistral-go#2, read 2026-11-24',
    request: (body) => mapMessages(body, nameInText),
  },
  'on-demand-tier': {
    why: 'calls the default tier on_demand and the fastest performance: console.groq.com/docs/service-tiers, read 2026-11-25',
  },
  'reasoning-split': {
    why: 'gives and takes thoughts as reasoning_details if told so, else in content: platform.minimax.io, OpenAI-compatible API, read 2026-11-24',
    request: (body) => ({ ...body, reasoning_split: true }),
  },
  'streams-thoughts': {
    why: 'models that think answer only as a stream: alibabacloud.com/help/en/model-studio/error-code, read 2026-11-24',
    request: (body, { target: { endpoint } }) =>
      endpoint.reasoning && body.enable_thinking !== false ? streamed(body) : body,
  },
  'streams-long-answers': {
    why: 'gives answers of more than 4,096 tokens only as a stream: the text of its 400, widely quoted, read 2026-11-24',
    request: (body) => (typeof body.max_tokens === 'number' && body.max_tokens > 4_096 ? streamed(body) : body),
  },
  'streams-always': {
    why: 'a whole answer is written to its end after the client left, a stream is not: llama-server, build 11434, seen 2026-11-28',
    request: (body) => streamed(body),
  },
  'repeats-prefill': {
    why: 'the answer begins with the assistant’s text that it was to continue: llama-server, build 11434, seen 2026-11-28; read in upstream/prefill.ts',
  },
  'adaptive-thinking': {
    why: 'thinking.type is adaptive or disabled: platform.minimax.io, OpenAI-compatible API, read 2026-11-24',
  },
  'bare-reasoning-models': {
    why: 'models with fixed sampling also refuse stop, logit_bias and logprobs: platform.openai.com/docs/guides/reasoning and the reference of chat/create, read 2026-11-22',
  },
  'custom-tools': {
    why: 'knows tools that take free text: openai 7.57, resources/chat/completions, read 2026-11-24',
  },
  'inline-files': {
    why: 'takes files as base64 or by id, not by URL: platform.openai.com/docs/guides/pdf-files, read 2026-11-22',
  },
  [CACHE_BREAKPOINT]: CACHE_BREAKPOINT_QUIRK,
  [STRICT_SCHEMAS]: STRICT_SCHEMAS_QUIRK,
  'developer-role': {
    why: 'knows the role developer; others refuse it: platform.openai.com/docs/guides/text, read 2026-11-22',
  },
  [GATEWAY_FIELDS]: {
    why: 'takes routing, session, trace and app of a gateway: openrouter.ai/docs/api-reference/parameters, read 2026-11-29',
  },
  'reasoning-details': {
    why: 'takes reasoning_details back in messages: openrouter.ai/docs/guides/best-practices/reasoning-tokens, read 2026-11-22',
  },
  'reasoning-content': {
    why: 'takes reasoning_content back, and wants it between tool calls: api-docs.deepseek.com/guides/thinking_mode, read 2026-11-22',
  },
  'thoughts-in-history': {
    why: 'refuses assistant messages without reasoning_content while it thinks: deepseek-ai/DeepSeek-V3#1376 and openclaw/openclaw#73417, anomalyco/opencode#10996 for Kimi, platform.xiaomimimo.com, passing back reasoning_content, read 2026-11-29',
    request: (body, { target: { endpoint } }) =>
      endpoint.reasoning && isThinking(body) ? mapMessages(body, withThought) : body,
  },
  'unforced-while-thinking': {
    why: 'refuses a forced tool while it thinks: can1357/oh-my-pi#1077 for Kimi, cloudwego/eino#994 for Alibaba and DeepSeek, read 2026-11-29',
  },
  'automatic-tool-choice': {
    why: '"Tool choice must be auto": vectorize-io/hindsight#4246 for Z.AI and Meta, read 2026-11-29',
  },
  'answer-after-tools': {
    why: "\"Unexpected role 'user' after role 'tool'\" (code 3230): zed-industries/zed#31736, read 2026-11-29",
  },
  'reasoning-object': {
    why: 'steers reasoning by an object with effort, max_tokens and enabled: openrouter.ai/docs, read 2026-11-22',
  },
  'thinking-object': {
    why: 'turns reasoning on and off by thinking.type, steers it by reasoning_effort: api-docs.deepseek.com/guides/thinking_mode and docs.z.ai, read 2026-11-24',
  },
  'enable-thinking': {
    why: 'turns reasoning on by enable_thinking, limits it by thinking_budget: Alibaba Model Studio, read 2026-11-22',
  },
  'cache-control': {
    why: 'takes cache_control on content parts and tools: openrouter.ai/docs and Alibaba Model Studio, read 2026-11-22',
  },
  'assistant-prefix': {
    why: 'continues a final assistant message only if it says prefix: true: docs.mistral.ai, api-docs.deepseek.com, read 2026-11-22',
    request: (body) => mapMessages(body, markPrefix),
  },
  'assistant-partial': {
    why: 'continues a final assistant message only if it says partial: true: platform.kimi.ai, partial mode, and alibabacloud.com/help/en/model-studio/partial-mode, read 2026-11-29',
    request: (body) => mapMessages(body, markPartial),
  },
  'nine-character-tool-ids': {
    why: 'tool call ids must be nine letters or digits: docs.mistral.ai/capabilities/function_calling, read 2026-11-22',
    request: (body) => mapMessages(body, shortenIds),
  },
  'string-content': {
    why: 'takes message content only as a string: older OpenAI-compatible servers, read 2026-11-22',
    request: (body) => mapMessages(body, (message) => ({ ...message, content: flat(message.content) })),
  },
} as const satisfies Quirks;

export type QuirkName = keyof typeof QUIRKS;

/** Whoever asked for no stream gets what it folds to. */
const streamed = (body: JsonObject): JsonObject => ({
  ...body,
  stream: true,
  stream_options: { include_usage: true },
});

type MessageEdit = (message: JsonObject, isLast: boolean) => JsonObject;

function mapMessages(body: JsonObject, edit: MessageEdit): JsonObject {
  const messages = arrayOf(body.messages);
  return {
    ...body,
    messages: messages.map((message, index) => edit(objectOf(message), index === messages.length - 1)),
  };
}

/** A tool's result is named by the call it answers. */
const nameInText: MessageEdit = ({ name, ...message }) => {
  if (name === undefined || message.role === 'tool') return message;
  const { content } = message;
  if (typeof content === 'string') return { ...message, content: `${name}: ${content}` };
  return Array.isArray(content) ? { ...message, content: [{ type: 'text', text: `${name}: ` }, ...content] } : message;
};

const isThinking = ({ thinking, enable_thinking: enabled }: JsonObject): boolean =>
  objectOf(thinking).type !== 'disabled' && enabled !== false;

/**
 * Where no thought was kept stands a blank, which is taken everywhere: Kimi has refused an empty string at times. A last
 * message that is to be continued is left alone, since its thought would be continued too.
 */
const withThought: MessageEdit = (message, isLast) =>
  message.role !== 'assistant' || message.reasoning_content !== undefined || (isLast && !message.tool_calls)
    ? message
    : { ...message, reasoning_content: ' ' };

const markPrefix: MessageEdit = (message, isLast) =>
  isLast && message.role === 'assistant' ? { ...message, prefix: true } : message;

/** A history that ends with calls is no beginning of an answer. */
const markPartial: MessageEdit = (message, isLast) =>
  isLast && message.role === 'assistant' && !message.tool_calls ? { ...message, partial: true } : message;

const shortenIds: MessageEdit = (message) => ({
  ...message,
  ...(message.tool_call_id !== undefined && { tool_call_id: nineCharacters(stringOf(message.tool_call_id)) }),
  ...(Array.isArray(message.tool_calls) && {
    tool_calls: message.tool_calls.map((call) =>
      isObject(call) ? { ...call, id: nineCharacters(stringOf(call.id)) } : call,
    ),
  }),
});

/** Text parts as one string; content with anything else stays as it is. */
function flat(content: Json | undefined): Json | undefined {
  if (!Array.isArray(content) || !content.every((part) => isObject(part) && part.type === 'text')) return content;
  return content.map((part) => stringOf(objectOf(part).text)).join('\n\n');
}

import type { Fault } from '../../base/fault.ts';
import { isObject, type JsonObject, parseJson } from '../../base/json.ts';
import { ok, type Result } from '../../base/result.ts';
import type {
  AssistantMessage,
  AssistantPart,
  CacheMark,
  Message,
  ReasoningPart,
  SystemMessage,
  ToolMessage,
  UserMessage,
  UserPart,
} from '../../call/message.ts';
import { nineCharacters } from '../tool-ids.ts';
import { type Encoding, lose } from './encoding.ts';
import { encodeMedia } from './media.ts';
import { formatOf, redactedToWire, sealOf } from './reasoning.ts';

export type Turn = { readonly role: 'user' | 'assistant'; readonly content: JsonObject[] };
export type Conversation = { readonly system: JsonObject[]; readonly turns: Turn[] };

/**
 * The conversation as alternating turns: neighbours of one role are one turn, tool results are the user's. System
 * messages stand apart, wherever they were.
 */
export function encodeMessages(encoding: Encoding): Result<Conversation, Fault> {
  const system: JsonObject[] = [];
  const turns: Turn[] = [];
  for (const [at, message] of encoding.call.messages.entries()) {
    const path = `messages[${at}]`;
    if (isInstruction(message)) {
      if (turns.length > 0) lose(encoding, `${path}.role`, 'instructions can only stand before the conversation');
      for (const part of message.parts) pushText(encoding, system, part.text, part.cache, path);
      continue;
    }
    const content = encodeContent(encoding, message, path);
    if (!content.ok) return content;
    if (content.value.length === 0 || isThoughtOnly(encoding, message, content.value, path)) continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content.value);
    else turns.push({ role, content: content.value });
  }
  repair(turns);
  if (encoding.call.cache) pushCachePoint(encoding, turns.at(-1)?.content, encoding.call.cache, 'cache_control');
  return ok({ system, turns });
}

/** Newer Claudes take a turn that is nothing but thought for a prefill and refuse it (NousResearch/hermes-agent#105780, read 2026-11-24). */
function isThoughtOnly(encoding: Encoding, message: Message, content: readonly JsonObject[], path: string): boolean {
  const isThought = message.role === 'assistant' && content.every((block) => block.reasoningContent !== undefined);
  if (isThought) lose(encoding, path, 'a turn that is nothing but thought is refused here');
  return isThought;
}

/** What Converse insists on beyond the shape (API_runtime_Converse and its validation messages, read 2026-11-22). */
function repair(turns: Turn[]): void {
  if (turns[0]?.role !== 'user') turns.unshift({ role: 'user', content: [{ text: '…' }] });
  for (const { role, content } of turns) {
    if (role === 'user') resultsFirst(content);
    const hasText = content.some((block) => block.text !== undefined);
    if (role === 'user' && !hasText && content.some((block) => block.document !== undefined))
      content.push({ text: 'See the attached document.' });
  }
  const last = turns.at(-1);
  const block = last?.content.at(-1);
  if (last?.role === 'assistant' && typeof block?.text === 'string')
    last.content.splice(-1, 1, { text: block.text.trimEnd() });
}

/** Results stand right after their calls, whatever was said in between; a cache point goes with the block before it. */
function resultsFirst(content: JsonObject[]): void {
  const results: JsonObject[] = [];
  const others: JsonObject[] = [];
  let run = others;
  for (const block of content) {
    if (block.cachePoint === undefined) run = block.toolResult === undefined ? others : results;
    run.push(block);
  }
  if (results.length === 0) return;
  content.length = 0;
  for (const block of results) content.push(block);
  for (const block of others) content.push(block);
}

type Standing = UserMessage | AssistantMessage | ToolMessage;

const isInstruction = (message: Message): message is SystemMessage =>
  message.role === 'system' || message.role === 'developer';

function encodeContent(encoding: Encoding, message: Standing, path: string): Result<JsonObject[], Fault> {
  switch (message.role) {
    case 'user':
      return encodeParts(encoding, message.parts, path);
    case 'assistant':
      return ok(message.parts.flatMap((part, at) => encodeAnswer(encoding, part, `${path}.content[${at}]`)));
    case 'tool':
      return encodeToolResult(encoding, message, path);
    default:
      return message satisfies never;
  }
}

function encodeParts(encoding: Encoding, parts: readonly UserPart[], path: string): Result<JsonObject[], Fault> {
  const content: JsonObject[] = [];
  for (const [at, part] of parts.entries()) {
    const place = `${path}.content[${at}]`;
    if (part.type === 'text') pushText(encoding, content, part.text, part.cache, place);
    else {
      const block = encodeMedia(encoding, part, place);
      if (!block.ok) return block;
      if (block.value) content.push(block.value);
      if (part.cache) pushCachePoint(encoding, content, part.cache, place);
    }
  }
  return ok(content);
}

/** Blank text is refused, so it is left out. */
function pushText(
  encoding: Encoding,
  to: JsonObject[],
  text: string,
  cache: CacheMark | undefined,
  path: string,
): void {
  if (text.trim() !== '') to.push({ text });
  if (cache) pushCachePoint(encoding, to, cache, path);
}

export function pushCachePoint(encoding: Encoding, to: JsonObject[] | undefined, mark: CacheMark, path: string): void {
  if (!to || to.length === 0) return;
  if (encoding.target.endpoint.price.inputCacheWrite === undefined)
    return lose(encoding, `${path}.cache_control`, 'this endpoint has no prompt cache to write');
  const { cache, lost } = encoding.placeMark(mark);
  if (lost !== undefined) lose(encoding, `${path}.cache_control`, lost);
  if (cache) to.push({ cachePoint: { type: 'default', ...(cache.ttl === '1h' && { ttl: '1h' }) } });
}

function encodeAnswer(encoding: Encoding, part: AssistantPart, path: string): JsonObject[] {
  switch (part.type) {
    case 'text': {
      const content: JsonObject[] = [];
      pushText(encoding, content, part.text, part.cache, path);
      return content;
    }
    case 'refusal':
      return part.text.trim() === '' ? [] : [{ text: part.text }];
    case 'reasoning':
      return encodeReasoning(encoding, part, path);
    case 'tool-call':
      return [
        { toolUse: { toolUseId: toolUseId(encoding, part.id), name: part.name, input: inputOf(part.arguments) } },
      ];
    case 'image':
    case 'audio':
      lose(encoding, path, 'Converse takes no media in an assistant turn');
      return [];
    default:
      return part satisfies never;
  }
}

function encodeReasoning(encoding: Encoding, part: ReasoningPart, path: string): JsonObject[] {
  const { target } = encoding;
  const isSealed = part.kind === 'encrypted' && part.format !== 'unknown';
  if (isSealed && part.format === sealOf(target))
    return [{ reasoningContent: { redactedContent: redactedToWire(part.text) } }];
  if (part.signature !== undefined && part.format !== 'unknown' && part.format === formatOf(target))
    return [{ reasoningContent: { reasoningText: { text: part.text, signature: part.signature } } }];
  lose(encoding, path, 'reasoning can only be replayed to the family that signed it');
  return [];
}

/** Ids have 64 characters at most, of a small set (API_runtime_ToolUseBlock, read 2026-11-22); Mistral's models want nine. */
const toolUseId = ({ target }: Encoding, id: string): string =>
  /\bmistral\./.test(target.endpoint.upstreamId)
    ? nineCharacters(id)
    : id.replace(/[^A-Za-z0-9_-]/g, '_').slice(-64) || 'call';

/** The input must be an object; arguments that were cut off stay readable as text. */
function inputOf(text: string): JsonObject {
  if (text.trim() === '') return {};
  const value = parseJson(text);
  return isObject(value) ? value : { arguments: text };
}

function encodeToolResult(encoding: Encoding, message: ToolMessage, path: string): Result<JsonObject[], Fault> {
  const inner = encodeParts(encoding, message.parts, path);
  if (!inner.ok) return inner;
  const content = inner.value.filter((block) => block.cachePoint === undefined);
  const points = inner.value.filter((block) => block.cachePoint !== undefined);
  const blocks: JsonObject[] = [
    {
      toolResult: {
        toolUseId: toolUseId(encoding, message.callId),
        // At least one block is wanted.
        content: content.length > 0 ? content : [{ text: '(no output)' }],
        ...(message.isError && { status: 'error' }),
      },
    },
    ...points,
  ];
  if (message.cache) pushCachePoint(encoding, blocks, message.cache, path);
  return ok(blocks);
}

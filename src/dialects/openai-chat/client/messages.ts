import { arrayOf, type JsonObject, optionalString, stringOf } from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import type {
  AssistantMessage,
  AssistantPart,
  Message,
  ReasoningPart,
  ToolCallPart,
  ToolMessage,
} from '../../../call/message.ts';
import { type Complaints, complain, readObject, readObjects, readString } from '../../../call/read.ts';
import { readCacheMark } from '../../../call/read-gateway.ts';
import { argumentsOfInput } from '../../freeform.ts';
import { GEMINI_REASONING } from '../../gemini-names.ts';
import { sourceOfUrl } from '../../source-url.ts';
import { readAnnotation } from '../annotation.ts';
import { readDetail } from '../reasoning-details.ts';
import { thoughtSignatureOf } from '../thought-signature.ts';
import { readContent, readContentOf } from './parts.ts';

/** Reads `messages`, or the legacy `prompt` as one user message. */
export function readMessages(to: Complaints, body: JsonObject): Message[] {
  const prompt = body.messages === undefined ? readString(to, body, 'prompt') : undefined;
  if (prompt !== undefined) return [{ role: 'user', parts: [{ type: 'text', text: prompt }] }];
  const entries = readObjects(to, body, 'messages');
  if (!entries || entries.length === 0) {
    complain(to, 'messages', "Input required: specify 'messages' with at least one message, or 'prompt'.");
    return [];
  }
  if (entries.length > LIMITS.messages_max)
    complain(to, 'messages', `Invalid 'messages': at most ${LIMITS.messages_max} messages are supported.`);
  const messages: Message[] = [];
  const legacyIds = createLegacyIds(messages);
  for (const [index, entry] of entries.entries()) {
    const message = readMessage(to, entry, `messages[${index}]`, legacyIds);
    if (message) messages.push(message);
  }
  return messages;
}

function readMessage(to: Complaints, entry: JsonObject, path: string, legacyIds: LegacyIds): Message | undefined {
  const named = readString(to, entry, 'name', `${path}.name`);
  const name = named === undefined ? {} : { name: named };
  switch (entry.role) {
    case 'system':
    case 'developer':
      return { role: entry.role, parts: readContentOf(to, entry, path, ['text']), ...name };
    case 'user':
      return { role: 'user', parts: readContent(to, entry, path), ...name };
    case 'assistant':
      return { ...readAssistant(to, entry, path), ...name };
    case 'tool':
      return {
        ...readToolResult(to, entry, path, readString(to, entry, 'tool_call_id', `${path}.tool_call_id`)),
        ...name,
      };
    case 'function':
      return { ...readToolResult(to, entry, path, legacyIds(named)), ...name };
    case undefined:
      complain(to, `${path}.role`, `Missing required parameter: '${path}.role'.`);
      return undefined;
    default:
      complain(to, `${path}.role`, `Invalid value for '${path}.role': ${JSON.stringify(entry.role)?.slice(0, 100)}.`);
      return undefined;
  }
}

function readToolResult(to: Complaints, entry: JsonObject, path: string, callId: string | undefined): ToolMessage {
  if (callId === undefined) complain(to, `${path}.tool_call_id`, `Missing required parameter: '${path}.tool_call_id'.`);
  const cache = readCacheMark(to, entry, `${path}.cache_control`);
  return {
    role: 'tool',
    callId: callId ?? '',
    parts: readContentOf(to, entry, path, ['text', 'image', 'file']),
    ...(entry.is_error === true && { isError: true }),
    ...(cache && { cache }),
  };
}

/** The legacy `function` role names no call: it answers the last one of that name. */
type LegacyIds = (name: string | undefined) => string | undefined;

/** Each of the messages, which grow, is looked through once. */
function createLegacyIds(messages: readonly Message[]): LegacyIds {
  const ids = new Map<string, string>();
  let seen = 0;
  return (name) => {
    for (; seen < messages.length; seen++) {
      const message = messages[seen];
      if (message?.role !== 'assistant') continue;
      for (const part of message.parts) if (part.type === 'tool-call') ids.set(part.name, part.id);
    }
    return name === undefined ? undefined : ids.get(name);
  };
}

/** Everything an answer of ours may contain comes back here and is taken as it is. */
function readAssistant(to: Complaints, entry: JsonObject, path: string): AssistantMessage {
  const { reasoning, unknown } = readReasoning(to, entry, path);
  const parts: AssistantPart[] = [...reasoning, ...readContentOf(to, entry, path, ['text', 'image'])];
  const refusal = readString(to, entry, 'refusal', `${path}.refusal`);
  if (refusal) parts.push({ type: 'refusal', text: refusal });
  for (const image of readObjects(to, entry, 'images', `${path}.images`) ?? []) {
    const url = optionalString((image.image_url as JsonObject | undefined)?.url);
    if (url !== undefined) parts.push({ type: 'image', source: sourceOfUrl(url) });
  }
  const audio = optionalString(readObject(to, entry, 'audio', `${path}.audio`)?.id);
  if (audio !== undefined) parts.push({ type: 'audio', source: { kind: 'file-id', id: audio }, format: '' });
  const calls = readToolCalls(to, entry, path);
  parts.push(...signaturesOf(entry, calls, reasoning), ...calls);
  annotate(parts, readObjects(to, entry, 'annotations', `${path}.annotations`) ?? []);
  const fields = unknownFields(entry, unknown);
  return { role: 'assistant', parts, ...(fields && { native: { dialect: 'openai-chat', fields } }) };
}

/** Signatures that a program kept where Gemini's own chat completions put them. */
function signaturesOf(entry: JsonObject, calls: readonly ToolCallPart[], known: readonly ReasoningPart[]) {
  const signed = new Set(known.map((part) => part.id));
  return arrayOf(entry.tool_calls).flatMap((call, at): ReasoningPart[] => {
    const text = thoughtSignatureOf(call);
    const id = calls[at]?.id;
    if (text === undefined || id === undefined || signed.has(id)) return [];
    return [{ type: 'reasoning', kind: 'encrypted', text, id, format: GEMINI_REASONING }];
  });
}

function readReasoning(to: Complaints, entry: JsonObject, path: string) {
  const reasoning: ReasoningPart[] = [];
  const unknown: JsonObject[] = [];
  for (const detail of readObjects(to, entry, 'reasoning_details', `${path}.reasoning_details`) ?? []) {
    const part = readDetail(detail);
    if (part) reasoning.push(part);
    else unknown.push(detail);
  }
  if (reasoning.length > 0) return { reasoning, unknown };
  const text =
    readString(to, entry, 'reasoning', `${path}.reasoning`) ??
    readString(to, entry, 'reasoning_content', `${path}.reasoning_content`);
  if (text) reasoning.push({ type: 'reasoning', kind: 'text', text, format: 'unknown' });
  return { reasoning, unknown };
}

function readToolCalls(to: Complaints, entry: JsonObject, path: string): ToolCallPart[] {
  const calls: ToolCallPart[] = [];
  for (const [index, call] of (readObjects(to, entry, 'tool_calls', `${path}.tool_calls`) ?? []).entries()) {
    const at = `${path}.tool_calls[${index}]`;
    const custom = call.type === 'custom' ? readObject(to, call, 'custom', `${at}.custom`) : undefined;
    const called = custom
      ? { name: custom.name, arguments: argumentsOfInput(stringOf(custom.input)) }
      : readObject(to, call, 'function', `${at}.function`);
    const id = readString(to, call, 'id', `${at}.id`);
    if (!called || id === undefined)
      complain(to, at, `Missing required parameter: '${at}.${called ? 'id' : 'function'}'.`);
    else calls.push(toolCall(to, id, called, `${at}.function`));
  }
  const legacy = readObject(to, entry, 'function_call', `${path}.function_call`);
  if (legacy) calls.push(toolCall(to, `call_${path.replace(/\D/g, '')}`, legacy, `${path}.function_call`));
  return calls;
}

const toolCall = (to: Complaints, id: string, called: JsonObject, path: string): ToolCallPart => ({
  type: 'tool-call',
  id,
  name: readString(to, called, 'name', `${path}.name`) ?? '',
  arguments:
    typeof called.arguments === 'object' && called.arguments !== null
      ? JSON.stringify(called.arguments)
      : stringOf(called.arguments),
});

/** Annotations belong to the answer's text: they are kept on its last text part. */
function annotate(parts: AssistantPart[], entries: readonly JsonObject[]): void {
  const annotations = entries.map(readAnnotation).filter((annotation) => annotation !== undefined);
  const last = parts.findLastIndex((part) => part.type === 'text');
  const part = parts[last];
  if (annotations.length > 0 && part?.type === 'text') parts[last] = { ...part, annotations };
}

const MODELLED: ReadonlySet<string> = new Set([
  ...['role', 'content', 'name', 'refusal', 'reasoning', 'reasoning_content', 'reasoning_details', 'images', 'audio'],
  ...['tool_calls', 'function_call', 'annotations', 'cache_control'],
]);

function unknownFields(entry: JsonObject, details: readonly JsonObject[]): JsonObject | undefined {
  const kept = Object.entries(entry).filter(([name, value]) => !MODELLED.has(name) && value !== null);
  if (details.length > 0) kept.push(['reasoning_details', details]);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

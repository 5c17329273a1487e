import { isObject, type JsonObject } from '../base/json.ts';
import { type Call, toolCallIds } from '../call/call.ts';
import type { AssistantPart, Message, Native, ToolCallPart, ToolMessage } from '../call/message.ts';

/** What a tool call's id may be, and what another becomes; `clean` is the id without the characters that are refused. */
export type ToolIdRule = {
  readonly max: number;
  readonly refused?: RegExp;
  readonly fit: (id: string, clean: string) => string;
};

/** The same id always becomes the same nine letters or digits, which is all that Mistral's models take (FNV-1a, twice). */
export function nineCharacters(id: string): string {
  if (/^[A-Za-z0-9]{9}$/.test(id)) return id;
  return (hash(id, 0x811c9dc5).toString(36) + hash(id, 0x01234567).toString(36)).padStart(9, '0').slice(-9);
}

function hash(text: string, seed: number): number {
  let value = seed;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

/** What is cut ends in a hash of the whole, and is short enough for hosts that still take 40 as OpenAI did until 2025. */
export const shortenedId = (id: string, clean: string): string =>
  `${clean.slice(0, 30).replace(/[^A-Za-z0-9_-]/g, '_') || 'call'}_${nineCharacters(`${id}#`)}`;

/** "string too long. Expected a string with maximum length 64" (BerriAI/litellm#11392, read 2026-11-29). */
export const OPENAI_IDS: ToolIdRule = {
  max: 64,
  fit: (id, clean) => (id.length > 64 ? shortenedId(id, clean) : clean),
};
/** Mistral's models, whoever hosts them. */
export const NINE_CHARACTER_IDS: ToolIdRule = { max: 9, refused: /[^A-Za-z0-9]/g, fit: nineCharacters };

/**
 * The call with ids of tool calls that this endpoint takes, each another's and always the same for the same id, on the
 * calls and on all that names them. What the endpoint answers has ids of its own, so that nothing need be mapped back.
 */
export function fitIds(call: Call, rule: ToolIdRule | null): Call {
  if (!rule || !call.messages.some(callsTools)) return call;
  const ids = idsIn(call);
  const fits = new Map<string, string>();
  for (const id of ids) {
    const fit = fitting(id, rule, ids);
    if (fit === id) continue;
    fits.set(id, fit);
    ids.add(fit);
  }
  if (fits.size === 0) return call;
  const fit = (id: string): string => fits.get(id) ?? id;
  return { ...call, messages: call.messages.map((message) => refitted(message, fit)) };
}

/** A message that calls a tool, or answers a call. */
export const callsTools = ({ role, parts }: Message): boolean =>
  role === 'tool' || (role === 'assistant' && parts.some(({ type }) => type === 'tool-call'));

function idsIn(call: Call): Set<string> {
  const ids = toolCallIds(call);
  for (const message of call.messages) if (message.role === 'tool') ids.add(message.callId);
  return ids;
}

function fitting(id: string, rule: ToolIdRule, taken: ReadonlySet<string>): string {
  const clean = rule.refused ? id.replace(rule.refused, '_') : id;
  const isEnough = rule === NINE_CHARACTER_IDS ? id.length === 9 : id !== '' || !rule.refused;
  if (clean === id && id.length <= rule.max && isEnough) return id;
  let fit = rule.fit(id, clean);
  for (let turn = 2; taken.has(fit); turn++)
    fit = rule === NINE_CHARACTER_IDS ? nineCharacters(`${id}#${turn}`) : shortenedId(`${id}#${turn}`, clean);
  return fit;
}

function refitted(message: Message, fit: (id: string) => string): Message {
  if (message.role === 'assistant') return { ...message, parts: message.parts.map((part) => refittedPart(part, fit)) };
  return message.role === 'tool' ? withResultId(message, fit(message.callId)) : message;
}

/** The result of the call with this id. */
export function withResultId(message: ToolMessage, callId: string): ToolMessage {
  const [first, ...rest] = message.parts;
  const item = first?.native?.fields.item;
  if (!first?.native || !isObject(item)) return { ...message, callId };
  const native = { ...first.native, fields: { ...first.native.fields, item: named(item, callId) } };
  return { ...message, callId, parts: [{ ...first, native }, ...rest] };
}

function refittedPart(part: AssistantPart, fit: (id: string) => string): AssistantPart {
  if (part.type === 'reasoning') return part.id === undefined ? part : { ...part, id: fit(part.id) };
  return part.type === 'tool-call' ? withCallId(part, fit(part.id)) : part;
}

/** The call under this id. */
export const withCallId = (part: ToolCallPart, id: string): ToolCallPart => ({
  ...part,
  id,
  ...(part.native && { native: namedNative(part.native, id) }),
});

const named = (item: JsonObject, id: string): JsonObject =>
  item.call_id === undefined ? item : { ...item, call_id: id };
const namedNative = (native: Native, id: string): Native => ({ ...native, fields: named(native.fields, id) });

import { arrayOf, isObject, type Json, type JsonObject, stringOf } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import type { Loss } from '../call/loss.ts';
import type { AssistantMessage, AssistantPart, Message, Native } from '../call/message.ts';
import type { Tool } from '../call/tool.ts';
import type { Endpoint } from '../catalog/model.ts';
import { takesGatewayFields } from './gateway-options.ts';
import type { ChatTraits } from './traits.ts';

const RESPONSES = 'openai-responses';

/**
 * The Responses API has items that are neither messages nor calls, and tools in groups. To an endpoint of another
 * dialect groups are the functions inside them; items that have no word there are left out, each told as a loss by its
 * place in the caller's `input`, and no message is left with nothing in it. References to items that are not kept here
 * are left out for everyone. Undefined where nothing changes.
 */
export function suitItems(
  call: Call,
  endpoint: Endpoint,
  { vocabulary }: ChatTraits,
  losses: Loss[],
): Pick<Call, 'tools' | 'messages'> | undefined {
  if (call.dialect !== RESPONSES) return undefined;
  const isOwn = vocabulary === RESPONSES;
  const takesImages = endpoint.input.includes('image');
  let isReferring = false;
  const messages = call.messages.flatMap((message): Message[] => {
    if (message.role !== 'assistant') return [message];
    const items = arrayOf(message.native?.dialect === RESPONSES ? message.native.fields.items : undefined).filter(
      isObject,
    );
    const isRefused = ({ item }: JsonObject): boolean =>
      !isOwn || isReference(item) || isBrokenThought(item) || (isGatewayItem(item) && !takesGatewayFields(endpoint));
    const refused = items.filter(isRefused);
    for (const { item, path } of refused) losses.push({ field: stringOf(path), reason: reasonOf(item) });
    isReferring ||= refused.some(({ item }) => isReference(item));
    const parts = takesImages ? message.parts : withoutImages(message.parts, losses);
    if (refused.length === 0 && parts === message.parts) return [message];
    const kept = items.filter((entry) => !isRefused(entry));
    return parts.length === 0 && kept.length === 0 ? [] : [withItems(message, parts, kept)];
  });
  const answered = isReferring ? withoutOrphans(messages, losses) : messages;
  return { messages: answered, tools: isOwn ? call.tools : spread(call.tools) };
}

const isReference = (item: Json | undefined): boolean => isObject(item) && item.type === 'item_reference';

/** What a gateway's own tool did in an earlier answer: no vendor knows the type (spec §1.3). */
const isGatewayItem = (item: Json | undefined): boolean =>
  isObject(item) && stringOf(item.type).startsWith('openrouter:');

/** Thoughts stand among the items only where their seal is broken. */
const isBrokenThought = (item: Json | undefined): boolean => isObject(item) && item.type === 'reasoning';

function reasonOf(item: Json | undefined): string {
  if (isReference(item)) return 'no item of this id is kept here';
  if (isGatewayItem(item)) return 'a tool that the gateway ran in an earlier turn: no vendor knows it';
  if (isBrokenThought(item)) return 'these thoughts have been changed since they were sealed here';
  const type = isObject(item) ? stringOf(item.type) : '';
  return `an item that only ${RESPONSES} knows: ${type.slice(0, 50) || 'without a type'}`;
}

function withItems(message: AssistantMessage, parts: readonly AssistantPart[], items: readonly JsonObject[]): Message {
  const { native: _, ...rest } = message;
  const native: Native = { dialect: RESPONSES, fields: { items } };
  return { ...rest, parts, ...(items.length > 0 && { native }) };
}

function withoutImages(parts: readonly AssistantPart[], losses: Loss[]): readonly AssistantPart[] {
  if (parts.every(({ type }) => type !== 'image')) return parts;
  return parts.filter((part) => {
    if (part.type !== 'image') return true;
    losses.push({
      field: stringOf(part.native?.fields.path) || 'input',
      reason: 'the endpoint does not look at pictures',
    });
    return false;
  });
}

/** Results of calls that were only referred to: no vendor takes them without the call, so they are told as text. */
function withoutOrphans(messages: readonly Message[], losses: Loss[]): Message[] {
  const called = new Set<string>();
  return messages.map((message, at): Message => {
    if (message.role === 'assistant')
      for (const part of message.parts) if (part.type === 'tool-call') called.add(part.id);
    if (message.role !== 'tool' || called.has(message.callId)) return message;
    losses.push({
      field: `messages[${at}].call_id`,
      reason: 'the call that it answers is not kept here: sent as text',
    });
    const parts = message.parts.map(({ native: _, ...part }) => part);
    return { role: 'user', parts: [{ type: 'text', text: 'The result of a tool call:' }, ...parts] };
  });
}

/** Groups as the functions inside them; the others keep their places, by which losses are named. */
function spread(tools: readonly Tool[]): readonly Tool[] {
  const more: Tool[] = [];
  const taken = new Set(tools.flatMap((tool) => (tool.type === 'function' ? [tool.name] : [])));
  const places = tools.flatMap((tool): Tool[] => {
    if (tool.type !== 'native' || tool.functions === undefined) return [tool];
    const fresh = tool.functions.filter((inner) => inner.type !== 'function' || !taken.has(inner.name));
    for (const inner of fresh) if (inner.type === 'function') taken.add(inner.name);
    const [first, ...rest] = fresh;
    more.push(...rest);
    return first ? [first] : [];
  });
  return more.length === 0 && places.length === tools.length ? places : [...places, ...more];
}

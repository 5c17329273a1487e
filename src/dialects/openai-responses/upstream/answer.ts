import {
  arrayOf,
  isObject,
  type Json,
  type JsonObject,
  objectOf,
  optionalString,
  stringOf,
} from '../../../base/json.ts';
import { toolCallIds } from '../../../call/call.ts';
import type { Event } from '../../../call/event.ts';
import type { FinishReason } from '../../../call/finish.ts';
import type { ReasoningFormat } from '../../../call/message.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { argumentsOfInput } from '../../freeform.ts';
import { decodeAnnotation } from '../annotations.ts';
import { flatName, namespaceOf } from '../namespaces.ts';
import { familyOf, partsOfReasoningItem } from '../reasoning.ts';
import { decodeUsage } from '../usage.ts';

/**
 * One answer as it grows. Deltas and finished items may tell the same thing twice, or only once: what was already said
 * is remembered, and a finished item adds the rest. So a stream whose `response.completed` has no output, or whose
 * deltas are missing, gives the same events (seen from chatgpt.com/backend-api/codex, 2026-11-22).
 */
export type Answer = {
  readonly format: ReasoningFormat;
  readonly newId: (prefix: string) => string;
  readonly said: Map<string, string>;
  readonly tools: Map<number, number>;
  readonly reasoning: Map<string, number>;
  readonly done: Set<number>;
  /** Ids of finished items: the last event repeats them, and not every host at the index that it streamed them under. */
  readonly doneIds: Set<string>;
  /** Where an item is kept whose index was used before: some hosts count every item as the first. */
  readonly places: Map<number, number>;
  readonly toolIds: Set<string>;
  /** Characters of text before each text part, by the part's key. */
  readonly bases: Map<string, number>;
  readonly annotated: Map<string, number>;
  textLength: number;
  webSearches: number;
  /** What was said is no beginning of the whole: an event was lost. */
  torn: boolean;
};

export function createAnswer({ target, call, newId }: UpstreamContext): Answer {
  return {
    format: familyOf(target),
    newId,
    said: new Map(),
    tools: new Map(),
    reasoning: new Map(),
    done: new Set(),
    doneIds: new Set(),
    places: new Map(),
    toolIds: toolCallIds(call),
    bases: new Map(),
    annotated: new Map(),
    textLength: 0,
    webSearches: 0,
    torn: false,
  };
}

/** The place of the item that a host has under this index. */
export const placeOf = (answer: Answer, index: number): number => answer.places.get(index) ?? index;

/** A new item under an index whose item is finished takes the next free place. */
export function openPlace(answer: Answer, index: number): number {
  const at = placeOf(answer, index);
  if (!answer.done.has(at)) return at;
  const free = Math.max(...answer.done) + 1;
  answer.places.set(index, free);
  return free;
}

/** The next piece of a text or refusal part. */
export function sayText(answer: Answer, type: 'text' | 'refusal', key: string, text: string): Event[] {
  const before = answer.said.get(key);
  if (before === undefined && type === 'text') answer.bases.set(key, answer.textLength);
  answer.said.set(key, (before ?? '') + text);
  if (type === 'text') answer.textLength += text.length;
  return text === '' ? [] : [{ type, choice: 0, text }];
}

/** What `whole` adds to what was said under `key`. */
export function restOf(answer: Answer, key: string, whole: string): string {
  const before = answer.said.get(key) ?? '';
  if (whole.startsWith(before)) return whole.slice(before.length);
  if (whole !== '') answer.torn = true;
  return '';
}

export function sayReasoning(
  answer: Answer,
  part: { readonly key: string; readonly kind: 'text' | 'summary' | 'encrypted'; readonly id: string | undefined },
  text: string,
): Event[] {
  let index = answer.reasoning.get(part.key);
  if (index === undefined) {
    index = answer.reasoning.size;
    answer.reasoning.set(part.key, index);
  } else if (text === '') return [];
  answer.said.set(part.key, (answer.said.get(part.key) ?? '') + text);
  const id = part.id === undefined || part.id === '' ? {} : { id: part.id };
  return [{ type: 'reasoning', choice: 0, index, kind: part.kind, text, ...id, format: answer.format }];
}

/** Announces a function call; a repeated or missing id gets a new one. */
export function startTool(answer: Answer, at: number, item: JsonObject): Event[] {
  if (answer.tools.has(at)) return [];
  const index = answer.tools.size;
  answer.tools.set(at, index);
  const vendorId = stringOf(item.call_id) || stringOf(item.id);
  const id = vendorId === '' || answer.toolIds.has(vendorId) ? answer.newId('call') : vendorId;
  answer.toolIds.add(id);
  const own = Object.fromEntries(
    ['caller', 'async'].flatMap((name) => (item[name] == null ? [] : [[name, item[name]]])),
  );
  const native = Object.keys(own).length > 0 ? { native: { dialect: 'openai-responses', fields: own } } : {};
  const name = flatName(namespaceOf(item), stringOf(item.name));
  return [{ type: 'tool-start', choice: 0, index, id, name, ...native }];
}

export function sayArguments(answer: Answer, at: number, text: string): Event[] {
  const index = answer.tools.get(at);
  if (index === undefined || text === '') return [];
  const key = `tool:${at}`;
  answer.said.set(key, (answer.said.get(key) ?? '') + text);
  return [{ type: 'tool-arguments', choice: 0, index, text }];
}

/** Everything a finished output item says that was not said yet. */
export function finishItem(answer: Answer, at: number, item: JsonObject): Event[] {
  if (answer.done.has(at)) return [];
  answer.done.add(at);
  answer.doneIds.add(stringOf(item.id));
  switch (item.type) {
    case 'message':
      return [
        ...sayPhase(answer, at, item),
        ...partsOf(item.content).flatMap((part, index) => finishPart(answer, `${at}:${index}`, objectOf(part))),
      ];
    case 'function_call':
      return finishTool(answer, at, item, stringOf(item.arguments) || (item.status === 'incomplete' ? '' : '{}'));
    case 'custom_tool_call':
      return finishTool(answer, at, item, argumentsOfInput(stringOf(item.input)));
    case 'reasoning':
      return finishReasoning(answer, at, item);
    case 'image_generation_call':
      return finishImage(item);
    default:
      if (isSearch(item)) answer.webSearches++;
      return [{ type: 'native', choice: 0, native: { dialect: 'openai-responses', fields: { [`item:${at}`]: item } } }];
  }
}

/** Opening a page and finding in it cost nothing (platform.openai.com/docs/guides/tools-web-search, read 2026-11-24). */
const isSearch = ({ type, action }: JsonObject): boolean =>
  type === 'web_search_call' && (optionalString(objectOf(action).type) ?? 'search') === 'search';

/** Some hosts give a message's content as a text, as requests may. */
const partsOf = (content: Json | undefined): readonly Json[] =>
  typeof content === 'string' ? [{ type: 'output_text', text: content }] : arrayOf(content);

/** Which part of the work a message is (`commentary`, `final_answer`): newer models want it back with the message. */
export function sayPhase(answer: Answer, at: number, item: JsonObject): Event[] {
  const key = `phase:${at}`;
  if (typeof item.phase !== 'string' || answer.said.has(key)) return [];
  answer.said.set(key, item.phase);
  return [{ type: 'native', choice: 0, native: { dialect: 'openai-responses', fields: { [key]: item.phase } } }];
}

export function finishPart(answer: Answer, key: string, part: JsonObject): Event[] {
  if (part.type === 'refusal') {
    const rest = restOf(answer, key, stringOf(part.refusal));
    return sayText(answer, 'refusal', key, rest);
  }
  if (part.type !== 'output_text' && part.type !== 'text') return [];
  const silent = !answer.said.has(key);
  const events = sayText(answer, 'text', key, restOf(answer, key, stringOf(part.text)));
  const logprobs = arrayOf(part.logprobs).filter(isObject);
  if (silent && logprobs.length > 0) events.push({ type: 'logprobs', choice: 0, content: logprobs });
  arrayOf(part.annotations).forEach((entry, index) => {
    if (index >= (answer.annotated.get(key) ?? 0) && isObject(entry)) events.push(...annotate(answer, key, entry));
  });
  return events;
}

export function annotate(answer: Answer, key: string, value: JsonObject): Event[] {
  answer.annotated.set(key, (answer.annotated.get(key) ?? 0) + 1);
  const annotation = decodeAnnotation(value, answer.bases.get(key) ?? answer.textLength);
  return [{ type: 'annotation', choice: 0, annotation }];
}

function finishTool(answer: Answer, at: number, item: JsonObject, whole: string): Event[] {
  const start = startTool(answer, at, item);
  return [...start, ...sayArguments(answer, at, restOf(answer, `tool:${at}`, whole))];
}

function finishReasoning(answer: Answer, at: number, item: JsonObject): Event[] {
  const counts = { summary: 0, text: 0, encrypted: 0 };
  return partsOfReasoningItem({ ...item, format: answer.format }, answer.format).flatMap((part) => {
    const key = `${part.kind}:${at}:${counts[part.kind]++}`;
    return sayReasoning(answer, { key, kind: part.kind, id: part.id }, restOf(answer, key, part.text));
  });
}

function finishImage(item: JsonObject): Event[] {
  const data = stringOf(item.result);
  if (data === '') return [];
  const mediaType = `image/${optionalString(item.output_format) ?? 'png'}`;
  return [{ type: 'image', choice: 0, source: { kind: 'base64', mediaType, data } }];
}

/** The last events of a response object whose status is `completed` or `incomplete`. */
export function finishAnswer(answer: Answer, response: JsonObject): Event[] {
  const streamed = new Set(answer.doneIds);
  const events = arrayOf(response.output).flatMap((item, at) => {
    const id = isObject(item) ? stringOf(item.id) : '';
    return isObject(item) && (id === '' || !streamed.has(id)) ? finishItem(answer, at, item) : [];
  });
  const usage = decodeUsage(response.usage, answer.webSearches);
  events.push({ type: 'finish', choice: 0, ...finishOf(answer, response) });
  if (usage) events.push({ type: 'usage', usage, ...tierOf(response) });
  events.push({ type: 'end' });
  return events;
}

function finishOf(answer: Answer, response: JsonObject): { reason: FinishReason; native: string | null } {
  const status = optionalString(response.status) ?? null;
  if (status !== 'incomplete') return { reason: answer.tools.size > 0 ? 'tool_calls' : 'stop', native: status };
  const why = optionalString(objectOf(response.incomplete_details).reason) ?? null;
  return { reason: why === 'content_filter' ? 'content_filter' : 'length', native: why ?? status };
}

/** What the vendor calls this answer. */
export function startOf(response: JsonObject): Event {
  const id = optionalString(response.id);
  const model = optionalString(response.model);
  return {
    type: 'start',
    ...(id !== undefined && { id }),
    ...(model !== undefined && { model }),
    ...tierOf(response),
  };
}

/** `auto` is the question, not the answer; which tier served is often told only by the last event. */
const tierOf = ({ service_tier: tier }: JsonObject): { readonly serviceTier?: string } =>
  typeof tier === 'string' && tier !== 'auto' ? { serviceTier: tier } : {};

export const isResponse = (body: Json): body is JsonObject =>
  isObject(body) && (Array.isArray(body.output) || typeof body.status === 'string');

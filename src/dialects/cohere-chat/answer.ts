import { fault } from '../../base/fault.ts';
import { type Json, type JsonObject, objectOf, optionalString, stringOf } from '../../base/json.ts';
import { entryOf } from '../../base/table.ts';
import { toolCallIds } from '../../call/call.ts';
import type { Event } from '../../call/event.ts';
import { besideCalls, type FinishReason } from '../../call/finish.ts';
import type { UpstreamContext } from '../dialect.ts';
import { decodeCitation } from './citation.ts';
import { decodeUsage } from './usage.ts';

const REASONS: { readonly [native: string]: FinishReason } = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool_calls',
};

const finishOf = (native: string | null): FinishReason => {
  if (native === null) return 'stop';
  return entryOf(REASONS, native) ?? 'error';
};

/** What an answer consists of, whether it comes in pieces or whole. Cohere gives one choice. */
export type Answer = {
  readonly events: Event[];
  readonly upstream: UpstreamContext;
  reasonings: number;
  readonly thoughts: Map<string, number>;
  readonly calls: Map<string, { readonly index: number; hasArguments: boolean }>;
  readonly ids: Set<string>;
  callCount: number;
  /** Characters of text so far, and where each block of it began: citations count from there. */
  length: number;
  readonly offsets: Map<string, number>;
};

export function startAnswer(upstream: UpstreamContext, id: Json | undefined): Answer {
  const named = optionalString(id);
  const start: Event = { type: 'start', ...(named !== undefined && { id: named }) };
  return {
    events: [start],
    upstream,
    reasonings: 0,
    thoughts: new Map(),
    calls: new Map(),
    ids: toolCallIds(upstream.call),
    callCount: 0,
    length: 0,
    offsets: new Map(),
  };
}

export function addText(answer: Answer, block: string, text: string): void {
  if (!answer.offsets.has(block)) answer.offsets.set(block, answer.length);
  answer.length += text.length;
  if (text !== '') answer.events.push({ type: 'text', choice: 0, text });
}

/** A thinking block or the tool plan: what the model says to itself before it acts. */
export function addReasoning(answer: Answer, block: string, text: string): void {
  if (text === '') return;
  const index = answer.thoughts.get(block) ?? answer.reasonings++;
  answer.thoughts.set(block, index);
  answer.events.push({ type: 'reasoning', choice: 0, index, kind: 'text', text, format: 'unknown' });
}

export function startCall(answer: Answer, key: string, value: JsonObject): void {
  const named = objectOf(value.function);
  let id = stringOf(value.id);
  if (id === '' || answer.ids.has(id)) id = answer.upstream.newId('call');
  answer.ids.add(id);
  // A key that comes again is another call: the one before it is over.
  endCall(answer, key);
  const index = answer.callCount++;
  answer.calls.set(key, { index, hasArguments: false });
  answer.events.push({ type: 'tool-start', choice: 0, index, id, name: stringOf(named.name) });
  addArguments(answer, key, stringOf(named.arguments));
}

export function addArguments(answer: Answer, key: string, text: string): void {
  const call = answer.calls.get(key);
  if (!call || text === '') return;
  call.hasArguments = true;
  answer.events.push({ type: 'tool-arguments', choice: 0, index: call.index, text });
}

/** A call without arguments never has a delta. */
export function endCall(answer: Answer, key: string): void {
  if (answer.calls.get(key)?.hasArguments === false) addArguments(answer, key, '{}');
}

/** A block's or call's number as a key; what is no number is the first. */
export const placeOf = (index: Json | undefined): string => (typeof index === 'number' ? String(index) : '0');

export function addCitation(answer: Answer, citation: JsonObject): void {
  const block = placeOf(citation.content_index);
  for (const annotation of decodeCitation(citation, answer.offsets.get(block) ?? 0))
    answer.events.push({ type: 'annotation', choice: 0, annotation });
}

/** Pieces of text with the log probabilities of their tokens; those of one piece are multiplied. */
export function addLogprobs(answer: Answer, items: readonly Json[]): void {
  const content = items.map(objectOf).map(({ text, logprobs }) => {
    const values = Array.isArray(logprobs) ? logprobs : [];
    const logprob = values.reduce((sum: number, value) => sum + (typeof value === 'number' ? value : 0), 0);
    return { token: stringOf(text), logprob, bytes: [...Buffer.from(stringOf(text))], top_logprobs: [] };
  });
  if (content.length > 0) answer.events.push({ type: 'logprobs', choice: 0, content });
}

/** The end as `message-end` tells it: finish and usage, or what went wrong. */
export function finishAnswer(answer: Answer, end: JsonObject): void {
  const { events } = answer;
  for (const key of answer.calls.keys()) endCall(answer, key);
  const native = optionalString(end.finish_reason) ?? null;
  if (native === 'ERROR' || native === 'TIMEOUT' || typeof end.error === 'string') {
    const code = native === 'TIMEOUT' ? 'upstream_timeout' : 'upstream_server_error';
    const message = optionalString(end.error) ?? 'The provider could not finish the answer.';
    events.push({ type: 'fault', fault: fault(code, message, { upstream: { code: native ?? 'ERROR' } }) });
    return;
  }
  events.push({ type: 'finish', choice: 0, reason: besideCalls(finishOf(native), answer.callCount > 0), native });
  const usage = decodeUsage(objectOf(end.usage));
  if (usage) events.push({ type: 'usage', usage });
  events.push({ type: 'end' });
}

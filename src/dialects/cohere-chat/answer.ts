import { fault } from '../../base/fault.ts';
import { type Json, type JsonObject, objectOf, optionalString, stringOf } from '../../base/json.ts';
import type { Event } from '../../call/event.ts';
import type { FinishReason } from '../../call/finish.ts';
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
  return (Object.hasOwn(REASONS, native) ? REASONS[native] : undefined) ?? 'error';
};

/** What an answer consists of, whether it comes in pieces or whole. Cohere gives one choice. */
export function createAnswer(upstream: UpstreamContext) {
  const events: Event[] = [];
  let reasonings = 0;
  const thoughts = new Map<string, number>();
  const calls = new Map<string, { readonly index: number; hasArguments: boolean }>();
  const ids = new Set<string>();
  let length = 0;
  const offsets = new Map<string, number>();

  const callStart = (key: string, value: JsonObject): void => {
    const named = objectOf(value.function);
    let id = stringOf(value.id);
    if (id === '' || ids.has(id)) id = upstream.newId('call');
    ids.add(id);
    const index = calls.size;
    calls.set(key, { index, hasArguments: false });
    events.push({ type: 'tool-start', choice: 0, index, id, name: stringOf(named.name) });
    callArguments(key, stringOf(named.arguments));
  };
  const callArguments = (key: string, text: string): void => {
    const call = calls.get(key);
    if (!call || text === '') return;
    call.hasArguments = true;
    events.push({ type: 'tool-arguments', choice: 0, index: call.index, text });
  };
  /** A call without arguments never has a delta. */
  const callEnd = (key: string): void => {
    if (calls.get(key)?.hasArguments === false) callArguments(key, '{}');
  };

  return {
    events,
    start: (id: Json | undefined): void => {
      const named = optionalString(id);
      events.push({ type: 'start', ...(named !== undefined && { id: named }) });
    },
    text: (block: string, text: string): void => {
      if (!offsets.has(block)) offsets.set(block, length);
      length += text.length;
      if (text !== '') events.push({ type: 'text', choice: 0, text });
    },
    /** A thinking block or the tool plan: what the model says to itself before it acts. */
    reasoning: (block: string, text: string): void => {
      if (text === '') return;
      const index = thoughts.get(block) ?? reasonings++;
      thoughts.set(block, index);
      events.push({ type: 'reasoning', choice: 0, index, kind: 'text', text, format: 'unknown' });
    },
    callStart,
    callArguments,
    callEnd,
    citation: (citation: JsonObject, block: string): void => {
      for (const annotation of decodeCitation(citation, offsets.get(block) ?? 0))
        events.push({ type: 'annotation', choice: 0, annotation });
    },
    logprobs: (items: readonly Json[]): void => {
      const content = items.map(objectOf).map(({ text, logprobs }) => {
        const values = Array.isArray(logprobs) ? logprobs : [];
        const logprob = values.reduce((sum: number, value) => sum + (typeof value === 'number' ? value : 0), 0);
        return { token: stringOf(text), logprob, bytes: [...Buffer.from(stringOf(text))], top_logprobs: [] };
      });
      if (content.length > 0) events.push({ type: 'logprobs', choice: 0, content });
    },
    /** The end as `message-end` tells it: finish and usage, or what went wrong. */
    finish: (end: JsonObject): void => {
      for (const key of calls.keys()) callEnd(key);
      const native = optionalString(end.finish_reason) ?? null;
      if (native === 'ERROR' || native === 'TIMEOUT' || typeof end.error === 'string') {
        const code = native === 'TIMEOUT' ? 'upstream_timeout' : 'upstream_server_error';
        const message = optionalString(end.error) ?? 'The provider could not finish the answer.';
        events.push({ type: 'fault', fault: fault(code, message, { upstream: { code: native ?? 'ERROR' } }) });
        return;
      }
      events.push({ type: 'finish', choice: 0, reason: finishOf(native), native });
      const usage = decodeUsage(objectOf(end.usage));
      if (usage) events.push({ type: 'usage', usage });
      events.push({ type: 'end' });
    },
  };
}

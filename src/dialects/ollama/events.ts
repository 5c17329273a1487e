import { type Fault, fault } from '../../base/fault.ts';
import {
  arrayOf,
  countOf,
  isObject,
  type Json,
  type JsonObject,
  objectOf,
  optionalString,
  stringOf,
} from '../../base/json.ts';
import { failed, type Result } from '../../base/result.ts';
import { toolCallIds } from '../../call/call.ts';
import { collect } from '../../call/collect.ts';
import type { Event } from '../../call/event.ts';
import type { FinishReason } from '../../call/finish.ts';
import type { Reply } from '../../call/reply.ts';
import { usageOf } from '../../call/usage.ts';
import type { EventDecoder, UpstreamContext } from '../dialect.ts';
import { frameJson } from '../frame-json.ts';
import { faultOfError } from '../openai-fault.ts';

/** One JSON object a line; the last one says `done` and carries the counts. */
export function createOllamaDecoder(upstream: UpstreamContext): EventDecoder {
  const reader = createReader(upstream);
  return { push: (frame) => (frame.data.trim() === '' ? [] : reader.read(frameJson(frame))), end: reader.end };
}

/** A whole answer has the shape of a single last line. */
export function decodeOllamaReply(body: Json, upstream: UpstreamContext): Result<Reply, Fault> {
  if (!isObject(body)) return failed(fault('upstream_malformed', 'The provider sent no JSON object.'));
  const reader = createReader(upstream);
  return collect([...reader.read(body), ...reader.end()]);
}

function createReader(upstream: UpstreamContext) {
  let isStarted = false;
  let isOver = false;
  let reasonings = 0;
  let thought: number | null = null;
  let calls = 0;
  const ids = toolCallIds(upstream.call);

  const fail = (value: Fault): Event[] => {
    isOver = true;
    return [{ type: 'fault', fault: value }];
  };
  const readCall = (call: JsonObject, events: Event[]): void => {
    const named = objectOf(call.function);
    let id = stringOf(call.id);
    if (id === '' || ids.has(id)) id = upstream.newId('call');
    ids.add(id);
    const index = calls++;
    const text = typeof named.arguments === 'string' ? named.arguments : JSON.stringify(objectOf(named.arguments));
    events.push({ type: 'tool-start', choice: 0, index, id, name: stringOf(named.name) });
    events.push({ type: 'tool-arguments', choice: 0, index, text: text === '' ? '{}' : text });
  };
  const readMessage = (message: JsonObject, events: Event[]): void => {
    const thinking = stringOf(message.thinking);
    if (thinking !== '') {
      thought ??= reasonings++;
      const base = { type: 'reasoning', choice: 0, index: thought, kind: 'text', text: thinking } as const;
      events.push({ ...base, format: 'unknown' });
    }
    const text = stringOf(message.content);
    if (text !== '') events.push({ type: 'text', choice: 0, text });
    for (const image of arrayOf(message.images))
      events.push({
        type: 'image',
        choice: 0,
        source: { kind: 'base64', mediaType: 'image/png', data: stringOf(image) },
      });
    const made = arrayOf(message.tool_calls);
    for (const call of made) readCall(objectOf(call), events);
    if (text !== '' || made.length > 0) thought = null;
  };

  const read = (line: Json | undefined): Event[] => {
    if (isOver) return [];
    if (!isObject(line)) return fail(fault('upstream_malformed', 'The provider sent a line that is not JSON.'));
    if (line.error !== undefined && line.error !== null)
      return fail(
        faultOfError(line, { status: null, provider: upstream.target.endpoint.provider.name, now: null, raw: '' }),
      );
    const events: Event[] = [];
    if (!isStarted) {
      const model = optionalString(line.model);
      events.push({ type: 'start', ...(model !== undefined && { model }) });
    }
    isStarted = true;
    const logprobs = arrayOf(line.logprobs).filter(isObject);
    if (logprobs.length > 0) events.push({ type: 'logprobs', choice: 0, content: logprobs });
    readMessage(objectOf(line.message), events);
    if (line.done !== true) return events;
    isOver = true;
    return [...events, ...lastEvents(line, calls > 0)];
  };
  const end = (): Event[] =>
    isOver ? [] : fail(fault('upstream_truncated', 'The answer broke off before its last line.'));
  return { read, end };
}

function lastEvents(line: JsonObject, hasCalls: boolean): Event[] {
  const native = optionalString(line.done_reason) ?? null;
  // Thinking is not counted apart; a prompt that was still in memory may have no count.
  const usage = usageOf({ input: countOf(line.prompt_eval_count), output: countOf(line.eval_count) });
  const isCounted = 'prompt_eval_count' in line || 'eval_count' in line;
  return [
    { type: 'finish', choice: 0, reason: finishOf(native, hasCalls), native },
    ...(isCounted ? [{ type: 'usage', usage } as const] : []),
    { type: 'end' },
  ];
}

/** `stop` ends a turn with tool calls too; `load` and `unload` end a request that asked for nothing. */
function finishOf(native: string | null, hasCalls: boolean): FinishReason {
  if (native === 'length') return 'length';
  return hasCalls ? 'tool_calls' : 'stop';
}

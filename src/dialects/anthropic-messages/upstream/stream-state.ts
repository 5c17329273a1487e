import { type Fault, fault } from '../../../base/fault.ts';
import { type JsonObject, objectOf, optionalString } from '../../../base/json.ts';
import type { Event, StartEvent } from '../../../call/event.ts';
import { besideCalls } from '../../../call/finish.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { finishOf } from '../finish.ts';
import { decodeUsage, mergeUsage, promptOf, tierOf, usageLeftover } from '../usage.ts';
import { isEmpty, leftover, nativeOf } from '../words.ts';
import { type Answer, type Block, newAnswer, openBlock } from './blocks.ts';
import { faultOfError } from './fault.ts';
import { emulationOf } from './output.ts';

const BLOCKS_MAX = 10_000;
const MESSAGE = ['type', 'id', 'model', 'role', 'content', 'stop_reason', 'stop_sequence', 'usage'];

/** An answer while it arrives. Whole answers pass through it too, so that both readings are one. */
export type StreamState = {
  readonly provider: string;
  readonly answer: Answer;
  readonly open: Map<number, Block>;
  opened: number;
  started: boolean;
  /** The end or a fault was told: nothing follows. */
  over: boolean;
  usage: JsonObject;
  /** Members of the message that we do not model. */
  beside: JsonObject;
  /** The `delta` that named the stop reason. */
  stop: JsonObject | null;
};

export const newStreamState = (upstream: UpstreamContext): StreamState => ({
  provider: upstream.target.endpoint.provider.name,
  answer: newAnswer(upstream, emulationOf(upstream.call, upstream.target)?.tool ?? null),
  open: new Map(),
  opened: 0,
  started: false,
  over: false,
  usage: {},
  beside: {},
  stop: null,
});

/** The events of one message of the stream. */
export function take(state: StreamState, message: JsonObject): Event[] {
  if (state.over) return [];
  const index = typeof message.index === 'number' ? message.index : 0;
  switch (message.type) {
    case 'message_start':
      return start(state, objectOf(message.message));
    case 'content_block_start':
      return [...start(state, {}), ...openAt(state, index, objectOf(message.content_block))];
    case 'content_block_delta': {
      const delta = objectOf(message.delta);
      const block = state.open.get(index);
      if (block) return block.delta(delta);
      const events = [...start(state, {}), ...openAt(state, index, impliedBlock(delta))];
      return [...events, ...(state.open.get(index)?.delta(delta) ?? [])];
    }
    case 'content_block_stop': {
      const events = state.open.get(index)?.stop() ?? [];
      state.open.delete(index);
      return events;
    }
    case 'message_delta':
      return takeMessageDelta(state, message);
    case 'message_stop':
      return [...start(state, {}), ...finish(state)];
    case 'error':
      return fail(state, faultOfError(message, { provider: state.provider }));
    default:
      return [];
  }
}

/**
 * The bytes are over. `stop_reason` and the final usage follow all content, so a host that leaves out only
 * `message_stop` has told everything; without a stop reason the answer was cut off.
 */
export function takeEnd(state: StreamState): Event[] {
  if (state.over) return [];
  if (state.stop) return finish(state);
  return fail(state, fault('upstream_truncated', 'The provider closed the stream before the answer was complete.'));
}

export function fail(state: StreamState, reason: Fault): Event[] {
  if (state.over) return [];
  state.over = true;
  return [{ type: 'fault', fault: reason }];
}

function start(state: StreamState, message: JsonObject): Event[] {
  if (state.started) return [];
  state.started = true;
  state.usage = mergeUsage(state.usage, objectOf(message.usage));
  state.beside = leftover(message, MESSAGE);
  return [startEvent(message)];
}

function startEvent(message: JsonObject): StartEvent {
  const id = optionalString(message.id);
  const model = optionalString(message.model);
  return {
    type: 'start',
    ...(id !== undefined && { id }),
    ...(model !== undefined && { model }),
    ...tierOf(objectOf(message.usage)),
    ...promptOf(objectOf(message.usage)),
  };
}

function openAt(state: StreamState, index: number, described: JsonObject): Event[] {
  if (++state.opened > BLOCKS_MAX)
    return fail(state, fault('upstream_malformed', 'The answer has too many content blocks.'));
  const before = state.open.get(index)?.stop() ?? [];
  const { block, events } = openBlock(state.answer, described, index);
  state.open.set(index, block);
  return [...before, ...events];
}

/** A delta whose block was never opened says by its type what it belongs to. */
const impliedBlock = (delta: JsonObject): JsonObject =>
  delta.type === 'thinking_delta' || delta.type === 'signature_delta' ? { type: 'thinking' } : { type: 'text' };

/** Held back until the end: some hosts send a second one, with the counts. */
function takeMessageDelta(state: StreamState, message: JsonObject): Event[] {
  const started = start(state, {});
  const delta = objectOf(message.delta);
  state.usage = mergeUsage(state.usage, objectOf(message.usage));
  state.beside = {
    ...state.beside,
    ...leftover(delta, MESSAGE),
    ...leftover(message, ['type', 'index', 'delta', 'usage']),
  };
  if (delta.stop_reason !== null && delta.stop_reason !== undefined) state.stop = delta;
  return started;
}

function finish(state: StreamState): Event[] {
  state.over = true;
  const { answer, open, usage } = state;
  const native = optionalString(state.stop?.stop_reason) ?? null;
  const stopSequence = optionalString(state.stop?.stop_sequence);
  const besideUsage = usageLeftover(usage);
  const beside = isEmpty(besideUsage) ? state.beside : { ...state.beside, usage: besideUsage };
  const events = [...open.values()].flatMap((block) => block.stop());
  if (!isEmpty(beside)) events.push({ type: 'native', choice: null, native: nativeOf(beside) });
  events.push({
    type: 'finish',
    choice: 0,
    // The call that stands in for structured output is none.
    reason: besideCalls(finishOf(native), answer.toolCount > 0),
    native,
    ...(stopSequence !== undefined && { stopSequence }),
  });
  if (!isEmpty(usage)) events.push({ type: 'usage', usage: decodeUsage(usage), ...tierOf(usage) });
  events.push({ type: 'end' });
  return events;
}

import { type Fault, fault } from '../../../base/fault.ts';
import type { Frame } from '../../../base/frame.ts';
import { arrayOf, isObject, type Json, type JsonObject, objectOf, parseJson } from '../../../base/json.ts';
import { failed, type Result } from '../../../base/result.ts';
import { collect } from '../../../call/collect.ts';
import type { Event } from '../../../call/event.ts';
import type { Reply } from '../../../call/reply.ts';
import { type TextRun, textOf } from '../../../call/text-run.ts';
import type { EventDecoder, UpstreamContext } from '../../dialect.ts';
import { frameJson } from '../../frame-json.ts';
import { faultOfError } from './fault.ts';
import { fail, newStreamState, take, takeEnd } from './stream-state.ts';

export function decodeEvents(upstream: UpstreamContext): EventDecoder {
  const state = newStreamState(upstream);
  const { provider } = state;
  const push = (frame: Frame): Event[] => {
    if (frame.exception) {
      const body = objectOf(parseJson(frame.data));
      return fail(state, faultOfError(body, { provider, type: frame.event ?? undefined, raw: frame.data }));
    }
    // The `event:` line may be missing; the data always names its type. `[DONE]` is some compatible hosts' habit.
    const message = frameJson(frame);
    if (isObject(message)) return take(state, isError(message) ? { ...message, type: 'error' } : message);
    if (frame.data.trim() === '' || frame.data.trim() === '[DONE]') return [];
    return fail(state, fault('upstream_malformed', 'The provider sent an event that is no JSON object.'));
  };
  const repeated = (run: TextRun): void => {
    state.answer.textLength += textOf(run).length;
  };
  return { push, end: () => takeEnd(state), again: { textIn, padding: [], repeated } };
}

function textIn({ type, delta }: JsonObject): Json | undefined {
  const piece = objectOf(delta);
  return type === 'content_block_delta' && piece.type === 'text_delta' ? piece.text : undefined;
}

const isError = (message: JsonObject): boolean =>
  message.type === 'error' || (message.type === undefined && message.error !== undefined && message.error !== null);

export function decodeReply(body: Json, upstream: UpstreamContext): Result<Reply, Fault> {
  if (!isObject(body)) return failed(fault('upstream_malformed', 'The provider sent no JSON object.'));
  const state = newStreamState(upstream);
  if (isError(body)) return failed(faultOfError(body, { provider: state.provider }));
  if (!Array.isArray(body.content))
    return failed(fault('upstream_malformed', 'The provider sent an answer without content.'));
  const events = take(state, { type: 'message_start', message: body });
  arrayOf(body.content).forEach((block, index) => {
    for (const event of take(state, { type: 'content_block_start', index, content_block: objectOf(block) }))
      events.push(event);
    for (const event of take(state, { type: 'content_block_stop', index })) events.push(event);
  });
  events.push(...take(state, { type: 'message_delta', delta: body }), ...take(state, { type: 'message_stop' }));
  return collect(events);
}

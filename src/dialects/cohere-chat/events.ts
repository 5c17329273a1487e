import { type FaultCode, fault } from '../../base/fault.ts';
import { isObject, type JsonObject, objectOf, optionalString, stringOf } from '../../base/json.ts';
import type { Event } from '../../call/event.ts';
import type { EventDecoder, UpstreamContext } from '../dialect.ts';
import { frameJson } from '../frame-json.ts';
import {
  type Answer,
  addArguments,
  addCitation,
  addLogprobs,
  addReasoning,
  addText,
  endCall,
  finishAnswer,
  placeOf,
  startAnswer,
  startCall,
} from './answer.ts';

const DONE = '[DONE]';

/** Cohere's typed stream: `message-start`, blocks, tool calls and citations, `message-end`. */
export function createCohereDecoder(upstream: UpstreamContext): EventDecoder {
  let answer: Answer | undefined;
  let isOver = false;

  const fail = (code: FaultCode, message: string): Event[] => {
    isOver = true;
    return [{ type: 'fault', fault: fault(code, message) }];
  };
  const push: EventDecoder['push'] = (frame) => {
    if (isOver || frame.data === '' || frame.data === DONE) return [];
    const event = frameJson(frame);
    if (!isObject(event)) return fail('upstream_malformed', 'The provider sent an event that is not JSON.');
    const type = optionalString(event.type) ?? frame.event ?? '';
    if ((type === '' || type === 'error') && typeof event.message === 'string')
      return fail('upstream_server_error', event.message);
    answer ??= startAnswer(upstream, event.id);
    readEvent(answer, type, event);
    const events = answer.events.splice(0);
    const last = events.at(-1)?.type;
    isOver = last === 'end' || last === 'fault';
    return events;
  };
  const end = (): Event[] => (isOver ? [] : fail('upstream_truncated', 'The answer broke off before its last event.'));
  return { push, end };
}

function readEvent(answer: Answer, type: string, event: JsonObject): void {
  const block = placeOf(event.index);
  const delta = objectOf(event.delta);
  const message = objectOf(delta.message);
  const content = objectOf(message.content);
  const call = objectOf(message.tool_calls);
  switch (type) {
    case 'content-start':
    case 'content-delta':
      if (typeof content.thinking === 'string') addReasoning(answer, block, content.thinking);
      if (isObject(event.logprobs)) addLogprobs(answer, [event.logprobs]);
      if (typeof content.text === 'string') addText(answer, block, content.text);
      return;
    case 'tool-plan-delta':
      addReasoning(answer, 'plan', stringOf(message.tool_plan));
      return;
    case 'tool-call-start':
      startCall(answer, block, call);
      return;
    case 'tool-call-delta':
      addArguments(answer, block, stringOf(objectOf(call.function).arguments));
      return;
    case 'tool-call-end':
      endCall(answer, block);
      return;
    case 'citation-start':
      addCitation(answer, objectOf(message.citations));
      return;
    case 'message-end':
      finishAnswer(answer, delta);
      return;
    // message-start has begun the answer already; content-end, citation-end and debug say nothing.
    default:
  }
}

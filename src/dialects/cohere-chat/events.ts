import { fault } from '../../base/fault.ts';
import { isObject, type JsonObject, objectOf, optionalString, stringOf } from '../../base/json.ts';
import type { Event } from '../../call/event.ts';
import type { EventDecoder, UpstreamContext } from '../dialect.ts';
import { frameJson } from '../frame-json.ts';
import { createAnswer } from './answer.ts';

const DONE = '[DONE]';

/** Cohere's typed stream: `message-start`, blocks, tool calls and citations, `message-end`. */
export function createCohereDecoder(upstream: UpstreamContext): EventDecoder {
  const answer = createAnswer(upstream);
  let isOver = false;
  let isStarted = false;

  const drain = (): Event[] => {
    const events = answer.events.splice(0);
    const last = events.at(-1)?.type;
    if (last === 'end' || last === 'fault') isOver = true;
    return events;
  };
  const fail = (code: 'upstream_malformed' | 'upstream_truncated' | 'upstream_server_error', text: string): Event[] => {
    isOver = true;
    return [{ type: 'fault', fault: fault(code, text) }];
  };

  const read = (type: string, event: JsonObject): void => {
    const block = String(event.index ?? 0);
    const delta = objectOf(event.delta);
    const message = objectOf(delta.message);
    const content = objectOf(message.content);
    const call = objectOf(message.tool_calls);
    switch (type) {
      case 'content-start':
      case 'content-delta':
        if (typeof content.thinking === 'string') answer.reasoning(block, content.thinking);
        if (typeof content.text === 'string') answer.text(block, content.text);
        if (isObject(event.logprobs)) answer.logprobs([event.logprobs]);
        return;
      case 'tool-plan-delta':
        answer.reasoning('plan', stringOf(message.tool_plan));
        return;
      case 'tool-call-start':
        answer.callStart(block, call);
        return;
      case 'tool-call-delta':
        answer.callArguments(block, stringOf(objectOf(call.function).arguments));
        return;
      case 'tool-call-end':
        answer.callEnd(block);
        return;
      case 'citation-start': {
        const citation = objectOf(message.citations);
        answer.citation(citation, String(citation.content_index ?? 0));
        return;
      }
      case 'message-end':
        answer.finish(delta);
        return;
      // message-start has begun the answer already; content-end, citation-end and debug say nothing.
      default:
    }
  };

  const push: EventDecoder['push'] = (frame) => {
    if (isOver || frame.data === '' || frame.data === DONE) return [];
    const event = frameJson(frame);
    if (!isObject(event)) return fail('upstream_malformed', 'The provider sent an event that is not JSON.');
    const type = optionalString(event.type) ?? frame.event ?? '';
    if (type === '' && typeof event.message === 'string') return fail('upstream_server_error', event.message);
    if (!isStarted) answer.start(event.id);
    isStarted = true;
    read(type, event);
    return drain();
  };
  return {
    push,
    end: () => (isOver ? [] : fail('upstream_truncated', 'The answer broke off before its last event.')),
  };
}

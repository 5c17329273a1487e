import { type Fault, fault } from '../../../base/fault.ts';
import type { Frame } from '../../../base/frame.ts';
import { arrayOf, countOf, isObject, type Json, type JsonObject, objectOf, stringOf } from '../../../base/json.ts';
import type { Event } from '../../../call/event.ts';
import type { EventDecoder, UpstreamContext } from '../../dialect.ts';
import { frameJson } from '../../frame-json.ts';
import { argumentsOfInput } from '../../freeform.ts';
import { faultOfError } from '../../openai-fault.ts';
import {
  type Answer,
  annotate,
  createAnswer,
  finishAnswer,
  finishItem,
  finishPart,
  openPlace,
  placeOf,
  restOf,
  sayArguments,
  sayPhase,
  sayReasoning,
  sayText,
  startOf,
  startTool,
} from './answer.ts';

/**
 * Reads the event stream by each event's own `type`; some hosts send no `event:` line. A frame that is not JSON is
 * forgiven only if the terminal event repeats the whole output, so that nothing can be missing; from then on the deltas
 * are passed over and the finished parts tell the rest.
 */
export function decodeEvents(upstream: UpstreamContext): EventDecoder {
  const answer = createAnswer(upstream);
  let started = false;
  let closed = false;
  let damaged = false;

  const fail = (value: Fault): Event[] => {
    closed = true;
    return [{ type: 'fault', fault: value }];
  };
  const failAs = (error: Json, frame: Frame): Event[] =>
    fail(faultOfError(error, { status: null, now: null, raw: frame.data }));
  const start = (response: JsonObject): Event[] => {
    if (started) return [];
    started = true;
    return [startOf(response)];
  };
  const finish = (response: JsonObject, frame: Frame): Event[] => {
    if (response.error || response.status === 'failed') return failAs(response.error ?? null, frame);
    const events = [...start(response), ...finishAnswer(answer, response)];
    if (damaged && (answer.torn || arrayOf(response.output).length === 0))
      return fail(fault('upstream_malformed', 'An event of the provider’s stream was not JSON.'));
    closed = true;
    return events;
  };

  const push = (frame: Frame): Event[] => {
    if (closed) return [];
    if (frame.exception) return fail(fault('upstream_malformed', frame.data.slice(0, 500)));
    if (frame.data === '[DONE]' || frame.data === '') return [];
    const data = frameJson(frame);
    if (!isObject(data)) {
      damaged = true;
      return [];
    }
    const type = stringOf(data.type) || (frame.event ?? '');
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        return start(objectOf(data.response));
      case 'response.completed':
      case 'response.done':
      case 'response.incomplete':
        return finish(objectOf(data.response), frame);
      case 'response.failed':
      case 'response.cancelled':
        return failAs(objectOf(data.response).error ?? null, frame);
      case 'error':
        return failAs(data, frame);
      default:
        if (!type.startsWith('response.') && (data.error || data.detail)) return failAs(data, frame);
        if (damaged && (type.endsWith('.delta') || type.endsWith('annotation.added'))) return [];
        return [...start({}), ...decodeContent(answer, type, data)];
    }
  };

  return {
    push,
    end: () => (closed ? [] : fail(fault('upstream_truncated', 'The provider’s stream ended before its last event.'))),
  };
}

function decodeContent(answer: Answer, type: string, data: JsonObject): Event[] {
  const index = countOf(data.output_index);
  const at = type === 'response.output_item.added' ? openPlace(answer, index) : placeOf(answer, index);
  const key = `${at}:${countOf(data.content_index)}`;
  const delta = stringOf(data.delta);
  switch (type) {
    case 'response.output_text.delta': {
      const events = sayText(answer, 'text', key, delta);
      const content = arrayOf(data.logprobs).filter(isObject);
      return content.length > 0 ? [{ type: 'logprobs', choice: 0, content }, ...events] : events;
    }
    case 'response.output_text.done':
      return finishPart(answer, key, {
        type: 'output_text',
        text: stringOf(data.text),
        logprobs: arrayOf(data.logprobs),
      });
    case 'response.refusal.delta':
      return sayText(answer, 'refusal', key, delta);
    case 'response.refusal.done':
      return finishPart(answer, key, { type: 'refusal', refusal: stringOf(data.refusal) });
    case 'response.output_text.annotation.added':
      return annotate(answer, key, objectOf(data.annotation));
    case 'response.content_part.done':
      return finishPart(answer, key, objectOf(data.part));
    default:
      return decodeReasoning(answer, type, data, at) ?? decodeItemEvent(answer, type, data, at);
  }
}

/** Open models think aloud in `reasoning_text`; some of their first hosts left out the `_text`. */
const REASONING = /^response\.reasoning(?<summary>_summary)?(?:_text)?\.(?<step>delta|done)$/;

function decodeReasoning(answer: Answer, type: string, data: JsonObject, at: number): Event[] | undefined {
  if (!type.startsWith('response.reasoning')) return undefined;
  const { summary, step } = REASONING.exec(type)?.groups ?? {};
  if (step === undefined) return [];
  const kind = summary === undefined ? 'text' : 'summary';
  const part = `${kind}:${at}:${countOf(summary === undefined ? data.content_index : data.summary_index)}`;
  const text = step === 'delta' ? stringOf(data.delta) : restOf(answer, part, stringOf(data.text));
  if (text === '' && step === 'done') return [];
  return sayReasoning(answer, { key: part, kind, id: stringOf(data.item_id) }, text);
}

function decodeItemEvent(answer: Answer, type: string, data: JsonObject, at: number): Event[] {
  const item = objectOf(data.item);
  switch (type) {
    case 'response.output_item.added':
      if (item.type === 'function_call')
        return [...startTool(answer, at, item), ...sayArguments(answer, at, stringOf(item.arguments))];
      if (item.type === 'message') return sayPhase(answer, at, item);
      return item.type === 'custom_tool_call' ? startTool(answer, at, item) : [];
    case 'response.function_call_arguments.delta':
      return sayArguments(answer, at, stringOf(data.delta));
    case 'response.function_call_arguments.done':
      return sayArguments(answer, at, restOf(answer, `tool:${at}`, stringOf(data.arguments)));
    case 'response.custom_tool_call_input.delta': {
      const escaped = JSON.stringify(stringOf(data.delta)).slice(1, -1);
      return sayArguments(answer, at, answer.said.has(`tool:${at}`) ? escaped : `{"input":"${escaped}`);
    }
    case 'response.custom_tool_call_input.done':
      return sayArguments(answer, at, restOf(answer, `tool:${at}`, argumentsOfInput(stringOf(data.input))));
    case 'response.output_item.done':
      return finishItem(answer, at, item);
    default:
      return [];
  }
}

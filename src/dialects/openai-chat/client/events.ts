import type { JsonObject } from '../../../base/json.ts';
import type { Event, ReasoningEvent, StartEvent } from '../../../call/event.ts';
import type { AnswerContext, EventEncoder } from '../../dialect.ts';
import { writeAnnotation } from '../annotation.ts';
import { urlOfSource } from '../media.ts';
import { writeDetail } from '../reasoning-details.ts';
import { faultBody } from './fault.ts';
import { encodeImage, nativeOf } from './reply.ts';
import { encodeUsage } from './usage.ts';

const NO_END = '},"finish_reason":null,"native_finish_reason":null,"logprobs":null}]';

/**
 * Events as `chat.completion.chunk`s. What is the same in every chunk is written once; per event only the text that
 * changes is turned into JSON. After a fault there is no `[DONE]`: a client that knows nothing of in-band errors then
 * sees a stream that broke off, not one that ended well.
 */
export function encodeEvents(answer: AnswerContext): EventEncoder {
  const hidesReasoning = answer.call.reasoning?.exclude === true;
  const begun = new Set<number>();
  const images = new Map<number, number>();
  const choiceNatives = new Map<number, JsonObject>();
  let topNative: JsonObject = {};
  let extraSent = answer.extra === undefined;
  const head = chunkHead(answer);
  let tail = '}\n\n';
  let textHead = '';
  let textChoice = -1;

  const begin = (choice: number): string => {
    if (begun.has(choice)) return `${head}"choices":[{"index":${choice},"delta":{`;
    begun.add(choice);
    return `${head}"choices":[{"index":${choice},"delta":{"role":"assistant"`;
  };
  /** One chunk with these members of the delta: text of JSON members, without braces. */
  const delta = (choice: number, members: string): string => {
    const comma = begun.has(choice) || members === '' ? '' : ',';
    return begin(choice) + comma + members + NO_END + tail;
  };
  const text = (choice: number, value: string): string => {
    if (choice !== textChoice) {
      if (!begun.has(choice)) return delta(choice, `"content":${JSON.stringify(value)}`);
      textHead = `${begin(choice)}"content":`;
      textChoice = choice;
    }
    return textHead + JSON.stringify(value) + NO_END + tail;
  };
  const image = (event: Extract<Event, { type: 'image' }>): string => {
    const index = images.get(event.choice) ?? 0;
    images.set(event.choice, index + 1);
    return delta(event.choice, `"images":${JSON.stringify([encodeImage(urlOfSource(event.source), index)])}`);
  };
  const finish = (event: Extract<Event, { type: 'finish' }>): string => {
    const { message, ...fields } = choiceNatives.get(event.choice) ?? {};
    const first = begun.has(event.choice) ? {} : { role: 'assistant', content: '' };
    begun.add(event.choice);
    const choice: JsonObject = {
      ...fields,
      index: event.choice,
      delta: { ...(message as JsonObject | undefined), ...first },
      finish_reason: event.reason,
      native_finish_reason: event.native,
      logprobs: null,
    };
    return `${head}"choices":[${JSON.stringify(choice)}]${tail}`;
  };
  /** The last chunk before `[DONE]`: no choices, and everything that stands beside them. */
  const last = (more: JsonObject): string => {
    extraSent = true;
    const members = JSON.stringify({ ...topNative, ...chunkFields(answer), choices: [], ...more, ...answer.extra });
    topNative = {};
    return `data: ${members}\n\n`;
  };
  const start = (event: StartEvent): string => {
    tail = chunkTail(event);
    return '';
  };

  return (event) => {
    switch (event.type) {
      case 'text':
        return text(event.choice, event.text);
      case 'reasoning':
        return hidesReasoning ? '' : delta(event.choice, reasoningMembers(event));
      case 'tool-arguments':
        return delta(
          event.choice,
          `"tool_calls":[{"index":${event.index},"function":{"arguments":${JSON.stringify(event.text)}}}]`,
        );
      case 'tool-start':
        return delta(
          event.choice,
          `"tool_calls":[{"index":${event.index},"id":${JSON.stringify(event.id)},"type":"function","function":{"name":${JSON.stringify(event.name)},"arguments":""}}]`,
        );
      case 'refusal':
        return delta(event.choice, `"refusal":${JSON.stringify(event.text)}`);
      case 'start':
        return start(event);
      case 'image':
        return image(event);
      case 'audio':
        return delta(event.choice, `"audio":${JSON.stringify(audioFields(event))}`);
      case 'annotation':
        return delta(event.choice, `"annotations":${JSON.stringify([writeAnnotation(event.annotation)])}`);
      case 'logprobs':
        return logprobsChunk(delta(event.choice, ''), event);
      case 'native':
        if (event.choice === null) topNative = { ...topNative, ...nativeOf(event.native) };
        else choiceNatives.set(event.choice, { ...choiceNatives.get(event.choice), ...nativeOf(event.native) });
        return '';
      case 'finish':
        return finish(event);
      case 'usage':
        return last({ usage: encodeUsage(event.usage, event.bill) });
      case 'end':
        return `${extraSent ? '' : last({})}data: [DONE]\n\n`;
      case 'fault': {
        const choices = [{ index: 0, delta: { content: '' }, finish_reason: 'error', native_finish_reason: null }];
        const error = faultBody(event.fault);
        return `data: ${JSON.stringify({ ...chunkFields(answer), error, choices, ...answer.extra })}\n\n`;
      }
      default:
        return event satisfies never;
    }
  };
}

const chunkFields = (answer: AnswerContext): JsonObject => ({
  id: answer.id,
  object: 'chat.completion.chunk',
  created: answer.created,
  model: answer.model,
  provider: answer.provider,
});

/** Everything before `"choices"`. */
const chunkHead = (answer: AnswerContext): string => `data: ${JSON.stringify(chunkFields(answer)).slice(0, -1)},`;

/** Everything after the choices. */
function chunkTail(start: StartEvent): string {
  const fingerprint = start.systemFingerprint;
  const tier = start.serviceTier;
  return `${fingerprint === undefined ? '' : `,"system_fingerprint":${JSON.stringify(fingerprint)}`}${
    tier === undefined ? '' : `,"service_tier":${JSON.stringify(tier)}`
  }}\n\n`;
}

function reasoningMembers(event: ReasoningEvent): string {
  const { type: _type, choice: _choice, index, ...part } = event;
  const details = `"reasoning_details":[${JSON.stringify(writeDetail(part, index))}]`;
  return event.kind === 'encrypted' ? details : `"reasoning":${JSON.stringify(event.text)},${details}`;
}

const audioFields = (event: Extract<Event, { type: 'audio' }>): JsonObject => ({
  ...(event.id !== undefined && { id: event.id }),
  ...(event.data !== undefined && { data: event.data }),
  ...(event.transcript !== undefined && { transcript: event.transcript }),
  ...(event.expiresAt !== undefined && { expires_at: event.expiresAt }),
});

function logprobsChunk(chunk: string, event: Extract<Event, { type: 'logprobs' }>): string {
  const logprobs = JSON.stringify({ content: event.content ?? null, refusal: event.refusal ?? null });
  return chunk.replace('"logprobs":null}]', () => `"logprobs":${logprobs}}]`);
}

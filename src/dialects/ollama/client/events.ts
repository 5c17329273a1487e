import type { Json, JsonObject } from '../../../base/json.ts';
import type { Event, FinishEvent, UsageEvent } from '../../../call/event.ts';
import type { AnswerContext, EventEncoder } from '../../dialect.ts';
import { follow, type OpenArguments, openArguments } from '../../open-arguments.ts';
import { countsOf, doneReason, headOf, nowOf, pictureOf, type Said, timesOf, toolCall, type Words } from './answer.ts';
import { faultLine } from './fault.ts';

type OpenCall = OpenArguments & { readonly id: string; readonly name: string; arguments: string };

/** Events as lines of JSON. A call goes out whole; there is one answer to a call. */
export function encodeEvents(answer: AnswerContext, words: Words): EventEncoder {
  const begun = answer.receivedAt ?? nowOf(answer);
  const hidesThoughts = answer.call.reasoning?.exclude === true;
  const head = headOf(answer, nowOf(answer));
  const calls = new Map<number, OpenCall>();
  let spoke: number | null = null;
  let logprobs: Json[] = [];
  let finish: FinishEvent | undefined;
  let usage: UsageEvent | undefined;

  const line = (members: JsonObject): string => `${JSON.stringify({ ...head, ...members })}\n`;
  const say = (said: Said): string => {
    spoke ??= nowOf(answer);
    const beside = logprobs.length > 0 ? { logprobs } : {};
    logprobs = [];
    return line({ ...words(said), ...beside, done: false });
  };
  /** The calls that are whole, in their order; at the end all of them. */
  const sayCalls = (which: 'whole' | 'all'): string => {
    const written: JsonObject[] = [];
    for (const [index, call] of calls) {
      if (which === 'whole' && !call.isWhole) break;
      calls.delete(index);
      written.push(toolCall(call, index));
    }
    return written.length === 0 ? '' : say({ content: '', calls: written });
  };
  const last = (): string => {
    const ended = nowOf(answer);
    return line({
      ...words({ content: '' }),
      ...(logprobs.length > 0 && { logprobs }),
      done: true,
      done_reason: doneReason(finish?.reason ?? 'stop'),
      ...timesOf({ begun, spoke: spoke ?? ended, ended }),
      ...(usage && countsOf(usage.usage, usage.bill)),
      ...answer.extra,
    });
  };

  return (event: Event) => {
    if ('choice' in event && event.choice !== 0) return '';
    switch (event.type) {
      case 'text':
      case 'refusal':
        return event.text === '' ? '' : sayCalls('whole') + say({ content: event.text });
      case 'reasoning':
        if (event.kind === 'encrypted' || hidesThoughts || event.text === '') return '';
        return sayCalls('whole') + say({ content: '', thinking: event.text });
      case 'tool-start':
        calls.set(event.index, { id: event.id, name: event.name, arguments: '', ...openArguments() });
        return '';
      case 'tool-arguments': {
        const call = calls.get(event.index);
        if (!call) return '';
        call.arguments += event.text;
        follow(call, event.text);
        return sayCalls('whole');
      }
      case 'image': {
        const images: string[] = [];
        const content = pictureOf(event.source, images);
        return sayCalls('whole') + say({ content, images });
      }
      case 'audio':
        return event.transcript ? say({ content: event.transcript }) : '';
      case 'logprobs':
        logprobs.push(...(event.content ?? []));
        return '';
      case 'finish':
        finish = event;
        return sayCalls('all');
      case 'usage':
        usage = event;
        return '';
      case 'end':
        return last();
      case 'fault':
        return `${JSON.stringify(faultLine(event.fault, answer.extra))}\n`;
      case 'start':
      case 'annotation':
      case 'native':
        return '';
      default:
        return event satisfies never;
    }
  };
}

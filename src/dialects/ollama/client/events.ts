import type { Json, JsonObject } from '../../../base/json.ts';
import type { Event, FinishEvent, UsageEvent } from '../../../call/event.ts';
import type { AnswerContext, EventEncoder } from '../../dialect.ts';
import { faultLine } from '../../ollama-client-fault.ts';
import { follow, type OpenArguments, openArguments } from '../../open-arguments.ts';
import {
  countsOf,
  doneReason,
  headOf,
  nowOf,
  type OllamaAnswer,
  pictureOf,
  timesOf,
  toolCall,
  type Words,
} from './answer.ts';

type OpenCall = OpenArguments & { readonly id: string; readonly name: string; arguments: string };

/** The lines of one answer, and what waits for the next of them. */
function createLines(answer: AnswerContext, words: Words) {
  const begun = answer.receivedAt ?? nowOf(answer);
  const head = headOf(answer, nowOf(answer));
  const calls = new Map<number, OpenCall>();
  let spoke: number | null = null;
  let logprobs: Json[] = [];

  const line = (members: JsonObject): string => `${JSON.stringify({ ...head, ...members })}\n`;
  const takeLogprobs = (): JsonObject => {
    const taken = logprobs;
    logprobs = [];
    return taken.length === 0 ? {} : { logprobs: taken };
  };
  const write = (said: OllamaAnswer): string => {
    spoke ??= nowOf(answer);
    return line({ ...words(said), ...takeLogprobs(), done: false });
  };
  /** The calls that are whole, in their order; at the end all of them. */
  const writeCalls = (which: 'whole' | 'all'): string => {
    const written: JsonObject[] = [];
    for (const [index, call] of calls) {
      if (which === 'whole' && !call.isWhole) break;
      calls.delete(index);
      written.push(toolCall(call, index));
    }
    return written.length === 0 ? '' : write({ content: '', calls: written });
  };
  const last = (finish: FinishEvent | undefined, usage: UsageEvent | undefined): string => {
    const ended = nowOf(answer);
    return line({
      ...words({ content: '' }),
      ...takeLogprobs(),
      done: true,
      done_reason: doneReason(finish?.reason ?? 'stop'),
      ...timesOf({ begun, spoke: spoke ?? ended, ended }),
      ...(usage && countsOf(usage.usage, usage.bill)),
      ...answer.extra,
    });
  };
  return {
    say: (said: OllamaAnswer): string => writeCalls('whole') + write(said),
    open: (index: number, id: string, name: string): void => {
      calls.set(index, { id, name, arguments: '', ...openArguments() });
    },
    append: (index: number, text: string): string => {
      const call = calls.get(index);
      if (!call) return '';
      call.arguments += text;
      follow(call, text);
      return writeCalls('whole');
    },
    closeCalls: (): string => writeCalls('all'),
    wait: (content: readonly Json[]): void => {
      for (const entry of content) logprobs.push(entry);
    },
    last,
  };
}

/** Events as lines of JSON. A call goes out whole; there is one answer to a call. */
export function encodeEvents(answer: AnswerContext, words: Words): EventEncoder {
  const hidesThoughts = answer.call.reasoning?.exclude === true;
  const lines = createLines(answer, words);
  let finish: FinishEvent | undefined;
  let usage: UsageEvent | undefined;

  return (event: Event) => {
    if ('choice' in event && event.choice !== 0) return '';
    switch (event.type) {
      case 'text':
      case 'refusal':
        return event.text === '' ? '' : lines.say({ content: event.text });
      case 'reasoning':
        if (event.kind === 'encrypted' || hidesThoughts || event.text === '') return '';
        return lines.say({ content: '', thinking: event.text });
      case 'tool-start':
        lines.open(event.index, event.id, event.name);
        return '';
      case 'tool-arguments':
        return lines.append(event.index, event.text);
      case 'image': {
        const images: string[] = [];
        const content = pictureOf(event.source, images);
        return lines.say({ content, images });
      }
      case 'audio':
        return event.transcript ? lines.say({ content: event.transcript }) : '';
      case 'logprobs':
        lines.wait(event.content ?? []);
        return '';
      case 'finish':
        finish = event;
        return lines.closeCalls();
      case 'usage':
        usage = event;
        return '';
      case 'end':
        return lines.last(finish, usage);
      case 'fault':
        return `${JSON.stringify(faultLine(event.fault, answer.extra))}\n`;
      case 'start':
      case 'annotation':
      case 'native':
      case 'server-tool':
        return '';
      default:
        return event satisfies never;
    }
  };
}

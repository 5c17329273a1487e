import { arrayOf, type Json, type JsonObject } from '../../../base/json.ts';
import type { Event, FinishEvent, UsageEvent } from '../../../call/event.ts';
import type { AnswerContext, EventEncoder } from '../../dialect.ts';
import { citationOf, encodeUsage, finishWord, logprobOf, pictureOf } from './answer.ts';

type Block = 'text' | 'thinking';

const frame = (type: string, fields: JsonObject): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

/** Events as Cohere's: a message, its blocks of content one after the other, its calls, its end with what it took. */
export function encodeEvents(answer: AnswerContext): EventEncoder {
  const hidesThoughts = answer.call.reasoning?.exclude === true;
  let isStarted = false;
  /** What is open, and the number of it. */
  let open: Block | 'call' | null = null;
  let at = -1;
  let text = '';
  let citations = 0;
  let logprobs: readonly Json[] = [];
  let finish: FinishEvent | undefined;
  let usage: UsageEvent | undefined;

  const start = (): string => {
    if (isStarted) return '';
    isStarted = true;
    const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
    return frame('message-start', { id: answer.id, delta: { message } });
  };
  const close = (): string => {
    const was = open;
    open = null;
    if (was === null) return '';
    return frame(was === 'call' ? 'tool-call-end' : 'content-end', { index: at });
  };
  const say = (block: Block, piece: string): string => {
    if (piece === '') return '';
    let written = start();
    if (open !== block) {
      written += close();
      open = block;
      at++;
      const content = { type: block, [block]: '' };
      written += frame('content-start', { index: at, delta: { message: { content } } });
    }
    if (block === 'text') text += piece;
    const told = logprobs.map(logprobOf);
    logprobs = [];
    return (
      written +
      frame('content-delta', {
        index: at,
        delta: { message: { content: { [block]: piece } } },
        ...(told.length > 0 && { logprobs: joined(told) }),
      })
    );
  };
  const call = (id: string, name: string): string => {
    const written = start() + close();
    open = 'call';
    at++;
    const tool_calls = { id, type: 'function', function: { name, arguments: '' } };
    return written + frame('tool-call-start', { index: at, delta: { message: { tool_calls } } });
  };
  const cite = (citation: JsonObject): string => {
    const index = citations++;
    const written = frame('citation-start', { index, delta: { message: { citations: citation } } });
    return start() + written + frame('citation-end', { index });
  };
  const end = (delta: JsonObject): string =>
    start() + close() + frame('message-end', { id: answer.id, delta, ...answer.extra });
  const counted = (): JsonObject => (usage ? { usage: encodeUsage(usage.usage, usage.bill) } : {});

  return (event: Event) => {
    if ('choice' in event && event.choice !== 0) return '';
    switch (event.type) {
      case 'start':
        return start();
      case 'text':
      case 'refusal':
        return say('text', event.text);
      case 'reasoning':
        return event.kind === 'encrypted' || hidesThoughts ? '' : say('thinking', event.text);
      case 'tool-start':
        return call(event.id, event.name);
      case 'tool-arguments': {
        const tool_calls = { function: { arguments: event.text } };
        return start() + frame('tool-call-delta', { index: at, delta: { message: { tool_calls } } });
      }
      case 'image':
        return say('text', pictureOf(event.source));
      case 'audio':
        return say('text', event.transcript ?? '');
      case 'annotation':
        return citationOf(event.annotation, text).map(cite).join('');
      case 'logprobs':
        logprobs = [...logprobs, ...arrayOf(event.content)];
        return '';
      case 'finish':
        finish = event;
        return close();
      case 'usage':
        usage = event;
        return '';
      case 'end':
        return end({ finish_reason: finishWord(finish?.reason ?? 'stop', finish?.stopSequence), ...counted() });
      case 'fault': {
        const word = event.fault.code === 'upstream_timeout' ? 'TIMEOUT' : 'ERROR';
        return end({ finish_reason: word, error: event.fault.message, ...counted() });
      }
      case 'native':
        return '';
      default:
        return event satisfies never;
    }
  };
}

/** A delta has one set of them, for all of its tokens. */
const joined = (told: readonly JsonObject[]): JsonObject => ({
  text: told.map((entry) => entry.text).join(''),
  token_ids: [],
  logprobs: told.flatMap((entry) => arrayOf(entry.logprobs)),
});

import { arrayOf, type Json, type JsonObject } from '../../../base/json.ts';
import type { Event, FinishEvent, UsageEvent } from '../../../call/event.ts';
import type { Annotation } from '../../../call/message.ts';
import type { AnswerContext, EventEncoder } from '../../dialect.ts';
import { citationOf, encodeUsage, finishWord, logprobOf, pictureOf } from './answer.ts';

type Block = 'text' | 'thinking';

const frame = (type: string, fields: JsonObject): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

/** The blocks of one answer: content and calls one after the other, each opened before and closed behind it. */
function createBlocks(answer: AnswerContext) {
  let isStarted = false;
  /** What is open, and the number of it. */
  let open: Block | 'call' | null = null;
  let at = -1;
  let text = '';
  let citations = 0;
  let logprobs: readonly Json[] = [];

  const start = (): string => {
    if (isStarted) return '';
    isStarted = true;
    const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
    return frame('message-start', { id: answer.id, delta: { message } });
  };
  const close = (): string => {
    const was = open;
    open = null;
    return was === null ? '' : frame(was === 'call' ? 'tool-call-end' : 'content-end', { index: at });
  };
  const begin = (kind: Block | 'call', type: string, message: JsonObject): string => {
    const written = start() + close();
    open = kind;
    at++;
    return written + frame(type, { index: at, delta: { message } });
  };
  const say = (block: Block, piece: string): string => {
    if (piece === '') return '';
    const begun = open === block ? '' : begin(block, 'content-start', { content: { type: block, [block]: '' } });
    if (block === 'text') text += piece;
    const told = logprobs.map(logprobOf);
    logprobs = [];
    const delta = { message: { content: { [block]: piece } } };
    const beside = told.length > 0 && { logprobs: joined(told) };
    return begun + frame('content-delta', { index: at, delta, ...beside });
  };
  const cite = (citation: JsonObject): string => {
    const index = citations++;
    const written = frame('citation-start', { index, delta: { message: { citations: citation } } });
    return start() + written + frame('citation-end', { index });
  };
  return {
    start,
    close,
    say,
    cite: (annotation: Annotation): string => citationOf(annotation, text).map(cite).join(''),
    call: (id: string, name: string): string =>
      begin('call', 'tool-call-start', { tool_calls: { id, type: 'function', function: { name, arguments: '' } } }),
    argue: (piece: string): string => {
      const tool_calls = { function: { arguments: piece } };
      return start() + frame('tool-call-delta', { index: at, delta: { message: { tool_calls } } });
    },
    wait: (more: readonly Json[]): void => {
      logprobs = [...logprobs, ...more];
    },
    end: (delta: JsonObject): string =>
      start() + close() + frame('message-end', { id: answer.id, delta, ...answer.extra }),
  };
}

/** Events as Cohere's: a message, its blocks, its end with what it took. */
export function encodeEvents(answer: AnswerContext): EventEncoder {
  const hidesThoughts = answer.call.reasoning?.exclude === true;
  const blocks = createBlocks(answer);
  let finish: FinishEvent | undefined;
  let usage: UsageEvent | undefined;
  const counted = (): JsonObject => (usage ? { usage: encodeUsage(usage.usage, usage.bill) } : {});

  return (event: Event) => {
    if ('choice' in event && event.choice !== 0) return '';
    switch (event.type) {
      case 'start':
        return blocks.start();
      case 'text':
      case 'refusal':
        return blocks.say('text', event.text);
      case 'reasoning':
        return event.kind === 'encrypted' || hidesThoughts ? '' : blocks.say('thinking', event.text);
      case 'tool-start':
        return blocks.call(event.id, event.name);
      case 'tool-arguments':
        return blocks.argue(event.text);
      case 'image':
        return blocks.say('text', pictureOf(event.source));
      case 'audio':
        return blocks.say('text', event.transcript ?? '');
      case 'annotation':
        return blocks.cite(event.annotation);
      case 'logprobs':
        blocks.wait(arrayOf(event.content));
        return '';
      case 'finish':
        finish = event;
        return blocks.close();
      case 'usage':
        usage = event;
        return '';
      case 'end':
        return blocks.end({ finish_reason: finishWord(finish?.reason ?? 'stop', finish?.stopSequence), ...counted() });
      case 'fault': {
        const word = event.fault.code === 'upstream_timeout' ? 'TIMEOUT' : 'ERROR';
        return blocks.end({ finish_reason: word, error: event.fault.message, ...counted() });
      }
      case 'native':
      case 'server-tool':
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

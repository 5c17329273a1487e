import type { JsonObject } from '../../../base/json.ts';
import type { Event, LogprobsEvent, ReasoningEvent, ToolStartEvent } from '../../../call/event.ts';
import type { ServerToolCall } from '../../../call/server-tool.ts';
import type { TextRun } from '../../../call/text-run.ts';
import type { Tool } from '../../../call/tool.ts';
import type { AnswerContext, EventEncoder } from '../../dialect.ts';
import { isFreeform } from '../../freeform.ts';
import { faultFrames } from '../../openai-client-fault.ts';
import { encodeUsage } from '../../openai-client-usage.ts';
import { urlOfSource } from '../../source-url.ts';
import { writeAnnotation } from '../annotation.ts';
import { writeToolCall } from '../custom.ts';
import { writeDetail, writeServerTool } from '../reasoning-details.ts';
import { chunkFields, createChunkWriter } from './chunk-writer.ts';
import { encodeImage } from './reply.ts';

/**
 * Events as `chat.completion.chunk`s. Usage comes once, in the last chunk before `[DONE]`. After a fault there is no
 * `[DONE]`: a client that knows nothing of in-band errors then sees a stream that broke off, not one that ended well.
 * Probabilities go out in the chunk of their text.
 */
export function encodeEvents(answer: AnswerContext): EventEncoder {
  const hidesReasoning = answer.call.reasoning?.exclude === true;
  const writer = createChunkWriter(answer);
  const images = new Map<number, number>();
  const customs = createCustoms(answer.call.tools);
  const probable = createProbabilities();
  let extraSent = answer.extra === undefined;

  const imageMembers = (event: Extract<Event, { type: 'image' }>): string => {
    const index = images.get(event.choice) ?? 0;
    images.set(event.choice, index + 1);
    return `"images":${JSON.stringify([encodeImage(urlOfSource(event.source), index)])}`;
  };
  const serverTool = ({ choice, call }: Extract<Event, { type: 'server-tool' }>): string => {
    const { image: source } = call;
    const drawn = source ? writer.delta(choice, imageMembers({ type: 'image', choice, source })) : '';
    return drawn + (hidesReasoning ? '' : writer.delta(choice, serverToolMembers(call)));
  };
  const usage = (event: Extract<Event, { type: 'usage' }>): string => {
    extraSent = true;
    const tier = event.serviceTier === undefined ? {} : { service_tier: event.serviceTier };
    return writer.last({ ...tier, usage: encodeUsage(event.usage, event.bill) });
  };

  const write = (event: Event): string => {
    switch (event.type) {
      case 'text':
        return probable.write(event.choice, writer.text(event.choice, event.text));
      case 'reasoning':
        return hidesReasoning ? '' : writer.delta(event.choice, reasoningMembers(event));
      case 'tool-arguments':
      case 'tool-start':
        return customs.holds(event) ? '' : writer.delta(event.choice, toolMembers(event));
      case 'refusal':
        return probable.write(event.choice, writer.delta(event.choice, `"refusal":${JSON.stringify(event.text)}`));
      case 'start':
        writer.start(event);
        return echoed(answer);
      case 'image':
        return writer.delta(event.choice, imageMembers(event));
      case 'audio':
        return writer.delta(event.choice, `"audio":${JSON.stringify(audioFields(event))}`);
      case 'annotation':
        return writer.delta(event.choice, `"annotations":${JSON.stringify([writeAnnotation(event.annotation)])}`);
      case 'server-tool':
        return event.call.status === 'in_progress' ? '' : serverTool(event);
      case 'logprobs':
        probable.keep(event);
        return '';
      case 'native':
        writer.keep(event.choice, event.native);
        return '';
      case 'finish':
        return (
          probable.rest(event.choice, () => writer.delta(event.choice, '')) +
          customs.of(event.choice).reduce((text, members) => text + writer.delta(event.choice, members), '') +
          writer.finish(event)
        );
      case 'usage':
        return usage(event);
      case 'end':
        return `${extraSent ? '' : writer.last({})}data: [DONE]\n\n`;
      case 'fault': {
        const choices = [{ index: 0, delta: { content: '' }, finish_reason: 'error', native_finish_reason: null }];
        return faultFrames(event.fault, chunkFields(answer), { choices, ...answer.extra });
      }
      default:
        return event satisfies never;
    }
  };
  return Object.assign(write, { run: (run: TextRun) => (probable.has(run.choice) ? null : writer.run(run)) });
}

/** One chunk without choices for each provider that was sent something (spec §6.5). */
const echoed = (answer: AnswerContext): string =>
  (answer.echoes ?? [])
    .map((body) => ({ ...chunkFields(answer), choices: [], debug: { echo_upstream_body: body } }))
    .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
    .join('');

type ToolEvent = Extract<Event, { type: 'tool-start' | 'tool-arguments' }>;

/** Calls of free-form tools: their text is inside JSON until the last piece has come, so it is told at once, at the end. */
function createCustoms(tools: readonly Tool[]) {
  const calls = new Map<string, { readonly event: ToolStartEvent; text: string }>();
  const isNeeded = tools.some((tool) => tool.type === 'function' && tool.freeform !== undefined);
  return {
    holds: (event: ToolEvent): boolean => {
      if (!isNeeded) return false;
      const key = `${event.choice}:${event.index}`;
      if (event.type === 'tool-start' && isFreeform(tools, event.name)) calls.set(key, { event, text: '' });
      const call = calls.get(key);
      if (call && event.type === 'tool-arguments') call.text += event.text;
      return call !== undefined;
    },
    of: (choice: number): string[] =>
      [...calls.values()]
        .filter(({ event }) => event.choice === choice)
        .map(({ event: { index, id, name }, text }) => {
          const call = writeToolCall({ type: 'tool-call', id, name, arguments: text }, tools);
          return `"tool_calls":[${JSON.stringify({ index, ...call })}]`;
        }),
  };
}

function toolMembers(event: ToolEvent): string {
  if (event.type === 'tool-arguments')
    return `"tool_calls":[{"index":${event.index},"function":{"arguments":${JSON.stringify(event.text)}}}]`;
  const called = { index: event.index, id: event.id, type: 'function', function: { name: event.name, arguments: '' } };
  return `"tool_calls":[${JSON.stringify(called)}]`;
}

function reasoningMembers(event: ReasoningEvent): string {
  const { type: _type, choice: _choice, index, ...part } = event;
  const details = `"reasoning_details":[${JSON.stringify(writeDetail(part, index))}]`;
  return event.kind === 'encrypted' ? details : `"reasoning":${JSON.stringify(event.text)},${details}`;
}

/** Told once, when it is over. */
const serverToolMembers = (call: ServerToolCall): string =>
  `"reasoning_details":[${JSON.stringify(writeServerTool(call))}]`;

const audioFields = (event: Extract<Event, { type: 'audio' }>): JsonObject => ({
  ...(event.id !== undefined && { id: event.id }),
  ...(event.data !== undefined && { data: event.data }),
  ...(event.transcript !== undefined && { transcript: event.transcript }),
  ...(event.expiresAt !== undefined && { expires_at: event.expiresAt }),
});

/** Probabilities wait for their text; what has none left goes out before the choice ends. */
function createProbabilities() {
  const waiting = new Map<number, LogprobsEvent>();
  const write = (choice: number, chunk: string): string => {
    const event = waiting.size > 0 && waiting.get(choice);
    if (!event) return chunk;
    waiting.delete(choice);
    const logprobs = JSON.stringify({ content: event.content ?? null, refusal: event.refusal ?? null });
    return chunk.replace('"logprobs":null}]', () => `"logprobs":${logprobs}}]`);
  };
  return {
    keep: (event: LogprobsEvent): void => {
      const { content = [], refusal = [] } = waiting.get(event.choice) ?? {};
      const all = { content: [...content, ...(event.content ?? [])], refusal: [...refusal, ...(event.refusal ?? [])] };
      waiting.set(event.choice, {
        type: 'logprobs',
        choice: event.choice,
        ...(all.content.length > 0 && { content: all.content }),
        ...(all.refusal.length > 0 && { refusal: all.refusal }),
      });
    },
    write,
    has: (choice: number): boolean => waiting.has(choice),
    rest: (choice: number, chunk: () => string): string => (waiting.has(choice) ? write(choice, chunk()) : ''),
  };
}

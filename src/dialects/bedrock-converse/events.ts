import { type Fault, fault } from '../../base/fault.ts';
import type { Frame } from '../../base/frame.ts';
import { countOf, isObject, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import type { Event } from '../../call/event.ts';
import { faultOfFrame } from '../bedrock-fault.ts';
import type { EventDecoder, UpstreamContext } from '../dialect.ts';
import { frameJson } from '../frame-json.ts';
import {
  type Answer,
  cite,
  createAnswer,
  finishOf,
  sayBlock,
  sayInput,
  sayReasoning,
  sayText,
  startTool,
  stopBlock,
  traceOf,
} from './answer.ts';
import { closeForeign, growForeign, openForeign } from './foreign-block.ts';
import { decodeUsage, tierOf } from './usage.ts';

/**
 * `messageStop` ends the message and `metadata` follows with the count; the bytes may also end without it. A stream
 * that ends before `messageStop` was cut off.
 */
export function decodeEvents(upstream: UpstreamContext): EventDecoder {
  const answer = createAnswer(upstream);
  let started = false;
  let stopped = false;
  let closed = false;

  const fail = (value: Fault): Event[] => {
    closed = true;
    return [{ type: 'fault', fault: value }];
  };
  const begin = (): Event[] => {
    if (started) return [];
    started = true;
    return [{ type: 'start' }];
  };

  const push = (frame: Frame): Event[] => {
    if (closed) return [];
    if (frame.exception) return fail(faultOfFrame(frame));
    const data = frameJson(frame);
    if (!isObject(data)) return fail(fault('upstream_malformed', 'A frame of the provider’s stream was not JSON.'));
    if (frame.event === 'messageStop') {
      if (stopped) return [];
      stopped = true;
      return [...begin(), ...closeBlocks(answer), finishOf(answer, data)];
    }
    if (frame.event === 'metadata') {
      const usage = decodeUsage(data.usage);
      if (!stopped) return [];
      closed = true;
      return [
        ...traceOf(data),
        ...(usage ? [{ type: 'usage' as const, usage, ...tierOf(data) }] : []),
        { type: 'end' },
      ];
    }
    return stopped ? [] : [...begin(), ...decodeContent(answer, frame.event ?? '', data)];
  };

  const end = (): Event[] => {
    if (closed) return [];
    if (!stopped) return fail(fault('upstream_truncated', 'The provider’s stream ended before its last event.'));
    closed = true;
    return [{ type: 'end' }];
  };
  return { push, end };
}

const closeBlocks = (answer: Answer): Event[] =>
  [...answer.tools.keys(), ...answer.emulated.keys(), ...answer.foreign.keys()].flatMap((block) =>
    closeBlock(answer, block),
  );

function closeBlock(answer: Answer, block: number): Event[] {
  const foreign = answer.foreign.get(block);
  if (!foreign) return stopBlock(answer, block);
  answer.foreign.delete(block);
  return sayBlock(answer, block, closeForeign(foreign));
}

function decodeContent(answer: Answer, event: string, data: JsonObject): Event[] {
  const block = countOf(data.contentBlockIndex);
  switch (event) {
    case 'contentBlockStart': {
      const start = objectOf(data.start);
      const { toolUse } = start;
      const foreign = openForeign(start);
      if (foreign) {
        answer.foreign.set(block, foreign);
        return [];
      }
      return isObject(toolUse) ? startTool(answer, block, toolUse) : [];
    }
    case 'contentBlockDelta':
      return decodeDelta(answer, block, objectOf(data.delta));
    case 'contentBlockStop':
      return closeBlock(answer, block);
    default:
      return [];
  }
}

function decodeDelta(answer: Answer, block: number, delta: JsonObject): Event[] {
  const foreign = answer.foreign.get(block);
  if (foreign) {
    growForeign(foreign, delta);
    return [];
  }
  if (typeof delta.text === 'string') return sayText(answer, block, delta.text);
  if (isObject(delta.toolUse)) return sayInput(answer, block, stringOf(delta.toolUse.input));
  if (isObject(delta.reasoningContent)) return sayReasoning(answer, block, delta.reasoningContent);
  if (isObject(delta.citation)) return cite(answer, block, delta.citation);
  return [];
}

import { isObject, type JsonObject, objectOf, optionalString, parseJson, stringOf } from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import { toolCallIds } from '../../../call/call.ts';
import type { Event } from '../../../call/event.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { annotationOf, citationsIn } from '../citations.ts';
import { CLAUDE, leftover, nativeOf, withNative } from '../words.ts';

/** One content block while it arrives: fed its start, its deltas, its stop; each gives the events that it is worth. */
export type Block = { readonly delta: (delta: JsonObject) => Event[]; readonly stop: () => Event[] };

/** What the blocks of one answer share. */
export type Answer = {
  readonly newId: (prefix: string) => string;
  /** The tool that stands in for structured output: its arguments are the answer's text. */
  readonly emulation: string | null;
  readonly ids: Set<string>;
  reasoningCount: number;
  toolCount: number;
  textLength: number;
};

export const newAnswer = ({ newId, call }: UpstreamContext, emulation: string | null): Answer => ({
  newId,
  emulation,
  ids: toolCallIds(call),
  reasoningCount: 0,
  toolCount: 0,
  textLength: 0,
});

/** Opens the block that `content_block_start` describes; `position` is its place in `content`. */
export function openBlock(answer: Answer, block: JsonObject, position: number): { block: Block; events: Event[] } {
  switch (block.type) {
    case 'text':
      return openText(answer, block);
    case 'thinking':
      return openThinking(answer, block);
    case 'redacted_thinking':
      return openRedacted(answer, block);
    case 'tool_use':
      return block.name === answer.emulation ? openEmulated(answer, block) : openTool(answer, block);
    default:
      return openNative(block, position);
  }
}

function openText(answer: Answer, block: JsonObject): { block: Block; events: Event[] } {
  const start = answer.textLength;
  const citations = citationsIn(block.citations);
  const write = (text: string): Event[] => {
    answer.textLength += text.length;
    return text === '' ? [] : [{ type: 'text', choice: 0, text }];
  };
  return {
    events: write(stringOf(block.text)),
    block: {
      delta: (delta) => {
        if (delta.type === 'text_delta') return write(stringOf(delta.text));
        if (delta.type === 'citations_delta' && isObject(delta.citation) && citations.length < LIMITS.messages_max)
          citations.push(delta.citation);
        return [];
      },
      // A citation speaks of its whole block, whose end is known only now.
      stop: () =>
        citations.map((citation) => ({
          type: 'annotation' as const,
          choice: 0,
          annotation: annotationOf(citation, start, answer.textLength),
        })),
    },
  };
}

function openThinking(answer: Answer, block: JsonObject): { block: Block; events: Event[] } {
  let index: number | null = null;
  const write = (text: string, signature: string): Event[] => {
    if (text === '' && signature === '') return [];
    index ??= answer.reasoningCount++;
    const event = {
      type: 'reasoning' as const,
      choice: 0,
      index,
      kind: 'text' as const,
      text,
      format: CLAUDE,
    } as const;
    return [signature === '' ? event : { ...event, signature }];
  };
  return {
    events: write(stringOf(block.thinking), stringOf(block.signature)),
    block: {
      delta: (delta) => {
        if (delta.type === 'thinking_delta') return write(stringOf(delta.thinking), '');
        return delta.type === 'signature_delta' ? write('', stringOf(delta.signature)) : [];
      },
      stop: () => [],
    },
  };
}

function openRedacted(answer: Answer, block: JsonObject): { block: Block; events: Event[] } {
  const text = stringOf(block.data);
  const index = answer.reasoningCount++;
  return {
    events: [{ type: 'reasoning', choice: 0, index, kind: 'encrypted', text, format: CLAUDE }],
    block: { delta: () => [], stop: () => [] },
  };
}

/** Feeds the arguments' text to `write`; without any delta it is what the start held, without that `{}`. */
function argumentsBlock(input: unknown, write: (text: string) => Event[]): Block {
  let written = false;
  return {
    delta: (delta) => {
      const text = delta.type === 'input_json_delta' ? stringOf(delta.partial_json) : '';
      if (text === '') return [];
      written = true;
      return write(text);
    },
    stop: () => (written ? [] : write(JSON.stringify(objectOf(input)))),
  };
}

const TOOL = ['type', 'id', 'name', 'input'];

function openTool(answer: Answer, block: JsonObject): { block: Block; events: Event[] } {
  const index = answer.toolCount++;
  const vendorId = stringOf(block.id);
  const id = vendorId === '' || answer.ids.has(vendorId) ? answer.newId('toolu') : vendorId;
  answer.ids.add(id);
  return {
    events: [
      { type: 'tool-start', choice: 0, index, id, name: stringOf(block.name), ...withNative(leftover(block, TOOL)) },
    ],
    block: argumentsBlock(block.input, (text) => [{ type: 'tool-arguments', choice: 0, index, text }]),
  };
}

function openEmulated(answer: Answer, block: JsonObject): { block: Block; events: Event[] } {
  const write = (text: string): Event[] => {
    answer.textLength += text.length;
    return [{ type: 'text', choice: 0, text }];
  };
  return { events: [], block: argumentsBlock(block.input, write) };
}

/**
 * A block that we do not model: the vendor's own tools and their results above all. It reaches clients of this dialect
 * whole, under its place in `content`, and never shows as a tool call that a client should run.
 */
function openNative(start: JsonObject, position: number): { block: Block; events: Event[] } {
  const whole: { [name: string]: JsonObject[string] } = { ...start };
  let input = '';
  let size = 0;
  return {
    events: [],
    block: {
      delta: ({ type: _, partial_json, ...members }) => {
        const piece = optionalString(partial_json) ?? '';
        size += piece.length;
        if (size <= LIMITS.frame_bytes_max) input += piece;
        for (const [name, value] of Object.entries(members)) {
          const before = whole[name];
          if (typeof before === 'string' && typeof value === 'string') {
            size += value.length;
            if (size <= LIMITS.frame_bytes_max) whole[name] = before + value;
          } else whole[name] = value;
        }
        return [];
      },
      stop: () => {
        const parsed = input === '' ? undefined : parseJson(input);
        const block = parsed === undefined ? whole : { ...whole, input: parsed };
        return [{ type: 'native', choice: 0, native: nativeOf({ [`content[${position}]`]: block }) }];
      },
    },
  };
}

import { arrayOf, isObject, type Json, type JsonObject, objectOf, optionalString, stringOf } from '../../base/json.ts';
import { entryOf } from '../../base/table.ts';
import { toolCallIds } from '../../call/call.ts';
import type { Event, FinishEvent } from '../../call/event.ts';
import { besideCalls, type FinishReason } from '../../call/finish.ts';
import type { Annotation, ReasoningFormat } from '../../call/message.ts';
import type { UpstreamContext } from '../dialect.ts';
import { type ForeignBlock, isServerTool, nativeBlock } from './foreign-block.ts';
import { emulationOf } from './output.ts';
import { formatOf, redactedFromWire, sealOf } from './reasoning.ts';

/** An answer as it grows, block by block; a block's number is the vendor's, the indices we give are dense. */
export type Answer = {
  readonly format: ReasoningFormat;
  /** The format of sealed thoughts. */
  readonly seal: ReasoningFormat;
  readonly newId: (prefix: string) => string;
  readonly tools: Map<number, { readonly index: number; written: boolean }>;
  readonly reasoning: Map<string, number>;
  /** The tool that stands in for structured output, and the blocks that call it: their input is the answer's text. */
  readonly emulation: string | null;
  readonly emulated: Map<number, { written: boolean }>;
  readonly foreign: Map<number, ForeignBlock>;
  readonly toolIds: Set<string>;
  toolCount: number;
  /** Where the text of each block begins, and how much text there is: for the offsets of citations. */
  readonly textStarts: Map<number, number>;
  textLength: number;
};

export const createAnswer = ({ target, call, newId }: UpstreamContext): Answer => ({
  format: formatOf(target),
  seal: sealOf(target),
  newId,
  tools: new Map(),
  reasoning: new Map(),
  emulation: emulationOf(call, target)?.tool ?? null,
  emulated: new Map(),
  foreign: new Map(),
  toolIds: toolCallIds(call),
  toolCount: 0,
  textStarts: new Map(),
  textLength: 0,
});

export function sayText(answer: Answer, block: number, text: string): Event[] {
  if (!answer.textStarts.has(block)) answer.textStarts.set(block, answer.textLength);
  answer.textLength += text.length;
  return text === '' ? [] : [{ type: 'text', choice: 0, text }];
}

export function startTool(answer: Answer, block: number, tool: JsonObject): Event[] {
  if (answer.emulation !== null && tool.name === answer.emulation) {
    answer.emulated.set(block, { written: false });
    return [];
  }
  const vendorId = stringOf(tool.toolUseId);
  const id = vendorId === '' || answer.toolIds.has(vendorId) ? answer.newId('call') : vendorId;
  // A block's number may come twice; every call has an id of its own.
  const index = answer.toolCount++;
  answer.toolIds.add(id);
  answer.tools.set(block, { index, written: false });
  return [{ type: 'tool-start', choice: 0, index, id, name: stringOf(tool.name) }];
}

export function sayInput(answer: Answer, block: number, text: string): Event[] {
  const emulated = answer.emulated.get(block);
  if (emulated) {
    emulated.written ||= text !== '';
    return sayText(answer, block, text);
  }
  const tool = answer.tools.get(block);
  if (!tool || text === '') return [];
  tool.written = true;
  return [{ type: 'tool-arguments', choice: 0, index: tool.index, text }];
}

/** A tool without input sends no delta at all; its arguments are `{}`. */
export function stopBlock(answer: Answer, block: number): Event[] {
  const tool = answer.emulated.get(block) ?? answer.tools.get(block);
  return tool && !tool.written ? sayInput(answer, block, '{}') : [];
}

/** `text`, `signature` and `redactedContent`, of a delta or of a whole block. */
export function sayReasoning(answer: Answer, block: number, content: JsonObject): Event[] {
  const redacted = stringOf(content.redactedContent);
  const whole = isObject(content.reasoningText) ? content.reasoningText : content;
  const text = stringOf(whole.text);
  const signature = optionalString(whole.signature);
  const events: Event[] = [];
  if (text !== '' || signature !== undefined)
    events.push({
      type: 'reasoning',
      choice: 0,
      index: reasoningIndex(answer, `text:${block}`),
      kind: 'text',
      text,
      ...(signature !== undefined && { signature }),
      format: answer.format,
    });
  if (redacted !== '')
    events.push({
      type: 'reasoning',
      choice: 0,
      index: reasoningIndex(answer, `redacted:${block}`),
      kind: 'encrypted',
      text: redactedFromWire(redacted),
      format: answer.seal,
    });
  return events;
}

function reasoningIndex(answer: Answer, key: string): number {
  const open = answer.reasoning.get(key);
  if (open !== undefined) return open;
  const index = answer.reasoning.size;
  answer.reasoning.set(key, index);
  return index;
}

/** A citation of the web is a URL annotation; one of a document keeps Bedrock's shape. */
export function cite(answer: Answer, block: number, citation: JsonObject): Event[] {
  return [{ type: 'annotation', choice: 0, annotation: annotationOf(answer, block, citation) }];
}

function annotationOf(answer: Answer, block: number, citation: JsonObject): Annotation {
  const url = optionalString(objectOf(objectOf(citation.location).web).url);
  if (url === undefined) return { type: 'native', value: { type: 'document_citation', ...citation } };
  const title = optionalString(citation.title);
  const content = arrayOf(citation.sourceContent)
    .map((part) => stringOf(objectOf(part).text))
    .join('');
  return {
    type: 'url',
    url,
    ...(title !== undefined && { title }),
    ...(content !== '' && { content }),
    start: answer.textStarts.get(block) ?? answer.textLength,
    end: answer.textLength,
  };
}

/** One whole content block of a non-streamed answer. */
export function sayBlock(answer: Answer, block: number, value: Json): Event[] {
  const content = objectOf(value);
  if (typeof content.text === 'string') return sayText(answer, block, content.text);
  if (isObject(content.toolUse) && !isServerTool(content.toolUse)) {
    const input = JSON.stringify(content.toolUse.input ?? {});
    return [...startTool(answer, block, content.toolUse), ...sayInput(answer, block, input)];
  }
  if (isObject(content.reasoningContent)) return sayReasoning(answer, block, content.reasoningContent);
  if (isObject(content.citationsContent)) {
    const { content: texts, citations } = content.citationsContent;
    return [
      ...arrayOf(texts).flatMap((part) => sayText(answer, block, stringOf(objectOf(part).text))),
      ...arrayOf(citations).flatMap((citation) => cite(answer, block, objectOf(citation))),
    ];
  }
  if (isObject(content.image)) return sayImage(content.image);
  return [nativeBlock(block, value)];
}

function sayImage(image: JsonObject): Event[] {
  const data = stringOf(objectOf(image.source).bytes);
  const mediaType = `image/${stringOf(image.format) || 'png'}`;
  return data === '' ? [] : [{ type: 'image', choice: 0, source: { kind: 'base64', mediaType, data } }];
}

/** Stop reasons of API_runtime_MessageStopEvent and of newer models (read 2026-11-22). */
const REASONS: { readonly [word: string]: FinishReason } = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
  refusal: 'content_filter',
  malformed_model_output: 'error',
  malformed_tool_use: 'error',
};

/** A turn that ended by the call that stands in for structured output has simply been answered. */
export function finishOf(answer: Answer, stop: JsonObject): FinishEvent {
  const native = optionalString(stop.stopReason) ?? null;
  const beside = objectOf(stop.additionalModelResponseFields);
  const sequence = optionalString(beside.stop_sequence) ?? optionalString(objectOf(beside.delta).stop_sequence);
  return {
    type: 'finish',
    choice: 0,
    reason: besideCalls(entryOf(REASONS, native) ?? 'stop', answer.toolCount > 0),
    native,
    ...(sequence !== undefined && { stopSequence: sequence }),
  };
}

/** What a guardrail found, beside the choices. */
export const traceOf = (body: JsonObject): Event[] =>
  isObject(body.trace)
    ? [{ type: 'native', choice: null, native: { dialect: 'bedrock-converse', fields: { trace: body.trace } } }]
    : [];

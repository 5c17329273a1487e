import { arrayOf, type Json, type JsonObject } from '../../../base/json.ts';
import type { Event, FinishEvent, ReasoningEvent } from '../../../call/event.ts';
import type { Annotation } from '../../../call/message.ts';
import { nativeFinish } from '../finish.ts';
import { encodeGrounding } from '../grounding.ts';
import { encodeLogprobs } from '../logprobs.ts';
import { GEMINI_REASONING } from '../names.ts';
import type { Foreign } from './signature.ts';
import { functionCallPart, signed, sourcePart, thoughtPart } from './write-part.ts';

type ChoiceEvent = Exclude<Event, { type: 'start' | 'usage' | 'native' | 'end' | 'fault' | 'finish' }>;
type OpenCall = { readonly id: string; readonly name: string; arguments: string };
type OpenThought = { -readonly [K in keyof Foreign]: Foreign[K] } & { readonly index: number; text: string };

/**
 * One candidate of a stream that is being written. Gemini sends a function call whole, so a call waits until the model
 * goes on to something else; a signature waits for the part it belongs to.
 */
export function createChoiceWriter(isHidden: boolean) {
  let text = '';
  const calls = new Map<number, OpenCall>();
  const ofCalls = new Map<string, string>();
  let waiting: string | undefined;
  let thought: OpenThought | null = null;
  let logprobs: Json[] = [];
  const annotations: Annotation[] = [];
  let native: JsonObject = {};

  const closeThought = (parts: JsonObject[]): void => {
    if (!thought) return;
    const { index: _, ...reasoning } = thought;
    thought = null;
    if (reasoning.kind === 'encrypted' && reasoning.format === GEMINI_REASONING) {
      if (reasoning.id !== undefined) ofCalls.set(reasoning.id, reasoning.text);
      else {
        if (waiting !== undefined) parts.push({ text: '', thoughtSignature: waiting });
        waiting = reasoning.text;
      }
      return;
    }
    const part = thoughtPart(reasoning, '', isHidden);
    if (part) parts.push(part);
  };
  const closeCalls = (parts: JsonObject[]): void => {
    for (const call of calls.values()) parts.push(functionCallPart(call, ofCalls.get(call.id)));
    calls.clear();
  };
  const content = (part: JsonObject, parts: JsonObject[]): void => {
    closeThought(parts);
    closeCalls(parts);
    parts.push(signed(part, waiting));
    waiting = undefined;
  };
  const reason = (event: ReasoningEvent, parts: JsonObject[]): void => {
    if (thought?.index !== event.index) {
      closeThought(parts);
      if (event.kind !== 'encrypted') closeCalls(parts);
      thought = { index: event.index, kind: event.kind, format: event.format, text: '' };
    }
    // What is shown need not be kept: only hidden text travels in the signature.
    if (isHidden || event.kind === 'encrypted') thought.text += event.text;
    else if (event.text !== '') parts.push({ text: event.text, thought: true });
    if (thought.format === 'unknown') thought.format = event.format;
    if (event.signature !== undefined) thought.signature = (thought.signature ?? '') + event.signature;
    if (event.id !== undefined) thought.id = event.id;
  };

  /** The parts that may go out now. */
  const write = (event: ChoiceEvent): JsonObject[] => {
    const parts: JsonObject[] = [];
    switch (event.type) {
      case 'text':
      case 'refusal':
        if (event.type === 'text') text += event.text;
        if (event.text !== '') content({ text: event.text }, parts);
        break;
      case 'reasoning':
        reason(event, parts);
        break;
      case 'tool-start':
        closeThought(parts);
        calls.set(event.index, { id: event.id, name: event.name, arguments: '' });
        break;
      case 'tool-arguments': {
        const call = calls.get(event.index);
        if (call) call.arguments += event.text;
        break;
      }
      case 'image':
        content(sourcePart(event.source), parts);
        break;
      case 'audio':
        if (event.data) content({ inlineData: { mimeType: 'audio/pcm', data: event.data } }, parts);
        break;
      case 'annotation':
        annotations.push(event.annotation);
        break;
      case 'logprobs':
        for (const entry of event.content ?? []) logprobs.push(entry);
        break;
      default:
        event satisfies never;
    }
    return parts;
  };

  const takeLogprobs = (): JsonObject => {
    if (logprobs.length === 0) return {};
    const result = encodeLogprobs(logprobs);
    logprobs = [];
    return { logprobsResult: result };
  };

  /** The last piece. Google's own ends on an empty text as well; its SDK takes a turn without parts for a failed one. */
  const close = (finish: FinishEvent): JsonObject => {
    const parts: JsonObject[] = [];
    closeThought(parts);
    closeCalls(parts);
    const { parts: unknownParts, ...rest } = native;
    for (const part of arrayOf(unknownParts)) parts.push(part as JsonObject);
    if (waiting !== undefined || parts.length === 0) parts.push(signed({ text: '' }, waiting));
    const grounding = rest.groundingMetadata ?? encodeGrounding(annotations, text);
    return {
      ...rest,
      content: { role: 'model', parts },
      finishReason: nativeFinish(finish.reason, finish.native),
      index: finish.choice,
      ...takeLogprobs(),
      ...(grounding !== undefined && { groundingMetadata: grounding }),
    };
  };
  return {
    write,
    close,
    takeLogprobs,
    keepNative: (fields: JsonObject): void => {
      native = { ...native, ...fields };
    },
  };
}

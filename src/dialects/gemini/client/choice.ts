import { arrayOf, type Json, type JsonObject, objectOf } from '../../../base/json.ts';
import type { Event, FinishEvent, ReasoningEvent } from '../../../call/event.ts';
import type { Annotation } from '../../../call/message.ts';
import { GEMINI_REASONING } from '../../gemini-names.ts';
import { follow, type OpenArguments, openArguments } from '../../open-arguments.ts';
import { nativeFinish } from '../finish.ts';
import { groundingOf } from '../grounding.ts';
import { encodeLogprobs } from '../logprobs.ts';
import type { Foreign } from './signature.ts';
import { audioParts, functionCallPart, signed, sourcePart, thoughtPart } from './write-part.ts';

type ChoiceEvent = Exclude<Event, { type: 'start' | 'usage' | 'native' | 'end' | 'fault' | 'finish' }>;
type OpenCall = OpenArguments & { readonly id: string; readonly name: string; arguments: string };
type OpenThought = { -readonly [K in keyof Foreign]: Foreign[K] } & { readonly index: number; text: string };

/**
 * One candidate of a stream that is being written. Gemini sends a function call whole, so a call waits until its arguments
 * are and the model goes on to something else; a signature waits for the part it belongs to.
 */
export type OpenChoice = {
  readonly isHidden: boolean;
  /** Kept for the byte offsets of citations. */
  text: string;
  readonly calls: Map<number, OpenCall>;
  readonly signaturesOfCalls: Map<string, string>;
  waitingSignature: string | undefined;
  thought: OpenThought | null;
  logprobs: Json[];
  readonly annotations: Annotation[];
  native: JsonObject;
};

export const openChoice = (isHidden: boolean): OpenChoice => ({
  isHidden,
  text: '',
  calls: new Map(),
  signaturesOfCalls: new Map(),
  waitingSignature: undefined,
  thought: null,
  logprobs: [],
  annotations: [],
  native: {},
});

/** The parts that may go out now. */
export function writeEvent(choice: OpenChoice, event: ChoiceEvent): JsonObject[] {
  const parts: JsonObject[] = [];
  switch (event.type) {
    case 'text':
    case 'refusal':
      if (event.type === 'text') choice.text += event.text;
      if (event.text !== '') writeContent(choice, { text: event.text }, parts);
      break;
    case 'reasoning':
      writeReasoning(choice, event, parts);
      break;
    case 'tool-start':
      closeThought(choice, parts);
      choice.calls.set(event.index, { id: event.id, name: event.name, arguments: '', ...openArguments() });
      break;
    case 'tool-arguments': {
      const call = choice.calls.get(event.index);
      if (call) {
        call.arguments += event.text;
        follow(call, event.text);
      }
      break;
    }
    case 'image':
      writeContent(choice, sourcePart(event.source), parts);
      break;
    case 'audio':
      for (const part of audioParts(event)) writeContent(choice, part, parts);
      break;
    case 'annotation':
      choice.annotations.push(event.annotation);
      break;
    case 'logprobs':
      for (const entry of event.content ?? []) choice.logprobs.push(entry);
      break;
    case 'server-tool': // what it found is told as grounding, by the annotations
      break;
    default:
      event satisfies never;
  }
  return parts;
}

function writeContent(choice: OpenChoice, part: JsonObject, parts: JsonObject[]): void {
  closeThought(choice, parts);
  writeCalls(choice, parts);
  parts.push(signed(part, choice.waitingSignature));
  choice.waitingSignature = undefined;
}

function writeReasoning(choice: OpenChoice, event: ReasoningEvent, parts: JsonObject[]): void {
  if (choice.thought?.index !== event.index) {
    closeThought(choice, parts);
    if (event.kind !== 'encrypted') writeCalls(choice, parts);
    choice.thought = { index: event.index, kind: event.kind, format: event.format, text: '' };
  }
  const { thought } = choice;
  // What is shown need not be kept: only hidden text travels in the signature.
  if (choice.isHidden || event.kind === 'encrypted') thought.text += event.text;
  else if (event.text !== '') parts.push({ text: event.text, thought: true });
  if (thought.format === 'unknown') thought.format = event.format;
  if (event.signature !== undefined) thought.signature = (thought.signature ?? '') + event.signature;
  if (event.id !== undefined) thought.id = event.id;
}

function closeThought(choice: OpenChoice, parts: JsonObject[]): void {
  if (!choice.thought) return;
  const { index: _, ...reasoning } = choice.thought;
  choice.thought = null;
  if (reasoning.kind !== 'encrypted' || reasoning.format !== GEMINI_REASONING) {
    const part = thoughtPart(reasoning, '', choice.isHidden);
    if (part) parts.push(part);
  } else if (reasoning.id !== undefined) choice.signaturesOfCalls.set(reasoning.id, reasoning.text);
  else {
    if (choice.waitingSignature !== undefined) parts.push({ text: '', thoughtSignature: choice.waitingSignature });
    choice.waitingSignature = reasoning.text;
  }
}

/** The calls that are whole, in their order: pieces of a call may come before and after something else. */
function writeCalls(choice: OpenChoice, parts: JsonObject[]): void {
  for (const [index, call] of choice.calls) {
    if (!call.isWhole) return;
    choice.calls.delete(index);
    parts.push(functionCallPart(call, choice.signaturesOfCalls.get(call.id)));
  }
}

function closeCalls(choice: OpenChoice, parts: JsonObject[]): void {
  for (const call of choice.calls.values()) parts.push(functionCallPart(call, choice.signaturesOfCalls.get(call.id)));
  choice.calls.clear();
}

/** Log probabilities travel with the next piece of content. */
export function takeLogprobs(choice: OpenChoice): JsonObject {
  if (choice.logprobs.length === 0) return {};
  const result = encodeLogprobs(choice.logprobs);
  choice.logprobs = [];
  return { logprobsResult: result };
}

/** The last piece. Google's own ends on an empty text as well; its SDK takes a turn without parts for a failed one. */
export function closeChoice(choice: OpenChoice, finish: FinishEvent): JsonObject {
  const parts: JsonObject[] = [];
  closeThought(choice, parts);
  closeCalls(choice, parts);
  const { parts: unknownParts, ...native } = choice.native;
  for (const part of arrayOf(unknownParts)) parts.push(objectOf(part));
  if (choice.waitingSignature !== undefined || parts.length === 0)
    parts.push(signed({ text: '' }, choice.waitingSignature));
  const grounding = groundingOf(native, choice.annotations, choice.text);
  return {
    ...native,
    content: { role: 'model', parts },
    finishReason: nativeFinish(finish.reason, finish.native),
    index: finish.choice,
    ...takeLogprobs(choice),
    ...(grounding !== undefined && { groundingMetadata: grounding }),
  };
}

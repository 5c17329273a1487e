import { arrayOf, type Json, type JsonObject } from '../../../base/json.ts';
import type { AssistantPart, ReasoningPart } from '../../../call/message.ts';
import type { Choice, Reply } from '../../../call/reply.ts';
import type { AnswerContext } from '../../dialect.ts';
import { GEMINI, GEMINI_REASONING } from '../../gemini-names.ts';
import { encodeUsage } from '../../gemini-usage.ts';
import { nativeFinish } from '../finish.ts';
import { groundingOf } from '../grounding.ts';
import { encodeLogprobs } from '../logprobs.ts';
import { audioOf, audioParts, functionCallPart, signed, sourcePart, thoughtPart } from './write-part.ts';

/** Thoughts are shown only to those who asked for them (`includeThoughts`). */
export const hidesThoughts = (answer: AnswerContext): boolean =>
  answer.call.reasoning === undefined || answer.call.reasoning.exclude === true;

/** A whole answer as a `GenerateContentResponse`. */
export function encodeReply(reply: Reply, answer: AnswerContext): Json {
  const isHidden = hidesThoughts(answer);
  return {
    ...(reply.native?.dialect === GEMINI && reply.native.fields),
    candidates: reply.choices.map((choice) => candidateOf(choice, isHidden)),
    ...(reply.usage && { usageMetadata: encodeUsage(reply.usage, reply.bill, reply.serviceTier) }),
    modelVersion: answer.model,
    responseId: answer.id,
    ...answer.extra,
  };
}

function candidateOf(choice: Choice, isHidden: boolean): JsonObject {
  const { parts: unknownParts, ...native } = choice.native?.dialect === GEMINI ? choice.native.fields : {};
  const text = choice.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const content = choice.logprobs?.content;
  const grounding = groundingOf(native, choice.annotations ?? [], text);
  return {
    ...native,
    content: { role: 'model', parts: [...writeParts(choice.parts, isHidden), ...arrayOf(unknownParts)] },
    finishReason: nativeFinish(choice.finish, choice.nativeFinish),
    index: choice.index,
    ...(content && { logprobsResult: encodeLogprobs(content) }),
    ...(grounding !== undefined && { groundingMetadata: grounding }),
  };
}

export function writeParts(parts: readonly AssistantPart[], isHidden: boolean): JsonObject[] {
  const written: JsonObject[] = [];
  const ofCalls = new Map<string, string>();
  for (const part of parts)
    if (part.type === 'reasoning' && isOwnSignature(part) && part.id !== undefined) ofCalls.set(part.id, part.text);
  let waiting: string | undefined;
  for (const part of parts) {
    switch (part.type) {
      case 'text':
      case 'refusal':
        written.push(signed({ text: part.text }, waiting));
        waiting = undefined;
        break;
      case 'image':
        written.push(signed(sourcePart(part.source), waiting));
        waiting = undefined;
        break;
      case 'audio':
        for (const piece of audioParts(audioOf(part))) {
          written.push(signed(piece, waiting));
          waiting = undefined;
        }
        break;
      case 'tool-call':
        written.push(functionCallPart(part, ofCalls.get(part.id)));
        break;
      case 'reasoning': {
        if (isOwnSignature(part)) {
          if (part.id === undefined) waiting = part.text;
          break;
        }
        const { cache: _, native: __, type: ___, ...foreign } = part;
        const thought = thoughtPart(foreign, isHidden || part.kind === 'encrypted' ? '' : part.text, isHidden);
        if (thought) written.push(thought);
        break;
      }
      default:
        part satisfies never;
    }
  }
  if (waiting !== undefined) written.push({ text: '', thoughtSignature: waiting });
  return written;
}

const isOwnSignature = (part: ReasoningPart): boolean => part.kind === 'encrypted' && part.format === GEMINI_REASONING;

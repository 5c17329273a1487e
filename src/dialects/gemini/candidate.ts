import { arrayOf, isObject, type JsonObject, objectOf, optionalString, stringOf } from '../../base/json.ts';
import type { Event } from '../../call/event.ts';
import type { UpstreamContext } from '../dialect.ts';
import { GEMINI, GEMINI_REASONING } from '../gemini-names.ts';
import { finishOf } from './finish.ts';
import { createFunctionCalls } from './function-calls.ts';
import { decodeGrounding, decodeRecitations } from './grounding.ts';
import { decodeLogprobs } from './logprobs.ts';

export type CandidateReader = {
  /** Reads the candidate's piece of one chunk, in the order of its parts. */
  readonly read: (piece: JsonObject, events: Event[]) => void;
  /** Pieces like the one before, with this text in all. */
  readonly repeated: (text: string) => void;
  readonly isFinished: () => boolean;
  /** Annotations, what only Gemini knows, and the finish. Gives the number of web searches. */
  readonly close: (events: Event[]) => number;
};

/** Parts that are read; one whose value is not what it should be says nothing. */
const MODELLED = ['text', 'inlineData', 'functionCall'] as const;

/** One choice of an answer, assembled over its chunks. */
export function createCandidate(choice: number, upstream: UpstreamContext): CandidateReader {
  let text = '';
  let reasonings = 0;
  /** The thought that is being written; other parts end it. */
  let thought: number | null = null;
  const calls = createFunctionCalls(choice, upstream);
  let finishReason: string | undefined;
  let native: JsonObject = {};
  const unknownParts: JsonObject[] = [];

  const encrypted = (events: Event[], datum: string, id?: string): void => {
    const base = { type: 'reasoning', choice, index: reasonings++, kind: 'encrypted', text: datum } as const;
    events.push({ ...base, format: GEMINI_REASONING, ...(id !== undefined && { id }) });
  };
  const readThought = (part: JsonObject, signature: string | undefined, events: Event[]): void => {
    thought ??= reasonings++;
    const base = { type: 'reasoning', choice, index: thought, kind: 'text', text: stringOf(part.text) } as const;
    events.push({ ...base, format: GEMINI_REASONING, ...(signature !== undefined && { signature }) });
  };
  const readPart = (part: JsonObject, events: Event[]): void => {
    const signature = optionalString(part.thoughtSignature);
    if (part.thought === true && typeof part.text === 'string') {
      readThought(part, signature, events);
      return;
    }
    thought = null;
    // Pictures that an image model drafts while it thinks are no part of its answer.
    if (part.thought === true && part.inlineData !== undefined) {
      if (typeof objectOf(part.inlineData).mimeType === 'string') unknownParts.push(part);
      return;
    }
    if (isObject(part.functionCall)) {
      calls.read(part.functionCall, (id) => signature !== undefined && encrypted(events, signature, id), events);
      return;
    }
    if (signature !== undefined) encrypted(events, signature);
    if (typeof part.text === 'string') {
      text += part.text;
      if (part.text !== '') events.push({ type: 'text', choice, text: part.text });
    } else if (isObject(part.inlineData)) readBlob(part.inlineData, choice, events);
    else if (
      MODELLED.every((name) => part[name] === undefined) &&
      (signature === undefined || Object.keys(part).length > 1)
    )
      unknownParts.push(part);
  };

  return {
    read: (piece, events) => {
      const { content, finishReason: reason, index: _, logprobsResult, ...rest } = piece;
      native = withFields(native, rest);
      if (isObject(logprobsResult)) events.push({ type: 'logprobs', choice, content: decodeLogprobs(logprobsResult) });
      for (const part of arrayOf(objectOf(content).parts)) readPart(objectOf(part), events);
      if (typeof reason === 'string') finishReason = reason;
    },
    repeated: (more) => {
      text += more;
    },
    isFinished: () => finishReason !== undefined,
    close: (events) => {
      calls.close(events);
      const grounding = objectOf(native.groundingMetadata);
      const recited = decodeRecitations(objectOf(native.citationMetadata), text);
      for (const annotation of [...decodeGrounding(grounding, text), ...recited])
        events.push({ type: 'annotation', choice, annotation });
      const fields = { ...native, ...(unknownParts.length > 0 && { parts: unknownParts }) };
      if (Object.keys(fields).length > 0) events.push({ type: 'native', choice, native: { dialect: GEMINI, fields } });
      const reason = finishReason ?? 'STOP';
      events.push({ type: 'finish', choice, reason: finishOf(reason, calls.count() > 0), native: reason });
      return arrayOf(grounding.webSearchQueries).length;
    },
  };
}

/** Far more than Google's fields: a hostile stream must not grow an object for ever. */
const FIELDS_MAX = 64;

/** Fields of a later chunk replace those of an earlier one. */
export function withFields(before: JsonObject, fields: JsonObject): JsonObject {
  const count = Object.keys(fields).length;
  return count === 0 || Object.keys(before).length + count > FIELDS_MAX ? before : { ...before, ...fields };
}

function readBlob(blob: JsonObject, choice: number, events: Event[]): void {
  const mediaType = stringOf(blob.mimeType);
  const data = stringOf(blob.data);
  if (mediaType.startsWith('audio/')) events.push({ type: 'audio', choice, data });
  else events.push({ type: 'image', choice, source: { kind: 'base64', mediaType, data } });
}

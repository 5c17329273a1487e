import { isObject, type JsonObject, objectOf, optionalString, stringOf } from '../../../base/json.ts';
import type { AssistantPart } from '../../../call/message.ts';
import { camelKeys } from '../../camel-keys.ts';
import { readMedia } from '../../gemini-media.ts';
import { GEMINI, GEMINI_REASONING } from '../../gemini-names.ts';
import { type OpenCalls, takeCall } from '../../open-calls.ts';
import { unwrapReasoning } from './signature.ts';

/** A model turn as it comes back from a program's history: thoughts, signatures, calls and text. */
export function readModelParts(parts: readonly JsonObject[], open: OpenCalls): AssistantPart[] {
  const read: AssistantPart[] = [];
  let thought: string | null = null;
  const closeThought = (): void => {
    if (thought !== null && thought !== '')
      read.push({ type: 'reasoning', kind: 'text', text: thought, format: GEMINI_REASONING });
    thought = null;
  };
  for (const part of parts) {
    const token = optionalString(part.thoughtSignature);
    if (part.thought === true && typeof part.text === 'string') {
      thought = (thought ?? '') + part.text;
      if (token === undefined) continue;
      read.push(signedThought(thought, token));
      thought = null;
      continue;
    }
    closeThought();
    if (isObject(part.functionCall)) readCall(camelKeys(part.functionCall), token, open, read);
    else readOther(part, token, read);
  }
  closeThought();
  return read;
}

function signedThought(text: string, token: string): AssistantPart {
  const foreign = unwrapReasoning(token);
  if (foreign) return { type: 'reasoning', ...foreign, text: foreign.text ?? text };
  return { type: 'reasoning', kind: 'text', text, signature: token, format: GEMINI_REASONING };
}

function readCall(call: JsonObject, token: string | undefined, open: OpenCalls, read: AssistantPart[]): void {
  const name = stringOf(call.name);
  const id = takeCall(open, name, stringOf(call.id));
  if (token !== undefined)
    read.push({ type: 'reasoning', kind: 'encrypted', text: token, id, format: GEMINI_REASONING });
  read.push({ type: 'tool-call', id, name, arguments: JSON.stringify(objectOf(call.args)) });
}

function readOther(part: JsonObject, token: string | undefined, read: AssistantPart[]): void {
  const { thoughtSignature: _, ...rest } = part;
  if (token !== undefined) read.push({ type: 'reasoning', kind: 'encrypted', text: token, format: GEMINI_REASONING });
  if (typeof rest.text === 'string') {
    if (rest.text !== '') read.push({ type: 'text', text: rest.text });
    return;
  }
  const media = readMedia(rest);
  if (media?.type === 'image' || media?.type === 'audio') read.push(media);
  // Code that Google ran and the like: kept in its place, for Gemini only.
  else if (Object.keys(rest).length > 0)
    read.push({ type: 'text', text: '', native: { dialect: GEMINI, fields: rest } });
}

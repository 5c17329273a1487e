import { isObject, type Json, type JsonObject, objectOf, optionalString, stringOf } from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import type { Message, TextPart, ToolResultPart, UserPart } from '../../../call/message.ts';
import { type Complaints, complain, wrongType } from '../../../call/read.ts';
import { camelKeys } from '../../camel-keys.ts';
import { readMedia } from '../../gemini-media.ts';
import { type OpenCalls, oldestOpen, openCalls } from '../../open-calls.ts';
import { readModelParts } from './model-parts.ts';

/** `systemInstruction` and `contents` as messages. A content may hold several results and text beside them. */
export function readContents(to: Complaints, body: JsonObject): Message[] {
  const messages: Message[] = [];
  const system = systemParts(body.systemInstruction);
  if (system.length > 0) messages.push({ role: 'system', parts: system });
  const { contents } = body;
  const list = Array.isArray(contents) ? contents : contents === undefined ? [] : [contents];
  if (list.length === 0) complain(to, 'contents', 'GenerateContentRequest.contents: contents is not specified');
  if (list.length > LIMITS.messages_max) {
    complain(to, 'contents', `contents holds more than ${LIMITS.messages_max} entries.`);
    return messages;
  }
  const open = openCalls();
  let turn: JsonObject[] | null = null;
  const closeTurn = (): void => {
    if (turn) messages.push({ role: 'assistant', parts: readModelParts(turn, open) });
    turn = null;
  };
  list.forEach((entry, at) => {
    const path = `contents[${at}]`;
    if (!isObject(entry)) {
      wrongType(to, path, 'an object', entry);
      return;
    }
    const content = camelKeys(entry);
    const parts = partsOf(content.parts);
    if (content.role !== 'model') closeTurn();
    if (content.role === 'model') {
      if (turn) join(turn, parts);
      else turn = parts;
    } else if (content.role === undefined || content.role === 'user' || content.role === 'function')
      readUserContent(to, parts, path, open, messages);
    else complain(to, `${path}.role`, 'Please use a valid role: user, model.');
  });
  closeTurn();
  return messages;
}

/** Google's SDK keeps every chunk of a streamed turn as a content of its own (chat history of @google/genai 3.1). */
function join(turn: JsonObject[], next: readonly JsonObject[]): void {
  for (const [at, part] of next.entries()) {
    const last = turn.at(-1);
    if (at === 0 && last && isPlainText(last) && isPlainText(part))
      turn[turn.length - 1] = { text: stringOf(last.text) + stringOf(part.text) };
    else turn.push(part);
  }
}

const isPlainText = (part: JsonObject): boolean => typeof part.text === 'string' && Object.keys(part).length === 1;

/** A list of parts, a single part, or a bare string: the SDKs and the server take all three. */
function partsOf(value: Json | undefined): JsonObject[] {
  if (typeof value === 'string') return [{ text: value }];
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value as Json];
  return list.map((part) => (typeof part === 'string' ? { text: part } : camelPart(objectOf(part))));
}

function camelPart(value: JsonObject): JsonObject {
  const part = camelKeys(value);
  const { inlineData, fileData } = part;
  if (isObject(inlineData)) return { ...part, inlineData: camelKeys(inlineData) };
  return isObject(fileData) ? { ...part, fileData: camelKeys(fileData) } : part;
}

function systemParts(value: Json | undefined): TextPart[] {
  const parts = typeof value === 'string' ? [{ text: value }] : partsOf(objectOf(value).parts);
  return parts.flatMap((part) => {
    const text = stringOf(part.text);
    return text === '' ? [] : [{ type: 'text' as const, text }];
  });
}

function readUserContent(
  to: Complaints,
  parts: readonly JsonObject[],
  path: string,
  open: OpenCalls,
  messages: Message[],
): void {
  let said: UserPart[] = [];
  const close = (): void => {
    if (said.length > 0) messages.push({ role: 'user', parts: said });
    said = [];
  };
  parts.forEach((part, at) => {
    if (isObject(part.functionResponse)) {
      close();
      messages.push(readResponse(camelKeys(part.functionResponse), open));
      return;
    }
    const read = readUserPart(part);
    if (read) said.push(read);
    else complain(to, `${path}.parts[${at}]`, 'A part must have one of: text, inlineData, fileData, functionResponse.');
  });
  close();
}

function readUserPart(part: JsonObject): UserPart | undefined {
  if (typeof part.text === 'string') return { type: 'text', text: part.text };
  return readMedia(part);
}

function readResponse(value: JsonObject, open: OpenCalls): Message {
  const name = stringOf(value.name);
  const callerId = optionalString(value.id);
  const callId = callerId ?? oldestOpen(open, name) ?? name;
  open.answered.add(callId);
  const response = objectOf(value.response);
  const [key, ...others] = Object.keys(response);
  const only = others.length === 0 && key !== undefined ? response[key] : undefined;
  const isError = key === 'error' && typeof only === 'string';
  const isText = isError || (key === 'output' && typeof only === 'string');
  const parts: ToolResultPart[] = [{ type: 'text', text: isText ? stringOf(only) : JSON.stringify(response) }];
  for (const entry of partsOf(value.parts)) {
    const media = readMedia(entry);
    if (media && (media.type === 'image' || media.type === 'file')) parts.push(media);
  }
  return {
    role: 'tool',
    callId,
    parts,
    ...(isError && { isError }),
    ...(name !== '' && { name }),
  };
}

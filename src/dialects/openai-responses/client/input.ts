import { arrayOf, isObject, type Json, type JsonObject, optionalString, stringOf } from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import type { AssistantPart, Message, RefusalPart, TextPart } from '../../../call/message.ts';
import { type Complaints, complain, readString, wrongType } from '../../../call/read.ts';
import { argumentsOfInput } from '../freeform.ts';
import { partsOfReasoningItem } from '../reasoning.ts';
import { DIALECT } from '../tools.ts';
import { readContent, readOutput } from './content.ts';

/** A run of the assistant's items (reasoning, messages, calls) is one message; items of other kinds stand by place. */
type Run = { readonly parts: AssistantPart[]; readonly items: JsonObject[] };

/** Reads `input`: a string is one user message, an array is items. */
export function readInput(to: Complaints, input: Json | undefined): Message[] {
  if (typeof input === 'string') return [{ role: 'user', parts: [{ type: 'text', text: input }] }];
  if (input === undefined || input === null) {
    complain(to, 'input', "Missing required parameter: 'input'.");
    return [];
  }
  if (!Array.isArray(input)) {
    wrongType(to, 'input', 'a string or an array of items', input);
    return [];
  }
  if (input.length > LIMITS.messages_max) {
    complain(to, 'input', `Invalid 'input': at most ${LIMITS.messages_max} items are supported.`);
    return [];
  }
  const messages: Message[] = [];
  let run: Run | null = null;
  const closeRun = (): void => {
    if (run) messages.push(messageOfRun(run));
    run = null;
  };
  input.forEach((item, at) => {
    const path = `input[${at}]`;
    if (!isObject(item)) {
      wrongType(to, path, 'an object', item);
      return;
    }
    const message = readStanding(to, item, path);
    if (message) {
      closeRun();
      messages.push(message);
      return;
    }
    run ??= { parts: [], items: [] };
    readAssistantItem(to, item, path, run);
  });
  closeRun();
  return messages;
}

function messageOfRun(run: Run): Message {
  if (run.items.length === 0) return { role: 'assistant', parts: run.parts };
  return { role: 'assistant', parts: run.parts, native: { dialect: DIALECT, fields: { items: run.items } } };
}

/** A message of its own: the user's, a system's, a tool's. Undefined = the item is the assistant's. */
function readStanding(to: Complaints, item: JsonObject, path: string): Message | undefined {
  const type = stringOf(item.type) || 'message';
  if (type === 'message') {
    switch (item.role) {
      case 'assistant':
        return undefined;
      case 'user':
        return { role: 'user', parts: readContent(to, item.content, `${path}.content`) };
      case 'system':
      case 'developer':
        return { role: item.role, parts: readTexts(to, item, path) };
      default:
        complain(to, `${path}.role`, `Invalid value for '${path}.role': ${JSON.stringify(item.role)?.slice(0, 100)}.`);
        return { role: 'user', parts: [] };
    }
  }
  if (!type.endsWith('_output')) return undefined;
  const callId = readString(to, item, 'call_id', `${path}.call_id`);
  if (callId === undefined) return undefined;
  const parts = readOutput(to, item.output, `${path}.output`);
  if (type === 'function_call_output' || type === 'custom_tool_call_output') return { role: 'tool', callId, parts };
  const native = { dialect: DIALECT, fields: { item } };
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return { role: 'tool', callId, parts: [{ type: 'text', text, native }] };
}

function readTexts(to: Complaints, item: JsonObject, path: string): TextPart[] {
  return readContent(to, item.content, `${path}.content`).flatMap((part) => {
    if (part.type === 'text') return [part];
    complain(to, `${path}.content`, `Invalid value: a message with role '${String(item.role)}' holds text only.`);
    return [];
  });
}

function readAssistantItem(to: Complaints, item: JsonObject, path: string, run: Run): void {
  switch (stringOf(item.type) || 'message') {
    case 'message':
      run.parts.push(...readAnswer(to, item, path));
      return;
    case 'reasoning': {
      const sealed = optionalString(item.encrypted_content) !== undefined;
      const parts = partsOfReasoningItem(item, sealed ? 'openai-responses-v1' : 'unknown');
      // Our own ids name nothing anywhere else.
      run.parts.push(...parts.map((part) => (part.id?.startsWith('rs-') ? withoutId(part) : part)));
      return;
    }
    case 'function_call':
      run.parts.push(readCall(to, item, path, readString(to, item, 'arguments', `${path}.arguments`) ?? ''));
      return;
    case 'custom_tool_call':
      run.parts.push(readCall(to, item, path, argumentsOfInput(readString(to, item, 'input', `${path}.input`) ?? '')));
      return;
    case 'item_reference':
      complain(to, path, `Invalid '${path}': items are not stored here, so they cannot be referred to by id.`);
      return;
    default:
      readOther(item, run);
  }
}

function withoutId<Part extends { readonly id?: string }>(part: Part): Omit<Part, 'id'> {
  const { id: _id, ...rest } = part;
  return rest;
}

function readAnswer(to: Complaints, item: JsonObject, path: string): (TextPart | RefusalPart)[] {
  const { phase } = item;
  const parts = readAnswerContent(to, item, path);
  if (typeof phase !== 'string') return parts;
  return parts.map((part) => ({ ...part, native: { dialect: DIALECT, fields: { ...part.native?.fields, phase } } }));
}

function readAnswerContent(to: Complaints, item: JsonObject, path: string): (TextPart | RefusalPart)[] {
  if (typeof item.content === 'string') return [{ type: 'text', text: item.content }];
  return arrayOf(item.content).flatMap((entry, at): (TextPart | RefusalPart)[] => {
    if (isObject(entry) && entry.type === 'refusal') return [{ type: 'refusal', text: stringOf(entry.refusal) }];
    const [part] = readContent(to, [entry], `${path}.content[${at}]`);
    return part?.type === 'text' ? [part] : [];
  });
}

function readCall(to: Complaints, item: JsonObject, path: string, text: string): AssistantPart {
  const id = readString(to, item, 'call_id', `${path}.call_id`);
  if (!id) complain(to, `${path}.call_id`, `Missing required parameter: '${path}.call_id'.`);
  const name = readString(to, item, 'name', `${path}.name`);
  if (!name) complain(to, `${path}.name`, `Missing required parameter: '${path}.name'.`);
  return { type: 'tool-call', id: id ?? '', name: name ?? '', arguments: text };
}

/**
 * Calls of OpenAI's own tools that the caller runs (local shell, apply_patch, computer …) look like function calls to
 * other dialects; everything else is only kept for this one.
 */
function readOther(item: JsonObject, run: Run): void {
  const type = stringOf(item.type);
  const id = stringOf(item.call_id);
  if (!type.endsWith('_call') || id === '') {
    run.items.push({ at: run.parts.length, item });
    return;
  }
  const told = item.action ?? item.operation ?? item.actions ?? {};
  const native = { dialect: DIALECT, fields: item };
  run.parts.push({
    type: 'tool-call',
    id,
    name: type.slice(0, -'_call'.length),
    arguments: JSON.stringify(told),
    native,
  });
}

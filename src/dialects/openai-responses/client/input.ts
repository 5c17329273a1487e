import {
  arrayOf,
  isObject,
  type Json,
  type JsonObject,
  optionalString,
  parseJson,
  stringOf,
} from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import type { AssistantPart, Message, RefusalPart, TextPart } from '../../../call/message.ts';
import { type Complaints, complain, readString, wrongType } from '../../../call/read.ts';
import type { ClientRequest } from '../../dialect.ts';
import { argumentsOfInput } from '../../freeform.ts';
import { flatName, namespaceOf } from '../namespaces.ts';
import { partsOfReasoningItem } from '../reasoning.ts';
import { isBroken } from '../seal.ts';
import { DIALECT } from '../tools.ts';
import { readContent, readOutput } from './content.ts';
import { readOwnOutput } from './own-output.ts';

/** A run of the assistant's items (reasoning, messages, calls) is one message; items of other kinds stand by place. */
type Run = { readonly parts: AssistantPart[]; readonly items: JsonObject[] };

/** Reads `input`: a string is one user message, an array is items. */
export function readInput(to: Complaints, input: Json | undefined, recall?: ClientRequest['recall']): Message[] {
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
    if (run && run.parts.length + run.items.length > 0) messages.push(messageOfRun(run));
    run = null;
  };
  input.forEach((entry, at) => {
    const path = `input[${at}]`;
    if (!isObject(entry)) {
      wrongType(to, path, 'an object', entry);
      return;
    }
    const item = isReference(entry) ? (recall?.(stringOf(entry.id)) ?? entry) : entry;
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

/** OpenAI takes an id alone, too (openai 7.57, ResponseInputItem.ItemReference, read 2026-11-29). */
const isReference = (item: JsonObject): boolean =>
  item.type === 'item_reference' || (item.type == null && item.role === undefined && typeof item.id === 'string');

function messageOfRun(run: Run): Message {
  if (run.items.length === 0) return { role: 'assistant', parts: run.parts };
  return { role: 'assistant', parts: run.parts, native: { dialect: DIALECT, fields: { items: run.items } } };
}

/** A message of its own: the user's, a system's, a tool's. Undefined = the item is the assistant's. */
function readStanding(to: Complaints, item: JsonObject, path: string): Message | undefined {
  const type = isReference(item) ? 'item_reference' : stringOf(item.type) || 'message';
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
  if (type === 'agent_message') return readAgentMessage(to, item, path);
  if (!type.endsWith('_output')) return undefined;
  const callId = readString(to, item, 'call_id', `${path}.call_id`);
  if (callId === undefined) return undefined;
  if (type === 'function_call_output' || type === 'custom_tool_call_output')
    return { role: 'tool', callId, parts: readOutput(to, item.output, `${path}.output`) };
  const [text, ...media] = readOwnOutput(item);
  return { role: 'tool', callId, parts: [{ ...text, native: { dialect: DIALECT, fields: { item } } }, ...media] };
}

/** What another agent says to this one (openai/codex, codex-rs/protocol, read 2026-11-29); sealed parts only OpenAI reads. */
function readAgentMessage(to: Complaints, item: JsonObject, path: string): Message | undefined {
  const said = arrayOf(item.content).flatMap((entry) =>
    isObject(entry) && entry.type === 'input_text' ? [stringOf(entry.text)] : [],
  );
  if (said.join('') === '') return undefined;
  const author = readString(to, item, 'author', `${path}.author`) ?? 'another agent';
  const text = `Message from ${author}:\n${said.join('\n')}`;
  return { role: 'user', parts: [{ type: 'text', text, native: { dialect: DIALECT, fields: { item } } }] };
}

function readTexts(to: Complaints, item: JsonObject, path: string): TextPart[] {
  return readContent(to, item.content, `${path}.content`).flatMap((part) => {
    if (part.type === 'text') return [part];
    complain(to, `${path}.content`, `Invalid value: a message with role '${String(item.role)}' holds text only.`);
    return [];
  });
}

function readAssistantItem(to: Complaints, item: JsonObject, path: string, run: Run): void {
  switch (isReference(item) ? 'item_reference' : stringOf(item.type) || 'message') {
    case 'message':
      run.parts.push(...readAnswer(to, item, path));
      return;
    case 'reasoning': {
      if (isBroken(stringOf(item.encrypted_content))) {
        run.items.push({ at: run.parts.length, item, path });
        return;
      }
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
      run.items.push({ at: run.parts.length, item: { ...item, type: 'item_reference' }, path });
      return;
    case 'image_generation_call':
      readImage(item, path, run);
      return;
    default:
      readOther(item, path, run);
  }
}

function withoutId<Part extends { readonly id?: unknown }>(part: Part): Omit<Part, 'id'> {
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
  const call = {
    type: 'tool-call',
    id: id ?? '',
    name: flatName(namespaceOf(item), name ?? ''),
    arguments: text,
  } as const;
  return OWN_MEMBERS.some((member) => item[member] !== undefined && item[member] !== null)
    ? { ...call, native: { dialect: DIALECT, fields: withoutOwnId(item) } }
    : call;
}

/** Members of a call that only this dialect knows: with one of them the item goes back to it as it came. */
const OWN_MEMBERS = ['namespace', 'caller', 'async'] as const;

/** Ids that this gateway has given name nothing anywhere else; OpenAI's own have an underscore. */
const withoutOwnId = (item: JsonObject): JsonObject => (/^[a-z]+_/.test(stringOf(item.id)) ? item : withoutId(item));

/** A picture that the model has drawn is one that it can look at again. */
function readImage(item: JsonObject, path: string, run: Run): void {
  const data = stringOf(item.result);
  if (data === '') return void run.items.push({ at: run.parts.length, item, path });
  const mediaType = `image/${optionalString(item.output_format) ?? 'png'}`;
  const source = /^https?:/.test(data)
    ? ({ kind: 'url', url: data } as const)
    : ({ kind: 'base64', mediaType, data } as const);
  run.parts.push({ type: 'image', source, native: { dialect: DIALECT, fields: { path } } });
}

/**
 * Calls of OpenAI's own tools that the caller runs (local shell, apply_patch, computer …) look like function calls to
 * other dialects; everything else is only kept for this one.
 */
function readOther(item: JsonObject, path: string, run: Run): void {
  const type = stringOf(item.type);
  const id = stringOf(item.call_id);
  if (!type.endsWith('_call') || id === '') {
    run.items.push({ at: run.parts.length, item, path });
    return;
  }
  const actionInput = item.action ?? item.operation ?? item.actions ?? item.arguments ?? {};
  const native = { dialect: DIALECT, fields: withoutOwnId(item) };
  run.parts.push({
    type: 'tool-call',
    id,
    name: type.slice(0, -'_call'.length),
    arguments:
      typeof actionInput === 'string' && isObject(parseJson(actionInput)) ? actionInput : JSON.stringify(actionInput),
    native,
  });
}

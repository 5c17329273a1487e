import { isObject, type Json, type JsonObject, objectOf, optionalString, stringOf } from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import type { AssistantPart, ImagePart, Message, TextPart } from '../../../call/message.ts';
import { type Complaints, complain, readArray, readString, wrongType } from '../../../call/read.ts';
import type { Tool } from '../../../call/tool.ts';
import { type OpenCalls, oldestOpen, openCalls, takeCall } from '../../open-calls.ts';

/** `messages`: text in one string, pictures beside it, calls without ids whose results name the tool. */
export function readMessages(to: Complaints, body: JsonObject): Message[] {
  const list = readArray(to, body, 'messages') ?? [];
  if (list.length > LIMITS.messages_max) {
    complain(to, 'messages', `messages holds more than ${LIMITS.messages_max} entries.`);
    return [];
  }
  const open = openCalls();
  return list.flatMap((entry, at) => readMessage(to, entry, `messages[${at}]`, open));
}

function readMessage(to: Complaints, entry: Json, path: string, open: OpenCalls): Message[] {
  if (!isObject(entry)) {
    wrongType(to, path, 'an object', entry);
    return [];
  }
  const content = readString(to, entry, 'content', `${path}.content`) ?? '';
  const images = readImages(to, entry, path);
  switch (entry.role) {
    case 'system':
      if (images.length > 0) complain(to, `${path}.images`, 'A system message has no images.');
      return [{ role: 'system', parts: textOf(content) }];
    case 'user':
      return [{ role: 'user', parts: images.length === 0 ? textOf(content) : [...someText(content), ...images] }];
    case 'assistant':
      return [{ role: 'assistant', parts: assistantParts(to, entry, { content, images, path }, open) }];
    case 'tool': {
      const name = optionalString(entry.tool_name) ?? optionalString(entry.name);
      const givenId = stringOf(entry.tool_call_id);
      const callId = open.ids.has(givenId) ? givenId : (oldestOpen(open, name) ?? (givenId || (name ?? 'call')));
      open.answered.add(callId);
      const parts = [...textOf(content), ...images];
      return [{ role: 'tool', callId, parts, ...(name !== undefined && { name }) }];
    }
    default:
      complain(to, `${path}.role`, 'invalid role: must be one of ["system" "user" "assistant" "tool"]');
      return [];
  }
}

const textOf = (text: string): [TextPart] => [{ type: 'text', text }];
const someText = (text: string): TextPart[] => (text === '' ? [] : textOf(text));

/** Base64 without a media type, which the bytes tell; programs leave the head of a data URL before it. */
export function readImages(to: Complaints, object: JsonObject, path: string): ImagePart[] {
  const field = path === '' ? 'images' : `${path}.images`;
  return (readArray(to, object, 'images', field) ?? []).flatMap((image, at): ImagePart[] => {
    if (typeof image !== 'string') {
      wrongType(to, `${field}[${at}]`, 'a string', image);
      return [];
    }
    const head = /^(?:data:(?<type>[\w.+-]{1,40}\/[\w.+-]{1,80});base64,|(?<url>\w{1,10}:\/\/))/.exec(image);
    if (head?.groups?.url !== undefined || image === '') {
      complain(to, `${field}[${at}]`, 'An image must be given as base64.');
      return [];
    }
    const data = head ? image.slice(head[0].length) : image;
    return [{ type: 'image', source: { kind: 'base64', mediaType: head?.groups?.type ?? 'image/png', data } }];
  });
}

type Said = { readonly content: string; readonly images: readonly ImagePart[]; readonly path: string };

function assistantParts(
  to: Complaints,
  message: JsonObject,
  { content, images, path }: Said,
  open: OpenCalls,
): AssistantPart[] {
  const thinking = stringOf(message.thinking);
  const parts: AssistantPart[] = [];
  if (thinking !== '') parts.push({ type: 'reasoning', kind: 'text', text: thinking, format: 'unknown' });
  parts.push(...someText(content), ...images);
  const calls = readArray(to, message, 'tool_calls', `${path}.tool_calls`) ?? [];
  for (const call of calls.map(objectOf)) {
    const named = objectOf(call.function);
    const name = stringOf(named.name);
    // Some programs hand on OpenAI's texts.
    const callArguments = named.arguments;
    const text = typeof callArguments === 'string' ? callArguments : JSON.stringify(objectOf(callArguments));
    parts.push({ type: 'tool-call', id: takeCall(open, name, stringOf(call.id)), name, arguments: text });
  }
  return parts.length === 0 ? textOf('') : parts;
}

export function readTools(to: Complaints, body: JsonObject): Tool[] {
  return (readArray(to, body, 'tools') ?? []).flatMap((entry, at): Tool[] => {
    const { name, description, parameters, strict } = objectOf(objectOf(entry).function);
    if (typeof name !== 'string' || name === '') {
      complain(to, `tools[${at}].function.name`, 'A tool needs a function with a name.');
      return [];
    }
    return [
      {
        type: 'function',
        name,
        ...(typeof description === 'string' && { description }),
        ...(isObject(parameters) && { parameters }),
        ...(typeof strict === 'boolean' && { strict }),
      },
    ];
  });
}

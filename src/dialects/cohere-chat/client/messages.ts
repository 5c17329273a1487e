import {
  arrayOf,
  isObject,
  type Json,
  type JsonObject,
  objectOf,
  optionalString,
  stringOf,
} from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import type { AssistantPart, Message, TextPart, UserPart } from '../../../call/message.ts';
import { type Complaints, complain, readArray, readString, wrongType } from '../../../call/read.ts';
import { sourceOfUrl } from '../../source-url.ts';
import { COHERE_CHAT } from '../names.ts';

/** `messages`, with the `documents` of the call in the user's last one. */
export function readMessages(to: Complaints, body: JsonObject): Message[] {
  const list = readArray(to, body, 'messages');
  if (!list || list.length === 0) {
    complain(to, 'messages', "Missing required parameter: 'messages'.");
    return [];
  }
  if (list.length > LIMITS.messages_max) {
    complain(to, 'messages', `Invalid 'messages': at most ${LIMITS.messages_max} are supported.`);
    return [];
  }
  const messages = list.flatMap((entry, at) => readMessage(to, entry, `messages[${at}]`));
  const documents = readArray(to, body, 'documents') ?? [];
  return documents.length === 0 ? messages : withDocuments(messages, documents);
}

/**
 * Cohere's endpoints are sent the documents as they came. Everybody else reads them as a text before the question, which
 * is what Cohere makes of them for its models too.
 */
function withDocuments(messages: readonly Message[], documents: readonly Json[]): Message[] {
  const at = messages.findLastIndex(({ role }) => role === 'user');
  const part: TextPart = {
    type: 'text',
    text: `Documents:\n${documents.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n')}\n`,
    native: { dialect: COHERE_CHAT, fields: { documents } },
  };
  if (at === -1) return [...messages, { role: 'user', parts: [part] }];
  return messages.map((message, index) =>
    index === at && message.role === 'user' ? { ...message, parts: [part, ...message.parts] } : message,
  );
}

function readMessage(to: Complaints, entry: Json, path: string): Message[] {
  if (!isObject(entry)) {
    wrongType(to, path, 'an object', entry);
    return [];
  }
  switch (entry.role) {
    case 'system':
      return [{ role: 'system', parts: textsOf(readContent(to, entry.content, `${path}.content`)) }];
    case 'user':
      return [{ role: 'user', parts: readContent(to, entry.content, `${path}.content`) }];
    case 'assistant':
      return [{ role: 'assistant', parts: readAnswer(to, entry, path) }];
    case 'tool': {
      const callId = readString(to, entry, 'tool_call_id', `${path}.tool_call_id`);
      if (!callId) complain(to, `${path}.tool_call_id`, `Missing required parameter: '${path}.tool_call_id'.`);
      const parts = textsOf(readContent(to, entry.content, `${path}.content`));
      return [{ role: 'tool', callId: callId ?? '', parts }];
    }
    default:
      complain(to, `${path}.role`, `Invalid value for '${path}.role': ${JSON.stringify(entry.role)?.slice(0, 100)}.`);
      return [];
  }
}

const textsOf = (parts: readonly UserPart[]): TextPart[] => parts.filter((part) => part.type === 'text');

function readContent(to: Complaints, content: Json | undefined, path: string): UserPart[] {
  if (content === undefined || content === null) return [{ type: 'text', text: '' }];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) {
    wrongType(to, path, 'a string or an array of content parts', content);
    return [];
  }
  return content.flatMap((entry: Json, at) => readPart(to, objectOf(entry), `${path}[${at}]`));
}

function readPart(to: Complaints, entry: JsonObject, path: string): UserPart[] {
  switch (entry.type) {
    case 'text':
      return [{ type: 'text', text: readString(to, entry, 'text', `${path}.text`) ?? '' }];
    case 'image_url': {
      const { url, detail } = objectOf(entry.image_url);
      if (typeof url !== 'string' || url === '') {
        complain(to, `${path}.image_url.url`, `Missing required parameter: '${path}.image_url.url'.`);
        return [];
      }
      const isKnown = detail === 'auto' || detail === 'low' || detail === 'high';
      return [{ type: 'image', source: sourceOfUrl(url), ...(isKnown && { detail }) }];
    }
    // Of a tool's result: what it holds is the result's text.
    case 'document': {
      const { data } = objectOf(entry.document);
      return [{ type: 'text', text: typeof data === 'string' ? data : JSON.stringify(data ?? {}) }];
    }
    default:
      complain(to, `${path}.type`, `Invalid value for '${path}.type': ${JSON.stringify(entry.type)?.slice(0, 100)}.`);
      return [];
  }
}

/** What a model said to itself before its calls (`tool_plan`) is a thought like any. */
function readAnswer(to: Complaints, entry: JsonObject, path: string): AssistantPart[] {
  const parts: AssistantPart[] = [];
  const think = (text: string): void => {
    if (text !== '') parts.push({ type: 'reasoning', kind: 'text', text, format: 'unknown' });
  };
  think(stringOf(entry.tool_plan));
  const { content } = entry;
  if (typeof content === 'string') parts.push({ type: 'text', text: content });
  else
    for (const block of arrayOf(content).map(objectOf))
      if (block.type === 'thinking') think(stringOf(block.thinking));
      else if (optionalString(block.text) !== undefined) parts.push({ type: 'text', text: stringOf(block.text) });
  const calls = readArray(to, entry, 'tool_calls', `${path}.tool_calls`) ?? [];
  calls.map(objectOf).forEach((call, at) => {
    const { name, arguments: text } = objectOf(call.function);
    if (typeof name !== 'string' || name === '')
      complain(to, `${path}.tool_calls[${at}].function.name`, 'A tool call needs a function with a name.');
    const told = typeof text === 'string' ? text : JSON.stringify(objectOf(text));
    parts.push({ type: 'tool-call', id: stringOf(call.id), name: stringOf(name), arguments: told });
  });
  return parts.length === 0 ? [{ type: 'text', text: '' }] : parts;
}

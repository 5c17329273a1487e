import type { Json, JsonObject } from '../../base/json.ts';
import type { Call } from '../../call/call.ts';
import type { Loss } from '../../call/loss.ts';
import type { AssistantMessage, FilePart, Message, Source, ToolMessage, UserMessage } from '../../call/message.ts';
import type { Target } from '../../facts/target.ts';
import { COHERE_CHAT } from './names.ts';

export type CohereMessages = { readonly messages: readonly JsonObject[]; readonly documents: readonly JsonObject[] };

/** `messages`, and the text files among them as `documents`: Cohere reads no other files. */
export function cohereMessages(call: Call, target: Target, losses: Loss[]): CohereMessages {
  const documents: JsonObject[] = [];
  const messages = call.messages.map((message, at): JsonObject => {
    const parts: readonly { readonly cache?: unknown }[] = message.parts;
    if (parts.some((part) => part.cache !== undefined) || (message.role === 'tool' && message.cache))
      losses.push({ field: `messages[${at}].cache_control`, reason: 'Cohere caches prompts without breakpoints' });
    switch (message.role) {
      case 'system':
      case 'developer':
        return { role: 'system', content: textOf(message) };
      case 'user':
        return userMessage(message, at, documents, losses);
      case 'assistant':
        return assistantMessage(message, at, target, losses);
      case 'tool':
        return toolMessage(message, at, losses);
      default:
        return message satisfies never;
    }
  });
  const nonEmpty = messages.filter(
    (message) => message.role === 'tool' || message.tool_calls || !isEmpty(message.content),
  );
  return { messages: nonEmpty.length > 0 ? nonEmpty : messages, documents };
}

/** A message that says nothing is left out: hosts refuse such ones. */
const isEmpty = (content: Json | undefined): boolean =>
  content === undefined || content === '' || (Array.isArray(content) && content.length === 0);

const textOf = (message: Message): string =>
  message.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

function userMessage(message: UserMessage, at: number, documents: JsonObject[], losses: Loss[]): JsonObject {
  const content: JsonObject[] = [];
  message.parts.forEach((part, index) => {
    switch (part.type) {
      case 'text':
        // Documents that came in Cohere's own words stay in them.
        if (part.native?.dialect === COHERE_CHAT && Array.isArray(part.native.fields.documents))
          documents.push(...(part.native.fields.documents as JsonObject[]));
        else content.push({ type: 'text', text: part.text });
        return;
      case 'image': {
        const url = imageUrl(part.source);
        const image_url = { url, ...(part.detail && { detail: part.detail }) };
        if (url !== undefined) content.push({ type: 'image_url', image_url });
        else losses.push({ field: `messages[${at}].content[${index}]`, reason: 'Cohere takes no file ids' });
        return;
      }
      case 'file': {
        const document = documentOf(part, documents.length);
        if (document) documents.push(document);
        else losses.push({ field: `messages[${at}].content[${index}]`, reason: 'Cohere reads text files only' });
        return;
      }
      case 'audio':
      case 'video':
        losses.push({ field: `messages[${at}].content[${index}]`, reason: `Cohere takes no ${part.type}` });
        return;
      default:
        part satisfies never;
    }
  });
  const isText = content.every((part) => part.type === 'text');
  return { role: 'user', content: isText ? content.map((part) => part.text).join('') : content };
}

/** Public URLs and data URLs: Cohere fetches images itself (Chat reference, read 2026-11-22). */
function imageUrl(source: Source): string | undefined {
  if (source.kind === 'url') return source.url;
  return source.kind === 'base64' ? `data:${source.mediaType};base64,${source.data}` : undefined;
}

function documentOf(part: FilePart, index: number): JsonObject | undefined {
  const { source } = part;
  if (source.kind !== 'base64' || !/^text\/|json|xml/.test(source.mediaType)) return undefined;
  const snippet = Buffer.from(source.data, 'base64').toString();
  return { id: `doc:${index}`, data: { ...(part.filename !== undefined && { title: part.filename }), snippet } };
}

/**
 * Reasoning goes back as `thinking` to models that reason. A tool plan does not: current models refuse `tool_plan` in
 * the history (read 2026-11-22).
 */
function assistantMessage(message: AssistantMessage, at: number, target: Target, losses: Loss[]): JsonObject {
  const content: JsonObject[] = [];
  const calls: JsonObject[] = [];
  let isLost = false;
  for (const part of message.parts) {
    if (part.type === 'text' || part.type === 'refusal') {
      if (part.text !== '') content.push({ type: 'text', text: part.text });
    } else if (part.type === 'tool-call')
      calls.push({
        id: part.id,
        type: 'function',
        function: { name: part.name, arguments: part.arguments === '' ? '{}' : part.arguments },
      });
    else if (
      part.type === 'reasoning' &&
      part.kind === 'text' &&
      part.format === 'unknown' &&
      target.endpoint.reasoning
    )
      content.push({ type: 'thinking', thinking: part.text });
    else if (part.type === 'reasoning') isLost = true;
    else losses.push({ field: `messages[${at}].content`, reason: `Cohere takes no ${part.type} in an answer` });
  }
  if (isLost)
    losses.push({ field: `messages[${at}].reasoning_details`, reason: 'reasoning of another vendor is not replayed' });
  const isText = content.every((part) => part.type === 'text');
  const written = isText ? content.map((part) => part.text).join('') : content;
  return {
    role: 'assistant',
    ...((written.length > 0 || calls.length === 0) && { content: written }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function toolMessage(message: ToolMessage, at: number, losses: Loss[]): JsonObject {
  if (message.parts.some((part) => part.type !== 'text'))
    losses.push({ field: `messages[${at}].content`, reason: 'Cohere takes text results only' });
  return { role: 'tool', tool_call_id: message.callId, content: textOf(message) };
}

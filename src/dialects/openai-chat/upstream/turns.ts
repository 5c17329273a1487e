import type { JsonObject } from '../../../base/json.ts';
import type { Message, ToolMessage, UserPart } from '../../../call/message.ts';
import { lose, type Writer, writeMessage } from './messages.ts';

/**
 * Writes the conversation in the order that hosts demand. Results stand directly behind the calls they answer, what was
 * said between them behind the last one: OpenAI, DeepSeek and Z.AI refuse anything else ("An assistant message with
 * 'tool_calls' must be followed by tool messages", vercel/ai#8474, read 2026-11-29). Assistant messages that say nothing
 * and call nothing are refused by DeepSeek and Mistral, so they are left out.
 */
export function writeMessages(writer: Writer, messages: readonly Message[]): JsonObject[] {
  const written: JsonObject[] = [];
  const awaited = new Set<string>();
  const isSaid = messages.some((message) => message.role === 'user' && !isEmpty(message));
  let pictures: UserPart[] = [];
  let waiting: JsonObject[] = [];
  const bridges = needsBridge(writer);

  const add = (message: JsonObject): void => {
    if (bridges && written.at(-1)?.role === 'tool' && message.role !== 'tool' && message.role !== 'assistant')
      written.push(BRIDGE);
    written.push(message);
  };
  const release = (): void => {
    if (pictures.length > 0) add(writeMessage(writer, { role: 'user', parts: pictures }, 'messages'));
    for (const message of waiting) add(message);
    pictures = [];
    waiting = [];
    awaited.clear();
  };

  messages.forEach((message, index) => {
    const path = `messages[${index}]`;
    if (isSaid && message.role === 'user' && isEmpty(message))
      return lose(writer, path, 'a message without content is refused');
    const shown = message.role === 'tool' && !writer.has('reasoning-details') ? picturesApart(message) : null;
    if (shown) {
      pictures.push(...shown.pictures);
      lose(writer, `${path}.content`, 'shown by a user’s message behind the results: only users may show media here');
    }
    const entry = writeMessage(writer, shown?.result ?? message, path);
    if (message.role === 'assistant') {
      release();
      if (saysNothing(entry)) return lose(writer, path, 'an assistant message without text or calls is refused');
      add(entry);
      for (const part of message.parts) if (part.type === 'tool-call') awaited.add(part.id);
    } else if (message.role === 'tool') {
      add(entry);
      awaited.delete(message.callId);
      if (awaited.size === 0 && pictures.length === 0) release();
    } else {
      if (awaited.size === 0) release();
      if (awaited.size > 0) waiting.push(entry);
      else add(entry);
    }
  });
  release();
  return written;
}

const isEmpty = ({ parts }: Message): boolean => parts.every((part) => part.type === 'text' && part.text === '');

/**
 * A result that shows pictures, and the pictures, which a user's message behind the results then shows: "Image URLs are only
 * allowed for messages with role 'user'" (OpenAI in OpenHands/OpenHands#7700; Mistral's models take text alone too,
 * LibreChat-AI/agents#344; read 2026-11-29). Gateways take them where they are.
 */
function picturesApart(message: ToolMessage): { result: ToolMessage; pictures: readonly UserPart[] } | null {
  const media = message.parts.filter((part) => part.type !== 'text');
  if (media.length === 0) return null;
  const texts = message.parts.filter((part) => part.type === 'text');
  const result = texts.some(({ text }) => text !== '') ? texts : [{ type: 'text', text: '(shown below)' } as const];
  const caption = { type: 'text', text: `Result of the tool call ${message.callId}:` } as const;
  return { result: { ...message, parts: result }, pictures: [caption, ...media] };
}

/** Mistral's templates know no user turn behind a result, whoever serves the model. */
const needsBridge = (writer: Writer): boolean =>
  writer.has('answer-after-tools') || writer.target.model.tokenizer === 'Mistral';

const BRIDGE: JsonObject = { role: 'assistant', content: 'OK.' };

const CONTENTS = ['tool_calls', 'refusal', 'audio', 'images', 'reasoning_details'] as const;

const saysNothing = (message: JsonObject): boolean =>
  (message.content === null || message.content === '' || isEmptyList(message.content)) &&
  CONTENTS.every((name) => message[name] === undefined);

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

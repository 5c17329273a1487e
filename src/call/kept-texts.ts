import { blobBehind, restored, sizeOf } from '../base/blobs.ts';
import type { Call } from './call.ts';
import type { Message } from './message.ts';

/** A text that is read all the same is read up to this size, in bytes as it came; a longer one is sent on unread. */
const READ_MAX = 1024 * 1024;
const BRACE = 123;

/**
 * The call with those of the texts that were set aside which dialects look into: the last turn if it is the assistant's,
 * whose text is to be continued and whose end some vendors want trimmed; a tool's result that is a JSON object, which
 * Gemini takes as one; and the instructions, which the answer repeats.
 */
export function withReadTexts(call: Call): Call {
  const blobs = call.blobs ?? [];
  const read = (text: string): string => {
    const blob = blobBehind(text, blobs);
    return blob && sizeOf(blob) <= READ_MAX ? restored(text, blobs) : text;
  };
  const isObject = (text: string): boolean => blobBehind(text, blobs)?.[0]?.[0] === BRACE;
  const messages = call.messages.map((message, at) => {
    const isRead = (text: string): boolean =>
      message.role === 'tool' ? isObject(text) : message.role === 'assistant' && at === call.messages.length - 1;
    const isMeant = message.role === 'tool' || message.role === 'assistant';
    return isMeant && message.parts.some((part) => part.type === 'text' && isRead(part.text))
      ? withTexts(message, (text) => (isRead(text) ? read(text) : text))
      : message;
  });
  const { instructions, ...rest } = call;
  if (instructions === undefined) return { ...rest, messages };
  const instructionsRead = read(instructions);
  return blobBehind(instructionsRead, blobs)
    ? { ...rest, messages }
    : { ...rest, messages, instructions: instructionsRead };
}

const withTexts = (message: Message, read: (text: string) => string): Message =>
  ({
    ...message,
    parts: (message.parts as readonly Message['parts'][number][]).map((part) =>
      part.type === 'text' ? { ...part, text: read(part.text) } : part,
    ),
  }) as Message;

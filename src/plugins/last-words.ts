import type { Call } from '../call/call.ts';
import type { UserMessage } from '../call/message.ts';

/** What the user said last, as text; empty where that is no text. */
export function lastWordsOf(call: Call): string {
  const last = call.messages[lastUserAt(call)];
  if (last?.role !== 'user') return '';
  return last.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** The call with a text behind what the user said last: what was found is data, and no instruction of the caller's. */
export function withFound(call: Call, text: string): Call {
  const at = lastUserAt(call);
  const messages = call.messages.map((message, index) =>
    index === at && message.role === 'user'
      ? ({ ...message, parts: [...message.parts, { type: 'text', text }] } satisfies UserMessage)
      : message,
  );
  return { ...call, messages };
}

const lastUserAt = ({ messages }: Call): number => messages.findLastIndex(({ role }) => role === 'user');

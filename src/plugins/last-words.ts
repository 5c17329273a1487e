import type { Call, TextCompletion } from '../call/call.ts';
import type { Message, UserMessage, UserPart } from '../call/message.ts';

/** What the user said last, as text; empty where that is no text. */
export function lastWordsOf(call: Call): string {
  const last = call.messages[lastUserAt(call)];
  if (last?.role !== 'user') return '';
  return last.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** The call with a text behind what the user said last: what was found is data, and no instruction of the caller's. */
export function withFound(call: Call, text: string): Call {
  const { completion } = call;
  if (completion) return before(call, completion, text);
  const at = lastUserAt(call);
  const messages = call.messages.map((message, index) =>
    index === at && message.role === 'user'
      ? ({ ...message, parts: [...message.parts, { type: 'text', text }] } satisfies UserMessage)
      : message,
  );
  return { ...call, messages };
}

/** A text that is to be gone on with has it before its beginning: what stands last is continued. */
function before(call: Call, completion: TextCompletion, text: string): Call {
  const put = (prompt: string): string => `${text}\n\n${prompt}`;
  const prompts = completion.prompts.map((prompt) => (typeof prompt === 'string' ? put(prompt) : prompt));
  const messages = call.messages.map((message): Message => {
    const [first, ...rest] = message.parts;
    if (message.role !== 'user' || first?.type !== 'text') return message;
    return { ...message, parts: [{ ...first, text: put(first.text) }, ...(rest as UserPart[])] };
  });
  return { ...call, messages, completion: { ...completion, prompts } };
}

const lastUserAt = ({ messages }: Call): number => messages.findLastIndex(({ role }) => role === 'user');

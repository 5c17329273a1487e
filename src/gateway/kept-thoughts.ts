import { LIMITS } from '../base/limits.ts';
import type { Call } from '../call/call.ts';
import type { Event, ReasoningEvent } from '../call/event.ts';
import type { AssistantPart, Message, ReasoningPart } from '../call/message.ts';
import type { Kept } from './kept.ts';

/**
 * What models thought before they called tools, by the ids of those calls. Some vendors want their signed thoughts back
 * with the results (Gemini 3 refuses a call without), but programs that did not ask for thoughts are shown none, and many
 * others drop what they do not know.
 */
export type KeptThoughts = {
  /** Hears an answer; each event once, in order. */
  readonly listen: (accountId: string) => (event: Event) => void;
  readonly keep: (accountId: string, parts: readonly AssistantPart[]) => void;
  /** The call with the thoughts that its caller left out. The same object where none is missing. */
  readonly restore: (accountId: string, call: Call) => Call;
};

type Open = { -readonly [K in keyof ReasoningPart]: ReasoningPart[K] };

export function createKeptThoughts(kept: Kept): KeptThoughts {
  const shelf = kept.shelf<readonly ReasoningPart[]>('thoughts');
  const keepFor = (accountId: string, ids: readonly string[], parts: readonly ReasoningPart[]): void => {
    if (parts.some(isOpaque)) shelf.keep(accountId, ids, parts, sizeOf(parts));
  };
  const restored = (accountId: string, message: Message): Message => {
    if (message.role !== 'assistant' || message.parts.some(({ type }) => type === 'reasoning')) return message;
    const call = message.parts.find((part) => part.type === 'tool-call');
    const found = call && shelf.recall(accountId, call.id);
    return found ? { ...message, parts: [...found, ...message.parts] } : message;
  };

  return {
    listen: (accountId) => {
      const thoughts = new Map<number, Open>();
      const ids: string[] = [];
      let length = 0;
      return (event) => {
        if (event.type === 'tool-start' && event.choice === 0) ids.push(event.id);
        else if (event.type === 'reasoning' && event.choice === 0 && length <= LIMITS.kept_entry_bytes_max) {
          length += event.text.length;
          join(thoughts, event);
        } else if (event.type === 'end') keepFor(accountId, ids, [...thoughts.values()]);
      };
    },
    keep: (accountId, parts) => {
      const ids = parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []));
      keepFor(
        accountId,
        ids,
        parts.filter((part) => part.type === 'reasoning'),
      );
    },
    restore: (accountId, call) => {
      if (shelf.isEmpty()) return call;
      const messages = call.messages.map((message) => restored(accountId, message));
      return messages.some((message, at) => message !== call.messages[at]) ? { ...call, messages } : call;
    },
  };
}

/** Without a signature or an encrypted datum no vendor can tell a thought from any other text. */
const isOpaque = ({ kind, signature }: ReasoningPart): boolean => kind === 'encrypted' || signature !== undefined;

const sizeOf = (parts: readonly ReasoningPart[]): number =>
  parts.reduce(
    (sum, { text, signature, id }) => sum + text.length + (signature?.length ?? 0) + (id?.length ?? 0) + 64,
    0,
  );

function join(thoughts: Map<number, Open>, event: ReasoningEvent): void {
  const { index, kind, text, signature, id, format } = event;
  let part = thoughts.get(index);
  if (!part) {
    part = { type: 'reasoning', kind, text: '', format };
    thoughts.set(index, part);
  }
  part.text += text;
  if (part.format === 'unknown') part.format = format;
  if (signature !== undefined) part.signature = (part.signature ?? '') + signature;
  if (id !== undefined) part.id = id;
}

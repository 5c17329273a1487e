import type { Call } from '../call/call.ts';
import type { Event } from '../call/event.ts';
import type { AssistantPart } from '../call/message.ts';
import type { Reply } from '../call/reply.ts';
import { apart } from '../call/text-run.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Sink } from './read-body.ts';

/** The quirk of hosts whose answer begins with the beginning they were given. */
const REPEATS_PREFILL = 'repeats-prefill';

/** The text that a call leaves to be continued; undefined where there is none or the host does not repeat it. */
export function repeatedPrefill({ messages }: Call, { dialect }: Endpoint): string | undefined {
  const last = messages.at(-1);
  if (last?.role !== 'assistant' || !dialect.quirks.includes(REPEATS_PREFILL)) return undefined;
  if (last.parts.some(({ type }) => type === 'tool-call')) return undefined;
  const text = last.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return text === '' ? undefined : text;
}

/** A sink that hears the answer without the prefill, where it begins with exactly that. */
export function withoutPrefill(sink: Sink<'chat'>, prefill: string): Sink<'chat'> {
  const cut = createCut(prefill);
  return {
    events: (steps) => {
      const kept = apart(steps).flatMap(cut);
      if (kept.length > 0) sink.events(kept);
    },
    replied: (reply) => sink.replied(cutReply(reply, prefill)),
    failed: sink.failed,
    ...(sink.later && { later: sink.later }),
    ...(sink.lost && { lost: sink.lost }),
  };
}

/** Text is kept back while it may still become the prefill: it is let go once it differs, or the choice ends. */
function createCut(prefill: string): (event: Event) => Event[] {
  const begun = new Map<number, string>();
  const done = new Set<number>();
  const release = (choice: number): Event[] => {
    const text = begun.get(choice) ?? '';
    begun.delete(choice);
    done.add(choice);
    return text === '' ? [] : [{ type: 'text', choice, text }];
  };
  return (event) => {
    if (event.type === 'fault' || event.type === 'end') return [...[...begun.keys()].flatMap(release), event];
    if (event.type === 'finish' && !done.has(event.choice)) return [...release(event.choice), event];
    if (event.type !== 'text' || done.has(event.choice)) return [event];
    const text = (begun.get(event.choice) ?? '') + event.text;
    if (text.length < prefill.length && prefill.startsWith(text)) {
      begun.set(event.choice, text);
      return [];
    }
    begun.set(event.choice, text.startsWith(prefill) ? text.slice(prefill.length) : text);
    return release(event.choice);
  };
}

const cutReply = (reply: Reply, prefill: string): Reply => ({
  ...reply,
  choices: reply.choices.map((choice) => ({ ...choice, parts: cutParts(choice.parts, prefill) })),
});

function cutParts(parts: readonly AssistantPart[], prefill: string): readonly AssistantPart[] {
  const at = parts.findIndex(({ type }) => type === 'text');
  const part = parts[at];
  if (part?.type !== 'text' || !part.text.startsWith(prefill)) return parts;
  const text = part.text.slice(prefill.length);
  return text === '' ? parts.toSpliced(at, 1) : parts.with(at, { ...part, text });
}

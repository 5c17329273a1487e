import { LIMITS } from '../base/limits.ts';
import type { Event } from '../call/event.ts';
import type { AssistantPart } from '../call/message.ts';
import type { Choice, Reply } from '../call/reply.ts';

/** A whole answer as the events that `collect` folds into it: for a provider that answered a stream with one JSON body. */
export function eventsOfReply(reply: Reply): Event[] {
  const { id, model, systemFingerprint, serviceTier } = reply;
  return [
    {
      type: 'start',
      ...(id !== undefined && { id }),
      ...(model !== undefined && { model }),
      ...(systemFingerprint !== undefined && { systemFingerprint }),
      ...(serviceTier !== undefined && { serviceTier }),
    },
    ...reply.choices.flatMap(eventsOfChoice),
    ...(reply.native ? [{ type: 'native' as const, choice: null, native: reply.native }] : []),
    ...(reply.usage ? [{ type: 'usage' as const, usage: reply.usage, ...(reply.bill && { bill: reply.bill }) }] : []),
    { type: 'end' },
  ];
}

function eventsOfChoice(choice: Choice): Event[] {
  const { index, finish, nativeFinish, stopSequence, logprobs, native } = choice;
  let reasonings = 0;
  let tools = 0;
  const events = choice.parts.flatMap((part) => {
    if (part.type === 'reasoning') return eventsOfPart(part, index, reasonings++);
    return eventsOfPart(part, index, part.type === 'tool-call' ? tools++ : 0);
  });
  for (const { call } of choice.serverTools ?? []) events.push({ type: 'server-tool', choice: index, call });
  for (const annotation of choice.annotations ?? []) events.push({ type: 'annotation', choice: index, annotation });
  if (logprobs) events.unshift({ type: 'logprobs', choice: index, ...logprobs });
  if (native) events.push({ type: 'native', choice: index, native });
  const stopped = stopSequence !== undefined && { stopSequence };
  events.push({ type: 'finish', choice: index, reason: finish, native: nativeFinish, ...stopped });
  return events;
}

function eventsOfPart(part: AssistantPart, choice: number, index: number): Event[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return [{ type: part.type, choice, text: part.text }];
    case 'reasoning': {
      const { kind, text, format, signature, id } = part;
      const more = { ...(signature !== undefined && { signature }), ...(id !== undefined && { id }) };
      return [{ type: 'reasoning', choice, index, kind, text, format, ...more }];
    }
    case 'tool-call':
      return [
        {
          type: 'tool-start',
          choice,
          index,
          id: part.id,
          name: part.name,
          ...(part.native && { native: part.native }),
        },
        { type: 'tool-arguments', choice, index, text: part.arguments },
      ];
    case 'image':
      return [{ type: 'image', choice, source: part.source }];
    case 'audio':
      return [eventOfAudio(part, choice)];
    default:
      return part satisfies never;
  }
}

function eventOfAudio(part: Extract<AssistantPart, { type: 'audio' }>, choice: number): Event {
  const { id, transcript, expires_at } = part.native?.fields ?? {};
  return {
    type: 'audio',
    choice,
    ...(part.source.kind === 'base64' && { data: part.source.data }),
    ...(typeof id === 'string' && { id }),
    ...(typeof transcript === 'string' && { transcript }),
    ...(typeof expires_at === 'number' && { expiresAt: expires_at }),
  };
}

/** The same events, so many at a time that they are written in one turn; a text that is too long for that comes in pieces. */
export function inPieces(events: readonly Event[]): (readonly Event[])[] {
  const pieces: Event[][] = [];
  let piece: Event[] = [];
  let length = 0;
  const add = (event: Event): void => {
    piece.push(event);
    length += 'text' in event ? event.text.length : 0;
    if (length < LIMITS.at_once_bytes_max && piece.length < EVENTS_AT_ONCE) return;
    pieces.push(piece);
    piece = [];
    length = 0;
  };
  for (const event of events) {
    if (event.type !== 'text' && event.type !== 'tool-arguments') add(event);
    else for (const text of cut(event.text)) add({ ...event, text });
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}

const EVENTS_AT_ONCE = 2_000;

/** Between two characters, not between the halves of a pair. */
function cut(text: string): string[] {
  const most = LIMITS.at_once_bytes_max;
  if (text.length <= most) return [text];
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const last = text.charCodeAt(at + most - 1);
    const end = at + most - (last >= 0xd800 && last < 0xdc00 ? 1 : 0);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

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

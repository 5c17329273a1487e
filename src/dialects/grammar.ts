import type { Event } from '../call/event.ts';

type ChoiceCount = { finished: boolean; tools: number; reasoning: number };

/** Says how a decoder's events break the grammar of `Event`; null if they follow it. */
export function checkEventGrammar(events: readonly Event[]): string | null {
  const choices = new Map<number, ChoiceCount>();
  const ids = new Set<string>();
  let usages = 0;
  for (const [at, event] of events.entries()) {
    const isLast = at === events.length - 1;
    const ends = event.type === 'end' || event.type === 'fault';
    if (ends !== isLast)
      return ends ? `${event.type} is not the last event` : 'the last event is neither end nor fault';
    if (at === 0 && event.type !== 'start' && event.type !== 'fault') return `the first event is ${event.type}`;
    if (at > 0 && event.type === 'start') return 'start came twice';
    if (event.type === 'usage' && ++usages > 1) return 'usage came twice';
    if (!('choice' in event) || event.choice === null) continue;
    const choice = choices.get(event.choice) ?? { finished: false, tools: 0, reasoning: 0 };
    choices.set(event.choice, choice);
    if (choice.finished) return `${event.type} after the finish of choice ${event.choice}`;
    if (usages > 0) return `${event.type} after usage`;
    const broken = checkWithin(choice, event, ids);
    if (broken) return broken;
  }
  if (events.length === 0) return 'there are no events';
  const open = [...choices].find(([, choice]) => !choice.finished);
  return open && events.at(-1)?.type === 'end' ? `choice ${open[0]} has no finish` : null;
}

function checkWithin(choice: ChoiceCount, event: Event, ids: Set<string>): string | null {
  switch (event.type) {
    case 'finish':
      choice.finished = true;
      return null;
    case 'tool-start':
      if (event.index !== choice.tools++) return `tool index ${event.index} is not dense`;
      if (event.id === '' || ids.has(event.id)) return `tool id '${event.id}' is empty or not unique`;
      ids.add(event.id);
      return null;
    case 'tool-arguments':
      return event.index < choice.tools ? null : `arguments of tool ${event.index} came before its start`;
    case 'reasoning':
      if (event.index > choice.reasoning) return `reasoning index ${event.index} is not dense`;
      choice.reasoning = Math.max(choice.reasoning, event.index + 1);
      return null;
    default:
      return null;
  }
}

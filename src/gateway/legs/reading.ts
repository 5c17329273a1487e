import { createCollector } from '../../call/collect.ts';
import type { Event, FinishEvent } from '../../call/event.ts';
import type { AssistantPart, ToolCallPart } from '../../call/message.ts';
import type { Choice } from '../../call/reply.ts';
import { type ChatStep, eventsOf } from '../../call/text-run.ts';

/** What an answer's end says of the loop: it goes on if the model asked for our tools alone. */
export type Turn = {
  readonly choice: Choice | null;
  /** Calls of tools that the gateway runs. */
  readonly calls: readonly ToolCallPart[];
  readonly goesOn: boolean;
};

export type ReadingOptions = {
  /** Names of the functions that stand for our tools. */
  readonly names: ReadonlySet<string>;
  /** No tool is run any more. */
  readonly isLast: boolean;
};

/** Finish reasons after which a call of a tool is not whole, or not meant. */
const ENDS = new Set(['length', 'content_filter', 'error']);

/** Whose a call is decides what becomes of it; calls of the caller's own functions end the turn. */
export function turnOf(choice: Choice | undefined, { names, isLast }: ReadingOptions): Turn {
  if (!choice) return { choice: null, calls: [], goesOn: false };
  const all = choice.parts.filter((part): part is ToolCallPart => part.type === 'tool-call');
  const calls = all.filter(({ name }) => names.has(name));
  const goesOn = calls.length > 0 && calls.length === all.length && !isLast && !ENDS.has(choice.finish);
  return { choice, calls, goesOn };
}

/** The parts that a client is shown: our own calls are told otherwise. */
export const visible = (parts: readonly AssistantPart[], names: ReadonlySet<string>): AssistantPart[] =>
  parts.filter((part) => !(part.type === 'tool-call' && names.has(part.name)));

/** An answer that ends with nothing but calls that nobody runs has stopped. */
export const finishShown = (choice: Choice, names: ReadonlySet<string>): Choice['finish'] =>
  choice.finish === 'tool_calls' && visible(choice.parts, names).every(({ type }) => type !== 'tool-call')
    ? 'stop'
    : choice.finish;

/** Reads one streamed answer of several, and gives what the client sees of it. */
export type Reading = {
  readonly take: (steps: readonly ChatStep[]) => ChatStep[];
  readonly turn: () => Turn;
  /** Where the next answer's thoughts begin to count. */
  readonly thoughts: () => number;
};

export type ReadingFrom = ReadingOptions & {
  /** It is the first: only one start is told. */
  readonly isFirst: boolean;
  /** Indices of thoughts that earlier answers have used. */
  readonly thoughtsBefore: number;
  /** What is told before the whole answer ends: citations. */
  readonly before: (text: string) => readonly Event[];
};

export function createReading(from: ReadingFrom): Reading {
  const { names } = from;
  const collector = createCollector();
  /** Calls of the caller's own functions, by the vendor's index and by ours. */
  const indices = new Map<number, number>();
  let thoughts = from.thoughtsBefore;
  let written = '';

  const turn = (): Turn => turnOf(collector.reply().choices[0], from);
  const finished = (event: FinishEvent): Event[] => {
    const now = turn();
    if (now.goesOn || !now.choice) return now.goesOn ? [] : [event];
    return [...from.before(written), { ...event, reason: finishShown(now.choice, names) }];
  };
  const shown = (event: Event): Event[] => {
    switch (event.type) {
      case 'start':
        return from.isFirst ? [event] : [];
      case 'text':
        written += event.text;
        return [event];
      case 'tool-start':
        if (names.has(event.name)) return [];
        indices.set(event.index, indices.size);
        return [{ ...event, index: indices.size - 1 }];
      case 'tool-arguments': {
        const index = indices.get(event.index);
        return index === undefined ? [] : [{ ...event, index }];
      }
      case 'reasoning':
        thoughts = Math.max(thoughts, from.thoughtsBefore + event.index + 1);
        return [{ ...event, index: from.thoughtsBefore + event.index }];
      case 'finish':
        return finished(event);
      default:
        return [event];
    }
  };
  const take = (steps: readonly ChatStep[]): ChatStep[] =>
    steps.flatMap((step): ChatStep[] => {
      if (step.type === 'texts') {
        for (const event of eventsOf(step)) {
          collector.add(event);
          written += event.text;
        }
        return [step];
      }
      if (step.type !== 'fault') collector.add(step);
      return shown(step);
    });
  return { take, turn, thoughts: () => thoughts };
}

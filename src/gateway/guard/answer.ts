import type { Fault } from '../../base/fault.ts';
import { type Event, isContent } from '../../call/event.ts';
import { type ChatStep, textOf } from '../../call/text-run.ts';
import { JsonScanner } from '../../content/json-scanner.ts';
import type { ContentRule, Screen } from '../../content/rule.ts';
import { Scanner } from '../../content/scanner.ts';
import type { Outlet } from '../outlet.ts';
import type { CallRequest, Ended } from '../receipt.ts';
import { jsonRead, nativeRead, type ReadText, toolRead } from './texts.ts';
import { blockedFault, changes, type Watch } from './watch.ts';

/** A streamed answer as its guardrails let it pass. */
export type AnswerGuard = {
  /** What of these steps, and of those before, may be seen by now. */
  readonly pass: (steps: readonly ChatStep[]) => readonly ChatStep[];
  /** It is over, as far as its provider is concerned: what was kept back goes before its end. */
  readonly close: () => void;
  /** Has anything of it been seen? */
  readonly isShown: () => boolean;
  /** Why it ends here; null = it goes on. */
  readonly blocked: () => Fault | null;
};

/** One text of an answer, in pieces: its scanner, and how a piece of it is told. */
type Channel = {
  readonly name: string;
  readonly scanner: Scanner | JsonScanner;
  readonly told: (text: string) => Event;
  isChanged: boolean;
};
/** The texts of one of the choices, by name; one of them is being written. */
type Channels = Map<string, Channel>;
type Written = Pick<Channel, 'name' | 'told'> & { readonly isJson?: boolean };

/** The rules that read the answer to this request; null = none do. */
export function answerGuardOf({ call, watch }: CallRequest<'chat'>): AnswerGuard | null {
  const screen = watch?.screens.answer;
  return watch && screen ? guardAnswer(screen, watch, { isJson: call.output.type !== 'text' }) : null;
}

/** `isJson`: the answer's text is to be JSON, and stays it. */
export function guardAnswer(screen: Screen, watch: Watch, { isJson }: { readonly isJson: boolean }): AnswerGuard {
  const texts = new Texts(screen, watch, isJson);
  /** What goes before the first content: without any the answer may still be a refusal. Null = it has been shown. */
  let waiting: ChatStep[] | null = [];
  /** What was kept back when it was over. */
  let rest: readonly ChatStep[] = NOTHING;

  /** Nothing is shown before there is content, or none will come. */
  const shown = (steps: readonly ChatStep[]): readonly ChatStep[] => {
    if (waiting === null) return steps;
    waiting.push(...steps);
    if (!steps.some((step) => isShowing(step))) return NOTHING;
    const all = waiting;
    waiting = null;
    return all;
  };
  return {
    pass: (steps) => {
      const seen: ChatStep[] = [];
      for (const step of steps) {
        // Its count and its end are told in any case; what was kept back comes before them.
        if (step.type === 'usage' || step.type === 'end' || step.type === 'fault') {
          if (step.type !== 'fault') seen.push(...rest);
          rest = NOTHING;
          seen.push(step);
        } else if (!texts.blocking) {
          const some = texts.pass(step);
          if (!texts.blocking) seen.push(...some);
        }
      }
      return seen.length === 0 ? NOTHING : shown(seen);
    },
    close: () => {
      const left = texts.rest();
      if (!texts.blocking) rest = left;
    },
    isShown: () => waiting === null,
    blocked: () => texts.blocking && blockedFault(texts.blocking, watch.screens, 'answer'),
  };
}

/** Content, or a step behind which none will come. */
const isShowing = (step: ChatStep): boolean =>
  step.type === 'texts' ||
  step.type === 'finish' ||
  step.type === 'usage' ||
  step.type === 'end' ||
  step.type === 'fault' ||
  isContent(step);

/** The way to the client, past the rules; `stop` ends the answer where one of them ends it. */
export function guardedOutlet(
  outlet: Outlet<'chat'>,
  guard: AnswerGuard,
  stop: (reason: Fault) => void,
): Outlet<'chat'> {
  let isStopped = false;
  return {
    ...outlet,
    pass: (steps, target) => {
      const seen = guard.pass(steps);
      if (seen.length > 0) outlet.pass(seen, target);
      const blocked = isStopped ? null : guard.blocked();
      if (!blocked) return;
      isStopped = true;
      stop(blocked);
    },
  };
}

const NOTHING: readonly ChatStep[] = [];

/**
 * An answer that a rule ends is billed as far as it came, also where it had ended by itself in the same moment. If nothing
 * of it has been seen, its client is refused.
 */
export function guardedEnd(ended: Ended, guard: AnswerGuard | null): Ended {
  if (!guard) return ended;
  if (!ended.fault) guard.close();
  const blocked = guard.blocked();
  if (!blocked) return ended;
  const firstContentAt = guard.isShown() ? ended.firstContentAt : null;
  return { ...ended, state: 'interrupted', fault: ended.fault ?? blocked, firstContentAt };
}

/** All texts of one answer. */
class Texts {
  /** The rule that ends it; null = none so far. */
  blocking: ContentRule | null = null;
  readonly #choices = new Map<number, Channels>();
  readonly #screen: Screen;
  readonly #heard: (rule: ContentRule) => void;
  readonly #isJson: boolean;
  readonly #hides: boolean;

  constructor(screen: Screen, watch: Watch, isJson: boolean) {
    this.#screen = screen;
    this.#heard = watch.heard('answer');
    this.#isJson = isJson;
    this.#hides = changes(screen);
  }

  pass(step: ChatStep): readonly ChatStep[] {
    if (!('choice' in step) || step.choice === null)
      return step.type === 'native' ? [nativeRead(step, this.#whole)] : [step];
    const { choice } = step;
    const channels = this.#choices.get(choice) ?? new Map<string, Channel>();
    this.#choices.set(choice, channels);
    switch (step.type) {
      case 'texts':
        return this.#write(channels, this.#textIn(choice), textOf(step));
      case 'text':
        return this.#write(channels, this.#textIn(choice), step.text);
      case 'refusal': {
        const told = (text: string): Event => ({ type: 'refusal', choice, text });
        return this.#write(channels, { name: 'refusal', told }, step.text);
      }
      case 'reasoning':
        return this.#thought(step, channels);
      case 'tool-arguments': {
        const told = (text: string): Event => ({ ...step, text });
        return this.#write(channels, { name: `tool ${step.index}`, told, isJson: true }, step.text);
      }
      case 'audio':
        return this.#spoken(step, channels);
      case 'server-tool':
        return [{ ...step, call: toolRead(step.call, this.#whole) }];
      case 'annotation':
        return [{ ...step, annotation: jsonRead(step.annotation as never, this.#whole) }];
      case 'logprobs':
        return this.#hides ? NOTHING : [step]; // they hold the text once more
      case 'native':
        return [nativeRead(step, this.#whole)];
      case 'tool-start':
      case 'image':
        return [...this.#flush(channels, step.type), step];
      case 'finish':
        return [...this.#flush(channels, null), step];
      default:
        return step satisfies never;
    }
  }

  rest(): Event[] {
    return [...this.#choices.values()].flatMap((channels) => this.#flush(channels, null));
  }

  #textIn(choice: number): Written {
    return { name: 'text', told: (text) => ({ type: 'text', choice, text }), isJson: this.#isJson };
  }

  #write(channels: Channels, written: Written, text: string): Event[] {
    return [...this.#flush(channels, written.name), ...this.#feed(this.#channel(channels, written), text)];
  }

  #channel(channels: Channels, { name, told, isJson }: Written): Channel {
    const known = channels.get(name);
    if (known) return known;
    const heard = (rule: ContentRule): void => {
      if (rule.action === 'redact') made.isChanged = true;
      this.#heard(rule);
    };
    const scanner = isJson ? new JsonScanner(this.#screen, heard) : new Scanner(this.#screen, heard);
    const made: Channel = { name, scanner, told, isChanged: false };
    channels.set(name, made);
    return made;
  }

  #feed({ scanner, told }: Channel, text: string): Event[] {
    const seen = scanner.feed(text);
    this.blocking ??= scanner.blocked;
    return seen === '' ? [] : [told(seen)];
  }

  #end({ scanner, told }: Channel): Event[] {
    const seen = scanner.end();
    this.blocking ??= scanner.blocked;
    return seen === '' ? [] : [told(seen)];
  }

  /** Another part begins: those before it are over, but for JSON, of which several may come side by side. */
  #flush(channels: Channels, except: string | null): Event[] {
    const events: Event[] = [];
    for (const channel of channels.values())
      if (except === null || (channel.name !== except && !(channel.scanner instanceof JsonScanner)))
        events.push(...this.#end(channel));
    return events;
  }

  /** A signature that no longer fits what is shown is of no use to anybody. */
  #thought(step: Extract<Event, { type: 'reasoning' }>, channels: Channels): Event[] {
    if (step.kind === 'encrypted') return [...this.#flush(channels, step.type), step];
    const { signature, text, ...rest } = step;
    const written = { name: `reasoning ${step.index}`, told: (seen: string): Event => ({ ...rest, text: seen }) };
    const before = this.#write(channels, written, text);
    if (signature === undefined) return before;
    const channel = this.#channel(channels, written);
    const last = this.#end(channel);
    return channel.isChanged ? [...before, ...last] : [...before, ...last, { ...rest, text: '', signature }];
  }

  #spoken(step: Extract<Event, { type: 'audio' }>, channels: Channels): Event[] {
    const { transcript, ...rest } = step;
    if (transcript === undefined) return [...this.#flush(channels, 'transcript'), step];
    const told = (seen: string): Event => ({ type: 'audio', choice: step.choice, transcript: seen });
    const seen = this.#write(channels, { name: 'transcript', told }, transcript);
    return Object.keys(rest).length > 2 ? [rest, ...seen] : seen;
  }

  readonly #whole: ReadText = (text, form) => {
    const scanner =
      form === 'json' ? new JsonScanner(this.#screen, this.#heard) : new Scanner(this.#screen, this.#heard);
    const seen = scanner.feed(text) + scanner.end();
    this.blocking ??= scanner.blocked;
    return seen;
  };
}

import type { FinishEvent } from '../call/event.ts';
import type { FinishReason } from '../call/finish.ts';
import type { Reply } from '../call/reply.ts';
import type { ChatStep } from '../call/text-run.ts';
import { promptTokens, type Usage, usageOf } from '../call/usage.ts';
import { PROMPT_TOKENS_MAX } from './believable.ts';
import { countOn, countRun, newTextCount, tokensIn, tokensOf } from './count-text.ts';

/** How many choices ended, with an error, and without a word of the vendor's. */
export type Ends = { readonly all: number; readonly failed: number; readonly blank: number };

/** Counts what passes: our own count of the output, the vendor's usage when it comes, and how the answer ended. */
export type Meter = {
  readonly pass: (step: ChatStep) => void;
  /** The vendor's count, or ours while there is none. */
  readonly usage: () => Usage;
  /** Our own count. */
  readonly estimate: () => Usage;
  readonly finish: () => { readonly reason: FinishReason; readonly native: string | null } | null;
  /** How the choices ended, all of them. */
  readonly ends: () => Ends;
  /** The tier that served, as far as the vendor has told. */
  readonly serviceTier: () => string | undefined;
  /** Our own count of the output so far, reasoning included. */
  readonly outputTokens: () => number;
  /** Images written so far. */
  readonly images: () => number;
  /** Has anything been sent that a vendor would charge as output? */
  readonly hasOutput: () => boolean;
};

/** What stands around a tool call: its marks and its id. */
const TOOL_CALL_TOKENS = 1;

export const createMeter = (promptEstimate: number): Meter => new ChatMeter(promptEstimate);

/** One object: every call has one, and a closure for each of its methods would cost more than most answers count. */
class ChatMeter implements Meter {
  readonly #output = newTextCount();
  readonly #reasoning = newTextCount();
  #reported: Usage | null = null;
  #serviceTier: string | undefined;
  #images = 0;
  #finish: { readonly reason: FinishReason; readonly native: string | null } | null = null;
  #ends = NO_ENDS;
  readonly #promptEstimate: number;
  /** The vendor's count of the prompt where it came first: it stands whatever becomes of the answer. */
  #prompt: Usage | null = null;

  constructor(promptEstimate: number) {
    this.#promptEstimate = promptEstimate;
  }

  pass(event: ChatStep): void {
    switch (event.type) {
      case 'texts':
        countRun(this.#output, event);
        return;
      case 'text':
      case 'refusal':
      case 'tool-arguments':
        countOn(this.#output, event.text);
        return;
      case 'tool-start':
        this.#output.hundredths += TOOL_CALL_TOKENS * 100;
        countOn(this.#output, event.name);
        return;
      case 'reasoning':
        if (event.kind !== 'encrypted') countOn(this.#reasoning, event.text);
        return;
      case 'image':
        this.#images += 1;
        return;
      case 'usage':
        this.#reported = event.usage;
        this.#serviceTier = event.serviceTier ?? this.#serviceTier;
        return;
      case 'start':
        this.#serviceTier = event.serviceTier ?? this.#serviceTier;
        if (event.prompt && promptTokens(event.prompt) <= PROMPT_TOKENS_MAX) this.#prompt = event.prompt;
        return;
      case 'finish':
        this.#ends = endsAfter(this.#ends, event);
        if (event.choice === 0 || !this.#finish) this.#finish = { reason: event.reason, native: event.native };
        return;
      default:
    }
  }

  usage(): Usage {
    return this.#reported ?? this.estimate();
  }

  estimate(): Usage {
    return usageOf({
      ...(this.#prompt ?? { input: this.#promptEstimate }),
      output: Math.ceil(tokensIn(this.#output)),
      outputReasoning: Math.ceil(tokensIn(this.#reasoning)),
      source: 'estimate',
    });
  }

  finish(): ReturnType<Meter['finish']> {
    return this.#finish;
  }

  ends(): Ends {
    return this.#ends;
  }

  serviceTier(): string | undefined {
    return this.#serviceTier;
  }

  outputTokens(): number {
    return tokensIn(this.#output) + tokensIn(this.#reasoning);
  }

  images(): number {
    return this.#images;
  }

  hasOutput(): boolean {
    return this.outputTokens() + this.#images > 0;
  }
}

const NO_ENDS: Ends = { all: 0, failed: 0, blank: 0 };

const endsAfter = ({ all, failed, blank }: Ends, { reason, native }: Pick<FinishEvent, 'reason' | 'native'>): Ends => ({
  all: all + 1,
  failed: failed + (reason === 'error' ? 1 : 0),
  blank: blank + (native === null || native === '' ? 1 : 0),
});

export const endsOf = ({ choices }: Reply): Ends =>
  choices.reduce(
    (ends, { finish, nativeFinish }) => endsAfter(ends, { reason: finish, native: nativeFinish }),
    NO_ENDS,
  );

/** Our own count of a whole answer. */
export function estimateReply(reply: Reply, promptEstimate: number): Usage {
  let output = 0;
  let outputReasoning = 0;
  for (const choice of reply.choices)
    for (const part of choice.parts) {
      if (part.type === 'text' || part.type === 'refusal') output += tokensOf(part.text);
      else if (part.type === 'tool-call') output += tokensOf(part.name) + tokensOf(part.arguments);
      else if (part.type === 'reasoning' && part.kind !== 'encrypted') outputReasoning += tokensOf(part.text);
    }
  return usageOf({ input: promptEstimate, output, outputReasoning, source: 'estimate' });
}

import type { Fault } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import type { Event } from '../call/event.ts';
import type { Reply } from '../call/reply.ts';
import type { Plan } from '../facts/plan.ts';
import type { About, Receipt } from '../facts/receipt.ts';
import type { Target } from '../facts/target.ts';
import type { Exposures } from '../metering/exposure.ts';
import type { Gateway } from './gateway.ts';
import type { CompletionRequest } from './receipt.ts';

/** How the caller's side hears of the answer. */
export type CompletionListener = {
  /** Streamed: batches to write, one per read; the first holds the first content, the last ends with `end` or `fault`. */
  readonly events: (events: readonly Event[], target: Target) => void;
  /** The body that goes to a provider next, for callers who asked to see it. */
  readonly echo?: (body: JsonObject) => void;
  /** The receipt is committed: called before the last batch and before `done`. */
  readonly settled: (receipt: Receipt) => void;
  /** Exactly once, last. */
  readonly done: (result: CompletionResult) => void;
};

export type CompletionResult =
  | { readonly kind: 'replied'; readonly reply: Reply; readonly target: Target }
  | { readonly kind: 'streamed' }
  /** Nothing was delivered: the fault is the answer. */
  | { readonly kind: 'failed'; readonly fault: Fault };

/** A call under way. `cancel` says that the client is gone: a stream is aborted, a non-streamed call runs to its end. */
export type Completion = { readonly pause: () => void; readonly resume: () => void; readonly cancel: () => void };

/** What the steps of one call hand to each other. */
export type CompletionContext = {
  readonly gateway: Gateway;
  readonly request: CompletionRequest;
  readonly listener: CompletionListener;
  readonly decided: Plan;
  /** What the call can cost at most, for limited scopes. */
  readonly exposed: { readonly exposures: Exposures; readonly call: Call };
  /** Our estimate. */
  readonly promptTokens: number;
  /** Output tokens of one answer that an unlimited scope sets aside. */
  readonly held: number;
  readonly about: About;
};

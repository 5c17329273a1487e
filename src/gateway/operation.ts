import type { Fault } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import type { CallOf, OperationId, ReplyOf, StepOf } from '../call/operation.ts';
import type { Plan } from '../facts/plan.ts';
import type { Question } from '../facts/question.ts';
import type { About, Receipt } from '../facts/receipt.ts';
import type { Target } from '../facts/target.ts';
import type { Hold } from '../ledger/ledger.ts';
import type { ExpectedPieces } from '../metering/cost.ts';
import type { Errand } from '../upstream/errand.ts';
import type { Run, RunListener, RunOutcome, RunRequest } from '../upstream/run.ts';
import type { Allowance, Exposed } from './allowance.ts';
import type { Gateway } from './gateway.ts';
import type { QuestionContext } from './question.ts';
import type { CallRequest, Ended } from './receipt.ts';
import type { Conversation, Sticking } from './stickiness.ts';

/**
 * What is particular to one operation in the life of a call. The life itself is the same for all of them (`perform.ts`).
 * An operation consists of this record, its row in the catalogue (`catalog/operations.ts`), its dialects and its routes.
 */
export type Operation<O extends OperationId> = {
  readonly id: O;
  readonly isStreamed: (call: CallOf<O>) => boolean;
  /** Takes a call over that asks for more than one exchange with its model; null = it does not, as most. */
  readonly extend?: (gateway: Gateway, request: CallRequest<O>, listener: CallListener<O>) => CallHandle | null;
  /** Takes a call over that cannot be planned as it is, where it could be bent so as to be; null = it cannot. */
  readonly rescue?: (
    gateway: Gateway,
    request: CallRequest<O>,
    listener: CallListener<O>,
    obstacle: Fault,
  ) => CallHandle | null;
  /** Measured once. An estimate: limits and holds are read from it, and bills where a vendor counts nothing. */
  readonly sizeOf: (call: CallOf<O>) => CallSize;
  /** Which conversation it continues, where an operation has any. */
  readonly conversationOf?: (call: CallOf<O>, accountId: string) => Conversation;
  /** What the router is asked. */
  readonly questionOf: (call: CallOf<O>, surroundings: QuestionContext) => Question;
  /** What of the plan this call can do with; absent = all of it. */
  readonly suit?: (decided: Plan, call: CallOf<O>) => Plan;
  /** Runs what takes more than one run; absent = one run is all. */
  readonly carry?: (context: CallContext<O>, carrying: Carrying<O>) => Run;
  /** The most that it may consume, for scopes that are limited. */
  readonly exposedOf: (call: CallOf<O>, size: CallSize, gateway: Gateway) => Exposed;
  /** What an estimate of its cost covers of what is written. */
  readonly outputOf: (call: CallOf<O>, decided: Plan) => OutputSize;
  /** What is carried to providers once the money is held, and what becomes of the answer. */
  readonly begin: (context: CallContext<O>, means: Means) => Begun<O>;
  /**
   * Absent where the answer is what was asked for. Else the answer only began it, and a job goes on: it takes the hold
   * over, and settles it when it ends. Rejects if there is no job; the hold has ended then.
   */
  readonly handOver?: (context: CallContext<O>, handing: HandingOver<O>) => Promise<void>;
};

/** What an operation is handed that runs its call itself: the first run as it would be, and who hears of it. */
export type Carrying<O extends OperationId> = {
  readonly hold: Hold;
  readonly request: RunRequest<O>;
  readonly listener: RunListener<O>;
};

/** What a job begins with. The receipt has the bill of all that was asked for. */
export type HandingOver<O extends OperationId> = {
  readonly hold: Hold;
  readonly receipt: Receipt;
  readonly reply: ReplyOf<O>;
  readonly target: Target;
};

export type CallSize = {
  /** Tokens of everything that is sent. */
  readonly promptTokens: number;
  /** Tokens of the longest text that must fit into a context window by itself. */
  readonly longestPromptTokens: number;
  /** What is expected beside tokens: in the call, and in its answer. */
  readonly pieces?: { readonly read: ExpectedPieces; readonly written: ExpectedPieces };
};

/** Output tokens of one answer, and how many answers there are. */
export type OutputSize = { readonly tokens: number; readonly answers: number };

/** What the steps of one call hand to each other. */
export type CallContext<O extends OperationId> = {
  readonly gateway: Gateway;
  readonly operation: Operation<O>;
  readonly request: CallRequest<O>;
  readonly listener: CallListener<O>;
  readonly decided: Plan;
  readonly size: CallSize;
  /** What the call can cost at most, for limited scopes. */
  readonly exposed: Exposed;
  /** Output tokens of one answer that an unlimited scope sets aside. */
  readonly held: number;
  readonly about: About;
  /** Where the conversation was last, and is from now on. */
  readonly sticking: Sticking;
  /** What the plan rests on, as the receipt keeps it. */
  readonly grounds: string;
};

export type Means = {
  readonly hold: Hold;
  /** What the call may cost; null = nothing is limited. */
  readonly allowance: Allowance | null;
  readonly run: () => Run;
};

export type Begun<O extends OperationId> = { readonly errand: Errand<O>; readonly delivery: Delivery<O> };

/** What stands between a run and the client, and counts what passes. */
export type Delivery<O extends OperationId> = {
  /** Steps of a streamed answer have come. */
  readonly events: (steps: readonly StepOf<O>[], target: Target) => void;
  /** What this endpoint sent was cut, and another goes on with the answer. */
  readonly cut: (target: Target) => void;
  /** The intent is stored: what waited may be seen. */
  readonly stored: () => void;
  /** The client reads no further for now, or again. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** The client is gone: nothing is written any more. */
  readonly abandon: () => void;
  /** We end the answer for this reason. */
  readonly interrupt: (reason: Fault) => void;
  /** How the call ended, its usage and its bill, now that the run is over. */
  readonly ended: (outcome: RunOutcome<O>) => Ended;
  /** The settlement is stored: the end of a streamed answer goes out. */
  readonly last: (ended: Ended, target: Target) => void;
  /** Ends with a fault what the client has seen the beginning of. False = it has seen nothing, or is gone. */
  readonly breakOff: (value: Fault) => boolean;
};

/** How the caller's side hears of the answer. */
export type CallListener<O extends OperationId> = {
  /** Streamed: batches to write, one per read; the first holds the first content, the last ends with `end` or `fault`. */
  readonly events: (steps: readonly StepOf<O>[], target: Target) => void;
  /** The body that goes to a provider next, for callers who asked to see it. */
  readonly echo?: (body: JsonObject) => void;
  /** The receipt is committed: called before the last batch and before `done`. */
  readonly settled: (receipt: Receipt) => void;
  /** Exactly once, last. */
  readonly done: (result: CallResult<O>) => void;
};

export type CallResult<O extends OperationId> =
  | {
      readonly kind: 'replied';
      readonly reply: ReplyOf<O>;
      readonly target: Target;
      /** Of an answer that is large: gives back the memory that it was read into. Called when it is no longer held. */
      readonly release?: () => void;
    }
  | { readonly kind: 'streamed' }
  /** Nothing was delivered: the fault is the answer. */
  | { readonly kind: 'failed'; readonly fault: Fault };

/** A call under way. `cancel` says that the client is gone: a stream is aborted, a whole answer runs to its end. */
export type CallHandle = { readonly pause: () => void; readonly resume: () => void; readonly cancel: () => void };

import type { Blob } from '../base/blobs.ts';
import type { Fault } from '../base/fault.ts';
import type { Deadlines } from '../base/limits.ts';
import type { Memory, MemoryAllowance } from '../base/memory.ts';
import type { Cancel, World } from '../base/world.ts';
import type { Loss } from '../call/loss.ts';
import type { OperationId, ReplyOf, StepOf } from '../call/operation.ts';
import type { Provider } from '../catalog/provider.ts';
import type { Fetched } from '../facts/asset.ts';
import type { Attempt } from '../facts/attempt.ts';
import type { Plan } from '../facts/plan.ts';
import type { Target } from '../facts/target.ts';
import type { AttemptHandle } from './attempt.ts';
import type { Credential } from './credentials.ts';
import type { Errand } from './errand.ts';
import type { Health } from './health.ts';
import type { Keyring } from './keyring.ts';
import type { Prepared } from './prepare.ts';
import type { Failure } from './retry.ts';

export type RunListener<O extends OperationId> = {
  /** Bytes are about to leave: the ledger notes it. */
  readonly dispatched: (target: Target, prepared: Prepared) => void;
  /**
   * Streamed only. First the events up to and including the first content event (`start` included) of the endpoint
   * that won, with the rest of their read, then once per read, in batches. The last batch ends with `end` or `fault`.
   */
  readonly events: (events: readonly StepOf<O>[], target: Target) => void;
  /** The answer was cut in mid-stream, and another exchange goes on with it: what follows is that one's. */
  readonly cut?: (target: Target) => void;
  /** Exactly once, last. Never before `startRun` has returned. */
  readonly done: (outcome: RunOutcome<O>) => void;
};

export type RunOutcome<O extends OperationId = 'chat'> = {
  readonly attempts: readonly Attempt[];
  readonly losses: readonly Loss[];
  /** Gives back the memory that a large answer was read into, where there is one: when it has been told, or given up. */
  readonly release?: () => void;
  /** Who was given up because another endpoint answered first. */
  readonly outrun?: Outrun;
} & (
  | { readonly kind: 'replied'; readonly target: Target; readonly reply: ReplyOf<O> }
  | { readonly kind: 'streamed'; readonly target: Target }
  /** After the first content; the fault was the last event. */
  | { readonly kind: 'broken'; readonly target: Target; readonly fault: Fault }
  /** Nothing was delivered. */
  | { readonly kind: 'failed'; readonly fault: Fault }
  | { readonly kind: 'cancelled'; readonly target: Target | null }
);

/** `afterMs`: how long the first of the two had been silent when the second was asked. */
export type Outrun = { readonly target: Target; readonly afterMs: number };

export type RunDependencies = {
  readonly world: World;
  readonly memory: Memory;
  readonly keyring: Keyring;
  readonly health: Health;
  readonly deadlines: Deadlines;
};
export type RunRequest<O extends OperationId> = {
  readonly errand: Errand<O>;
  readonly plan: Plan;
  /** On whose share of the memory what must be fetched, and a large answer, are held: a key's id. */
  readonly who: string;
  /** What the call belongs to, as far as its caller says: it stays with one key of a provider. */
  readonly conversation?: string | null;
  /** A refusal for its content ends the run, also where the caller named other models. */
  readonly stopsOnRefusal?: boolean;
  /** Present where somebody else asks the others: called once the first endpoint has not answered, and the run ends with it. */
  readonly handOver?: () => void;
  /** Attempts that somebody else makes for the same call; absent = none. */
  readonly elsewhere?: number;
};

export type Run = {
  /** Stops reading from the provider; its own sending stops when the buffers between are full. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Aborts the exchange at once; `done` is called with `cancelled` before this returns. No effect when it is over. */
  readonly cancel: () => void;
};

export type Outcome<O extends OperationId> = Without<RunOutcome<O>, 'attempts' | 'losses' | 'release' | 'outrun'>;
type Without<Union, Keys extends PropertyKey> = Union extends unknown ? Omit<Union, Keys> : never;

export type RunProgress = {
  readonly index: number;
  readonly failed: number;
  readonly request: { readonly plan: Plan };
};

/** A stream that broke off: how, whose it was, and how many had broken off before it. */
export type Cut = {
  readonly fault: Fault;
  readonly target: Target;
  readonly index: number;
  readonly before: number;
  /** Nobody else could go on: its own endpoint is asked once more, and nobody after it. */
  readonly isLast: boolean;
};

export type State<O extends OperationId> = {
  readonly dependencies: RunDependencies;
  readonly request: RunRequest<O>;
  readonly listener: RunListener<O>;
  readonly startedAt: number;
  readonly attempts: Attempt[];
  readonly failures: Failure[];
  readonly assets: Map<string, Fetched>;
  readonly blobs: Blob[];
  /** What was fetched, and a large answer, weigh so much; null = there is neither. */
  allowance: MemoryAllowance | null;
  /** The candidate under way, and the one that has had its second chance. */
  index: number;
  retried: number;
  /** Models whose every host would say the same: none of their endpoints is tried any more. */
  given: ReadonlySet<string>;
  failed: number;
  /** The key under way, and those that hosts have refused. */
  key: Credential | null;
  refusedKeys: ReadonlySet<Credential>;
  /** Whose key it is, where that provider has several; null = it is the only one. */
  keyOf: Provider | null;
  /** The same candidate is asked again with another key. */
  turnsKey: boolean;
  /** What the candidate under way has answered, and how many exchanges the call takes with it. */
  answers: ReplyOf<O>[];
  exchanges: number;
  losses: readonly Loss[];
  /** What broke off in mid-stream and is being gone on with. */
  cut: Cut | null;
  /** Ends what is under way: a wait, a download. */
  stop: Cancel | null;
  handle: AttemptHandle | null;
  paused: boolean;
  over: boolean;
};

/** What most runs never add to. */
const NO_MODELS: State<OperationId>['given'] = new Set();
const NO_KEYS: State<OperationId>['refusedKeys'] = new Set();

export function newState<O extends OperationId>(
  dependencies: RunDependencies,
  request: RunRequest<O>,
  listener: RunListener<O>,
): State<O> {
  return {
    dependencies,
    request,
    listener,
    startedAt: dependencies.world.elapsed(),
    attempts: [],
    failures: [],
    assets: new Map(),
    blobs: [...request.errand.blobs],
    allowance: null,
    index: 0,
    retried: -1,
    given: NO_MODELS,
    failed: request.elsewhere ?? 0,
    key: null,
    refusedKeys: NO_KEYS,
    keyOf: null,
    turnsKey: false,
    answers: [],
    exchanges: 0,
    losses: [],
    cut: null,
    stop: null,
    handle: null,
    paused: false,
    over: false,
  };
}

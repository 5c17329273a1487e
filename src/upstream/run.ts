import { assert } from '../base/assert.ts';
import type { Blob } from '../base/blobs.ts';
import { type Fault, fault } from '../base/fault.ts';
import { type Deadlines, LIMITS } from '../base/limits.ts';
import type { Allowance, Memory } from '../base/memory.ts';
import type { Cancel, World } from '../base/world.ts';
import type { Event } from '../call/event.ts';
import type { Loss } from '../call/loss.ts';
import type { Reply } from '../call/reply.ts';
import type { Fetched } from '../facts/asset.ts';
import type { Attempt } from '../facts/attempt.ts';
import type { Candidate, Plan } from '../facts/plan.ts';
import type { Target } from '../facts/target.ts';
import { type AttemptEnd, type AttemptHandle, startAttempt } from './attempt.ts';
import * as faults from './attempt-faults.ts';
import type { Credentials } from './credentials.ts';
import type { Answered, Errand, Translation } from './errand.ts';
import type { Health } from './health.ts';
import { reportOf } from './health-report.ts';
import { type Prepared, prepare } from './prepare.ts';
import { type Failure, mostTelling, stepAfter } from './retry.ts';

export type RunListener<Answer> = {
  /** Bytes are about to leave: the ledger notes it. */
  readonly dispatched: (target: Target, prepared: Prepared) => void;
  /**
   * Streamed only. First the events up to and including the first content event (`start` included) of the endpoint
   * that won, with the rest of their read, then once per read, in batches. The last batch ends with `end` or `fault`.
   */
  readonly events: (events: readonly Event[], target: Target) => void;
  /** Exactly once, last. Never before `startRun` has returned. */
  readonly done: (outcome: RunOutcome<Answer>) => void;
};

export type RunOutcome<Answer = Reply> = { readonly attempts: readonly Attempt[]; readonly losses: readonly Loss[] } & (
  | { readonly kind: 'replied'; readonly target: Target; readonly reply: Answer }
  | { readonly kind: 'streamed'; readonly target: Target }
  /** After the first content; the fault was the last event. */
  | { readonly kind: 'broken'; readonly target: Target; readonly fault: Fault }
  /** Nothing was delivered. */
  | { readonly kind: 'failed'; readonly fault: Fault }
  | { readonly kind: 'cancelled'; readonly target: Target | null }
);

export type RunDependencies = {
  readonly world: World;
  readonly memory: Memory;
  readonly credentials: Credentials;
  readonly health: Health;
  readonly deadlines: Deadlines;
};
export type RunRequest<Answer extends Answered> = {
  readonly errand: Errand<Answer>;
  readonly plan: Plan;
  /** On whose share of the memory what must be fetched is held: a key's id. */
  readonly who: string;
};

export type Run = {
  /** Stops reading from the provider; its own sending stops when the buffers between are full. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Aborts the exchange at once; `done` is called with `cancelled` before this returns. No effect when it is over. */
  readonly cancel: () => void;
};

type Outcome<Answer> = Without<RunOutcome<Answer>, 'attempts' | 'losses'>;
type Without<Union, Keys extends PropertyKey> = Union extends unknown ? Omit<Union, Keys> : never;

type Progress = {
  readonly index: number;
  readonly failed: number;
  readonly request: { readonly plan: Plan };
};

type State<Answer extends Answered> = {
  readonly dependencies: RunDependencies;
  readonly request: RunRequest<Answer>;
  readonly listener: RunListener<Answer>;
  readonly startedAt: number;
  readonly attempts: Attempt[];
  readonly failures: Failure[];
  readonly assets: Map<string, Fetched>;
  readonly blobs: Blob[];
  /** What was fetched weighs so much; null = nothing was. */
  allowance: Allowance | null;
  /** The candidate under way, and the one that has had its second chance. */
  index: number;
  retried: number;
  /** Models whose every host would say the same: none of their endpoints is tried any more. */
  readonly given: Set<string>;
  failed: number;
  /** What the candidate under way has answered, and how many exchanges the call takes with it. */
  answers: Answer[];
  exchanges: number;
  losses: readonly Loss[];
  /** Ends what is under way: a wait, a download. */
  stop: Cancel | null;
  handle: AttemptHandle | null;
  paused: boolean;
  over: boolean;
};

/** Tries the plan's candidates in order until one answers. Bounded by `LIMITS.attempts_max` and the deadlines. */
export function startRun<Answer extends Answered>(
  dependencies: RunDependencies,
  request: RunRequest<Answer>,
  listener: RunListener<Answer>,
): Run {
  const state: State<Answer> = {
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
    given: new Set(),
    failed: 0,
    answers: [],
    exchanges: 0,
    losses: [],
    stop: null,
    handle: null,
    paused: false,
    over: false,
  };
  queueMicrotask(() => guard(state, () => tryCandidate(state)));
  return {
    pause: () => {
      state.paused = true;
      state.handle?.pause();
    },
    resume: () => {
      state.paused = false;
      state.handle?.resume();
    },
    cancel: () => {
      if (state.over) return;
      state.stop?.();
      state.handle?.cancel();
      finish(state, { kind: 'cancelled', target: null });
    },
  };
}

/** A throw is a bug of ours: this run ends with it, the others go on. */
function guard<Answer extends Answered>(state: State<Answer>, task: () => void): void {
  if (state.over) return;
  try {
    task();
  } catch (cause) {
    finish(state, { kind: 'failed', fault: faults.bug(cause) });
  }
}

function finish<Answer extends Answered>(state: State<Answer>, result: Outcome<Answer>): void {
  if (state.over) return;
  state.over = true;
  state.handle = null;
  state.allowance?.close();
  state.listener.done({ ...result, attempts: state.attempts, losses: state.losses });
}

/** Prepares and sends the candidate at `index`; what it lacks counts as its failure. */
function tryCandidate<Answer extends Answered>(state: State<Answer>): void {
  const { dependencies, request, answers, assets } = state;
  const candidate = request.plan.candidates[state.index];
  const isLate = dependencies.world.elapsed() - state.startedAt >= dependencies.deadlines.total_ms;
  if (!candidate || isLate || state.failed >= LIMITS.attempts_max) {
    if (candidate && isLate && answers.length > 0) state.failures.push(unfinished(candidate, dependencies.deadlines));
    giveUp(state);
    return;
  }
  if (isPassedOver(state, candidate)) return;
  const translations = request.errand.translate(candidate);
  const translation = translations.ok ? translations.value[answers.length] : undefined;
  if (!translations.ok || !translation) {
    noteFailure(state, candidate, translations.ok ? faults.bug(null) : translations.error);
    return;
  }
  state.exchanges = translations.value.length;
  const { world, credentials } = dependencies;
  const downloading = (cancel: Cancel | null): void => {
    state.stop = cancel;
  };
  const indispensable = request.plan.strict ? request.errand.parameters() : null;
  const allowance = (): Allowance => {
    state.allowance ??= dependencies.memory.open(request.who);
    return state.allowance;
  };
  const { blobs } = state;
  const means = { world, credentials, translation, indispensable, assets, blobs, allowance, downloading };
  prepare(means, candidate, (prepared) =>
    guard(state, () => {
      if (prepared.ok) send(state, candidate, translation, prepared.value);
      else noteFailure(state, candidate, prepared.error);
    }),
  );
}

/**
 * What has gone down since the plan was made, or is being probed by another caller, is left for what is up; where asking
 * would only cost seconds, the caller is told at once that it is down.
 */
function isPassedOver<Answer extends Answered>(state: State<Answer>, { endpoint, model }: Candidate): boolean {
  const { health } = state.dependencies;
  const { gate, againInMs } = health.gate(endpoint.id);
  if (gate === 'open' || gate === 'probe' || state.retried === state.index || state.answers.length > 0) return false;
  const later = state.request.plan.candidates.slice(state.index + 1);
  const isAnyUp = later.some((other) => ['open', 'probe'].includes(health.gate(other.endpoint.id).gate));
  if (gate === 'doubtful' && !isAnyUp) return false;
  const provider = endpoint.provider.name;
  state.failures.push({ fault: faults.resting(provider, againInMs), model: model.id, provider });
  goOn(state);
  return true;
}

function send<Answer extends Answered>(
  state: State<Answer>,
  candidate: Candidate,
  translation: Translation<Answer>,
  prepared: Prepared,
): void {
  const { dependencies, listener } = state;
  const { world, health, deadlines } = dependencies;
  const target: Target = { endpoint: candidate.endpoint, model: candidate.model };
  state.losses = state.answers.length === 0 ? prepared.losses : union(state.losses, prepared.losses);
  listener.dispatched(target, prepared);
  if (state.over) return;
  health.started(target.endpoint.id);
  const patience = othersLeft(state) ? 'short' : 'long';
  const { isStreamed } = state.request.errand;
  const { decodeFault } = translation;
  let answer: Answer | undefined;
  const read: Translation<Answered>['read'] = (headers, sink) =>
    translation.read(headers, {
      ...sink,
      replied: (value) => {
        answer = value;
        sink.replied(value);
      },
    });
  state.handle = startAttempt(
    { ...prepared, world, target, isStreamed, deadlines, patience, read, decodeFault },
    {
      events: (events) => listener.events(events, target),
      done: (end, attempt) => {
        state.handle = null;
        state.attempts.push(attempt);
        health.ended(attempt.endpoint, reportOf(end, attempt));
        guard(state, () => settle(state, candidate, end, answer));
      },
    },
  );
  if (state.paused) state.handle.pause();
}

function settle<Answer extends Answered>(
  state: State<Answer>,
  candidate: Candidate,
  end: AttemptEnd,
  answer: Answer | undefined,
): void {
  const target: Target = { endpoint: candidate.endpoint, model: candidate.model };
  switch (end.kind) {
    case 'replied':
      assert(answer, 'an attempt that replied was read');
      keep(state, target, answer);
      return;
    case 'streamed':
    case 'cancelled':
      finish(state, { kind: end.kind, target });
      return;
    case 'broken':
      finish(state, { kind: 'broken', target, fault: end.fault });
      return;
    case 'failed':
      state.failed++;
      noteFailure(state, candidate, end.fault);
      return;
    default:
      end satisfies never;
  }
}

/** One exchange is answered: the run is over, or the next exchange that this call takes with the endpoint follows. */
function keep<Answer extends Answered>(state: State<Answer>, target: Target, answer: Answer): void {
  const { errand } = state.request;
  state.answers.push(answer);
  const [first, ...others] = state.answers;
  if (first && state.answers.length === state.exchanges) {
    finish(state, { kind: 'replied', target, reply: errand.join([first, ...others]) });
    return;
  }
  state.retried = -1;
  tryCandidate(state);
}

/** The candidate did not answer: the fault says what follows. Another endpoint begins anew. */
function noteFailure<Answer extends Answered>(state: State<Answer>, candidate: Candidate, value: Fault): void {
  const { world, health } = state.dependencies;
  const { endpoint, model } = candidate;
  state.failures.push({ fault: value, model: model.id, provider: endpoint.provider.name });
  const step = stepAfter(value, {
    hasRetried: state.retried === state.index,
    othersLeft: othersLeft(state),
    isStable: health.view().of(endpoint.id)?.stable !== false,
    draw: world.random(),
  });
  switch (step.kind) {
    case 'stop':
      giveUp(state);
      return;
    case 'again':
      state.retried = state.index;
      state.stop = world.after(step.afterMs, () => guard(state, () => tryCandidate(state)));
      return;
    case 'next-model':
      state.given.add(model.id);
      goOn(state);
      return;
    case 'next-endpoint':
      goOn(state);
      return;
    default:
      step satisfies never;
  }
}

function giveUp<Answer extends Answered>(state: State<Answer>): void {
  const value = mostTelling(state.failures) ?? state.request.plan.fault;
  finish(state, { kind: 'failed', fault: value ?? fault('no_endpoints', 'No endpoint is left to try.') });
}

/** To the next candidate, past models that have been given up, wherever their endpoints stand. */
function goOn<Answer extends Answered>(state: State<Answer>): void {
  const { candidates } = state.request.plan;
  const next = candidates.findIndex(({ model }, at) => at > state.index && !state.given.has(model.id));
  state.index = next === -1 ? candidates.length : next;
  state.answers = [];
  tryCandidate(state);
}

const othersLeft = ({ index, failed, request }: Progress): boolean =>
  index + 1 < request.plan.candidates.length && failed + 1 < LIMITS.attempts_max;

/** Time ran out between two exchanges of one call. */
const unfinished = ({ endpoint: { provider }, model }: Candidate, { total_ms }: Deadlines): Failure => ({
  fault: fault('upstream_timeout', `${provider.name} did not answer everything within ${total_ms} ms.`, {
    upstream: { provider: provider.slug },
  }),
  model: model.id,
  provider: provider.name,
});

const union = (losses: readonly Loss[], more: readonly Loss[]): Loss[] => [
  ...losses,
  ...more.filter(({ field }) => !losses.some((loss) => loss.field === field)),
];

import { assert } from '../base/assert.ts';
import { type Fault, fault } from '../base/fault.ts';
import { type Deadlines, LIMITS } from '../base/limits.ts';
import type { MemoryAllowance } from '../base/memory.ts';
import { ok, type Result } from '../base/result.ts';
import type { Cancel, WireHeaders } from '../base/world.ts';
import type { Loss } from '../call/loss.ts';
import type { AnyStep, OperationId, ReplyOf, StepOf } from '../call/operation.ts';
import type { Attempt } from '../facts/attempt.ts';
import type { Candidate } from '../facts/plan.ts';
import type { Target } from '../facts/target.ts';
import { type AttemptEnd, startAttempt } from './attempt.ts';
import * as faults from './attempt-faults.ts';
import type { Translation, Translations } from './errand.ts';
import { reportOf } from './health-report.ts';
import { type Prepared, prepare } from './prepare.ts';
import type { AnySink } from './read-body.ts';
import { type Failure, mostTelling, stepAfter } from './retry.ts';
import { noteSpent, ownRefusal, takeKey, targetOf, turnsToAnotherKey, withKeyTold } from './run-keys.ts';
import { restOf } from './run-rests.ts';
import {
  newState,
  type Outcome,
  type Run,
  type RunDependencies,
  type RunListener,
  type RunProgress,
  type RunRequest,
  type State,
} from './run-state.ts';

export type { Run, RunDependencies, RunListener, RunOutcome, RunRequest } from './run-state.ts';

/** Tries the plan's candidates in order until one answers. Bounded by `LIMITS.attempts_max` and the deadlines. */
export function startRun<O extends OperationId>(
  dependencies: RunDependencies,
  request: RunRequest<O>,
  listener: RunListener<O>,
): Run {
  const state = newState(dependencies, request, listener);
  const begin = (): void => guard(state, () => tryCandidate(state));
  // What came before a large call's first attempt was long enough for one turn.
  if (request.errand.isLarge) state.stop = dependencies.world.after(0, begin);
  else queueMicrotask(begin);
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
      finish(state, { kind: 'cancelled', target: state.cut?.target ?? null });
    },
  };
}

/** A throw is a bug of ours: this run ends with it, the others go on. */
function guard<O extends OperationId>(state: State<O>, task: () => void): void {
  if (state.over) return;
  try {
    task();
  } catch (cause) {
    if (state.cut) breakOff(state, state.cut.target, faults.bug(cause));
    else finish(state, { kind: 'failed', fault: faults.bug(cause) });
  }
}

/** The memory that this call takes beside its body: what is fetched for it, and a large whole answer. */
function allowanceOf<O extends OperationId>(state: State<O>): MemoryAllowance {
  state.allowance ??= state.dependencies.memory.open(state.request.who, 'under way');
  return state.allowance;
}

function finish<O extends OperationId>(state: State<O>, result: Outcome<O>): void {
  if (state.over) return;
  state.over = true;
  state.handle = null;
  const { allowance, attempts, losses } = state;
  const isKept = allowance !== null && result.kind === 'replied';
  if (allowance && !isKept) allowance.close();
  state.listener.done({ ...result, attempts, losses, ...(isKept && { release: allowance.close }) });
}

/** Prepares and sends the candidate at `index`; what it lacks counts as its failure. */
function tryCandidate<O extends OperationId>(state: State<O>): void {
  const { dependencies, request, answers, assets } = state;
  const candidate = request.plan.candidates[state.index];
  const isLate = dependencies.world.elapsed() - state.startedAt >= dependencies.deadlines.total_ms;
  if (!candidate || isLate || state.failed >= LIMITS.attempts_max) {
    if (candidate && isLate && answers.length > 0) state.failures.push(unfinished(candidate, dependencies.deadlines));
    giveUp(state);
    return;
  }
  if (isPassedOver(state, candidate)) return;
  const translations = translationsFor(state, candidate);
  const translation = translations.ok ? translations.value[answers.length] : undefined;
  if (!translations.ok || !translation) {
    noteFailure(state, candidate, translations.ok ? faults.bug(null) : translations.error);
    return;
  }
  state.exchanges = translations.value.length;
  const { world } = dependencies;
  const key = takeKey(state, candidate);
  const downloading = (cancel: Cancel | null): void => {
    state.stop = cancel;
  };
  const indispensable = request.plan.strict ? request.errand.parameters() : null;
  const allowance = (): MemoryAllowance => allowanceOf(state);
  const { blobs } = state;
  const { isLarge } = request.errand;
  const means = { world, key, translation, indispensable, assets, blobs, isLarge, allowance, downloading };
  prepare(means, candidate, (prepared) =>
    guard(state, () => {
      if (prepared.ok) send(state, candidate, translation, prepared.value);
      else noteFailure(state, candidate, prepared.error);
    }),
  );
}

/** The exchanges that this endpoint needs for the whole call, or the one that goes on with what was shown of its answer. */
function translationsFor<O extends OperationId>(state: State<O>, candidate: Candidate): Result<Translations<O>, Fault> {
  const { errand } = state.request;
  if (!state.cut || !errand.continuation) return errand.translate(candidate);
  const translation = errand.continuation.translate(candidate);
  return translation.ok ? ok([translation.value]) : translation;
}

/** What rests is left for what does not. */
function isPassedOver<O extends OperationId>(state: State<O>, candidate: Candidate): boolean {
  const failure = restOf(state, candidate);
  if (!failure) return false;
  state.failures.push(failure);
  goOn(state);
  return true;
}

function send<O extends OperationId>(
  state: State<O>,
  candidate: Candidate,
  translation: Translation<O>,
  prepared: Prepared,
): void {
  const { dependencies, listener } = state;
  const { world, health, deadlines } = dependencies;
  const target: Target = targetOf(candidate);
  state.losses = state.answers.length === 0 && !state.cut ? prepared.losses : union(state.losses, prepared.losses);
  listener.dispatched(target, prepared);
  if (state.over) return;
  health.started(target.endpoint.id);
  const patience = othersLeft(state) ? 'short' : 'long';
  const allowance = (): MemoryAllowance => allowanceOf(state);
  const { isStreamed, isContent, continuation } = state.request.errand;
  const { decodeFault } = translation;
  let answer: ReplyOf<O> | undefined;
  const read = (headers: WireHeaders, sink: AnySink) =>
    translation.read(
      headers,
      {
        ...sink,
        replied: (value) => {
          answer = value;
          sink.replied(value);
        },
      },
      prepared.request,
    );
  if (state.cut) continuation?.begin();
  let misfit: Fault | null = null;
  /** Where a cut answer would be gone on with, what is shown is remembered, and what breaks it off is kept back. */
  const passOn = (events: readonly StepOf<O>[]): void => {
    if (misfit || !continuation) return;
    const shown = continuation.pass(events);
    if (shown && shown.length > 0) listener.events(shown, target);
    if (shown) return;
    misfit = faults.anew(target.endpoint.provider.name);
    state.handle?.cancel();
  };
  state.handle = startAttempt(
    {
      ...prepared,
      world,
      target,
      isStreamed,
      isContent: isContent as KnowsContent,
      deadlines,
      patience,
      read,
      decodeFault,
      allowance,
    },
    {
      events: (continuation ? passOn : (steps: readonly StepOf<O>[]) => listener.events(steps, target)) as TakesSteps,
      spent: (ms) => noteSpent(state, target, ms),
      done: (ended, made) => {
        const refusal = ownRefusal(state, target, ended);
        const [end, attempt] = failedWith(misfit ?? refusal, ended, made);
        state.handle = null;
        if (made.losses !== prepared.losses) state.losses = union(state.losses, made.losses);
        state.attempts.push(withKeyTold(attempt, state, target));
        const isKeys = refusal !== null || turnsToAnotherKey(state, end);
        // Where another key may be taken it was the key, and not the endpoint.
        health.ended(attempt.endpoint, isKeys ? { kind: 'cancelled' } : reportOf(end, attempt));
        guard(state, () => settle(state, candidate, end, answer));
      },
    },
  );
  if (state.paused) state.handle.pause();
}

/** What the attempt told, unless this has made it a failure. */
const failedWith = (value: Fault | null, ended: AttemptEnd, made: Attempt): readonly [AttemptEnd, Attempt] =>
  value
    ? [
        { kind: 'failed', fault: value },
        { ...made, outcome: 'failed', fault: value },
      ]
    : [ended, made];

function settle<O extends OperationId>(
  state: State<O>,
  candidate: Candidate,
  end: AttemptEnd,
  answer: ReplyOf<O> | undefined,
): void {
  const target: Target = targetOf(candidate);
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
      if (!goesOn(state, candidate, end.fault)) breakOff(state, target, end.fault);
      return;
    case 'failed':
      state.failed++;
      noteFailure(state, candidate, end.fault);
      return;
    default:
      end satisfies never;
  }
}

/** An attempt reads what its operation's dialect decodes, and nothing else. */
type TakesSteps = (steps: readonly AnyStep[]) => void;
type KnowsContent = (step: AnyStep) => boolean;

/** One exchange is answered: the run is over, or the next exchange that this call takes with the endpoint follows. */
function keep<O extends OperationId>(state: State<O>, target: Target, answer: ReplyOf<O>): void {
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
function noteFailure<O extends OperationId>(state: State<O>, candidate: Candidate, value: Fault): void {
  const { world, health } = state.dependencies;
  const { endpoint, model } = candidate;
  state.failures.push({ fault: value, model: model.id, provider: endpoint.provider.name });
  if (state.turnsKey) {
    state.turnsKey = false;
    tryCandidate(state);
    return;
  }
  if (state.cut && state.request.errand.continuation?.otherWay(value, candidate)) {
    tryCandidate(state);
    return;
  }
  if (state.request.stopsOnRefusal && value.code === 'content_policy_violation') {
    finishWith(state, value);
    return;
  }
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
      state.given = new Set([...state.given, model.id]);
      goOn(state);
      return;
    case 'next-endpoint':
      goOn(state);
      return;
    default:
      step satisfies never;
  }
}

function giveUp<O extends OperationId>(state: State<O>): void {
  const { cut } = state;
  if (cut && !cut.isLast) {
    state.cut = { ...cut, isLast: true };
    state.index = cut.index;
    state.retried = cut.index;
    state.request.errand.continuation?.turnTo();
    tryCandidate(state);
    return;
  }
  const value = mostTelling(state.failures) ?? state.request.plan.fault;
  finishWith(state, value ?? fault('no_endpoints', 'No endpoint is left to try.'));
}

/** Whoever has seen the beginning of an answer hears what broke it off, not what became of the attempts to go on. */
function finishWith<O extends OperationId>(state: State<O>, value: Fault): void {
  if (state.cut) breakOff(state, state.cut.target, state.cut.fault);
  else finish(state, { kind: 'failed', fault: value });
}

function breakOff<O extends OperationId>(state: State<O>, target: Target, value: Fault): void {
  // Of an answer that nobody would go on with, the attempt has told it.
  if (state.request.errand.continuation) state.listener.events([{ type: 'fault', fault: value } as StepOf<O>], target);
  finish(state, { kind: 'broken', target, fault: value });
}

/** A stream broke off: it is gone on with, if it may be, by the next candidate, or else by the same endpoint. */
function goesOn<O extends OperationId>(state: State<O>, candidate: Candidate, value: Fault): boolean {
  const { continuation } = state.request.errand;
  const before = state.cut ? state.cut.before + 1 : 0;
  if (!continuation?.follows(value) || state.cut?.isLast || before >= LIMITS.continuations_max) return false;
  const target: Target = targetOf(candidate);
  state.failed++;
  state.failures.push({ fault: value, model: target.model.id, provider: target.endpoint.provider.name });
  state.cut = { fault: value, target, index: state.index, before, isLast: false };
  state.listener.cut?.(target);
  if (!state.over) goOn(state);
  return true;
}

/** To the next candidate, past models that have been given up, wherever their endpoints stand. */
function goOn<O extends OperationId>(state: State<O>): void {
  const { handOver } = state.request;
  if (!state.cut) handOver?.();
  if (state.cut ? state.cut.isLast : handOver) return giveUp(state);
  const { candidates } = state.request.plan;
  state.request.errand.continuation?.turnTo();
  const next = candidates.findIndex(({ model }, at) => at > state.index && !state.given.has(model.id));
  state.index = next === -1 ? candidates.length : next;
  state.answers = [];
  tryCandidate(state);
}

const othersLeft = ({ index, failed, request }: RunProgress): boolean =>
  index + 1 < request.plan.candidates.length && failed + 1 < LIMITS.attempts_max;

/** Time ran out between two exchanges of one call. */
const unfinished = ({ endpoint: { provider }, model }: Candidate, { total_ms }: Deadlines): Failure => ({
  fault: fault('upstream_timeout', `${provider.name} did not answer everything within ${total_ms} ms.`, {
    upstream: { provider: provider.slug },
  }),
  model: model.id,
  provider: provider.name,
});

function union(losses: readonly Loss[], more: readonly Loss[]): Loss[] {
  const fields = new Set(losses.map(({ field }) => field));
  return [...losses, ...more.filter(({ field }) => !fields.has(field))];
}

import type { Cancel } from '../base/world.ts';
import type { OperationId } from '../call/operation.ts';
import type { Target } from '../facts/target.ts';
import { type Failure, mostTelling } from './retry.ts';
import { startRun } from './run.ts';
import type { Run, RunDependencies, RunListener, RunOutcome, RunRequest } from './run-state.ts';

/** When a second endpoint is asked, and what it takes. */
export type Hedging = {
  /** So long the first one may be silent. */
  readonly afterMs: number;
  /** Sets aside what the second exchange may cost. False = it is not there, and nobody else is asked. */
  readonly pay: (second: Target) => boolean | Promise<boolean>;
};

/** What the first endpoint may be asked, a second chance included. */
const FIRST_ATTEMPTS = 2;

/** One of the two runs: the plan's first endpoint, or whatever else the plan has. */
type Side<O extends OperationId> = {
  run: Run | null;
  outcome: RunOutcome<O> | null;
  /** Who was asked last, and when. */
  asked: { readonly target: Target; readonly at: number } | null;
  /** It did not answer, and others may. */
  handsOver: boolean;
};
const newSide = <O extends OperationId>(): Side<O> => ({ run: null, outcome: null, asked: null, handsOver: false });

type Race<O extends OperationId> = {
  readonly dependencies: RunDependencies;
  readonly request: RunRequest<O>;
  readonly listener: RunListener<O>;
  readonly hedging: Hedging;
  readonly first: Side<O>;
  readonly second: Side<O>;
  winner: Side<O> | null;
  timer: Cancel | null;
  isOver: boolean;
};

/**
 * Runs a streamed call so that an endpoint which stays silent is joined by a second one (decisions/0062): whoever sends
 * content first answers, the other is given up at once. What the client hears is one run's and never the other's. Where
 * the first one fails before, the others follow as in any run.
 */
export function startHedged<O extends OperationId>(
  dependencies: RunDependencies,
  request: RunRequest<O>,
  listener: RunListener<O>,
  hedging: Hedging,
): Run {
  const sides = { first: newSide<O>(), second: newSide<O>() };
  const race: Race<O> = {
    dependencies,
    request,
    listener,
    hedging,
    ...sides,
    winner: null,
    timer: null,
    isOver: false,
  };
  const { first, second } = race;
  const handOver = (): void => {
    first.handsOver = true;
  };
  first.run = startRun(dependencies, { ...request, handOver }, listenerOf(race, first));
  race.timer = dependencies.world.after(hedging.afterMs, () => {
    race.timer = null;
    void hedge(race);
  });
  const each = (task: (run: Run) => void): void => {
    for (const side of race.winner ? [race.winner] : [first, second]) if (side.run && !side.outcome) task(side.run);
  };
  return {
    pause: () => each((run) => run.pause()),
    resume: () => each((run) => run.resume()),
    cancel: () => cancel(race),
  };
}

function listenerOf<O extends OperationId>(race: Race<O>, side: Side<O>): RunListener<O> {
  const { listener, dependencies } = race;
  return {
    dispatched: (target, prepared) => {
      side.asked = { target, at: dependencies.world.elapsed() };
      listener.dispatched(target, prepared);
    },
    events: (steps, target) => {
      if (race.winner === null && !race.isOver) win(race, side);
      if (race.winner === side) listener.events(steps, target);
    },
    cut: (target) => {
      if (race.winner === side) listener.cut?.(target);
    },
    done: (outcome) => {
      side.outcome = outcome;
      ended(race, side);
    },
  };
}

/** The first has been silent for too long. */
async function hedge<O extends OperationId>(race: Race<O>): Promise<void> {
  const [target] = rest(race);
  if (!target) return;
  const isPaid = race.hedging.pay(target);
  if (isPaid === true || (isPaid !== false && (await isPaid.catch(() => false)))) startSecond(race);
}

function startSecond<O extends OperationId>(race: Race<O>): void {
  const { dependencies, request, first, second } = race;
  if (race.winner || race.isOver || second.run) return;
  stopTimer(race);
  const plan = { ...request.plan, candidates: rest(race) };
  const elsewhere = first.outcome?.attempts.length ?? FIRST_ATTEMPTS;
  second.run = startRun(dependencies, { ...request, plan, elsewhere }, listenerOf(race, second));
}

/** All of the plan but its first endpoint. */
function rest<O extends OperationId>({ request }: Race<O>): RunRequest<O>['plan']['candidates'] {
  const { candidates } = request.plan;
  return candidates.filter(({ endpoint }) => endpoint !== candidates[0]?.endpoint);
}

function win<O extends OperationId>(race: Race<O>, side: Side<O>): void {
  race.winner = side;
  stopTimer(race);
  const other = otherOf(race, side);
  if (!other.run || other.outcome) return;
  other.run.cancel();
  // That it took longer is as much as will be known of it; untold, the slow would look ever faster.
  const { world, health } = race.dependencies;
  if (other.asked) health.waited(other.asked.target.endpoint.id, world.elapsed() - other.asked.at);
}

const otherOf = <O extends OperationId>({ first, second }: Race<O>, side: Side<O>): Side<O> =>
  side === first ? second : first;

/** A side's run is over. */
function ended<O extends OperationId>(race: Race<O>, side: Side<O>): void {
  if (race.isOver || (race.winner && race.winner !== side)) return;
  if (race.winner === side || side.outcome?.kind !== 'failed') {
    if (!race.winner) win(race, side);
    finish(race, side);
    return;
  }
  const { first, second } = race;
  if (side === second) {
    if (first.outcome) finish(race, second);
  } else if (!first.handsOver) {
    // Whatever it is, any other endpoint would say the same.
    race.isOver = true;
    if (second.run && !second.outcome) second.run.cancel();
    race.isOver = false;
    finish(race, first);
  } else if (second.outcome || rest(race).length === 0) finish(race, first);
  else startSecond(race);
}

function finish<O extends OperationId>(race: Race<O>, side: Side<O>): void {
  const { outcome } = side;
  if (race.isOver || !outcome) return;
  race.isOver = true;
  stopTimer(race);
  const { attempts, losses } = told(race, outcome.losses);
  const other = otherOf(race, side);
  const isGivenUp = other.outcome?.attempts.at(-1)?.outcome === 'cancelled';
  const outrun = isGivenUp && other.asked ? { target: other.asked.target, afterMs: race.hedging.afterMs } : undefined;
  const whole = { ...outcome, attempts, losses, ...(outrun && { outrun }) };
  if (whole.kind !== 'failed') return race.listener.done(whole);
  const failures: Failure[] = attempts.flatMap(({ fault, model, provider }) =>
    fault ? [{ fault, model, provider }] : [],
  );
  race.listener.done({ ...whole, fault: mostTelling(failures) ?? whole.fault });
}

/** What both have tried, the first before the second. */
function told<O extends OperationId>({ first, second }: Race<O>, losses: RunOutcome<O>['losses']) {
  const attempts = [...(first.outcome?.attempts ?? []), ...(second.outcome?.attempts ?? [])];
  return { attempts, losses };
}

function cancel<O extends OperationId>(race: Race<O>): void {
  if (race.isOver) return;
  stopTimer(race);
  if (race.winner) {
    race.winner.run?.cancel();
    return;
  }
  race.isOver = true;
  for (const side of [race.first, race.second]) if (side.run && !side.outcome) side.run.cancel();
  race.listener.done({ kind: 'cancelled', target: null, ...told(race, []) });
}

function stopTimer<O extends OperationId>(race: Race<O>): void {
  race.timer?.();
  race.timer = null;
}

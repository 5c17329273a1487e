import { createHash, type Hash } from 'node:crypto';
import { LIARS } from './behaviours.ts';
import { type Budgets, checkAudit, checkBudgets, checkGrant, type Finished, receiptIn } from './book-laws.ts';
import { openBudgets } from './budget.ts';
import { checkCall, type SeenCall } from './call-laws.ts';
import { simulatedCatalog } from './catalogue.ts';
import { createClock } from './clock.ts';
import { drawsOf } from './draws.ts';
import { createNetwork } from './network.ts';
import type { GatewayProcess, Surroundings } from './process.ts';
import { createStore } from './store.ts';

/** Two days before a month ends, so that a long run sees two months. */
const START = Date.UTC(2026, 10, 29, 12);

/** Everything a simulation knows while it runs. */
export type Stage = Surroundings & {
  readonly budgets: Budgets;
  readonly underWay: Set<SeenCall>;
  readonly finished: Finished[];
  readonly ends: { [kind: string]: number };
  readonly trace: Hash;
  /** Some simulations never see a full disk, so that they can be stricter at the end. */
  readonly hasSmallDisk: boolean;
  readonly elapsedMs: () => number;
  processes: GatewayProcess[];
  /** The first law that was broken. */
  broken: string | null;
  started: number;
  opened: number;
  kills: number;
  disk: 'sound' | 'full';
  /** Everything is dead, and the next start is still to come. */
  isDown: boolean;
  /** The disk has been full since the last start: what a process could not write is settled when it is gone. */
  wasShaken: boolean;
};

/** The timers of clients and of misfortunes outlive the gateway's processes. */
export const OUTSIDE = 'outside';

export function setStage(seed: number, log: (line: string) => void): Stage {
  const draws = drawsOf(seed);
  const clock = createClock(START);
  const store = createStore(draws);
  const stage: Stage = {
    draws,
    clock,
    store,
    log,
    network: createNetwork(clock, draws),
    catalog: simulatedCatalog(),
    budgets: openBudgets(store, START),
    underWay: new Set(),
    finished: [],
    ends: {},
    trace: createHash('sha256'),
    hasSmallDisk: seed % 2 === 0,
    elapsedMs: () => clock.now() - START,
    processes: [],
    broken: null,
    started: 0,
    opened: 0,
    kills: 0,
    disk: 'sound',
    isDown: false,
    wasShaken: false,
  };
  store.onGrant((scope) => {
    const budget = stage.budgets.get(scope);
    if (budget !== undefined) demand(stage, checkGrant(store, scope, budget));
  });
  return stage;
}

export function fail(stage: Stage, reason: string): void {
  stage.broken ??= reason;
}

export function demand(stage: Stage, wrong: string | null, when = ''): void {
  if (wrong) fail(stage, when + wrong);
}

const scriptName = ({ network }: Stage, mark: string | null): string => network.scriptOf(mark ?? '')?.name ?? '';

/** A call is over, or its process is: it is held to the laws, remembered and told. */
export function callOver(stage: Stage, seen: SeenCall): void {
  const { underWay, ends, finished, store } = stage;
  underWay.delete(seen);
  if (!seen.lost) demand(stage, checkCall(seen, stage.network), `${seen.id}: `);
  const { id, receipt, result, batches, lost, shaken } = seen;
  const kind = lost
    ? 'lost'
    : (receipt?.state ?? (result?.kind === 'failed' ? `refused (${result.fault.code})` : 'untold'));
  ends[kind] = (ends[kind] ?? 0) + 1;
  const line = `${stage.elapsedMs()} ${id} ${kind} ${receipt?.bill.cost ?? 0n} ${seen.events.length}`;
  stage.trace.update(line);
  stage.log(line);
  finished.push({ id, receipt, lost, shaken, result, batches });
  demandBudgets(stage);
  if (finished.length % 500 === 0 && stage.disk === 'sound') demand(stage, checkAudit(store));
}

/** What is booked at this moment is held against what may be spent. */
export function demandBudgets(stage: Stage): void {
  const { store, budgets } = stage;
  // A host that failed before it was heard took nothing.
  const lied = (call: string): boolean => {
    const receipt = receiptIn(store, call);
    // Beside whoever answered another may have been asked, and given up.
    const { upstreamId = null } = receipt?.attempts.findLast(({ endpoint }) => endpoint === receipt.endpoint) ?? {};
    return LIARS.has(scriptName(stage, upstreamId));
  };
  demand(stage, checkBudgets(store, budgets, lied));
}

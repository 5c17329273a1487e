import { createHash } from 'node:crypto';
import { checkAudit, checkBooks, checkBudgets, checkHolds, type Finished } from './book-laws.ts';
import { openBudgets, raiseBudget } from './budget.ts';
import { checkCall, type Seen } from './call-laws.ts';
import { simulatedCatalog } from './catalogue.ts';
import { createClock } from './clock.ts';
import { drawsOf } from './draws.ts';
import { createNetwork } from './network.ts';
import { CLIENTS, playCall } from './play-call.ts';
import { type GatewayProcess, startProcess } from './process.ts';
import { createStore } from './store.ts';

export type SimulationOptions = {
  readonly seed: number;
  readonly calls: number;
  /** What the simulated gateway tells its operator, and each call's end. */
  readonly log?: (line: string) => void;
};

export type SimulationReport = {
  readonly seed: number;
  readonly calls: number;
  /** Of everything that any client heard and when: the same seed gives the same. */
  readonly trace: string;
  /** How calls ended, by the kind of end. */
  readonly ends: { readonly [kind: string]: number };
  readonly kills: number;
  readonly virtualMs: number;
};

export class SimulationFailure extends Error {
  override readonly name = 'SimulationFailure';
}

const START = Date.UTC(2026, 10, 29, 12); // two days before a month ends, so that a long run sees two months
const PROCESSES = 2;
/** No call may take longer: its deadlines and one more attempt's. */
const CALL_MS_MAX = 1_300_000;
const EACH_CALL_MS = 150;

/**
 * The whole gateway in virtual time: processes that share a store, hosts and clients at their worst, kills and full
 * disks. Rejects with the first law that is broken; the message names the seed.
 */
export async function simulate({ seed, calls, log = () => {} }: SimulationOptions): Promise<SimulationReport> {
  const draws = drawsOf(seed);
  const clock = createClock(START);
  const network = createNetwork(clock, draws);
  const store = createStore(draws);
  const budgets = openBudgets(store, START);
  const surroundings = { clock, network, store, draws, catalog: simulatedCatalog(), log };
  const trace = createHash('sha256');
  const ends: { [kind: string]: number } = {};
  const underWay = new Set<Seen>();
  const finished: Finished[] = [];
  let processes: GatewayProcess[] = [];
  let broken: string | null = null;
  let opened = 0;
  let started = 0;
  let kills = 0;
  let isStoreSound = true;
  let isDown = false;
  /** What a process could not write is settled when it is gone. */
  let wasShaken = false;

  const fail = (reason: string): void => {
    broken ??= reason;
  };
  const demand = (wrong: string | null, what = ''): void => {
    if (wrong) fail(`${what}${wrong}`);
  };
  const openMissing = (): void => {
    while (processes.length < PROCESSES)
      processes.push(startProcess(`p${opened++}`, surroundings, (cause) => fail(String(cause))));
  };
  const over = (seen: Seen): void => {
    underWay.delete(seen);
    if (!seen.lost) demand(checkCall(seen, network), `${seen.id}: `);
    const { id, receipt, result, batches, lost, shaken } = seen;
    const kind = lost ? 'lost' : (receipt?.state ?? 'refused');
    ends[kind] = (ends[kind] ?? 0) + 1;
    const line = `${clock.now() - START} ${id} ${kind} ${receipt?.bill.cost ?? 0n} ${seen.events.length}`;
    trace.update(line);
    log(line);
    finished.push({ id, receipt, lost, shaken, result, batches });
    if (finished.length % 40 === 0) demand(checkBudgets(store, budgets));
    if (finished.length % 500 === 0 && isStoreSound) demand(checkAudit(store));
  };
  const kill = (process: GatewayProcess): void => {
    kills++;
    process.kill();
    processes = processes.filter((other) => other !== process);
    for (const seen of underWay)
      if (seen.process === process.name) {
        seen.lost = true;
        over(seen);
      }
  };
  const startCall = (): void => {
    const process = processes[draws.below(processes.length)];
    const gateway = process?.gateway();
    if (process && gateway) {
      started++;
      const seen = playCall(process, gateway, { clock, draws, fail, over });
      seen.shaken = !isStoreSound;
      if (!seen.result) {
        underWay.add(seen);
        clock.after(CLIENTS, CALL_MS_MAX, () => {
          if (underWay.has(seen)) fail(`${seen.id} hangs`);
        });
      }
    }
    if (started < calls) clock.after(CLIENTS, Math.round(-Math.log(1 - draws.unit()) * EACH_CALL_MS), startCall);
  };

  /** One process dies; whoever owns the file notices. */
  const killOne = (): void => {
    const victim = processes[draws.below(processes.length)];
    if (!victim) return;
    kill(victim);
    clock.after(CLIENTS, draws.below(3_000), () => {
      if (isDown || !isStoreSound) return; // the next start finds it
      store.recover(victim.name, clock.now());
      demand(checkAudit(store), 'after a kill: ');
      openMissing();
    });
  };
  /** Everything dies at once, perhaps because the disk was full; the next start finds what is in the file. */
  const killAll = (): void => {
    isDown = true;
    for (const process of [...processes]) kill(process);
    clock.after(CLIENTS, draws.below(5_000), () => {
      repairStore();
      store.recover('all', clock.now());
      demand(checkAudit(store), 'after a crash: ');
      isDown = false;
      wasShaken = false;
      openMissing();
      // A start is as good a moment to die as any.
      if (draws.chance(0.3)) clock.after(CLIENTS, draws.below(600), killAll);
    });
  };
  const repairStore = (): void => {
    store.repair();
    isStoreSound = true;
  };
  /** The disk is full for a while: calls that are under way may fail, but none may be told as complete and be lost. */
  const breakStore = (then: () => void): void => {
    isStoreSound = false;
    wasShaken = true;
    store.break();
    for (const seen of underWay) seen.shaken = true;
    clock.after(CLIENTS, draws.between(10, 2_000), then);
  };
  const misfortune = (): void => {
    const isQuiet = processes.length < PROCESSES || !isStoreSound;
    if (!isQuiet)
      draws.weighted([
        [3, killOne],
        [2, killAll],
        [1, () => breakStore(killAll)],
        [2, () => breakStore(repairStore)],
        [12, () => raiseBudget(store, budgets, draws, clock.now())],
      ] as const)();
    if (started < calls) clock.after(CLIENTS, draws.between(500, 8_000), misfortune);
  };

  openMissing();
  clock.after(CLIENTS, 100, startCall);
  clock.after(CLIENTS, 3_000, misfortune);
  const run = async (isOver: () => boolean): Promise<void> => {
    while (!isOver() && broken === null) if (!(await clock.step())) break;
    if (broken !== null) throw new SimulationFailure(`${broken}\n(seed ${seed}, ${calls} calls)`);
  };
  await run(
    () => started === calls && underWay.size === 0 && processes.filter(({ gateway }) => gateway()).length === PROCESSES,
  );
  if (underWay.size > 0)
    throw new SimulationFailure(`${underWay.size} calls will never end\n(seed ${seed}, ${calls} calls)`);
  const virtualMs = clock.now() - START;
  const settledAt = clock.now() + 2 * 60_000; // what a full disk refused is settled with the next sweep
  await run(() => clock.now() > settledAt);
  demand(checkHolds(store));
  for (const { gateway } of processes) gateway()?.ledger.close();
  await run(() => clock.pending() === 0);
  if (network.open() > 0) fail(`${network.open()} connections are open`);
  if (wasShaken) store.recover('all', clock.now());
  demand(checkAudit(store));
  demand(checkBudgets(store, budgets));
  demand(checkBooks(store, finished));
  if (broken !== null) throw new SimulationFailure(`${broken}\n(seed ${seed}, ${calls} calls)`);
  store.close();
  return { seed, calls, trace: trace.digest('hex'), ends, kills, virtualMs };
}

import { checkAudit, checkBooks, checkHolds } from './book-laws.ts';
import { misfortune, openMissing, PROCESSES } from './misfortunes.ts';
import { playCall } from './play-call.ts';
import { demand, demandBudgets, fail, OUTSIDE, type Stage, setStage } from './stage.ts';

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

/** No call may take longer: its deadlines and one more attempt's. */
const CALL_MS_MAX = 1_300_000;
const EACH_CALL_MS = 150;
/** What a full disk refused is settled with the next sweep. */
const SWEPT_MS = 2 * 60_000;

/**
 * The whole gateway in virtual time: processes that share a store, hosts and clients at their worst, kills and full
 * disks. Rejects with the first law that is broken; the message names the seed.
 */
export async function simulate({ seed, calls, log = () => {} }: SimulationOptions): Promise<SimulationReport> {
  const stage = setStage(seed, log);
  const { clock, draws } = stage;
  const play = async (isOver: () => boolean): Promise<void> => {
    while (!isOver() && stage.broken === null) if (!(await clock.step())) break;
    if (stage.broken !== null) throw new SimulationFailure(`${stage.broken}\n(seed ${seed}, ${calls} calls)`);
  };
  const nextCall = (): void => {
    startCall(stage);
    if (stage.started < calls) clock.after(OUTSIDE, Math.round(-Math.log(1 - draws.unit()) * EACH_CALL_MS), nextCall);
  };
  const nextMisfortune = (): void => {
    misfortune(stage);
    if (stage.started < calls) clock.after(OUTSIDE, draws.between(500, 8_000), nextMisfortune);
  };

  openMissing(stage);
  clock.after(OUTSIDE, 100, nextCall);
  clock.after(OUTSIDE, 3_000, nextMisfortune);
  const isServing = (): boolean => stage.processes.filter(({ gateway }) => gateway()).length === PROCESSES;
  await play(() => stage.started === calls && stage.underWay.size === 0 && isServing());
  const virtualMs = stage.elapsedMs();
  await play(() => stage.elapsedMs() > virtualMs + SWEPT_MS && isServing());
  demand(stage, checkHolds(stage.store));
  for (const { gateway } of stage.processes) gateway()?.ledger.close();
  await play(() => clock.pending() === 0);
  closeBooks(stage);
  await play(() => true);
  stage.store.close();
  const { ends, kills, trace } = stage;
  return { seed, calls, trace: trace.digest('hex'), ends, kills, virtualMs };
}

function startCall(stage: Stage): void {
  const { processes, draws, underWay, clock } = stage;
  const process = processes[draws.below(processes.length)];
  const gateway = process?.gateway();
  if (!process || !gateway) return;
  stage.started++;
  const seen = playCall(stage, process, gateway);
  seen.shaken = stage.disk === 'full';
  if (seen.result) return;
  underWay.add(seen);
  clock.after(OUTSIDE, CALL_MS_MAX, () => {
    if (underWay.has(seen)) fail(stage, `${seen.id} hangs`);
  });
}

/** Nothing is under way any more. */
function closeBooks(stage: Stage): void {
  const { store, network, clock, finished } = stage;
  if (network.open() > 0) fail(stage, `${network.open()} connections are open`);
  if (stage.wasShaken) store.recover('all', clock.now());
  demand(stage, checkAudit(store));
  demandBudgets(stage);
  demand(stage, checkBooks(store, finished));
}

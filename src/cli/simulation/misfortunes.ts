import { fault } from '../../base/fault.ts';
import { checkAudit } from './book-laws.ts';
import { raiseBudget } from './budget.ts';
import { type GatewayProcess, startProcess } from './process.ts';
import { callOver, demand, fail, OUTSIDE, type Stage } from './stage.ts';

export const PROCESSES = 2;

export function openMissing(stage: Stage): void {
  while (stage.processes.length < PROCESSES)
    stage.processes.push(startProcess(`p${stage.opened++}`, stage, (cause) => fail(stage, String(cause))));
}

/** Something happens that nobody asked for; mostly somebody pays. */
export function misfortune(stage: Stage): void {
  const { draws, store, budgets, clock } = stage;
  if (stage.processes.length < PROCESSES || stage.disk === 'full') return;
  draws.weighted([
    [3, () => killOne(stage)],
    [5, () => stopOne(stage)],
    [2, () => killAll(stage)],
    [stage.hasSmallDisk ? 2 : 0, () => fillDisk(stage, killAll)],
    [stage.hasSmallDisk ? 3 : 0, () => fillDisk(stage, clearDisk)],
    [12, () => raiseBudget(store, budgets, draws, clock.now())],
  ] as const)();
}

function kill(stage: Stage, process: GatewayProcess): void {
  stage.kills++;
  process.kill();
  stage.processes = stage.processes.filter((other) => other !== process);
  for (const seen of stage.underWay)
    if (seen.process === process.name) {
      seen.lost = true;
      callOver(stage, seen);
    }
}

function killOne(stage: Stage): void {
  const { draws, processes } = stage;
  const victim = processes[draws.below(processes.length)];
  if (victim) die(stage, victim);
}

/** A stopped process has this long to break off what it does. */
const STOP_MS = 1_000;

/** One process is asked to stop and can wait no longer: whatever it does ends, told and settled, and then it is gone. */
function stopOne(stage: Stage): void {
  const { draws, processes, clock } = stage;
  const victim = processes[draws.below(processes.length)];
  const gateway = victim?.gateway();
  if (!victim || !gateway) return;
  gateway.ledger.interrupt(fault('stopping', 'The gateway was stopped.'));
  clock.after(OUTSIDE, STOP_MS, () => {
    if (!victim.isAlive()) return;
    for (const seen of stage.underWay)
      if (seen.process === victim.name && !seen.shaken) fail(stage, `${seen.id}: it outlived the stop of its process`);
    die(stage, victim);
  });
}

/** One process dies; whoever owns the file notices. */
function die(stage: Stage, victim: GatewayProcess): void {
  const { draws, clock, store } = stage;
  kill(stage, victim);
  const notice = (): void => {
    if (stage.isDown) return; // the next start finds it
    if (stage.disk === 'full') {
      clock.after(OUTSIDE, 1_000, notice);
      return;
    }
    store.recover(victim.name, clock.now());
    demand(stage, checkAudit(store), 'after a kill: ');
    openMissing(stage);
  };
  clock.after(OUTSIDE, draws.below(3_000), notice);
}

/** Everything dies at once; the next start finds what is in the file. */
function killAll(stage: Stage): void {
  const { draws, clock, store } = stage;
  if (stage.isDown) return;
  stage.isDown = true;
  for (const process of [...stage.processes]) kill(stage, process);
  clock.after(OUTSIDE, draws.below(5_000), () => {
    clearDisk(stage);
    store.recover('all', clock.now());
    demand(stage, checkAudit(store), 'after a crash: ');
    stage.isDown = false;
    stage.wasShaken = false;
    openMissing(stage);
    // The first moments of a start are the ones in which least is written down.
    if (draws.chance(0.3)) clock.after(OUTSIDE, draws.below(600), () => killAll(stage));
  });
}

/** The disk is full for a while: calls that are under way may fail, but none may be told as complete and be lost. */
function fillDisk(stage: Stage, then: (stage: Stage) => void): void {
  stage.disk = 'full';
  stage.wasShaken = true;
  stage.store.break();
  for (const seen of stage.underWay) seen.shaken = true;
  stage.clock.after(OUTSIDE, stage.draws.between(10, 2_000), () => then(stage));
}

function clearDisk(stage: Stage): void {
  stage.store.repair();
  stage.disk = 'sound';
}

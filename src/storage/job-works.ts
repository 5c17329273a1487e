import type { JobHold } from '../facts/job.ts';
import type { JobClaim, JobEnd, JobProgress, NewJob } from '../ledger/jobs.ts';
import type { Entry } from './entry.ts';
import { type Closing, close } from './group.ts';
import { JOBS } from './liveness.ts';
import { Sums } from './sums.ts';
import { columnsOf, LEASE } from './tables.ts';
import { clockOf, query, type Work, type WorkContext } from './work.ts';

/** The time of jobs: the server's where several machines share one, else the machine's, as the process tells it. */
export const jobClock = (context: Pick<WorkContext, 'dialect'>, now: number): string =>
  context.dialect === 'postgres' ? clockOf(context) : String(Math.floor(now));

export type BeginJob = {
  readonly job: NewJob;
  readonly hold: JobHold | null;
  readonly process: string;
  readonly now: number;
};

/**
 * Writes the job down. Its hold is no process's any more, and what it holds of limits is leased to jobs. Done again it
 * changes nothing.
 */
export function* beginJob({ job, hold, process, now }: BeginJob, context: WorkContext): Work<boolean> {
  if ((yield query('select id from job where id = ?', [job.id])).rows.length > 0) return true;
  const kept = hold && (yield* passOn(hold, process));
  if (hold && !kept) return false;
  const clock = jobClock(context, now);
  const { id, kind, status, accountId, workspaceId, keyId, createdAt, state } = job;
  const span = (ms: number): string => `${clock} + ${Math.floor(ms)}`;
  const columns = `id, kind, phase, status, account_id, workspace_id, key_id, created_at, state, hold, tries, claim,
    claimed_until, unwanted, due_at, deadline_at`;
  yield query(
    `insert into job (${columns}) values (?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ${span(job.dueMs)},
      ${span(job.deadlineMs)})`,
    [id, kind, status, accountId, workspaceId, keyId, BigInt(createdAt), state, kept && JSON.stringify(kept)],
  );
  return true;
}

/** The hold as the job's row has it. `amount`: what is leased for it, in nano-dollars. */
type KeptHold = JobHold & { readonly amount: string };

function* passOn(hold: JobHold, process: string): Work<KeptHold | null> {
  const { id, leases } = hold;
  const { rows } = yield query('update hold set process = ? where id = ? and process = ? returning amount', [
    JOBS,
    id,
    process,
  ]);
  const amount = rows[0]?.amount as bigint | undefined;
  if (amount === undefined) return null;
  yield* lease(leases, process, -amount);
  yield* lease(leases, JOBS, amount);
  return { ...hold, amount: String(amount) };
}

/** More, or less, is leased. */
function* lease(scopes: readonly string[], process: string, amount: bigint): Work<void> {
  if (scopes.length === 0 || amount === 0n) return;
  const sums = new Sums();
  for (const scope of scopes) sums.add([scope, process], [amount]);
  yield { kind: amount > 0n ? 'add' : 'grow', table: LEASE, columns: columnsOf(LEASE), rows: sums.rows() };
}

/** A step of a job, or its end: what was delivered goes with it. */
export type StepJob = Pick<JobClaim, 'number'> & {
  readonly id: string;
  readonly step: Omit<JobProgress, 'receipts'> | Omit<JobEnd, 'receipts'>;
  readonly entries: readonly Entry[];
  readonly now: number;
};

/** False = the claim was lost, and nothing is written. */
export function* stepJob({ id, number, step, entries, now }: StepJob, context: WorkContext): Work<boolean> {
  const clock = jobClock(context, now);
  const isEnd = 'tells' in step;
  const phase = !isEnd ? 'running' : step.tells === 'its caller' ? 'telling' : 'over';
  const due = !isEnd ? step.dueMs : phase === 'telling' ? 0 : step.keptMs;
  const { rows } = yield query(
    `update job set phase = ?, status = ?, state = ?, tries = 0, claimed_until = 0, due_at = ${clock} + ${Math.floor(due)}
      where id = ? and claim = ? and phase = 'running' returning hold`,
    [phase, step.status, step.state, id, BigInt(number)],
  );
  const [row] = rows;
  if (!row) return false;
  const hold = row.hold === null ? null : (JSON.parse(String(row.hold)) as KeptHold);
  yield* charge(entries, { id, hold, isLast: isEnd }, context);
  return true;
}

type Charging = { readonly id: string; readonly hold: KeptHold | null; readonly isLast: boolean };

/**
 * Books what was delivered, in turn, out of what the job holds. A hold that its call has settled all the same (it was
 * told that the job could not be written down, which was not so) pays for nothing: what comes is late.
 */
function* charge(entries: readonly Entry[], { id, hold, isLast }: Charging, context: WorkContext): Work<void> {
  if (entries.length === 0 && !(hold && isLast)) return;
  const held = hold ? yield* heldBy(hold, isLast) : 0n;
  let left = held ?? 0n;
  const shares = new Map<string, bigint>();
  const closings: Closing[] = [];
  for (const entry of entries) {
    const { cost } = entry.counted;
    const share = cost < left ? cost : left;
    left -= share;
    if (held !== null) shares.set(entry.id, share);
    closings.push({ entry, leases: [], also: hold?.also ?? [], isKnown: held === null });
  }
  yield* close(closings, { process: JOBS, leases: new Sums(), held: shares }, context);
  if (!hold) return;
  const leased = BigInt(hold.amount);
  yield* lease(hold.leases, JOBS, isLast ? -leased : left - leased);
  if (isLast) yield query('delete from lease where process = ? and amount = 0', [JOBS]);
  else {
    yield query('update hold set amount = ? where id = ?', [left, hold.id]);
    yield query('update job set hold = ? where id = ?', [JSON.stringify({ ...hold, amount: String(left) }), id]);
  }
}

/** Null = it is settled. */
function* heldBy({ id }: JobHold, isLast: boolean): Work<bigint | null> {
  const sql = isLast ? 'delete from hold where id = ? returning amount' : 'select amount from hold where id = ?';
  const { rows } = yield query(sql, [id]);
  return (rows[0]?.amount as bigint | undefined) ?? null;
}

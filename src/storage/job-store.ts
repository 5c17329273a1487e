import { assert } from '../base/assert.ts';
import { LIMITS } from '../base/limits.ts';
import type { World } from '../base/world.ts';
import type { Job } from '../facts/job.ts';
import type { JobClaim, JobEnd, JobProgress, JobStore } from '../ledger/jobs.ts';
import type { StoreClient } from './client.ts';
import { entryOf } from './entry.ts';
import { jobClock } from './job-works.ts';
import { numbered, type QueryResult, type Row, type Value } from './work.ts';

/** Jobs that are removed at once. */
const FORGOTTEN_MAX = 100;

type Means = {
  readonly clock: () => string;
  readonly ask: (sql: string, parameters: readonly Value[]) => Promise<QueryResult>;
  /** Whether there was a row to be written. */
  readonly isDone: (sql: string, parameters: readonly Value[]) => Promise<boolean>;
  /** Of rows that are chosen to be written: those that another process has are left to it. */
  readonly skipLocked: string;
};

export function openJobStore(client: StoreClient, world: World): JobStore {
  const ask: Means['ask'] = (sql, parameters) =>
    client.query(client.dialect === 'postgres' ? numbered(sql) : sql, parameters);
  const means: Means = {
    clock: () => jobClock(client, world.now()),
    ask,
    isDone: async (sql, parameters) => (await ask(`${sql} returning id`, parameters)).rows.length > 0,
    skipLocked: client.dialect === 'postgres' ? ' for update skip locked' : '',
  };
  const step = ({ job, number }: JobClaim, next: JobProgress | JobEnd): Promise<boolean> => {
    const { receipts = [], ...written } = next;
    const entries = receipts.map((receipt) => entryOf(receipt));
    return client.work('stepJob', { id: job.id, number, entries, step: bounded(written), now: world.now() });
  };
  return {
    begin: (job, hold) =>
      client.work('beginJob', { job: bounded(job), hold, process: client.process, now: world.now() }),
    save: step,
    end: step,
    ...claiming(means),
    ...finding(means),
    ...leaving(means),
  };
}

function bounded<T extends { readonly state: string }>(written: T): T {
  assert(written.state.length <= LIMITS.job_state_bytes_max, 'the state of a job is bounded');
  return written;
}

function claiming({ clock, ask, isDone, skipLocked }: Means): Pick<JobStore, 'claim' | 'claimOne' | 'renew' | 'told'> {
  const claimed = async (which: string, parameters: readonly Value[], forMs: number): Promise<JobClaim[]> => {
    const { rows } = await ask(
      `update job set claim = claim + 1, tries = tries + 1, claimed_until = ${clock()} + ${Math.floor(forMs)}
        where id in (select id from job where ${which}${skipLocked})
        returning *, case when deadline_at <= ${clock()} then 1 else 0 end as overdue`,
      parameters,
    );
    return rows.map((row) => ({
      job: jobOf(row),
      number: Number(row.claim),
      tries: Number(row.tries),
      isOverdue: Number(row.overdue) === 1,
    }));
  };
  return {
    claim: async ({ kinds, limit, forMs }) => {
      const open = `phase in ('running', 'telling') and kind in (${kinds.map(() => '?').join(', ')})`;
      const due = `${open} and due_at <= ${clock()} and claimed_until <= ${clock()} order by due_at limit ?`;
      const claims = await claimed(due, [...kinds, BigInt(limit)], forMs);
      if (claims.length === limit) return { claims, nextMs: 0 };
      const { rows } = await ask(
        `select min(case when due_at > claimed_until then due_at else claimed_until end) - ${clock()} as due_in
          from job where ${open}`,
        kinds,
      );
      const next = rows[0]?.due_in ?? null;
      return { claims, nextMs: next === null ? null : Math.max(0, Number(next)) };
    },
    claimOne: async (id, forMs) =>
      (await claimed(`id = ? and phase = 'running' and claimed_until <= ${clock()}`, [id], forMs))[0] ?? null,
    renew: ({ job, number }, forMs) =>
      isDone(`update job set claimed_until = ${clock()} + ${Math.floor(forMs)} where id = ? and claim = ?`, [
        job.id,
        BigInt(number),
      ]),
    told: ({ job, number }, next) => {
      const isLater = 'againMs' in next;
      // What was tried stays counted: who is told in vain is told later each time, and at last no more.
      return isDone(
        `update job set phase = ?, claimed_until = 0, due_at = ${clock()} + ${Math.floor(isLater ? next.againMs : next.keptMs)}
          where id = ? and claim = ? and phase = 'telling'`,
        [isLater ? 'telling' : 'over', job.id, BigInt(number)],
      );
    },
  };
}

function finding({ ask }: Means): Pick<JobStore, 'find' | 'list' | 'running'> {
  return {
    find: async (id) => {
      const { rows } = await ask('select * from job where id = ?', [id]);
      return rows[0] ? jobOf(rows[0]) : null;
    },
    list: async ({ kind, accountId, workspaceId, order, after, limit }) => {
      const isNewest = order === 'newest';
      const behind = `(created_at ${isNewest ? '<' : '>'} ? or (created_at = ? and id ${isNewest ? '<' : '>'} ?))`;
      const at = after && BigInt(after.createdAt);
      const { rows } = await ask(
        `select * from job where account_id = ? and workspace_id = ? and kind = ? ${after ? `and ${behind}` : ''}
          order by created_at ${isNewest ? 'desc' : 'asc'}, id ${isNewest ? 'desc' : 'asc'} limit ?`,
        [accountId, workspaceId, kind, ...(after ? [at, at, after.id] : []), BigInt(limit)],
      );
      return rows.map(jobOf);
    },
    running: async (accountId) => {
      const sql = `select count(*) as count from job where account_id = ? and phase = 'running'`;
      return Number((await ask(sql, [accountId])).rows[0]?.count ?? 0);
    },
  };
}

function leaving({ clock, ask, isDone, skipLocked }: Means): Pick<JobStore, 'unwanted' | 'forget' | 'forgetOld'> {
  return {
    unwanted: (id) => isDone(`update job set unwanted = 1, due_at = 0 where id = ? and phase = 'running'`, [id]),
    forget: (id) => isDone(`delete from job where id = ? and phase <> 'running'`, [id]),
    forgetOld: async () => {
      const { rows } = await ask(
        `delete from job where id in (select id from job where phase = 'over' and due_at <= ${clock()}
          order by due_at limit ${FORGOTTEN_MAX}${skipLocked}) returning id`,
        [],
      );
      return rows.length;
    },
  };
}

const jobOf = (row: Row): Job => ({
  id: String(row.id),
  kind: row.kind as Job['kind'],
  phase: row.phase as Job['phase'],
  status: row.status as Job['status'],
  accountId: String(row.account_id),
  workspaceId: String(row.workspace_id),
  keyId: String(row.key_id),
  createdAt: Number(row.created_at),
  state: String(row.state),
  isUnwanted: Number(row.unwanted) === 1,
  hold: row.hold === null ? null : (JSON.parse(String(row.hold)) as Job['hold']),
});

import { NOTICED_MS } from './notices.ts';
import { clockOf, query, type Work, type WorkContext } from './work.ts';

/** A process that has not been heard of for so long is taken for dead. */
export const SILENT_MS = 30_000;
/** In place of a process, in leases and holds that are a job's: it never dies. */
export const JOBS = 'job';
/** Beats of all processes together that lie further apart than this show that the store itself was away. */
const STEADY_GAP_MS = 10_000;
/** Processes that are gone are remembered for so long: a group of theirs that was cut off may still arrive. */
const REMEMBERED_MS = 24 * 3_600_000;

export type Beat = {
  readonly process: string;
  /** What nobody else can have while it lives (`slot.ts`); null where there is none, or it was told before. */
  readonly slot: string | null;
};

/**
 * A process says that it lives: before it asks for its first lease, which would otherwise outlive it unnoticed, and
 * every few seconds. Answers its epoch, which counts how often it was taken for dead.
 *
 * Time is the store's alone: a machine whose clock is wrong neither dies of it nor buries others. And silence counts
 * only while somebody was heard: after an outage of the store itself everybody has been silent, and nobody is dead.
 */
export function* beat({ process, slot }: Beat, context: WorkContext): Work<number> {
  const now = clockOf(context);
  yield query(
    `insert into pulse (id, steady_since, last_at) values ('store', ${now}, ${now}) on conflict (id) do update set
      steady_since = case when pulse.last_at < ${now} - ${STEADY_GAP_MS} then ${now} else pulse.steady_since end,
      last_at = ${now}`,
  );
  if (context.dialect === 'postgres') yield query(`delete from notice where at < ${now} - ${NOTICED_MS}`);
  yield query(`delete from process where settled_at < ${now} - ${REMEMBERED_MS}`);
  const known = yield query(
    `update process set seen_at = ${now}, settled_at = null, slot = coalesce(?, slot) where id = ? returning epoch`,
    [slot, process],
  );
  if (known.rows[0]) return Number(known.rows[0].epoch);
  yield query(
    `insert into process (id, group_seq, seen_at, slot) values (?, 0, ${now}, ?) on conflict (id) do nothing`,
    [process, slot],
  );
  return 0;
}

/** The same without a beat's cares, for whoever writes anyway. */
export function* seen(process: string, context: WorkContext): Work<number> {
  const { rows } = yield query(
    `update process set seen_at = ${clockOf(context)}, settled_at = null where id = ? returning epoch`,
    [process],
  );
  return Number(rows[0]?.epoch ?? 0);
}

/** Which processes are gone: all of them (only whoever owns the file may say so), one, those whose slots are free, or the silent. */
export type Gone =
  | { readonly kind: 'all' }
  | { readonly kind: 'process'; readonly process: string }
  | { readonly kind: 'slots'; readonly slots: readonly string[]; readonly except: string }
  | { readonly kind: 'silent' };

export function* processesOf(gone: Gone, context: WorkContext): Work<string[]> {
  const ids = (rows: readonly { readonly [column: string]: unknown }[]): string[] => rows.map((row) => String(row.id));
  const lock = context.dialect === 'postgres' ? ' for update skip locked' : '';
  switch (gone.kind) {
    case 'all':
      // A process that died before its first group has left nothing but a lease.
      return ids(
        (yield query(
          'select id from process where settled_at is null union select process from lease where process <> ?',
          [JOBS],
        )).rows,
      );
    case 'process':
      return [gone.process];
    case 'slots': {
      if (gone.slots.length === 0) return [];
      const marks = gone.slots.map(() => '?').join(', ');
      const { rows } = yield query(
        `select id from process where settled_at is null and slot in (${marks}) and id <> ? limit 100${lock}`,
        [...gone.slots, gone.except],
      );
      return ids(rows);
    }
    case 'silent': {
      const past = `${clockOf(context)} - ${SILENT_MS}`;
      const { rows } = yield query(
        `select id from process where settled_at is null and seen_at < ${past}
          and exists (select 1 from pulse where steady_since < ${past}) limit 100${lock}`,
      );
      return ids(rows);
    }
    default:
      return gone satisfies never;
  }
}

/** Their holds are settled: whatever they still have is free, and they hear of it should they speak again. */
export function* bury(processes: readonly string[], context: WorkContext): Work<void> {
  const marks = processes.map(() => '?').join(', ');
  yield query(`delete from lease where process in (${marks})`, processes);
  yield query(
    `update process set settled_at = ${clockOf(context)}, epoch = epoch + 1
      where id in (${marks}) and settled_at is null`,
    processes,
  );
}

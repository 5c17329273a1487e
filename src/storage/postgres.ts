import type pg from 'pg';
import { deferInLoop, openNotices, type StoreClient } from './client.ts';
import { migrate } from './migrate.ts';
import { DESTINATIONS } from './notices.ts';
import { GRACE_MS, openPatience } from './patience.ts';
import { hearNotices, telling } from './postgres-notices.ts';
import { clean, openPool, wireOf } from './postgres-wire.ts';
import { serverTrouble, troubled, watchTrouble } from './trouble.ts';
import type { QueryResult, Row, Work, WorkContext, WorkStep } from './work.ts';
import { beginWork } from './works.ts';

/** Commits and pages do not wait for each other's connections. */
const CONNECTIONS_MAX = { works: 3, reads: 3 } as const;
/** Pages sum up months, the auditor everything. */
const PAGE_MS_MAX = 60_000;
const AUDIT_MS_MAX = 600_000;

/** A PostgreSQL server, shared by any number of machines. Rejects if it cannot be reached or holds newer data. */
export async function connectPostgres(url: string, process: string): Promise<StoreClient> {
  const works = openPool(url, CONNECTIONS_MAX.works);
  const reads = openPool(url, CONNECTIONS_MAX.reads, PAGE_MS_MAX);
  const notices = openNotices();
  const watch = watchTrouble(GRACE_MS);
  const months = new Set<string>();
  const destinations: WorkContext['destinations'] = { known: null };
  notices.on((notice) => {
    if (notice === DESTINATIONS) destinations.known = null;
  });

  const once = async (begin: (context: WorkContext) => Work<unknown>, query_timeout?: number): Promise<unknown> => {
    const told = new Set<string>();
    const steps = begin({ dialect: 'postgres', months, destinations, notify: (notice) => told.add(notice) });
    const value = await inTransaction(works, steps, { told, query_timeout }).catch((cause) => {
      months.clear();
      destinations.known = null;
      throw cause;
    });
    for (const notice of told) notices.emit(notice); // here at once; elsewhere, and here again, by the server
    return value;
  };
  const patiently = openPatience(watch);
  await once(migrate).catch(async (cause: unknown) => {
    await Promise.all([works.end(), reads.end()]);
    throw cause;
  });
  const asks =
    (pool: pg.Pool): StoreClient['query'] =>
    async (sql, parameters) => {
      try {
        const { rows, rowCount } = await pool.query(sql, parameters.map(clean));
        return { rows: rows as Row[], changes: BigInt(rowCount ?? 0) };
      } catch (cause) {
        throw troubled(cause, serverTrouble(cause));
      }
    };
  const query = asks(reads);
  const hearing = hearNotices(url, {
    process,
    ask: (sql, parameters) => works.query(sql, [...parameters]),
    emit: notices.emit,
  });
  return {
    dialect: 'postgres',
    keepsOrder: false,
    process,
    work: (name, argument) =>
      patiently.work(name, () =>
        once((context) => beginWork(name, argument, context), name === 'audit' ? AUDIT_MS_MAX : undefined),
      ) as never,
    query,
    look: query,
    read: query,
    trouble: watch.trouble,
    tell: (notice) => {
      for (const { text, values } of telling(notice)) works.query(text, values).catch(() => {});
    },
    onNotice: notices.on,
    defer: deferInLoop,
    closing: patiently.closing,
    close: async () => {
      await hearing.close();
      await Promise.all([works.end(), reads.end()]);
    },
  };
}

type Running = { readonly told: ReadonlySet<string>; readonly query_timeout: number | undefined };

async function inTransaction(pool: pg.Pool, steps: Work<unknown>, { told, query_timeout }: Running): Promise<unknown> {
  const connection = await pool.connect();
  const more = query_timeout === undefined ? {} : { query_timeout };
  const sent: Promise<unknown>[] = [];
  /** Statements go out without waiting for each other's answers; the server does them in order, and none after one that failed. */
  const send = async (statement: { readonly text: string; readonly values?: unknown[] }): Promise<QueryResult> => {
    const answer = connection.query({ ...statement, ...more });
    answer.catch(() => {}); // the first failure is told, where the others are awaited
    sent.push(answer);
    const { rows, rowCount } = await answer;
    return { rows: rows as Row[], changes: BigInt(rowCount ?? 0) };
  };
  let isBroken = false;
  try {
    send({ text: 'begin' }).catch(() => {});
    let next = steps.next();
    while (!next.done) {
      const answer = send(wireOf(next.value));
      answer.catch(() => {});
      next = steps.next(isHeeded(next.value) ? await answer : UNHEEDED);
    }
    for (const notice of told) for (const statement of telling(notice)) send(statement).catch(() => {});
    send({ text: 'commit' }).catch(() => {});
    for (const answer of sent) await answer;
    return next.value;
  } catch (last) {
    const cause = (await firstFailure(sent)) ?? last;
    // Of a server in trouble no line is kept: the next one may lead to another server.
    isBroken = serverTrouble(cause) !== null;
    if (!isBroken)
      await connection.query('rollback').catch(() => {
        isBroken = true;
      });
    throw cause;
  } finally {
    connection.release(isBroken);
  }
}

/** What failed first is the reason; what follows only hears that the transaction is over (25P02). */
async function firstFailure(sent: readonly Promise<unknown>[]): Promise<unknown> {
  for (const answer of sent) {
    const failed = await answer.then(
      () => null,
      (cause: unknown) => ({ cause }),
    );
    if (failed) return failed.cause;
  }
  return null;
}

/** Of rows that are written in bulk nobody asks how many there were. */
const isHeeded = ({ kind }: WorkStep): boolean => kind === 'query' || kind === 'take';
const UNHEEDED: QueryResult = { rows: [], changes: 0n };

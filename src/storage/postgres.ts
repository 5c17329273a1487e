import pg from 'pg';
import { postgresBulk } from './bulk.ts';
import { deferInLoop, openNotices, type StoreClient } from './client.ts';
import { migrate } from './migrate.ts';
import { numbered, type QueryResult, type Row, type Step, type Value, type Work, type WorkContext } from './work.ts';
import { beginWork } from './works.ts';

const CHANNEL = 'switchwright';
const CONNECTIONS_MAX = 6;
/** A server that restarts is waited for this long before a transaction is given up. */
const RETRY_MS = [50, 200, 500, 1_000, 2_000, 4_000];
const LISTEN_AGAIN_MS = 1_000;
/** Deadlock, serialization, a table or type that two connections made at once, a month dropped meanwhile. */
const RETRIED_CODES = new Set(['40P01', '40001', '23505', '42P07', '42P01']);

const BIGINT_OID = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === BIGINT_OID ? (text: string) => BigInt(text) : pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

/** PostgreSQL has no NUL in text; what a caller smuggled in becomes a replacement character. */
const clean = (value: Value): Value =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;

/** A PostgreSQL server, shared by any number of machines. Rejects if it cannot be reached or holds newer data. */
export async function connectPostgres(url: string, process: string): Promise<StoreClient> {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS_MAX, types });
  pool.on('error', () => {}); // an idle connection broke; the pool replaces it
  const notices = openNotices();
  const months = new Set<string>();

  const run = async (connection: pg.PoolClient, step: Step): Promise<QueryResult> => {
    const { text, values } = wireOf(step);
    const { rows, rowCount } = await connection.query(text, values);
    return { rows: rows as Row[], changes: BigInt(rowCount ?? 0) };
  };
  const once = async (begin: (context: WorkContext) => Work<unknown>): Promise<unknown> => {
    const connection = await pool.connect();
    const told: string[] = [];
    let broken: Error | undefined;
    try {
      await connection.query('begin');
      const steps = begin({ dialect: 'postgres', months, notify: (notice) => told.push(notice) });
      let next = steps.next();
      while (!next.done) next = steps.next(await run(connection, next.value));
      for (const notice of told) await connection.query('select pg_notify($1, $2)', [CHANNEL, notice]);
      await connection.query('commit');
      for (const notice of told) notices.emit(notice); // here at once; elsewhere, and here again, by the server
      return next.value;
    } catch (cause) {
      months.clear();
      await connection.query('rollback').catch((error: Error) => {
        broken = error;
      });
      throw cause;
    } finally {
      connection.release(broken);
    }
  };
  const again = async (begin: (context: WorkContext) => Work<unknown>): Promise<unknown> => {
    for (const wait of RETRY_MS) {
      try {
        return await once(begin);
      } catch (cause) {
        if (!isPassing(cause)) throw cause;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
    return once(begin);
  };

  await once(migrate).catch(async (cause: unknown) => {
    await pool.end();
    throw cause;
  });
  const listener = listen(url, notices.emit);
  const query: StoreClient['query'] = async (sql, parameters) => {
    const { rows, rowCount } = await pool.query(sql, parameters.map(clean));
    return { rows: rows as Row[], changes: BigInt(rowCount ?? 0) };
  };
  return {
    dialect: 'postgres',
    keepsOrder: false,
    process,
    work: (name, argument) => again((context) => beginWork(name, argument, context)) as never,
    query,
    read: query,
    onNotice: notices.on,
    defer: deferInLoop,
    close: async () => {
      await listener.close();
      await pool.end();
    },
  };
}

function wireOf(step: Step): { readonly text: string; readonly values: unknown[] } {
  if (step.kind === 'query') return { text: numbered(step.sql), values: step.parameters.map(clean) };
  if (step.kind === 'take') return { text: postgresBulk(step), values: [step.keys] };
  const textOf = (value: Value | undefined): string | null => (value == null ? null : String(clean(value)));
  const values = step.columns.map((_, at) => step.rows.map((row) => textOf(row[at])));
  return { text: postgresBulk(step), values };
}

/** Worth another try: the connection broke, the server restarts, or two transactions met. */
function isPassing(cause: unknown): boolean {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  if (RETRIED_CODES.has(code) || code.startsWith('08') || code.startsWith('57P')) return true;
  return /^E[A-Z]+$/.test(code) || (cause instanceof Error && /connection terminated/i.test(cause.message));
}

/** One connection that hears what other processes notify; it comes back by itself, and then assumes that all changed. */
function listen(url: string, emit: (notice: string) => void): { readonly close: () => Promise<void> } {
  let isClosed = false;
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    if (!isClosed) timer = setTimeout(() => void open(), LISTEN_AGAIN_MS).unref();
  };
  const open = async (): Promise<void> => {
    const connection = new pg.Client({ connectionString: url });
    client = connection;
    let isLost = false;
    const lost = (): void => {
      if (isLost) return;
      isLost = true;
      later();
    };
    connection.on('error', lost);
    connection.on('end', lost);
    connection.on('notification', (message) => emit(message.payload ?? ''));
    try {
      await connection.connect();
      await connection.query(`listen ${CHANNEL}`);
      for (const notice of ['access', 'limits']) emit(notice);
    } catch {
      lost();
    }
  };
  void open();
  return {
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}

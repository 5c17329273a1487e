import pg from 'pg';
import { postgresBulk } from './bulk.ts';
import { numbered, type Value, type WorkStep } from './work.ts';

const BIGINT_OID = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === BIGINT_OID ? (text: string) => BigInt(text) : pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

/** A line on which nothing comes back for so long is given up: its server hangs, or is gone without a word. */
const ANSWER_MS_MAX = 15_000;
const CONNECT_MS_MAX = 5_000;

export const wiring = (url: string): pg.ClientConfig => ({
  connectionString: url,
  types,
  query_timeout: ANSWER_MS_MAX,
  connectionTimeoutMillis: CONNECT_MS_MAX,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
});

/**
 * A pool whose lines may break at any moment, also while somebody works on one: a connection that is checked out has no
 * listener for its errors unless it is given one, and Node ends a process for an error that nobody hears (pg 8.23).
 */
export function openPool(url: string, max: number, query_timeout = ANSWER_MS_MAX): pg.Pool {
  const pool = new pg.Pool({ ...wiring(url), max, query_timeout, pipeline: true } as pg.PoolConfig);
  pool.on('connect', (connection) => void connection.on('error', () => {}));
  pool.on('error', () => {}); // an idle one broke; the pool replaces it
  return pool;
}

/** PostgreSQL has no NUL in text; what a caller smuggled in becomes a replacement character. */
export const clean = (value: Value): Value =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;

/** Values go as arrays, one for each column: a statement is the same text for any number of rows, and has no name. */
export function wireOf(step: WorkStep): { readonly text: string; readonly values: unknown[] } {
  if (step.kind === 'query') return { text: numbered(step.sql), values: step.parameters.map(clean) };
  if (step.kind === 'take') return { text: postgresBulk(step), values: [step.keys] };
  const textOf = (value: Value | undefined): string | null => (value == null ? null : String(clean(value)));
  const values = step.columns.map((_, at) => step.rows.map((row) => textOf(row[at])));
  return { text: postgresBulk(step), values };
}

import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { wireOf, wiring } from '../postgres-wire.ts';
import type { QueryResult, Row, Value, Work, WorkContext, WorkStep } from '../work.ts';

/** A database without a store around it: for what a store of today would no longer make, or not yet. */
export type Engine = {
  readonly dialect: WorkContext['dialect'];
  /** Any number of statements, as a dump has them. */
  readonly load: (sql: string) => Promise<void>;
  readonly rows: (sql: string) => Promise<readonly Row[]>;
  /** Works that consist of queries. */
  readonly work: (begin: (context: WorkContext) => Work<unknown>) => Promise<void>;
  readonly close: () => Promise<void>;
};

export function openSqliteEngine(file = ':memory:'): Engine {
  const database = new DatabaseSync(file, { readBigInts: true });
  const ask = (sql: string, parameters: readonly Value[]): Promise<QueryResult> => {
    const rows = database.prepare(sql).all(...parameters) as Row[];
    return Promise.resolve({ rows, changes: BigInt(rows.length) });
  };
  return {
    dialect: 'sqlite',
    load: async (sql) => database.exec(sql),
    rows: async (sql) => (await ask(sql, [])).rows,
    work: (begin) => run(begin, 'sqlite', (step) => ask(step.sql, step.parameters)),
    close: async () => database.close(),
  };
}

export async function openPostgresEngine(url: string): Promise<Engine> {
  const client = new pg.Client(wiring(url));
  await client.connect();
  return {
    dialect: 'postgres',
    load: async (sql) => void (await client.query(sql)),
    rows: async (sql) => (await client.query(sql)).rows,
    work: (begin) =>
      run(begin, 'postgres', async (step) => {
        const { rows, rowCount } = await client.query(wireOf(step));
        return { rows, changes: BigInt(rowCount ?? 0) };
      }),
    close: () => client.end(),
  };
}

type QueryStep = Extract<WorkStep, { readonly kind: 'query' }>;

async function run(
  begin: (context: WorkContext) => Work<unknown>,
  dialect: WorkContext['dialect'],
  ask: (step: QueryStep) => Promise<QueryResult>,
): Promise<void> {
  const steps = begin({ dialect, months: new Set(), destinations: { known: null }, notify: () => {} });
  let next = steps.next();
  while (!next.done) {
    if (next.value.kind !== 'query') throw new Error(`a step of kind ${next.value.kind}, which only a store runs`);
    next = steps.next(await ask(next.value));
  }
}

/** Every column of every table: `table.column type key-place`; and every index. Sorted: what came later stands at the end. */
export async function schemaOf({ dialect, rows }: Engine): Promise<readonly string[]> {
  const found = await rows(dialect === 'sqlite' ? SQLITE_SCHEMA : POSTGRES_SCHEMA);
  return found.map(({ line }) => String(line).replaceAll('"', '').toLowerCase()).sort();
}

const SQLITE_SCHEMA = `
  select t.name || '.' || c.name || ' ' || c.type || ' ' || c.pk || ' ' || c."notnull" as line
    from pragma_table_list t join pragma_table_info(t.name) c where t.schema = 'main' and t.name not like 'sqlite_%'
  union all select 'without rowid ' || name from pragma_table_list where schema = 'main' and wr = 1
  union all select replace(sql, 'CREATE INDEX', 'index') from sqlite_master where type = 'index' and sql is not null`;
const POSTGRES_SCHEMA = `
  select c.table_name || '.' || c.column_name || ' ' || c.data_type || ' ' || coalesce(k.ordinal_position, 0) || ' ' ||
      case when c.is_nullable = 'NO' then 1 else 0 end as line
    from information_schema.columns c
    left join information_schema.table_constraints p on p.table_schema = c.table_schema and p.table_name = c.table_name
      and p.constraint_type = 'PRIMARY KEY'
    left join information_schema.key_column_usage k on k.constraint_name = p.constraint_name
      and k.table_schema = c.table_schema and k.column_name = c.column_name
    where c.table_schema = 'public'
  union all select indexdef from pg_indexes where schemaname = 'public'`;

import type { Table } from './tables.ts';
import type { WorkStep } from './work.ts';

type Bulk = Exclude<WorkStep, { readonly kind: 'query' }>;
const quote = (name: string): string => `"${name}"`;
const list = (names: readonly string[]): string => names.map(quote).join(', ');

/** What happens to a row whose key is there already. */
function onConflict(kind: 'keep' | 'put' | 'add', table: Table, columns: readonly string[]): string {
  const others = columns.filter((column) => !table.key.includes(column));
  const target = `on conflict (${list(table.key)}) do`;
  switch (kind) {
    case 'keep':
      return `${target} nothing`;
    case 'put':
      return `${target} update set ${others.map((name) => `${quote(name)} = excluded.${quote(name)}`).join(', ')}`;
    case 'add':
      return `${target} update set ${others
        .map((name) => `${quote(name)} = ${quote(table.name)}.${quote(name)} + excluded.${quote(name)}`)
        .join(', ')}`;
    default:
      return kind satisfies never;
  }
}

/** One row's statement for SQLite. The parameters are the row, whose key columns come first (last for updates). */
export function sqliteBulk(step: Bulk): string {
  const { table } = step;
  if (step.kind === 'take')
    return `delete from ${quote(table.name)} where ${quote(table.key[0] ?? '')} = ? returning ${list(step.columns)}`;
  const { kind, columns } = step;
  if (kind === 'change' || kind === 'grow') {
    const sets = columns.slice(table.key.length).map((name) => {
      const before = kind === 'grow' ? `${quote(name)} + ` : '';
      return `${quote(name)} = ${before}?${columns.indexOf(name) + 1}`;
    });
    const wheres = table.key.map((name, at) => `${quote(name)} = ?${at + 1}`);
    return `update ${quote(table.name)} set ${sets.join(', ')} where ${wheres.join(' and ')}`;
  }
  const marks = columns.map(() => '?').join(', ');
  return `insert into ${quote(table.name)} (${list(columns)}) values (${marks}) ${onConflict(kind, table, columns)}`;
}

/** All rows' statement for PostgreSQL. The parameters are one array for each column. */
export function postgresBulk(step: Bulk): string {
  const { table } = step;
  if (step.kind === 'take')
    return `delete from ${quote(table.name)} where ${quote(table.key[0] ?? '')} = any($1::text[]) returning ${list(step.columns)}`;
  const { kind, columns } = step;
  const arrays = columns.map((name, at) => `$${at + 1}::${table.columns[name]}[]`).join(', ');
  if (kind === 'change' || kind === 'grow') {
    const sets = columns.slice(table.key.length).map((name) => {
      const before = kind === 'grow' ? `t.${quote(name)} + ` : '';
      return `${quote(name)} = ${before}x.${quote(name)}`;
    });
    const wheres = table.key.map((name) => `t.${quote(name)} = x.${quote(name)}`);
    return (
      `update ${quote(table.name)} as t set ${sets.join(', ')} ` +
      `from unnest(${arrays}) as x(${list(columns)}) where ${wheres.join(' and ')}`
    );
  }
  return (
    `insert into ${quote(table.name)} (${list(columns)}) select * from unnest(${arrays}) ` +
    onConflict(kind, table, columns)
  );
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { arrayOf, isObject, type Json, type JsonObject, parseJson } from '../../base/json.ts';
import { readCsv } from '../csv.ts';

/**
 * The tables of LiteLLM's database that are read (schema.prisma of litellm 1.110.2, read 2026-11-29). Columns that earlier
 * versions do not have are absent.
 */
export const TABLES = [
  'LiteLLM_VerificationToken',
  'LiteLLM_TeamTable',
  'LiteLLM_UserTable',
  'LiteLLM_BudgetTable',
  'LiteLLM_TeamMembership',
] as const;
export type TableName = (typeof TABLES)[number];
export type LiteLlmTables = { readonly [table in TableName]: readonly Row[] };
/** A row as PostgreSQL writes it into JSON, or into comma-separated values. */
export type Row = { readonly [column: string]: unknown };

/** Straight from the database; nothing is written there. */
export async function tablesOfDatabase(url: string): Promise<LiteLlmTables> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    const tables: { [table in TableName]?: readonly Row[] } = {};
    for (const table of TABLES) {
      const { rows: found } = await client.query('select to_regclass($1) as it', [`"${table}"`]);
      if (found[0]?.it === null) tables[table] = [];
      else tables[table] = (await client.query(`select to_jsonb(t) as it from "${table}" t`)).rows.map(({ it }) => it);
    }
    if (TABLES.every((table) => tables[table]?.length === 0))
      throw new Error('There is nothing of LiteLLM in this database.');
    return tables as LiteLlmTables;
  } finally {
    await client.end();
  }
}

/** From a folder of files that are called like the tables: `LiteLLM_TeamTable.csv`, `.json` (an array) or `.jsonl`. */
export function tablesOfFolder(folder: string): LiteLlmTables {
  const files = readdirSync(folder);
  const tables = Object.fromEntries(
    TABLES.map((table) => {
      const file = files.find(
        (name) => name.toLowerCase().match(/^(.*)\.(csv|json|jsonl)$/)?.[1] === table.toLowerCase(),
      );
      return [table, file === undefined ? [] : rowsOf(join(folder, file))];
    }),
  ) as LiteLlmTables;
  if (TABLES.every((table) => tables[table].length === 0))
    throw new Error(`There is no table in ${folder}: files are called like ${TABLES[0]}.csv.`);
  return tables;
}

function rowsOf(file: string): readonly Row[] {
  const text = readFileSync(file, 'utf8');
  if (file.toLowerCase().endsWith('.csv')) {
    const read = readCsv(text);
    if (!read.ok) throw new Error(`${file}: ${read.error}`);
    return read.value;
  }
  const values = file.toLowerCase().endsWith('.jsonl')
    ? text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map(parseJson)
    : parseJson(text);
  if (!Array.isArray(values) || !values.every(isObject)) throw new Error(`${file} is no list of objects in JSON.`);
  return values;
}

export const textIn = (row: Row, column: string): string | null => {
  const value = row[column];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
};

/** Null = there is none, or it is no number. */
export function numberIn(row: Row, column: string): number | null {
  const value = row[column];
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export const flagIn = (row: Row, column: string): boolean =>
  [true, 'true', 't', 'True', '1'].includes(row[column] as string);

/** A list of texts: JSON's, or PostgreSQL's `{a,"b c"}`. */
export function listIn(row: Row, column: string): readonly string[] {
  const value = row[column];
  if (typeof value === 'string' && value.startsWith('{') && value.endsWith('}')) return elementsOf(value.slice(1, -1));
  const list = typeof value === 'string' ? parseJson(value) : value;
  return arrayOf(list).filter((one) => typeof one === 'string');
}

const elementsOf = (text: string): readonly string[] =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"|[^,]+/g)].map(([plain, quoted]) =>
    quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'),
  );

export function jsonIn(row: Row, column: string): Json | undefined {
  const value = row[column];
  return typeof value === 'string' ? parseJson(value) : (value as Json | undefined);
}

/** Is there anything in an object, a list or a text? */
export function isGiven(row: Row, column: string): boolean {
  const value = jsonIn(row, column) ?? row[column];
  if (value === null || value === undefined || value === '' || value === '{}') return false;
  return typeof value === 'object' ? Object.keys(value as JsonObject).length > 0 : true;
}

/** Milliseconds since 1970; the database's times are UTC and do not say so. */
export function timeIn(row: Row, column: string): number | null {
  const text = textIn(row, column);
  if (text === null) return null;
  const zoned = /(?:Z|[+-]\d\d(?::?\d\d)?)$/.test(text) ? text : `${text}Z`;
  const at = Date.parse(zoned.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  return Number.isNaN(at) ? null : at;
}

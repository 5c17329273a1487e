import type { FaultCode } from '../base/fault.ts';
import { idAt } from '../base/ids.ts';
import { LIMITS } from '../base/limits.ts';
import { asksForRefusals, type Refusal, type RefusalStore, type RequestFilter } from '../insights/requests.ts';
import type { StoreClient } from './client.ts';
import { columnsOf, REFUSAL } from './tables.ts';
import { numbered, query, type Row, type Value, type Work } from './work.ts';

export function openRefusalStore(client: StoreClient): RefusalStore {
  const ask = async (sql: string, parameters: readonly Value[]): Promise<readonly Row[]> =>
    (await client.read(client.dialect === 'postgres' ? numbered(sql) : sql, parameters)).rows;
  return {
    add: (refusals) => client.work('addRefusals', refusals),
    find: async (accountId, id) => {
      const rows = await ask('select * from refusal where account_id = ? and id = ?', [accountId, id]);
      return rows[0] ? refusalOf(rows[0]) : null;
    },
    search: async (filter, { before, limit }) => {
      if (!asksForRefusals(filter)) return [];
      const conditions = conditionsOf(filter, before);
      const where = conditions.map(([sql]) => sql).join(' and ');
      const parameters = conditions.map(([, value]) => value);
      const rows = await ask(
        `select * from refusal where ${where} order by id desc limit ${Math.min(limit, 1_000)}`,
        parameters,
      );
      return rows.map(refusalOf);
    },
  };
}

/** Within one account there are never many. */
function conditionsOf(filter: RequestFilter, before: string | null): readonly (readonly [string, Value])[] {
  const { accountId, keyId, workspaceId, model, from, to } = filter;
  const all: readonly (readonly [string, Value | undefined])[] = [
    ['account_id = ?', accountId],
    ['id < ?', before ?? undefined],
    ['id < ?', to === undefined ? undefined : idAt('gen', to)],
    ['id >= ?', from === undefined ? undefined : idAt('gen', from)],
    ['key_id = ?', keyId],
    ['workspace_id = ?', workspaceId],
    ['model = ?', model],
  ];
  return all.flatMap(([sql, value]) => (value === undefined ? [] : [[sql, value] as const]));
}

/** Keeps them; of each account no more than the newest so many. */
export function* addRefusals(refusals: readonly Refusal[]): Work<void> {
  const rows = refusals.map(rowOf).sort((a, b) => (String(a[0]) + a[1] < String(b[0]) + b[1] ? -1 : 1));
  if (rows.length > 0) yield { kind: 'keep', table: REFUSAL, columns: columnsOf(REFUSAL), rows };
  for (const accountId of new Set(refusals.map((refusal) => refusal.accountId)))
    yield query(
      `delete from refusal where account_id = ? and id <=
        (select id from refusal where account_id = ? order by id desc limit 1 offset ${LIMITS.refusals_max})`,
      [accountId, accountId],
    );
}

const rowOf = (refusal: Refusal): Value[] => [
  refusal.accountId,
  refusal.id,
  BigInt(Math.floor(refusal.createdAt)),
  refusal.keyId,
  refusal.keyLabel,
  refusal.workspaceId,
  refusal.operation,
  refusal.clientDialect,
  refusal.model,
  refusal.code,
  refusal.message,
  BigInt(refusal.others),
];

const text = (value: Value | undefined): string | null => (value == null ? null : String(value));

const refusalOf = (row: Row): Refusal => ({
  id: String(row.id),
  createdAt: Number(row.created_at),
  accountId: String(row.account_id),
  keyId: text(row.key_id),
  keyLabel: text(row.key_label),
  workspaceId: text(row.workspace_id),
  operation: text(row.operation),
  clientDialect: text(row.dialect),
  model: text(row.model),
  code: String(row.code) as FaultCode,
  message: String(row.message),
  others: Number(row.others),
});

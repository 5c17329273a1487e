import type { Receipt } from '../facts/receipt.ts';
import type { Destination, Outbox } from '../telemetry/outbox.ts';
import type { StoreClient } from './client.ts';
import { DESTINATIONS } from './notices.ts';
import { receiptFromText } from './receipt-json.ts';
import { columnsOf, generationTable, OUTBOX } from './tables.ts';
import { clockOf, numbered, query, type Row, type Value, type Work, type WorkContext, type WorkStep } from './work.ts';

/** The receipts of a group, as they are put on their way: in the transaction that books them. */
export function* sendOut(
  receipts: readonly { readonly id: string; readonly month: string; readonly workspaceId: string }[],
  context: WorkContext,
): Work<void> {
  const destinations = context.destinations.known ?? (yield* readDestinations(context));
  if (destinations.length === 0) return;
  const rows: Value[][] = [];
  for (const { id: destination, workspaceId } of destinations)
    for (const receipt of receipts)
      if (workspaceId === null || workspaceId === receipt.workspaceId)
        rows.push([destination, receipt.id, receipt.month, 0n]);
  if (rows.length > 0) yield { kind: 'keep', table: OUTBOX, columns: columnsOf(OUTBOX), rows };
}

function* readDestinations(
  context: WorkContext,
): Generator<WorkStep, readonly Destination[], { readonly rows: readonly Row[] }> {
  const { rows } = yield query('select id, workspace_id from destination order by id');
  const known = rows.map((row) => ({
    id: String(row.id),
    workspaceId: row.workspace_id === '' ? null : String(row.workspace_id),
  }));
  context.destinations.known = known;
  return known;
}

export function openOutbox(client: StoreClient): Outbox {
  const now = clockOf(client);
  const unlocked = client.dialect === 'postgres' ? ' for update skip locked' : '';
  const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ');
  const remove = async (destination: string, ids: readonly string[]): Promise<void> => {
    if (ids.length === 0) return;
    const sql = `delete from outbox where destination = ? and id in (${marks(ids)})`;
    await ask(client, sql, [destination, ...ids]);
  };
  return {
    register: async (destinations) => {
      const { rows } = await ask(client, 'select id, workspace_id from destination', []);
      const keyOf = (id: unknown, workspaceId: unknown): string => JSON.stringify([id, workspaceId]);
      const known = new Set(rows.map((row) => keyOf(row.id, row.workspace_id)));
      const isSame = destinations.every(({ id, workspaceId }) => known.has(keyOf(id, workspaceId ?? '')));
      if (isSame && known.size === destinations.length) return;
      const gone = rows.map(({ id }) => String(id)).filter((id) => destinations.every((one) => one.id !== id));
      const inserts = destinations.map(({ id, workspaceId }) => ({
        sql: 'insert into destination (id, workspace_id) values (?, ?)',
        parameters: [id, workspaceId ?? ''],
      }));
      const statements = [
        { sql: 'delete from destination', parameters: [] },
        ...inserts,
        ...gone.map((id) => ({ sql: 'delete from outbox where destination = ?', parameters: [id] })),
      ];
      await client.work('write', { statements, notices: [DESTINATIONS] });
    },
    claim: async (destination, limit, forMs) => {
      const { rows } = await ask(
        client,
        `update outbox set claimed_until = ${now} + ? where destination = ? and id in (select id from outbox
          where destination = ? and claimed_until <= ${now} order by id limit ?${unlocked}) returning id, month`,
        [BigInt(forMs), destination, destination, BigInt(limit)],
      );
      const receipts: Receipt[] = [];
      for (const [month, own] of Map.groupBy(rows, (row) => String(row.month))) {
        const ids = own.map((row) => String(row.id));
        const found = await receiptsOf(client, month, ids);
        receipts.push(...found);
        // A month that was dropped took its receipts along.
        const there = new Set(found.map(({ id }) => id));
        await remove(
          destination,
          ids.filter((id) => !there.has(id)),
        );
      }
      return receipts.sort((one, other) => (one.id < other.id ? -1 : 1));
    },
    done: remove,
    release: async (destination, ids) => {
      if (ids.length === 0) return;
      const sql = `update outbox set claimed_until = 0 where destination = ? and id in (${marks(ids)})`;
      await ask(client, sql, [destination, ...ids]);
    },
    shorten: async (destination, most) => {
      const { rows } = await ask(client, 'select count(*) as waiting from outbox where destination = ?', [destination]);
      const excess = BigInt(rows[0]?.waiting ?? 0) - BigInt(most);
      if (excess <= 0n) return 0;
      const sql = `delete from outbox where destination = ? and id in
        (select id from outbox where destination = ? order by id limit ?)`;
      return Number((await ask(client, sql, [destination, destination, excess])).changes);
    },
  };
}

/** `?` in the SQL of either engine. */
const ask: (client: StoreClient, sql: string, parameters: readonly Value[]) => ReturnType<StoreClient['query']> = (
  client,
  sql,
  parameters,
) => client.query(client.dialect === 'postgres' ? numbered(sql) : sql, parameters);

async function receiptsOf(client: StoreClient, month: string, ids: readonly string[]): Promise<readonly Receipt[]> {
  const { name } = generationTable(month);
  const months = await ask(client, 'select month from month where month = ?', [month]);
  if (months.rows.length === 0) return [];
  const { rows } = await ask(
    client,
    `select receipt from "${name}" where id in (${ids.map(() => '?').join(', ')})`,
    ids,
  );
  return rows.map((row) => receiptFromText(String(row.receipt)));
}

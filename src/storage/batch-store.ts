import { sql } from 'kysely';
import type { BatchStore, LineResult } from '../gateway/batches.ts';
import type { StoreClient } from './client.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import type { BatchLineRow } from './schema.ts';
import { writing } from './writing.ts';

/** Rows of one statement: engines take some thousand parameters at least. */
const ROWS_MAX = 100;

export function openBatchStore(client: StoreClient, database: StoreDatabase): BatchStore {
  // The rows are long: they are read where no write waits for it.
  const reading = openKysely({ ...client, query: client.read });
  const write = writing(client);
  return {
    add: async (batchId, results) => {
      const rows = results.map((result) => rowOf(batchId, result));
      const inserts = [];
      for (let at = 0; at < rows.length; at += ROWS_MAX)
        inserts.push(
          database
            .insertInto('batch_line')
            .values(rows.slice(at, at + ROWS_MAX))
            .onConflict((conflict) => conflict.doNothing()),
        );
      if (inserts.length > 0) await write(inserts, [], { untold: true });
    },
    done: async (batchId) => {
      const rows = await reading
        .selectFrom('batch_line')
        .select(['line', 'ended', 'status'])
        .where('batch_id', '=', batchId)
        .execute();
      return rows.map(({ line, ended, status }) => ({
        line: Number(line),
        end: ended as LineResult['end'],
        status: Number(status),
      }));
    },
    results: async (batchId, after, limit) => {
      const rows = await reading
        .selectFrom('batch_line')
        .selectAll()
        .where('batch_id', '=', batchId)
        .where('line', '>', BigInt(after))
        .orderBy('line')
        .limit(limit)
        .execute();
      return rows.map(resultOf);
    },
    counts: async (batchId) => {
      const completed = sql<string>`sum(case when ended = 'answered' and status between 200 and 299 then 1 else 0 end)`;
      const row = await reading
        .selectFrom('batch_line')
        .select(({ fn }) => [fn.countAll<bigint>().as('all'), completed.as('completed')])
        .where('batch_id', '=', batchId)
        .executeTakeFirstOrThrow();
      const done = Number(row.completed ?? 0);
      return { completed: done, failed: Number(row.all) - done };
    },
    forget: async (batchId) => {
      await database.deleteFrom('batch_line').where('batch_id', '=', batchId).execute();
    },
    calls: (ids) => callsOf(database, ids),
  };
}

async function callsOf(database: StoreDatabase, ids: readonly string[]): ReturnType<BatchStore['calls']> {
  const found = new Map<string, 'open' | { readonly cost: bigint }>();
  if (ids.length === 0) return found;
  // Read behind the journal, so that no call is in neither of the two.
  const open = await database
    .selectFrom('hold')
    .select('id')
    .where('id', 'in', [...ids])
    .execute();
  for (const { id } of open) found.set(id, 'open');
  for (const { month } of await database.selectFrom('month').select('month').execute()) {
    const table = `generation_${month.replace('-', '_')}` as const;
    const ended = await database
      .selectFrom(table)
      .select(['id', 'cost'])
      .where('id', 'in', [...ids])
      .execute();
    for (const { id, cost } of ended) found.set(id, { cost });
  }
  return found;
}

const rowOf = (batchId: string, result: LineResult): BatchLineRow => ({
  batch_id: batchId,
  line: BigInt(result.line),
  custom_id: result.customId,
  ended: result.end,
  status: BigInt(result.status),
  generation_id: result.generationId,
  body: result.body,
});

const resultOf = (row: BatchLineRow): LineResult => ({
  line: Number(row.line),
  customId: row.custom_id,
  end: row.ended as LineResult['end'],
  status: Number(row.status),
  generationId: row.generation_id,
  body: row.body,
});

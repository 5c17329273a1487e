import type { Receipt } from '../facts/receipt.ts';
import type { Records } from '../insights/store.ts';
import type { StoreClient } from './client.ts';
import type { StoreDatabase } from './kysely.ts';
import { receiptFromText } from './receipt-json.ts';
import { openSearch } from './record-search.ts';

type GenerationTable = `generation_${string}`;
const tableOf = (month: string): GenerationTable => `generation_${month.replace('-', '_')}`;
const NEWEST_MAX = 500;

/** Receipts in their monthly tables, newest first. Ids sort by time, so the primary key is all the order there is. */
export function openRecords(client: StoreClient, database: StoreDatabase): Records {
  const months = async (): Promise<readonly string[]> =>
    (await database.selectFrom('month').select('month').orderBy('month', 'desc').execute()).map((row) => row.month);

  return {
    months,
    search: openSearch(client, months),
    dropMonth: (month) => client.work('dropMonth', month),
    find: async (id) => {
      for (const month of await months()) {
        const row = await database.selectFrom(tableOf(month)).select('receipt').where('id', '=', id).executeTakeFirst();
        if (row) return receiptFromText(row.receipt);
      }
      return null;
    },
    newest: async (limit) => {
      const receipts: Receipt[] = [];
      for (const month of await months()) {
        const left = Math.min(limit, NEWEST_MAX) - receipts.length;
        if (left <= 0) break;
        const newest = database.selectFrom(tableOf(month)).select('receipt').orderBy('id', 'desc').limit(left);
        receipts.push(...(await newest.execute()).map((row) => receiptFromText(row.receipt)));
      }
      return receipts;
    },
  };
}

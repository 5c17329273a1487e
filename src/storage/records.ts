import type { Receipt } from '../facts/receipt.ts';
import type { Records, RecordsPage } from '../insights/store.ts';
import type { StoreClient } from './client.ts';
import type { StoreDatabase } from './kysely.ts';
import { receiptFromText } from './receipt-json.ts';

type GenerationTable = `generation_${string}`;
const tableOf = (month: string): GenerationTable => `generation_${month.replace('-', '_')}`;
const PAGE_MAX = 500;

/** Receipts in their monthly tables, newest first. Ids sort by time, so the primary key is all the order there is. */
export function openRecords(client: StoreClient, database: StoreDatabase): Records {
  const months = async (): Promise<readonly string[]> =>
    (await database.selectFrom('month').select('month').orderBy('month', 'desc').execute()).map((row) => row.month);

  return {
    months,
    dropMonth: (month) => client.work('dropMonth', month),
    find: async (id) => {
      for (const month of await months()) {
        const row = await database.selectFrom(tableOf(month)).select('receipt').where('id', '=', id).executeTakeFirst();
        if (row) return receiptFromText(row.receipt);
      }
      return null;
    },
    list: async (page: RecordsPage) => {
      const limit = Math.min(page.limit, PAGE_MAX);
      const receipts: Receipt[] = [];
      for (const month of await months()) {
        let query = database.selectFrom(tableOf(month)).select('receipt').orderBy('id', 'desc');
        if (page.before !== undefined) query = query.where('id', '<', page.before);
        if (page.keyId !== undefined) query = query.where('key_id', '=', page.keyId);
        if (page.model !== undefined) query = query.where('model', '=', page.model);
        if (page.state !== undefined) query = query.where('state', '=', page.state);
        const rows = await query.limit(limit - receipts.length).execute();
        receipts.push(...rows.map((row) => receiptFromText(row.receipt)));
        if (receipts.length >= limit) break;
      }
      return receipts;
    },
  };
}

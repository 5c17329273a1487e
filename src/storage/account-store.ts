import { accountScope } from '../facts/scope.ts';
import type { Credit } from '../ledger/store.ts';
import type { StoreClient } from './client.ts';
import type { StoreDatabase } from './kysely.ts';
import { limitNotice } from './notices.ts';
import { columnsOf, TRANSFER } from './tables.ts';
import { writing } from './writing.ts';

/** Accounts as whoever runs the instance administers them. */
export type AccountStore = {
  readonly find: (id: string) => Promise<{ readonly id: string; readonly isPrepaid: boolean } | null>;
  /** Books a grant, once for each id. */
  readonly grant: (credit: Credit) => Promise<void>;
  /** Calls beyond its credits are refused from the next one on, or no longer are. */
  readonly setPrepaid: (id: string, isPrepaid: boolean) => Promise<void>;
};

export function openAccountStore(client: StoreClient, database: StoreDatabase): AccountStore {
  const write = writing(client);
  const rowsOf = (id: string) => [{ table: 'account', column: 'id', value: id }] as const;
  return {
    find: async (id) => {
      const row = await database.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? { id, isPrepaid: row.prepaid !== 0n } : null;
    },
    grant: async ({ id, accountId, amount, reason }) => {
      const values = [id, BigInt(Date.now()), 'credit', 'outside', accountId, amount, '', reason];
      const columns = columnsOf(TRANSFER).map((column) => `"${column}"`);
      const isNew = 'not exists (select 1 from transfer t where t.id = ?)';
      const crediting = {
        sql: `update account set credits = credits + ? where id = ? and ${isNew}`,
        parameters: [amount, accountId, id],
      };
      const booking = {
        sql: `insert into transfer (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')}) on conflict (id) do nothing`,
        parameters: values,
      };
      const queries = [crediting, booking].map((one) => ({ compile: () => one }));
      await write(queries, [limitNotice(accountScope(accountId))], {
        // Two of one id at once: the second sees what the first has booked.
        lock: database.updateTable('account').set({ id: accountId }).where('id', '=', accountId),
        act: { act: 'credits.grant', rows: rowsOf(accountId) },
      });
    },
    setPrepaid: async (id, isPrepaid) => {
      const update = database
        .updateTable('account')
        .set({ prepaid: isPrepaid ? 1n : 0n })
        .where('id', '=', id);
      await write([update], [limitNotice(accountScope(id))], { act: { act: 'account.prepaid', rows: rowsOf(id) } });
    },
  };
}

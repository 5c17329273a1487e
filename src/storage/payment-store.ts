import { nano } from '../base/money.ts';
import type { PaymentAccount, PaymentStore } from '../facts/payments.ts';
import type { StoreClient } from './client.ts';
import { numbered, type Row, type Value } from './work.ts';
import { type Compilable, writing } from './writing.ts';

/** So many accounts are charged at once at most. */
const DUE_MAX = 100;

export function openPaymentStore(client: StoreClient): PaymentStore {
  const write = writing(client);
  const ask = async (sql: string, parameters: readonly Value[]): Promise<readonly Row[]> =>
    (await client.query(client.dialect === 'postgres' ? numbered(sql) : sql, parameters)).rows;
  const account = async (accountId: string): Promise<PaymentAccount> => {
    const [row] = await ask('select * from payment_account where account_id = ?', [accountId]);
    return row ? accountOf(row) : NONE;
  };
  const plain = (sql: string, parameters: readonly Value[]): Compilable => ({ compile: () => ({ sql, parameters }) });
  return {
    account,
    tell: (news, now) => client.work('tellPayment', { news, now }),
    setTopUp: async (accountId, topUp) => {
      const act = {
        act: 'credits.top-up',
        rows: [{ table: 'payment_account', column: 'account_id', value: accountId }],
      } as const;
      const set = plain(
        `update payment_account set below = ?, credits = ?, failure = null, taken_until = 0,
          top_ups = top_ups + (case when failure is null then 0 else 1 end)
          where account_id = ? and card is not null and customer is not null`,
        [topUp?.below ?? null, topUp?.credits ?? null, accountId],
      );
      return (await write([set], [], { act })) > 0n;
    },
    takeDue: async (now, forMs) => {
      const at = BigInt(Math.floor(now));
      const due = await ask(
        `select p.* from payment_account p join account a on a.id = p.account_id
          where p.below is not null and p.card is not null and p.customer is not null and p.taken_until <= ?
          and a.credits - coalesce((select u.cost from usage u where u.scope = 'account:' || a.id and u.day = 'all'), 0) < p.below
          limit ${DUE_MAX}`,
        [at],
      );
      const taken: Awaited<ReturnType<PaymentStore['takeDue']>>[number][] = [];
      for (const row of due) {
        const accountId = String(row.account_id);
        const { customer, card, topUp, topUps } = accountOf(row);
        const until = plain('update payment_account set taken_until = ? where account_id = ? and taken_until <= ?', [
          at + BigInt(forMs),
          accountId,
          at,
        ]);
        if (customer === null || card === null || topUp === null) continue;
        if ((await write([until], [], { untold: true })) > 0n)
          taken.push({ accountId, credits: topUp.credits, customer, card, number: topUps });
      }
      return taken;
    },
    failTopUp: async (accountId, reason) => {
      const off = plain('update payment_account set below = null, failure = ? where account_id = ?', [
        reason,
        accountId,
      ]);
      await write([off], [], { untold: true });
    },
  };
}

const NONE: PaymentAccount = { customer: null, card: null, topUp: null, topUps: 0, failure: null };

const accountOf = (row: Row): PaymentAccount => ({
  customer: row.customer as string | null,
  card: row.card as string | null,
  topUp:
    row.below === null || row.credits === null
      ? null
      : { below: nano(row.below as bigint), credits: nano(row.credits as bigint) },
  topUps: Number(row.top_ups),
  failure: row.failure as string | null,
});

import { nano } from '../base/money.ts';
import type { World } from '../base/world.ts';
import type { LedgerStore, Scope } from '../ledger/store.ts';
import type { StoreClient } from './client.ts';
import { openGrouping } from './grouping.ts';
import { receiptToText } from './receipt-json.ts';
import type { Value } from './work.ts';

/** The ledger's port: everything that is written for a call joins a group. */
export function openLedgerStore(
  client: StoreClient,
  world: World,
): LedgerStore & { readonly flush: () => Promise<void> } {
  const grouping = openGrouping(client, world);
  return {
    open: (intent) => {
      const pending = grouping.join();
      pending.opens.set(intent.id, intent);
      return pending.done.promise;
    },
    touch: (touch) => {
      // What still waits is corrected in place: that a call is dispatched so costs nothing, and streams that grow
      // faster than the disk writes have one entry each.
      for (const waiting of grouping.waiting()) {
        const intent = waiting.opens.get(touch.id);
        if (intent) waiting.opens.set(touch.id, { ...intent, ...touch });
        else if (waiting.touches.has(touch.id)) waiting.touches.set(touch.id, touch);
        else continue;
        return waiting.done.promise;
      }
      const pending = grouping.join();
      pending.touches.set(touch.id, touch);
      return pending.done.promise;
    },
    close: ({ receipt, leases }) => {
      const pending = grouping.join();
      pending.closes.push({ id: receipt.id, receipt: receiptToText(receipt), leases });
      return pending.done.promise;
    },
    giveBack: (scope, amount) => {
      const pending = grouping.join();
      pending.returns.push([scope, amount]);
      return pending.done.promise;
    },
    grant: async (request) => {
      // What this process has given back or spent must count before it asks for more.
      await grouping.settled();
      return client.work('grant', { ...request, process: client.process, now: world.now() });
    },
    credit: (credit) => client.work('credit', { credit, now: world.now() }),
    balance: (accountId) => balanceOf(client, accountId),
    backlog: grouping.backlog,
    onRecall: (listener) =>
      client.onNotice((notice) => {
        if (notice.startsWith('recall ')) listener(notice.slice('recall '.length) as Scope);
      }),
    onLimits: (listener) =>
      client.onNotice((notice) => {
        if (notice === 'limits') listener();
      }),
    flush: async () => {
      while (grouping.backlog() > 0) await grouping.settled();
    },
  };
}

async function balanceOf(client: StoreClient, accountId: string): Promise<ReturnType<typeof toBalance>> {
  const sql = `select a.credits as credits,
    (select coalesce(cast(sum(u.cost) as bigint), 0) from usage u where u.scope = 'account:' || a.id and u.day = 'all') as settled,
    (select coalesce(cast(sum(h.amount) as bigint), 0) from hold h where h.account_id = a.id) as held
    from account a where a.id = ${client.dialect === 'sqlite' ? '?' : '$1'}`;
  const { rows } = await client.query(sql, [accountId]);
  return toBalance(rows[0] ?? {});
}

const toBalance = (row: { readonly [column: string]: Value }) => ({
  credits: nano((row.credits as bigint) ?? 0n),
  settled: nano((row.settled as bigint) ?? 0n),
  held: nano((row.held as bigint) ?? 0n),
});

import { type NanoUsd, nano } from '../base/money.ts';
import type { World } from '../base/world.ts';
import type { Intent, LeaseName, LedgerStore, Touch } from '../ledger/store.ts';
import type { Trouble } from '../ledger/trouble.ts';
import type { StoreClient } from './client.ts';
import { entryOf } from './entry.ts';
import { openGranting } from './granting.ts';
import { type Grouping, openGrouping } from './grouping.ts';
import { leftOf } from './left.ts';
import { limitChange, recalled } from './notices.ts';
import { openProbing } from './probing.ts';
import type { Value } from './work.ts';

/** The ledger's port: everything that is written for a call joins a group. */
export function openLedgerStore(
  client: StoreClient,
  world: World,
): LedgerStore & { readonly flush: () => Promise<void> } {
  const forgotten: (() => void)[] = [];
  const recovered: (() => void)[] = [];
  let epoch = 0;
  /** Called before anything new is leased or committed. */
  const heard = (now: number): void => {
    if (now === epoch) return;
    epoch = now;
    for (const { returns } of grouping.waiting()) returns.length = 0; // of leases that are no more; a minute's are lost
    for (const listener of forgotten) listener();
  };
  const probing = openProbing(client, world, () => {
    for (const listener of recovered) listener();
  });
  const grouping = openGrouping(client, world, { applied: heard, failed: probing.begin });
  const trouble = (): Trouble | null => {
    const found = client.trouble();
    if (grouping.isBehind()) return found?.what ?? 'behind';
    return found?.isLasting ? found.what : null;
  };
  const giveBack = (lease: LeaseName, amount: NanoUsd): Promise<void> => {
    const pending = grouping.join(0);
    pending.returns.push([lease, amount]);
    return pending.done.promise;
  };
  return {
    open: (intent) => {
      const pending = grouping.join(0);
      pending.opens.set(intent.id, intent);
      return pending.done.promise;
    },
    touch: (touch) => touchIn(grouping, touch),
    close: ({ receipt, leases, also, isKnown }) => {
      const entry = entryOf(receipt);
      const pending = grouping.join(entry.text.length);
      pending.closes.push({ entry, leases, also, isKnown });
      return pending.done.promise;
    },
    giveBack,
    relet: (scope, amount) => {
      // Before every end that waits: what they spend is part of it.
      const pending = grouping.waiting()[0] ?? grouping.join(0);
      pending.relets.push([scope, amount]);
      return pending.done.promise;
    },
    grant: openGranting({ client, world, grouping, trouble, heard, giveBack }),
    credit: (credit) => client.work('credit', { credit, now: world.now() }),
    balance: (accountId) => balanceOf(client, accountId),
    left: (owners) => leftOf(client, owners, world.now()),
    trouble,
    onRecovery: (listener) => void recovered.push(listener),
    onForgotten: (listener) => void forgotten.push(listener),
    onRecall: (listener) =>
      client.onNotice((notice) => {
        const scope = recalled(notice);
        if (scope !== null) listener(scope);
      }),
    onLimits: (listener) =>
      client.onNotice((notice) => {
        const scope = limitChange(notice);
        if (scope !== null) listener(scope);
      }),
    flush: async () => {
      probing.end();
      while (grouping.backlog() > 0) await grouping.settled();
    },
  };
}

/**
 * What still waits is corrected in place: that a call is dispatched so costs nothing, and streams that grow faster than
 * the disk writes have one entry each.
 */
function touchIn(grouping: Grouping, touch: Touch): Promise<void> {
  for (const waiting of grouping.waiting()) {
    const intent = waiting.opens.get(touch.id);
    if (intent) waiting.opens.set(touch.id, touched(intent, touch));
    else if (waiting.touches.has(touch.id)) waiting.touches.set(touch.id, touch);
    else continue;
    return waiting.done.promise;
  }
  const pending = grouping.join(0);
  pending.touches.set(touch.id, touch);
  return pending.done.promise;
}

/** Member by member: laying one over a copy of the other costs each call several times as much. */
const touched = (intent: Intent, touch: Touch): Intent => ({
  id: touch.id,
  amount: touch.amount,
  dispatched: touch.dispatched,
  checkpoint: touch.checkpoint,
  endpoint: touch.endpoint,
  createdAt: intent.createdAt,
  accountId: intent.accountId,
  keyId: intent.keyId,
  workspaceId: intent.workspaceId,
  also: intent.also,
  model: intent.model,
  about: intent.about,
  promptCost: intent.promptCost,
});

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

import { nano } from '../base/money.ts';
import type { World } from '../base/world.ts';
import type { Intent, LedgerStore, Scope, Touch } from '../ledger/store.ts';
import type { StoreClient } from './client.ts';
import type { Closing, Group } from './group.ts';
import { receiptToText } from './receipt-json.ts';
import type { Value } from './work.ts';

/** Small enough to be committed in a few milliseconds, large enough that a commit's cost is shared. */
const GROUP_MAX = 200;

type Pending = {
  readonly opens: Map<string, Intent>;
  readonly touches: Map<string, Touch>;
  readonly closes: Closing[];
  readonly returns: [Scope, bigint][];
  size: number;
  /** Shared by everything in the group: no promise is made for an entry. */
  readonly done: PromiseWithResolvers<void>;
};

const newPending = (): Pending => {
  const done = Promise.withResolvers<void>();
  done.promise.catch(() => {}); // whoever waits hears of it; nobody need wait
  return { opens: new Map(), touches: new Map(), closes: [], returns: [], size: 0, done };
};

/**
 * Collects what is written in one turn of the event loop into a group. One group is under way at a time; what comes
 * meanwhile is the next one, so groups grow with the load and an idle gateway commits at once.
 */
export function openLedgerStore(
  client: StoreClient,
  world: World,
): LedgerStore & { readonly flush: () => Promise<void> } {
  const queue: Pending[] = [];
  let last: Promise<void> = Promise.resolve();
  let isUnderWay = false;
  let isPlanned = false;
  let seq = 0;
  let backlog = 0;

  const send = async (): Promise<void> => {
    isPlanned = false;
    if (isUnderWay) return;
    const pending = queue.shift();
    if (!pending) return;
    isUnderWay = true;
    try {
      await client.work('group', groupOf(pending));
      pending.done.resolve();
    } catch (cause) {
      pending.done.reject(cause);
    }
    isUnderWay = false;
    backlog -= pending.size;
    if (queue.length > 0) void send();
  };
  const groupOf = (pending: Pending): Group => ({
    process: client.process,
    seq: ++seq,
    now: world.now(),
    opens: Array.from(pending.opens.values(), (intent) => holdRow(intent, client.process)),
    touches: Array.from(pending.touches.values(), touchRow),
    closes: pending.closes,
    returns: pending.returns,
  });
  /** The group that the next entry joins. */
  const join = (): Pending => {
    let pending = queue.at(-1);
    if (!pending || pending.size >= GROUP_MAX) {
      pending = newPending();
      queue.push(pending);
      last = pending.done.promise;
    }
    pending.size++;
    backlog++;
    if (!isUnderWay && !isPlanned) {
      isPlanned = true;
      client.defer(() => void send());
    }
    return pending;
  };

  return {
    open: (intent) => {
      const pending = join();
      pending.opens.set(intent.id, intent);
      return pending.done.promise;
    },
    touch: (touch) => {
      // While the intent itself is still here, it is corrected in place; that a call is dispatched so costs nothing.
      const young = queue.at(-1);
      const intent = young?.opens.get(touch.id);
      if (young && intent) {
        young.opens.set(touch.id, { ...intent, ...touch });
        return young.done.promise;
      }
      const pending = join();
      pending.touches.set(touch.id, touch);
      return pending.done.promise;
    },
    close: ({ receipt, leases }) => {
      const pending = join();
      pending.closes.push({ id: receipt.id, receipt: receiptToText(receipt), leases });
      return pending.done.promise;
    },
    giveBack: (scope, amount) => {
      const pending = join();
      pending.returns.push([scope, amount]);
      return pending.done.promise;
    },
    grant: async (request) => {
      // What this process has given back or spent must count before it asks for more.
      await last.catch(() => {});
      return client.work('grant', { ...request, process: client.process, now: world.now() });
    },
    credit: (credit) => client.work('credit', { credit, now: world.now() }),
    balance: (accountId) => balanceOf(client, accountId),
    backlog: () => backlog,
    onRecall: (listener) =>
      client.onNotice((notice) => {
        if (notice.startsWith('recall ')) listener(notice.slice('recall '.length) as Scope);
      }),
    onLimits: (listener) =>
      client.onNotice((notice) => {
        if (notice === 'limits') listener();
      }),
    flush: async () => {
      while (queue.length > 0 || isUnderWay) await last.catch(() => {});
    },
  };
}

const holdRow = (intent: Intent, process: string): Value[] => [
  intent.id,
  process,
  BigInt(Math.floor(intent.createdAt)),
  intent.accountId,
  intent.keyId,
  intent.workspaceId,
  intent.model,
  intent.endpoint,
  intent.amount,
  intent.promptCost,
  intent.dispatched ? 1n : 0n,
  intent.checkpoint,
];

const touchRow = (touch: Touch): Value[] => [touch.id, touch.amount, touch.dispatched ? 1n : 0n, touch.checkpoint];

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

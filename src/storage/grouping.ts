import type { World } from '../base/world.ts';
import type { Intent, Scope, Touch } from '../ledger/store.ts';
import type { StoreClient } from './client.ts';
import type { Closing, Group } from './group.ts';
import type { Value } from './work.ts';

/** Small enough to be committed in a few milliseconds, large enough that a commit's cost is shared. */
const GROUP_MAX = 200;
/** After a group of this many entries the next one waits so long for company: under load groups are fewer and larger. */
const BUSY = { entries: 16, pauseMs: 2 } as const;

/** A group that is still open to what comes. */
export type Pending = {
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
 * Collects what is written in one turn of the event loop into a group. One group is under way at a time, two while they
 * are small and the store keeps their order: then a fast answer's end need not wait for word of its beginning. What comes
 * meanwhile is the next one, so groups grow with the load and an idle gateway commits at once.
 */
export type Grouping = {
  /** The group that the next entry joins; it counts as one entry more. */
  readonly join: () => Pending;
  /** The groups that have not been sent. */
  readonly waiting: () => readonly Pending[];
  /** Resolves when everything that was written until now is committed or has failed. */
  readonly settled: () => Promise<void>;
  readonly backlog: () => number;
};

export function openGrouping(client: StoreClient, world: World): Grouping {
  const queue: Pending[] = [];
  let last: Promise<void> = Promise.resolve();
  let underWay = 0;
  let isPlanned = false;
  let lastSize = 0;
  let seq = 0;
  let backlog = 0;

  const send = async (): Promise<void> => {
    isPlanned = false;
    const pending = maySend() ? queue.shift() : undefined;
    if (!pending) return;
    underWay++;
    lastSize = pending.size;
    try {
      await client.work('group', groupOf(pending));
      pending.done.resolve();
    } catch (cause) {
      pending.done.reject(cause);
    }
    underWay--;
    backlog -= pending.size;
    if (queue.length > 0) plan();
  };
  const isBusy = (): boolean => lastSize >= BUSY.entries;
  const maySend = (): boolean => underWay === 0 || (underWay === 1 && client.keepsOrder && !isBusy());
  const plan = (): void => {
    if (isPlanned || !maySend()) return;
    isPlanned = true;
    client.defer(() => void send(), queue.length > 1 || !isBusy() ? 0 : BUSY.pauseMs);
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
  const join = (): Pending => {
    let pending = queue.at(-1);
    if (!pending || pending.size >= GROUP_MAX) {
      pending = newPending();
      queue.push(pending);
      last = pending.done.promise;
    }
    pending.size++;
    backlog++;
    plan();
    return pending;
  };

  return {
    join,
    waiting: () => queue,
    settled: () => last.catch(() => {}),
    backlog: () => backlog,
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
  JSON.stringify(intent.about),
];

const touchRow = (touch: Touch): Value[] => [
  touch.id,
  touch.amount,
  touch.dispatched ? 1n : 0n,
  touch.checkpoint,
  touch.endpoint,
];

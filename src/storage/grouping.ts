import type { World } from '../base/world.ts';
import type { Intent, LeaseName, Scope, Touch } from '../ledger/store.ts';
import type { StoreClient } from './client.ts';
import type { Closing, Group } from './group.ts';
import type { KeptAbout } from './recover.ts';
import type { Value } from './work.ts';

/** Small enough to be committed in a few milliseconds, large enough that a commit's cost is shared. */
const GROUP_MAX = 200;
/** After a group of this many entries the next one waits so long for company: under load groups are fewer and larger. */
const BUSY = { entries: 16, pauseMs: 2 } as const;
/** What waits to be written may grow so old, so many and so large; beyond that nothing new is begun. */
const WAITING_MAX = { ms: 5_000, entries: 20_000, bytes: 32 * 1024 * 1024 } as const;
/** About what an entry takes beside its text. */
const ENTRY_BYTES = 600;

/** A group that is still open to what comes. */
export type OpenGroup = {
  readonly opens: Map<string, Intent>;
  readonly touches: Map<string, Touch>;
  readonly closes: Closing[];
  readonly returns: [LeaseName, bigint][];
  readonly relets: [Scope, bigint][];
  /** When its first entry came, in `world.elapsed()`. */
  readonly since: number;
  size: number;
  bytes: number;
  /** Shared by everything in the group: no promise is made for an entry. */
  readonly done: PromiseWithResolvers<void>;
};

const newPending = (since: number): OpenGroup => {
  const done = Promise.withResolvers<void>();
  done.promise.catch(() => {}); // whoever waits hears of it; nobody need wait
  return { opens: new Map(), touches: new Map(), closes: [], returns: [], relets: [], since, size: 0, bytes: 0, done };
};

/**
 * Collects what is written in one turn of the event loop into a group. One group is under way at a time, two while they
 * are small and the store keeps their order: then a fast answer's end need not wait for word of its beginning. What comes
 * meanwhile is the next one, so groups grow with the load and an idle gateway commits at once.
 */
export type Grouping = {
  /** The group that the next entry joins; it counts as one entry more, with so much text. */
  readonly join: (textBytes: number) => OpenGroup;
  /** The groups that have not been sent. */
  readonly waiting: () => readonly OpenGroup[];
  /** Resolves when everything that was written until now is committed or has failed. */
  readonly settled: () => Promise<void>;
  readonly backlog: () => number;
  /** More waits, or longer, than may. */
  readonly isBehind: () => boolean;
};

type GroupingOptions = {
  /** How often the store took this process for dead before the group was applied. */
  readonly applied: (epoch: number) => void;
  readonly failed: () => void;
};

export function openGrouping(client: StoreClient, world: World, { applied, failed }: GroupingOptions): Grouping {
  const queue: OpenGroup[] = [];
  let last: Promise<void> = Promise.resolve();
  const underWay: OpenGroup[] = [];
  let isPlanned = false;
  let lastSize = 0;
  let seq = 0;
  let backlog = 0;
  let bytes = 0;

  const send = async (): Promise<void> => {
    isPlanned = false;
    const pending = maySend() ? queue.shift() : undefined;
    if (!pending) return;
    underWay.push(pending);
    lastSize = pending.size;
    try {
      const { epoch } = await client.work('group', groupOf(pending));
      applied(epoch);
      pending.done.resolve();
    } catch (cause) {
      pending.done.reject(cause);
      failed();
    }
    underWay.splice(underWay.indexOf(pending), 1);
    backlog -= pending.size;
    bytes -= pending.bytes;
    if (queue.length > 0) plan();
  };
  const isBusy = (): boolean => lastSize >= BUSY.entries;
  const maySend = (): boolean => underWay.length === 0 || (underWay.length === 1 && client.keepsOrder && !isBusy());
  const plan = (): void => {
    if (isPlanned || !maySend()) return;
    isPlanned = true;
    client.defer(() => void send(), queue.length > 1 || !isBusy() ? 0 : BUSY.pauseMs);
  };
  const groupOf = (pending: OpenGroup): Group => ({
    process: client.process,
    seq: ++seq,
    opens: Array.from(pending.opens.values(), (intent) => holdRow(intent, client.process)),
    touches: Array.from(pending.touches.values(), touchRow),
    closes: pending.closes,
    returns: pending.returns,
    relets: pending.relets,
  });
  const join = (textBytes: number): OpenGroup => {
    let pending = queue.at(-1);
    if (!pending || pending.size >= GROUP_MAX) {
      pending = newPending(world.elapsed());
      queue.push(pending);
      last = pending.done.promise;
    }
    pending.size++;
    pending.bytes += ENTRY_BYTES + textBytes;
    backlog++;
    bytes += ENTRY_BYTES + textBytes;
    plan();
    return pending;
  };

  return {
    join,
    waiting: () => queue,
    settled: () => last.catch(() => {}),
    backlog: () => backlog,
    isBehind: () => {
      if (backlog > WAITING_MAX.entries || bytes > WAITING_MAX.bytes) return true;
      const oldest = underWay[0] ?? queue[0];
      return oldest !== undefined && world.elapsed() - oldest.since > WAITING_MAX.ms;
    },
  };
}

const holdRow = (intent: Intent, process: string): Value[] => [
  intent.id,
  process,
  Math.floor(intent.createdAt),
  intent.accountId,
  intent.keyId,
  intent.workspaceId,
  intent.model,
  intent.endpoint,
  intent.amount,
  intent.promptCost,
  intent.dispatched ? 1 : 0,
  intent.checkpoint,
  aboutText(intent),
];

function aboutText({ about, also }: Intent): string {
  const kept: KeptAbout = also.length === 0 ? about : { ...about, also };
  return JSON.stringify(kept);
}

const touchRow = (touch: Touch): Value[] => [
  touch.id,
  touch.amount,
  touch.dispatched ? 1 : 0,
  touch.checkpoint,
  touch.endpoint,
];

import type { Cancel } from '../base/world.ts';
import { tellOnce } from '../gateway/alerts/tell.ts';
import { watchOnce } from '../gateway/alerts/watch.ts';
import type { ContentStore } from '../gateway/contents/content.ts';
import type { ConversationStore } from '../gateway/conversations.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { ResponseStore } from '../gateway/stored-responses.ts';
import type { LedgerStore } from '../ledger/store.ts';

const MINUTE_MS = 60_000;
/** Between two parts of a sweep, so that it is never in anybody's way. */
const PAUSE_MS = 100;

type Chore = {
  /** How much of it was done; 0 = nothing is left. */
  readonly work: () => Promise<number>;
  readonly everyMs: number;
  /** What is logged when it fails. */
  readonly failed: string;
};

/** Does a chore in parts, now and ever again. */
function sweep({ work, everyMs, failed }: Chore, { world, log }: Pick<Gateway, 'world' | 'log'>): Cancel {
  let isOver = false;
  let cancel: Cancel = () => {};
  const again = (ms: number): void => {
    if (!isOver) cancel = world.after(ms, once);
  };
  const once = (): void => {
    work().then(
      (done) => again(done > 0 ? PAUSE_MS : everyMs),
      (cause) => {
        if (isOver) return;
        log(failed, cause);
        again(everyMs);
      },
    );
  };
  again(PAUSE_MS);
  return () => {
    isOver = true;
    cancel();
  };
}

type Around = Pick<Gateway, 'world' | 'log'>;

/** Deletes stored responses that have expired, now and every hour, also where none are stored any more. */
export const sweepResponses = (store: ResponseStore, around: Around): Cancel =>
  sweep(
    {
      work: () => store.sweep(around.world.now()),
      everyMs: 60 * MINUTE_MS,
      failed: 'expired responses could not be deleted',
    },
    around,
  );

/** Deletes conversations that nothing was added to for too long, now and every hour. */
export const sweepConversations = (store: ConversationStore, around: Around): Cancel =>
  sweep(
    {
      work: () => store.sweep(around.world.now()),
      everyMs: 60 * MINUTE_MS,
      failed: 'expired conversations could not be deleted',
    },
    around,
  );

/** Makes tallies coarser as they age. */
export const foldAsItAges = (fold: (now: number) => Promise<number>, around: Around): Cancel =>
  sweep(
    {
      work: () => fold(around.world.now()),
      everyMs: 10 * MINUTE_MS,
      failed: 'tallies of calls could not be made coarser',
    },
    around,
  );

/** Deletes contents that have expired, or whose key or workspace is gone, now and every hour. */
export const sweepContents = (store: ContentStore, around: Around): Cancel =>
  sweep(
    {
      work: () => store.sweep(around.world.now()),
      everyMs: 60 * MINUTE_MS,
      failed: 'expired contents could not be deleted',
    },
    around,
  );

/** Between two looks at what alerts watch. */
const WATCHED_MS = 30_000;
const TOLD_MS = 5_000;

/** Looks at what accounts want to be told of, and tells them. */
export function watchAlerts({ left }: Pick<LedgerStore, 'left'>, gateway: Gateway): Cancel {
  const watching = { ...gateway, left };
  const watch = async (): Promise<number> => {
    await watchOnce(watching);
    return 0;
  };
  const watched = sweep({ work: watch, everyMs: WATCHED_MS, failed: 'alerts could not be looked at' }, gateway);
  const told = sweep(
    { work: () => tellOnce(gateway), everyMs: TOLD_MS, failed: 'nobody could be told of alerts' },
    gateway,
  );
  return () => {
    watched();
    told();
  };
}

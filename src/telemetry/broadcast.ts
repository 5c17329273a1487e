import type { World } from '../base/world.ts';
import type { Receipt } from '../facts/receipt.ts';
import type { Outbox } from './outbox.ts';
import type { Sent } from './post.ts';

/** Someone that receipts are sent to, in portions. */
export type Receiver = {
  /** As it is registered with the outbox. */
  readonly id: string;
  /** Null = receipts of every workspace. */
  readonly workspaceId: string | null;
  /** Another one where it was set up otherwise. */
  readonly version: string;
  /** For the operator. */
  readonly name: string;
  readonly wants: (receipt: Receipt) => boolean;
  /** Never rejects. */
  readonly send: (receipts: readonly Receipt[]) => Promise<Sent>;
};

/** Sends what the outbox holds to every receiver. */
export type Broadcast = {
  /** From now on these are sent to, and no others. */
  readonly follow: (receivers: readonly Receiver[]) => Promise<void>;
  /** Ends after the portions that are under way. */
  readonly close: () => Promise<void>;
};

type Parts = {
  readonly world: Pick<World, 'after' | 'elapsed'>;
  readonly outbox: Outbox;
  readonly log: (message: string, cause?: unknown) => void;
};

/** A portion: what receivers of OTLP take at once without asking, at about three kilobytes a call. */
const PORTION = 200;
/** Whoever claims a portion and dies leaves it to others after so long. */
const CLAIM_MS = 60_000;
/** How soon a receiver that had everything is given more: it comes in portions, not one by one. */
const IDLE_MS = 1_000;
const AGAIN_MS = { first: 1_000, most: 60_000 } as const;
/** What a receiver that takes nothing lets gather: some days of a busy gateway, and about 100 MB. */
const WAITING_MAX = 1_000_000;
const SHORTEN_MS = 60_000;

/** Sends what waits in the outbox, to each receiver at its own pace. Nothing of it is on the way of a call. */
export function startBroadcast(parts: Parts): Broadcast {
  const loops = new Map<string, { readonly version: string; readonly loop: Loop }>();
  let isClosed = false;
  return {
    follow: async (receivers) => {
      const wanted = new Map(receivers.map((receiver) => [receiver.id, receiver]));
      const over = [...loops].filter(([id, { version }]) => wanted.get(id)?.version !== version);
      for (const [id] of over) loops.delete(id);
      await Promise.all(over.map(([, { loop }]) => loop.close()));
      for (const receiver of receivers)
        if (!isClosed && !loops.has(receiver.id))
          loops.set(receiver.id, { version: receiver.version, loop: startLoop(parts, receiver) });
    },
    close: async () => {
      isClosed = true;
      await Promise.all([...loops.values()].map(({ loop }) => loop.close()));
    },
  };
}

type Loop = Pick<Broadcast, 'close'>;

function startLoop({ world, outbox, log }: Parts, receiver: Receiver): Loop {
  let isClosed = false;
  let waitMs: number = AGAIN_MS.first;
  let troubled: string | null = null;
  let shortenedAt = world.elapsed();
  let running: Promise<void> = Promise.resolve();
  let cancel = (): void => {};

  const tell = (trouble: string | null): void => {
    if (trouble !== null && troubled === null) log(`${receiver.name} takes no receipts (${trouble}): they wait for it`);
    if (trouble === null && troubled !== null) log(`${receiver.name} takes receipts again`);
    troubled = trouble;
  };
  const later = (): number => {
    const wait = waitMs;
    waitMs = Math.min(AGAIN_MS.most, waitMs * 2);
    return wait;
  };
  /** Sends one portion. Answers when the next one is due. */
  const turn = async (): Promise<number> => {
    const claimed = await outbox.claim(receiver.id, PORTION, CLAIM_MS);
    if (claimed.length === 0) return IDLE_MS;
    const ids = claimed.map(({ id }) => id);
    const deliverable = claimed.filter(receiver.wants);
    const sent: Sent = deliverable.length === 0 ? { kind: 'taken' } : await receiver.send(deliverable);
    if (sent.kind === 'later') {
      await outbox.release(receiver.id, ids);
      tell(sent.why);
      return Math.max(later(), sent.afterMs ?? 0);
    }
    // What would be refused again is let go, or it would stand before everything else for ever.
    if (sent.kind === 'refused')
      log(`${receiver.name} refused ${deliverable.length} receipts (${sent.why}): they are not sent`);
    else tell(null);
    await outbox.done(receiver.id, ids);
    waitMs = AGAIN_MS.first;
    return claimed.length < PORTION ? IDLE_MS : 0;
  };
  const shorten = async (): Promise<void> => {
    if (world.elapsed() - shortenedAt < SHORTEN_MS) return;
    shortenedAt = world.elapsed();
    const forgotten = await outbox.shorten(receiver.id, WAITING_MAX);
    if (forgotten > 0) log(`${forgotten} receipts that waited for ${receiver.name} are not sent: too many wait`);
  };
  const next = async (): Promise<void> => {
    let dueMs: number;
    try {
      await shorten();
      dueMs = await turn();
    } catch (cause) {
      if (!isClosed) log(`receipts could not be sent to ${receiver.name}`, cause);
      dueMs = later();
    }
    if (!isClosed) plan(dueMs);
  };
  const plan = (ms: number): void => {
    cancel = world.after(ms, () => {
      running = next();
    });
  };
  plan(0);
  return {
    close: async () => {
      isClosed = true;
      cancel();
      await running;
    },
  };
}

import { serverTrouble, type TroubleWatch, troubled } from './trouble.ts';
import type { WorkName } from './works.ts';

/** A server that is away for a moment (a restart, a failover) is waited for; longer, and nothing new is begun. */
export const GRACE_MS = 5_000;
/** Pauses between tries; the last one repeats. */
const RETRY_MS = [50, 100, 200, 400, 800, 1_000] as const;
/**
 * How long a transaction is tried again while the server is away. A group holds what calls have cost: it outlasts an
 * outage of two minutes by far, and what it gives up is tried again all the same (`ledger/unsettled.ts`).
 */
const PATIENCE_MS: { readonly [name in WorkName]?: number } = {
  group: 300_000,
  grant: GRACE_MS,
  beat: 0,
  recover: 0,
  audit: 0,
};
const PATIENCE_MS_ELSE = 8_000;
/** Whoever closes waits no longer than this for a server that is away: the next start settles what is open. */
const PATIENCE_MS_CLOSING = 5_000;
/** Deadlock, serialization, a table or type that two connections made at once, a month dropped meanwhile. */
const MEETINGS = new Set(['40P01', '40001', '23505', '42P07', '42P01']);

/** Does works again that failed because their server is in trouble, or because they met others, for as long as each is worth. */
export function openPatience(watch: TroubleWatch): {
  readonly work: (name: WorkName, once: () => Promise<unknown>) => Promise<unknown>;
  /** Nothing is waited for much longer. */
  readonly closing: () => void;
} {
  let closingAt = Number.POSITIVE_INFINITY;
  const patience = (name: WorkName, from: number): number =>
    Math.min(PATIENCE_MS[name] ?? PATIENCE_MS_ELSE, Math.max(0, closingAt - from) + PATIENCE_MS_CLOSING);
  const work = async (name: WorkName, once: () => Promise<unknown>): Promise<unknown> => {
    const from = performance.now();
    for (let tries = 0; ; tries++) {
      try {
        const answer = await once();
        watch.worked(name);
        return answer;
      } catch (cause) {
        const trouble = serverTrouble(cause);
        if (trouble !== null) watch.failed(trouble);
        const isMeeting = MEETINGS.has(String((cause as { readonly code?: unknown }).code));
        const isPassing = trouble !== null || (isMeeting && tries < RETRY_MS.length);
        if (!isPassing || performance.now() - from >= patience(name, from)) throw troubled(cause, trouble);
        await pause(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 0);
      }
    }
  };
  return {
    work,
    closing: () => {
      closingAt = performance.now();
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

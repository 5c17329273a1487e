import { Recent } from './recent.ts';
import type { World } from './world.ts';

/** Found ones that are kept, at most twice as many. A key takes about 700 bytes. */
const FOUND_MAX = 16_384;
/**
 * Keys that were looked for in vain, and for how long nobody looks again; a notice from another process ends that
 * sooner.
 */
const MISSING_MAX = 4_096;
const MISSING_MS = 2_000;
/** Looked up with one question to the store. */
const BATCH_MAX = 200;
/** Waiting to be looked up; whoever comes then is told to come again. */
const WAITING_MAX = 4_000;

/**
 * Records that are found by their digest in the store, never held all of them: those used lately are kept, and for a
 * moment also what is not there. One question is under way at a time and asks for all that wait, so strangers with wrong
 * keys cost the store a bounded share of its time, however many they are.
 */
export type Finder<T> = {
  /** Undefined = it must be looked for; null = it is not there. One look-up in memory for what is used often. */
  readonly known: (hash: string) => T | null | undefined;
  /** Resolves to undefined if too many wait already. Rejects if the store is broken. */
  readonly look: (hash: string) => Promise<T | null | undefined>;
  /** It changed: what is known of it no longer holds, nor what is just being read. */
  readonly forget: (hash: string) => void;
  readonly forgetWhere: (isMeant: (record: T) => boolean) => void;
  readonly forgetAll: () => void;
};

type Waiting<T> = { readonly answer: PromiseWithResolvers<T | null>; isStale: boolean };

export function createFinder<T>(parts: {
  readonly world: Pick<World, 'elapsed'>;
  readonly find: (hashes: readonly string[]) => Promise<ReadonlyMap<string, T>>;
}): Finder<T> {
  const { world, find } = parts;
  const records = new Recent<T>(FOUND_MAX);
  const missing = new Recent<number>(MISSING_MAX);
  const waiting = new Map<string, Waiting<T>>();
  let underWay = new Map<string, Waiting<T>>();

  const keep = (hash: string, record: T | null): void => {
    if (record === null) missing.set(hash, world.elapsed());
    else records.set(hash, record);
  };
  const ask = async (): Promise<void> => {
    while (waiting.size > 0 && underWay.size === 0) {
      const batch = [...waiting].slice(0, BATCH_MAX);
      underWay = new Map(batch);
      for (const [hash] of batch) waiting.delete(hash);
      try {
        const records = await find(batch.map(([hash]) => hash));
        for (const [hash, asked] of batch) {
          const record = records.get(hash) ?? null;
          // What changed while it was being read is read again.
          if (asked.isStale) waiting.set(hash, merged(waiting.get(hash), asked));
          else {
            keep(hash, record);
            asked.answer.resolve(record);
          }
        }
      } catch (cause) {
        for (const [, lookup] of batch) lookup.answer.reject(cause);
      }
      underWay = new Map();
    }
  };

  const remembered = (hash: string): T | null | undefined => {
    const record = records.get(hash);
    if (record !== undefined) return record;
    const since = missing.get(hash);
    return since !== undefined && world.elapsed() - since < MISSING_MS ? null : undefined;
  };
  return {
    known: remembered,
    look: (hash) => {
      const record = remembered(hash);
      if (record !== undefined) return Promise.resolve(record);
      const lookup = waiting.get(hash) ?? fresh(underWay.get(hash));
      if (lookup) return lookup.answer.promise;
      if (waiting.size >= WAITING_MAX) return Promise.resolve(undefined);
      const next: Waiting<T> = { answer: Promise.withResolvers(), isStale: false };
      waiting.set(hash, next);
      if (underWay.size === 0 && waiting.size === 1) queueMicrotask(() => void ask());
      return next.answer.promise;
    },
    forget: (hash) => {
      records.delete(hash);
      missing.delete(hash);
      const lookup = underWay.get(hash);
      if (lookup) lookup.isStale = true;
    },
    forgetWhere: (isMeant) => {
      records.deleteWhere(isMeant);
      // Whoever is just being read may be meant.
      for (const asked of underWay.values()) asked.isStale = true;
    },
    forgetAll: () => {
      records.clear();
      missing.clear();
      for (const lookup of underWay.values()) lookup.isStale = true;
    },
  };
}

const fresh = <T>(lookup: Waiting<T> | undefined): Waiting<T> | undefined => (lookup?.isStale ? undefined : lookup);

/** Whoever waited for the stale answer gets the one that is asked for now. */
function merged<T>(next: Waiting<T> | undefined, stale: Waiting<T>): Waiting<T> {
  if (!next) return { answer: stale.answer, isStale: false };
  next.answer.promise.then(stale.answer.resolve, stale.answer.reject);
  return next;
}

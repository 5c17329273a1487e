import { LIMITS } from '../base/limits.ts';
import type { World } from '../base/world.ts';

/** Something of an answer, under every name that a later request may use for it. */
export type KeptEntry = { readonly keys: readonly string[]; readonly value: unknown; readonly bytes: number };

/** What of answers is kept of one kind, by account and id. What it gives back may be another's too: it is never changed. */
export type Shelf<Value> = {
  /** `bytes`: about what the value takes. What is too large is not kept. */
  readonly keep: (accountId: string, ids: readonly string[], value: Value, bytes: number) => void;
  readonly recall: (accountId: string, id: string) => Value | undefined;
};

/**
 * What is kept of answers for the requests that follow them, in memory alone: for an hour at most, the oldest making room.
 * Each process of a gateway has all of it, so that looking something up waits for nobody; a process that has just begun
 * knows nothing of before, and two gateways that share a database know nothing of each other. So nothing may depend on
 * it: who loses it gets what the dialects send in its place, and is told of the loss.
 */
export type Kept = {
  readonly shelf: <Value>(name: 'thoughts' | 'items') => Shelf<Value>;
  readonly isEmpty: () => boolean;
};

/** The way to the other processes of this gateway. What is lost on it is lost. */
export type KeptLink = {
  readonly tell: (entry: KeptEntry) => void;
  readonly heard: (listener: (entry: KeptEntry) => void) => void;
};

export function createKept({ elapsed }: Pick<World, 'elapsed'>, link?: KeptLink): Kept {
  const kept = new Map<string, { readonly value: unknown; readonly bytes: number; readonly until: number }>();
  let size = 0;

  const forget = (key: string): void => {
    size -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  const take = ({ keys, value, bytes }: KeptEntry): void => {
    const until = elapsed() + LIMITS.kept_ms;
    for (const key of keys) {
      forget(key);
      // Counted for each key: whichever is forgotten last holds the value.
      const entry = { value, bytes: bytes + key.length, until };
      kept.set(key, entry);
      size += entry.bytes;
    }
    // The oldest stand first.
    for (const [key, { until: end }] of kept) {
      if (size <= LIMITS.kept_bytes_max && end > elapsed()) break;
      forget(key);
    }
  };
  link?.heard(take);

  return {
    shelf: <Value>(name: string): Shelf<Value> => ({
      keep: (accountId, ids, value, bytes) => {
        if (ids.length === 0 || bytes > LIMITS.kept_entry_bytes_max) return;
        const entry = { keys: ids.map((id) => keyOf(name, accountId, id)), value, bytes };
        take(entry);
        link?.tell(entry);
      },
      recall: (accountId, id) => {
        const found = kept.get(keyOf(name, accountId, id));
        return found && found.until > elapsed() ? (found.value as Value) : undefined;
      },
    }),
    isEmpty: () => kept.size === 0,
  };
}

const keyOf = (name: string, accountId: string, id: string): string => `${name} ${accountId} ${id}`;

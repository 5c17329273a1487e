import { LIMITS } from '../base/limits.ts';
import type { World } from '../base/world.ts';

/** What is kept of answers, by kind: how much of it, and how long at most. */
const SHELVES = {
  thoughts: { bytesMax: LIMITS.kept_bytes_max, entryBytesMax: LIMITS.kept_entry_bytes_max, ms: LIMITS.kept_ms },
  items: { bytesMax: LIMITS.kept_bytes_max, entryBytesMax: LIMITS.kept_entry_bytes_max, ms: LIMITS.kept_ms },
  answers: {
    bytesMax: LIMITS.cached_answers_bytes_max,
    entryBytesMax: LIMITS.cached_answer_bytes_max,
    ms: LIMITS.cached_answer_ms_max,
  },
} as const;
type ShelfName = keyof typeof SHELVES;

/** Something of an answer, under every name that a later request may use for it. Without a value it is forgotten. */
export type KeptEntry = {
  readonly shelf: ShelfName;
  readonly keys: readonly string[];
  readonly value: unknown;
  readonly bytes: number;
  readonly ms: number;
};

/** What of answers is kept of one kind, by its owner (an account, or a key) and id. What it gives back may be another's too: it is never changed. */
export type Shelf<Value> = {
  /** `bytes`: about what the value takes. What is too large is not kept. `ms`: how long, if not as long as may be. */
  readonly keep: (owner: string, ids: readonly string[], value: Value, bytes: number, ms?: number) => void;
  readonly recall: (owner: string, id: string) => Value | undefined;
  readonly forget: (owner: string, id: string) => void;
  readonly isEmpty: () => boolean;
};

/**
 * What is kept of answers for the requests that follow them, in memory alone: for a while, the oldest making room.
 * Each process of a gateway has all of it, so that looking something up waits for nobody; a process that has just begun
 * knows nothing of before, and two gateways that share a database know nothing of each other. So nothing may depend on
 * it: who loses it gets what the dialects send in its place, and is told of the loss.
 */
export type Kept = { readonly shelf: <Value>(name: ShelfName) => Shelf<Value> };

/** The way to the other processes of this gateway. What is lost on it is lost. */
export type KeptLink = {
  readonly tell: (entry: KeptEntry) => void;
  readonly heard: (listener: (entry: KeptEntry) => void) => void;
};

export function createKept({ elapsed }: Pick<World, 'elapsed'>, link?: KeptLink): Kept {
  const stacks = new Map<ShelfName, Stack>();
  const stackOf = (name: ShelfName): Stack => {
    const stack = stacks.get(name) ?? new Stack(SHELVES[name].bytesMax, elapsed);
    stacks.set(name, stack);
    return stack;
  };
  link?.heard((entry) => stackOf(entry.shelf).take(entry));
  const tell = (entry: KeptEntry): void => {
    stackOf(entry.shelf).take(entry);
    link?.tell(entry);
  };
  return {
    shelf: <Value>(shelf: ShelfName): Shelf<Value> => {
      const limits = SHELVES[shelf];
      const stack = stackOf(shelf);
      return {
        keep: (owner, ids, value, bytes, ms = limits.ms) => {
          if (ids.length === 0 || bytes > limits.entryBytesMax) return;
          tell({ shelf, keys: ids.map((id) => keyOf(owner, id)), value, bytes, ms: Math.min(ms, limits.ms) });
        },
        recall: (owner, id) => stack.find(keyOf(owner, id)) as Value | undefined,
        forget: (owner, id) => tell({ shelf, keys: [keyOf(owner, id)], value: undefined, bytes: 0, ms: 0 }),
        isEmpty: stack.isEmpty,
      };
    },
  };
}

const keyOf = (owner: string, id: string): string => `${owner} ${id}`;

/** Entries in the order in which they came. */
class Stack {
  readonly #entries = new Map<string, { readonly value: unknown; readonly bytes: number; readonly until: number }>();
  readonly #bytesMax: number;
  readonly #elapsed: () => number;
  #size = 0;

  constructor(bytesMax: number, elapsed: () => number) {
    this.#bytesMax = bytesMax;
    this.#elapsed = elapsed;
  }

  readonly isEmpty = (): boolean => this.#entries.size === 0;

  find(key: string): unknown {
    const found = this.#entries.get(key);
    if (!found) return undefined;
    if (found.until > this.#elapsed()) return found.value;
    this.#forget(key);
    return undefined;
  }

  take({ keys, value, bytes, ms }: KeptEntry): void {
    const until = this.#elapsed() + ms;
    for (const key of keys) {
      this.#forget(key);
      if (value === undefined) continue;
      // Counted for each key: whichever is forgotten last holds the value.
      const entry = { value, bytes: bytes + key.length, until };
      this.#entries.set(key, entry);
      this.#size += entry.bytes;
    }
    // The oldest stand first.
    for (const [key, { until: end }] of this.#entries) {
      if (this.#size <= this.#bytesMax && end > this.#elapsed()) break;
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    this.#size -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}

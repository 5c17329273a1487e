import type { BatchStore, LineResult } from '../../gateway/batches.ts';
import type { Gateway } from '../../gateway/gateway.ts';

/** Writes results down as they come: one transaction at a time, with all that has come meanwhile. */
export type ResultWriter = {
  readonly add: (result: LineResult) => void;
  /** Not much waits to be written. Rejects where the store takes nothing any more. */
  readonly room: () => Promise<void>;
  /** Everything is written. */
  readonly end: () => Promise<void>;
};

/** Results that wait to be written at most. */
export const WAITING_MAX = 64;
const TRIES_MAX = 5;
const AGAIN_MS = 1_000;

export function openWriter({ world, log }: Gateway, store: BatchStore, batchId: string): ResultWriter {
  let waiting: LineResult[] = [];
  let writing: Promise<void> | null = null;
  let broken: unknown = null;
  const write = async (): Promise<void> => {
    while (waiting.length > 0 && broken === null) {
      const results = waiting;
      waiting = [];
      for (let tries = 1; ; tries++)
        try {
          await store.add(batchId, results);
          break;
        } catch (cause) {
          log('results of a batch could not be written down', cause);
          if (tries === TRIES_MAX) {
            broken = cause;
            break;
          }
          await new Promise<void>((next) => world.after(AGAIN_MS * tries, next));
        }
    }
    writing = null;
  };
  const wait = async (most: number): Promise<void> => {
    while (waiting.length > most && writing) await writing;
    if (broken !== null) throw broken;
  };
  return {
    add: (result) => {
      waiting.push(result);
      writing ??= write();
    },
    room: () => wait(WAITING_MAX),
    end: async () => {
      while (writing) await writing;
      await wait(0);
    },
  };
}

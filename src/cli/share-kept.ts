import type { ChildProcess } from 'node:child_process';
import type { KeptEntry, KeptLink } from '../gateway/kept.ts';

/** Who takes nothing any more (stopped, or about to die) is told nothing more than this. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

type End = {
  readonly send?: (message: never, told: (cause: Error | null) => void) => boolean;
  readonly on: (event: 'message', listener: (message: unknown) => void) => unknown;
};

/** Tells the process at the other end; wrapped, so that others may use the same IPC. */
function teller(end: End): (entry: KeptEntry) => void {
  let waiting = 0;
  return (entry) => {
    if (waiting > WAITING_BYTES_MAX) return;
    waiting += entry.bytes;
    end.send?.({ kept: entry } as never, () => {
      waiting -= entry.bytes;
    });
  };
}

const hear = (end: End, heard: (entry: KeptEntry) => void): void =>
  void end.on('message', (message) => {
    if (typeof message === 'object' && message !== null && 'kept' in message) heard(message.kept as KeptEntry);
  });

/** The owner's part: what one worker keeps, all others are told. */
export function relayKept(): { readonly started: (child: ChildProcess) => void } {
  const tellers = new Map<ChildProcess, (entry: KeptEntry) => void>();
  return {
    started: (child) => {
      const worker = child as unknown as End;
      tellers.set(child, teller(worker));
      child.on('exit', () => tellers.delete(child));
      hear(worker, (entry) => {
        for (const [other, tell] of tellers) if (other !== child) tell(entry);
      });
    },
  };
}

/** A worker's part. */
export const keptThroughOwner = (owner: End = process as unknown as End): KeptLink => ({
  tell: teller(owner),
  heard: (listener) => hear(owner, listener),
});

import type { ChildProcess } from 'node:child_process';
import type { World } from '../base/world.ts';
import type { Snapshot } from '../telemetry/family.ts';

/** A process that does not answer within this time is left out: it is just starting, or dying. */
const ANSWER_MS = 1_000;

/** Between the owner of the store and its workers, over the IPC of Node's cluster; wrapped, so that others may use it too. */
type Message =
  /** Owner → worker: what have you counted? */
  | { readonly kind: 'ask'; readonly id: number }
  | { readonly kind: 'answer'; readonly id: number; readonly snapshot: Snapshot }
  /** Worker → owner: what have all of you counted? */
  | { readonly kind: 'gather'; readonly id: number }
  | { readonly kind: 'gathered'; readonly id: number; readonly snapshots: readonly Snapshot[] };

type End = {
  readonly send?: (message: never, told: (cause: Error | null) => void) => boolean;
  readonly on: (event: 'message', listener: (message: unknown) => void) => unknown;
};

const post = (end: End, message: Message): void => void end.send?.({ metrics: message } as never, () => {});

function listen(end: End, heard: (message: Message) => void): void {
  end.on('message', (message) => {
    if (typeof message === 'object' && message !== null && 'metrics' in message) heard(message.metrics as Message);
  });
}

/** The owner's part: asks all workers whenever one of them is asked. */
export function gatherFromWorkers(after: World['after']): { readonly started: (child: ChildProcess) => void } {
  const alive = new Set<End>();
  const open = new Map<number, (snapshot: Snapshot) => void>();
  let ids = 0;
  const ask = (worker: End): Promise<Snapshot | null> =>
    new Promise((resolve) => {
      const id = ++ids;
      const end = (snapshot: Snapshot | null): void => {
        cancel();
        open.delete(id);
        resolve(snapshot);
      };
      const cancel = after(ANSWER_MS, () => end(null));
      open.set(id, end);
      post(worker, { kind: 'ask', id });
    });
  return {
    started: (child) => {
      const worker = child as unknown as End;
      alive.add(worker);
      child.on('exit', () => alive.delete(worker));
      listen(worker, (message) => {
        if (message.kind === 'answer') open.get(message.id)?.(message.snapshot);
        if (message.kind !== 'gather') return;
        void Promise.all([...alive].map(ask)).then((snapshots) =>
          post(worker, {
            kind: 'gathered',
            id: message.id,
            snapshots: snapshots.filter((snapshot) => snapshot !== null),
          }),
        );
      });
    },
  };
}

/** A worker's part: answers for itself, and has all of them asked. `own` alone is told if the owner does not answer. */
export function gatherThroughOwner(
  own: () => Snapshot,
  after: World['after'],
  owner: End = process as unknown as End,
): () => Promise<readonly Snapshot[]> {
  const open = new Map<number, (snapshots: readonly Snapshot[]) => void>();
  let ids = 0;
  listen(owner, (message) => {
    if (message.kind === 'ask') post(owner, { kind: 'answer', id: message.id, snapshot: own() });
    if (message.kind === 'gathered') open.get(message.id)?.(message.snapshots);
  });
  return () =>
    new Promise((resolve) => {
      const id = ++ids;
      const end = (snapshots: readonly Snapshot[]): void => {
        cancel();
        open.delete(id);
        resolve(snapshots);
      };
      const cancel = after(2 * ANSWER_MS, () => end([own()]));
      open.set(id, end);
      post(owner, { kind: 'gather', id });
    });
}

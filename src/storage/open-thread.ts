import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { type Channel, type ClientMessage, type Ipc, ipcChannel, portChannel, type ServerMessage } from './channel.ts';
import type { ReadThreadMessage } from './read-thread.ts';
import type { ThreadData, ThreadMessage, ThreadReport } from './thread.ts';

/** The storage thread of the process that owns the file. */
export type StoreThread = {
  /** A new channel to the store: one for this process. */
  readonly connect: () => Channel;
  /** Serves a child process over its IPC; when it dies, what it left open is settled. */
  readonly serveProcess: (child: Ipc) => void;
  readonly close: () => Promise<void>;
};

/** Rejects with words for the operator if the file is in use, damaged or newer than this program. */
export async function openStoreThread(file: string): Promise<StoreThread> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: { file } satisfies ThreadData,
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
  const [report] = (await once(worker, 'message')) as [ThreadReport];
  if (report.kind === 'failed') {
    await worker.terminate();
    throw new Error(report.message);
  }
  let reader: Worker | null = null;
  const readers = (): Worker => {
    reader ??= startReader(file, () => {
      reader = null;
    });
    return reader;
  };
  const connect = (): Channel => withReads(channelTo(worker), () => channelTo(readers()));
  return {
    connect,
    serveProcess: (child) => relay(ipcChannel(child), connect()),
    close: async () => {
      if (reader) {
        const closed = once(reader, 'exit');
        reader.postMessage({ kind: 'close' } satisfies ReadThreadMessage);
        await closed;
      }
      const gone = once(worker, 'exit');
      worker.postMessage({ kind: 'close' } satisfies ThreadMessage);
      await gone;
    },
  };
}

function channelTo(worker: Worker): Channel {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ kind: 'serve', port: port2 } satisfies ThreadMessage & ReadThreadMessage, [port2]);
  return portChannel(port1);
}

function startReader(file: string, ended: () => void): Worker {
  const reader = new Worker(new URL('./read-thread.ts', import.meta.url), {
    workerData: { file },
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
  reader.on('error', () => {}); // who waits hears of it when the channel closes
  reader.on('exit', ended);
  return reader;
}

/** One channel to both threads: reads go to the other one, which is reached with the first of them. */
function withReads(writes: Channel, reach: () => Channel): Channel {
  /** Asked of the reader. */
  const waiting = new Set<number>();
  /** To be asked when the tables contain all that was promised before. */
  const syncing = new Map<number, ClientMessage>();
  let reads: Channel | null = null;
  let listen = (_: unknown): void => {};
  const open = (): Channel => {
    const channel = reach();
    channel.onMessage((message) => {
      waiting.delete((message as { readonly id: number }).id);
      listen(message);
    });
    channel.onClose(() => {
      reads = null;
      for (const id of waiting)
        listen({ kind: 'failure', id, message: 'the reader is gone', trouble: null } satisfies ServerMessage);
      waiting.clear();
    });
    return channel;
  };
  return {
    post: (message) => {
      const asked = message as ClientMessage;
      if (asked.kind !== 'read') return writes.post(asked);
      syncing.set(asked.id, asked);
      writes.post({ kind: 'sync', id: asked.id } satisfies ClientMessage);
    },
    onMessage: (listener) => {
      listen = listener;
      writes.onMessage((data) => {
        const message = data as ServerMessage;
        if (message.kind === 'failure') syncing.delete(message.id);
        const asked = message.kind === 'synced' ? syncing.get(message.id) : undefined;
        if (!asked || message.kind !== 'synced') return listener(message);
        syncing.delete(message.id);
        reads ??= open();
        waiting.add(message.id);
        reads.post(asked);
      });
    },
    onClose: writes.onClose,
    close: () => {
      syncing.clear();
      waiting.clear(); // whoever asked is gone: telling a dead process would bring this one down
      writes.close();
      reads?.close();
    },
  };
}

function relay(outside: Channel, inside: Channel): void {
  outside.onMessage(inside.post);
  inside.onMessage(outside.post);
  outside.onClose(inside.close);
}

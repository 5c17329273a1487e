import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { type Channel, type Ipc, ipcChannel, portChannel } from './channel.ts';
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
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  const [report] = (await once(worker, 'message')) as [ThreadReport];
  if (report.kind === 'failed') {
    await worker.terminate();
    throw new Error(report.message);
  }
  const connect = (): Channel => {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ kind: 'serve', port: port2 } satisfies ThreadMessage, [port2]);
    return portChannel(port1);
  };
  return {
    connect,
    serveProcess: (child) => relay(ipcChannel(child), connect()),
    close: async () => {
      const gone = once(worker, 'exit');
      worker.postMessage({ kind: 'close' } satisfies ThreadMessage);
      await gone;
    },
  };
}

function relay(outside: Channel, inside: Channel): void {
  outside.onMessage(inside.post);
  inside.onMessage(outside.post);
  outside.onClose(inside.close);
}

/** The storage thread: owns the SQLite file, so that no disk ever makes the event loop wait. Started by `open-thread.ts`. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { portChannel } from './channel.ts';
import { openJournaled } from './journaled.ts';
import { openStoreServer } from './serve.ts';
import { openSqlite } from './sqlite.ts';

const OUTSIDE_MS = 1_000;

export type ThreadData = { readonly file: string };
export type ThreadMessage = { readonly kind: 'serve'; readonly port: MessagePort } | { readonly kind: 'close' };
export type ThreadReport = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly message: string };

const report = (value: ThreadReport): void => parentPort?.postMessage(value);

try {
  const { file } = workerData as ThreadData;
  const sqlite = openSqlite({ file, role: 'owner' });
  const server = openStoreServer(sqlite, openJournaled(sqlite, file), Date.now);
  const watch = setInterval(server.noticeOutside, OUTSIDE_MS);
  parentPort?.on('message', (message: ThreadMessage) => {
    switch (message.kind) {
      case 'serve':
        return server.serve(portChannel(message.port));
      case 'close':
        clearInterval(watch);
        server.close();
        return parentPort?.close();
      default:
        return message satisfies never;
    }
  });
  report({ kind: 'ready' });
  // The journal was read whole, and modules were compiled: without this an idle gateway keeps some 30 MB of that until
  // there is enough work for a collection.
  globalThis.gc?.();
} catch (cause) {
  report({ kind: 'failed', message: cause instanceof Error ? cause.message : String(cause) });
}

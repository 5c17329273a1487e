/**
 * The reading thread: pages that sum up a month read beside the thread that writes, so that no call's commit waits for
 * them. Started by `open-thread.ts` with the first such question.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type ClientMessage, portChannel, type ServerMessage } from './channel.ts';
import { openSqlite } from './sqlite.ts';

export type ReadThreadMessage = { readonly kind: 'serve'; readonly port: MessagePort } | { readonly kind: 'close' };

const { file } = workerData as { readonly file: string };
const sqlite = openSqlite({ file, role: 'reader' });

function answer({ id, sql, parameters }: Extract<ClientMessage, { readonly kind: 'read' }>): ServerMessage {
  try {
    return { kind: 'answer', id, value: sqlite.query(sql, parameters) };
  } catch (cause) {
    return { kind: 'failure', id, message: cause instanceof Error ? cause.message : String(cause), trouble: null };
  }
}

parentPort?.on('message', (message: ReadThreadMessage) => {
  if (message.kind === 'serve') {
    const channel = portChannel(message.port);
    channel.onMessage((asked) => channel.post(answer(asked as Parameters<typeof answer>[0])));
    return;
  }
  sqlite.close();
  process.exit();
});

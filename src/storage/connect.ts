import { StoreError } from '../ledger/trouble.ts';
import type { Channel, ClientMessage, ServerMessage } from './channel.ts';
import { deferInLoop, openNotices, type StoreClient } from './client.ts';
import { watchTrouble } from './trouble.ts';
import type { QueryResult } from './work.ts';
import type { WorkName } from './works.ts';

/** The client's end of a channel to `serveStore`. Everything sent arrives in order; answers do too. */
export function connectStore(channel: Channel, process: string): StoreClient {
  type Waiting = {
    /** Of a work. */
    readonly name: WorkName | null;
    readonly resolve: (value: unknown) => void;
    readonly reject: (cause: Error) => void;
  };
  const waiting = new Map<number, Waiting>();
  const watch = watchTrouble();
  const notices = openNotices();
  let last = 0;
  let isClosed = false;

  const post = (message: ClientMessage): void => channel.post(message);
  const ask = (message: (id: number) => ClientMessage, name: WorkName | null = null): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (isClosed) return reject(gone());
      const id = ++last;
      waiting.set(id, { name, resolve, reject });
      post(message(id));
    });
  channel.onMessage((data) => {
    const message = data as ServerMessage;
    switch (message.kind) {
      case 'notice':
        return notices.emit(message.notice);
      case 'answer':
      case 'failure': {
        const asked = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.kind === 'answer') {
          watch.worked(asked?.name ?? null);
          asked?.resolve(message.value);
          return;
        }
        const { message: words, trouble } = message;
        if (trouble !== null && asked?.name) watch.failed(trouble);
        asked?.reject(trouble === null ? new Error(words) : new StoreError(trouble, words));
        return;
      }
      default:
        return message satisfies never;
    }
  });
  channel.onClose(() => {
    isClosed = true;
    watch.failed('away');
    for (const { reject } of waiting.values()) reject(gone());
    waiting.clear();
  });
  post({ kind: 'hello', process });

  return {
    dialect: 'sqlite',
    keepsOrder: true,
    process,
    work: (name, argument) => ask((id) => ({ kind: 'work', id, name, argument }), name) as never,
    query: (sql, parameters) => ask((id) => ({ kind: 'query', id, sql, parameters })) as Promise<QueryResult>,
    read: (sql, parameters) => ask((id) => ({ kind: 'read', id, sql, parameters })) as Promise<QueryResult>,
    trouble: watch.trouble,
    onNotice: notices.on,
    defer: deferInLoop,
    close: async () => {
      isClosed = true;
      channel.close();
    },
  };
}

const gone = (): Error => new StoreError('away', 'the store is gone');

import type { Channel, ClientMessage, ServerMessage } from './channel.ts';
import { deferInLoop, openNotices, type StoreClient } from './client.ts';
import type { QueryResult } from './work.ts';

/** The client's end of a channel to `serveStore`. Everything sent arrives in order; answers do too. */
export function connectStore(channel: Channel, process: string): StoreClient {
  type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (cause: Error) => void };
  const waiting = new Map<number, Waiting>();
  const notices = openNotices();
  let last = 0;
  let isClosed = false;

  const post = (message: ClientMessage): void => channel.post(message);
  const ask = (message: (id: number) => ClientMessage): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (isClosed) return reject(new Error('the store is gone'));
      const id = ++last;
      waiting.set(id, { resolve, reject });
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
        if (message.kind === 'answer') asked?.resolve(message.value);
        else asked?.reject(new Error(message.message));
        return;
      }
      default:
        return message satisfies never;
    }
  });
  channel.onClose(() => {
    isClosed = true;
    for (const { reject } of waiting.values()) reject(new Error('the store is gone'));
    waiting.clear();
  });
  post({ kind: 'hello', process });

  return {
    dialect: 'sqlite',
    keepsOrder: true,
    process,
    work: (name, argument) => ask((id) => ({ kind: 'work', id, name, argument })) as never,
    query: (sql, parameters) => ask((id) => ({ kind: 'query', id, sql, parameters })) as Promise<QueryResult>,
    read: (sql, parameters) => ask((id) => ({ kind: 'read', id, sql, parameters })) as Promise<QueryResult>,
    onNotice: notices.on,
    defer: deferInLoop,
    close: async () => {
      isClosed = true;
      channel.close();
    },
  };
}

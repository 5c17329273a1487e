import { StoreError, type Trouble } from '../ledger/trouble.ts';
import type { Channel, ClientMessage, ServerMessage } from './channel.ts';
import { deferInLoop, openNotices, type StoreClient } from './client.ts';
import type { Applied, Group } from './group.ts';
import { groupToBytes } from './group-bytes.ts';
import { type TroubleWatch, watchTrouble } from './trouble.ts';
import type { QueryResult } from './work.ts';
import type { WorkName } from './works.ts';

type Waiting = {
  /** Of a work. */
  readonly name: WorkName | null;
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: Error) => void;
};

/** The client's end of a channel to `serveStore`. Everything sent arrives in order; answers do too. */
export function connectStore(channel: Channel, process: string): StoreClient {
  const waiting = new Map<number, Waiting>();
  const watch = watchTrouble();
  const notices = openNotices();
  /** What the store says of its tables. */
  let told: Trouble | null = null;
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
      case 'trouble':
        told = message.trouble;
        return;
      case 'durable':
        watch.worked('group');
        for (const id of message.ids) {
          waiting.get(id)?.resolve(APPLIED);
          waiting.delete(id);
        }
        return;
      case 'synced':
        return; // for whoever reads elsewhere
      case 'answer':
      case 'failure':
        end(waiting.get(message.id), message, watch);
        waiting.delete(message.id);
        return;
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
    work: (name, argument) => {
      if (name !== 'group') return ask((id) => ({ kind: 'work', id, name, argument }), name) as never;
      const bytes = groupToBytes(argument as Group);
      return ask((id) => ({ kind: 'group', id, bytes }), name) as never;
    },
    query: (sql, parameters) => ask((id) => ({ kind: 'query', id, sql, parameters })) as Promise<QueryResult>,
    look: (sql, parameters) => ask((id) => ({ kind: 'look', id, sql, parameters })) as Promise<QueryResult>,
    read: (sql, parameters) => ask((id) => ({ kind: 'read', id, sql, parameters })) as Promise<QueryResult>,
    trouble: () => (told === null ? watch.trouble() : { what: told, isLasting: true }),
    tell: (notice) => post({ kind: 'tell', notice }),
    onNotice: notices.on,
    defer: deferInLoop,
    close: async () => {
      isClosed = true;
      channel.close();
    },
  };
}

function end(
  asked: Waiting | undefined,
  message: Extract<ServerMessage, { readonly kind: 'answer' | 'failure' }>,
  watch: TroubleWatch,
): void {
  if (message.kind === 'answer') {
    watch.worked(asked?.name ?? null);
    asked?.resolve(message.value);
    return;
  }
  const { message: words, trouble } = message;
  if (trouble !== null && asked?.name) watch.failed(trouble);
  asked?.reject(trouble === null ? new Error(words) : new StoreError(trouble, words));
}

/** The owner of a file knows who lives: nobody is taken for dead. */
const APPLIED: Applied = { epoch: 0 };

const gone = (): Error => new StoreError('away', 'the store is gone');

import type { Channel, ClientMessage, ServerMessage } from './channel.ts';
import type { Sqlite } from './sqlite.ts';
import { fileTrouble } from './trouble.ts';
import { beginWork, type WorkName } from './works.ts';

/** A store file served to any number of processes over channels. */
export type StoreServer = {
  readonly serve: (channel: Channel) => void;
  /** Tells everyone if somebody else, for example the command line, has written to the file. */
  readonly noticeOutside: () => void;
  /** Settles what is still open: whoever held it can no longer. */
  readonly close: () => void;
};

/** Settles what earlier owners of the file left open, then serves. `now` in milliseconds since 1970. */
export function openStoreServer(sqlite: Sqlite, now: () => number): StoreServer {
  const channels = new Set<Channel>();
  const recover = (gone: Parameters<typeof settleGone>[1]): void => settleGone(sqlite, gone, now);
  const broadcast = (notices: readonly string[]): void => {
    for (const notice of notices)
      for (const channel of channels) channel.post({ kind: 'notice', notice } satisfies ServerMessage);
  };
  const run = (name: WorkName, argument: unknown): unknown => {
    const { value, notices } = sqlite.work((context) => beginWork(name, argument, context));
    broadcast(notices);
    return value;
  };
  const answer = (message: Exclude<ClientMessage, { readonly kind: 'hello' }>): unknown => {
    if (message.kind !== 'work') return sqlite.query(message.sql, message.parameters);
    try {
      return run(message.name, message.argument);
    } catch (cause) {
      // A month may have been dropped behind our back; the failure made us forget which there are. A group counts once.
      if (message.name !== 'group') throw cause;
      return run(message.name, message.argument);
    }
  };

  recover({ kind: 'all' });
  let version = sqlite.outsideVersion();
  let isClosed = false;
  return {
    serve: (channel) => {
      let process: string | null = null;
      channels.add(channel);
      channel.onMessage((data) => {
        const message = data as ClientMessage;
        if (message.kind === 'hello') {
          process = message.process;
          return;
        }
        const { id } = message;
        let reply: ServerMessage;
        try {
          reply = { kind: 'answer', id, value: answer(message) };
        } catch (cause) {
          const message = cause instanceof Error ? cause.message : String(cause);
          reply = { kind: 'failure', id, message, trouble: fileTrouble(cause) };
        }
        channel.post(reply);
      });
      channel.onClose(() => {
        channels.delete(channel);
        if (process !== null && !isClosed) recover({ kind: 'process', process });
      });
    },
    noticeOutside: () => {
      const before = version;
      version = sqlite.outsideVersion();
      if (version !== before) broadcast(['access', 'limits']);
    },
    close: () => {
      isClosed = true;
      // A port that is left open would keep the thread alive, and whoever waits for its end.
      for (const channel of channels) channel.close();
      channels.clear();
      recover({ kind: 'all' });
      sqlite.close();
    },
  };
}

function settleGone(
  sqlite: Sqlite,
  gone: { readonly kind: 'all' } | { readonly kind: 'process'; readonly process: string },
  now: () => number,
): void {
  const command = { gone, now: now() };
  while (sqlite.work((context) => beginWork('recover', command, context)).value !== 0);
}

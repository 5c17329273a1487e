import type { Channel, ClientMessage, ServerMessage } from './channel.ts';
import type { Journaled } from './journaled.ts';
import { EVERYTHING } from './notices.ts';
import type { Sqlite } from './sqlite.ts';
import { AGAIN_MS, failureOf, takeGroups } from './taking.ts';
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
export function openStoreServer(sqlite: Sqlite, journaled: Journaled, now: () => number): StoreServer {
  const channels = new Set<Channel>();
  const tell = (message: ServerMessage, except?: Channel): void => {
    for (const channel of channels) if (channel !== except) channel.post(message);
  };
  const groups = takeGroups(journaled, tell);
  const recover = (gone: Parameters<typeof settleGone>[1]): void => {
    groups.flush();
    journaled.sync();
    settleGone(sqlite, gone, now);
  };
  const run = (name: WorkName, argument: unknown): unknown => {
    const { value, notices } = sqlite.work((context) => beginWork(name, argument, context));
    for (const notice of notices) tell({ kind: 'notice', notice });
    return value;
  };
  const answer = (message: Exclude<ClientMessage, { readonly kind: 'hello' | 'group' | 'tell' }>): ServerMessage => {
    const { id } = message;
    try {
      if (message.kind === 'look') return { kind: 'answer', id, value: sqlite.query(message.sql, message.parameters) };
      groups.flush();
      journaled.sync();
      if (message.kind === 'sync') return { kind: 'synced', id };
      if (message.kind === 'work') return { kind: 'answer', id, value: run(message.name, message.argument) };
      return { kind: 'answer', id, value: sqlite.query(message.sql, message.parameters) };
    } catch (cause) {
      return failureOf(id, cause);
    }
  };

  /** A store in trouble settles them when it is over it. */
  const recoverSoon = (gone: Parameters<typeof settleGone>[1]): void => {
    try {
      if (!isClosed) recover(gone);
    } catch {
      setTimeout(recoverSoon, AGAIN_MS, gone);
    }
  };

  recover({ kind: 'all' });
  let isClosed = false;
  return {
    serve: (channel) => {
      let process: string | null = null;
      channels.add(channel);
      channel.onMessage((data) => {
        const message = data as ClientMessage;
        if (message.kind === 'hello') process = message.process;
        else if (message.kind === 'tell') tell({ kind: 'notice', notice: message.notice }, channel);
        else if (message.kind === 'group') groups.add(channel, message.id, message.bytes);
        else channel.post(answer(message));
      });
      channel.onClose(() => {
        channels.delete(channel);
        const gone = process;
        if (gone !== null) recoverSoon({ kind: 'process', process: gone });
      });
    },
    noticeOutside: watchOutside(sqlite, tell),
    close: () => {
      isClosed = true;
      groups.close();
      // A port that is left open would keep the thread alive, and whoever waits for its end.
      for (const channel of channels) channel.close();
      channels.clear();
      try {
        recover({ kind: 'all' });
        journaled.close();
      } finally {
        sqlite.close(); // what could not be written is settled by the next start
      }
    },
  };
}

function watchOutside(sqlite: Sqlite, tell: (message: ServerMessage) => void): () => void {
  let version = sqlite.outsideVersion();
  return () => {
    const before = version;
    version = sqlite.outsideVersion();
    if (version !== before) for (const notice of EVERYTHING) tell({ kind: 'notice', notice });
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

import { openNotices, type StoreClient } from './client.ts';
import type { Sqlite } from './sqlite.ts';
import { beginWork } from './works.ts';

/**
 * SQLite in the same thread: in memory for tests and simulations, where every answer comes in the same microtask order
 * each time; beside a running server for the command line. Closing the client closes the file.
 */
export function connectLocally(sqlite: Sqlite, process: string): StoreClient {
  const notices = openNotices();
  return {
    dialect: 'sqlite',
    keepsOrder: true,
    process,
    work: async (name, argument) => {
      const done = sqlite.work((context) => beginWork(name, argument, context));
      for (const notice of done.notices) notices.emit(notice);
      return done.value as never;
    },
    query: async (sql, parameters) => sqlite.query(sql, parameters),
    read: async (sql, parameters) => sqlite.query(sql, parameters),
    onNotice: notices.on,
    defer: queueMicrotask,
    close: async () => sqlite.close(),
  };
}

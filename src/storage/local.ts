import { openNotices, type StoreClient } from './client.ts';
import type { Sqlite } from './sqlite.ts';
import { fileTrouble, troubled, watchTrouble } from './trouble.ts';
import { beginWork } from './works.ts';

/**
 * SQLite in the same thread: in memory for tests and simulations, where every answer comes in the same microtask order
 * each time; beside a running server for the command line. Closing the client closes the file.
 */
export function connectLocally(sqlite: Sqlite, process: string): StoreClient {
  const notices = openNotices();
  const watch = watchTrouble();
  return {
    dialect: 'sqlite',
    keepsOrder: true,
    process,
    work: async (name, argument) => {
      try {
        const done = sqlite.work((context) => beginWork(name, argument, context));
        watch.worked(name);
        for (const notice of done.notices) notices.emit(notice);
        return done.value as never;
      } catch (cause) {
        const trouble = fileTrouble(cause);
        if (trouble !== null) watch.failed(trouble);
        throw troubled(cause, trouble);
      }
    },
    query: async (sql, parameters) => sqlite.query(sql, parameters),
    look: async (sql, parameters) => sqlite.query(sql, parameters),
    read: async (sql, parameters) => sqlite.query(sql, parameters),
    trouble: watch.trouble,
    tell: () => {},
    onNotice: notices.on,
    defer: queueMicrotask,
    close: async () => sqlite.close(),
  };
}

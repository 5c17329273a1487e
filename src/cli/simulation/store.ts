import type { World } from '../../base/world.ts';
import type { Scope } from '../../ledger/store.ts';
import { StoreError } from '../../ledger/trouble.ts';
import { openNotices, type StoreClient } from '../../storage/client.ts';
import type { GrantCommand, Granted } from '../../storage/grant.ts';
import { openSqlite } from '../../storage/sqlite.ts';
import { watchTrouble } from '../../storage/trouble.ts';
import type { Value } from '../../storage/work.ts';
import { beginWork, type WorkName } from '../../storage/works.ts';
import type { Draws } from './draws.ts';

/** The one database, and the processes’ ways to it: slow, in order, and dead with the process that uses them. */
export function createStore(draws: Draws) {
  const sqlite = openSqlite({ file: ':memory:', role: 'owner' });
  const connected = new Map<string, { readonly notices: ReturnType<typeof openNotices>; readonly world: World }>();
  let isBroken = false;
  let granted = (_: Scope): void => {};

  const tell = (notices: readonly string[]): void => {
    for (const { notices: hub, world } of connected.values())
      for (const notice of notices) world.after(draws.below(5), () => hub.emit(notice));
  };
  const apply = (name: Parameters<typeof beginWork>[0], argument: unknown): unknown => {
    if (isBroken) throw new StoreError('full', 'the disk is full');
    const { value, notices } = sqlite.work((context) => beginWork(name, argument, context));
    tell(notices);
    if (name === 'grant' && (value as Granted).grant.kind === 'granted') granted((argument as GrantCommand).scope);
    return value;
  };

  const connect = (process: string, world: World): StoreClient => {
    const hub = openNotices();
    connected.set(process, { notices: hub, world });
    const ask = createLane(world, draws);
    const watch = watchTrouble();
    const work = async (name: WorkName, argument: unknown): Promise<unknown> => {
      try {
        const answer = await ask(() => apply(name, argument));
        watch.worked(name);
        return answer;
      } catch (cause) {
        if (cause instanceof StoreError) watch.failed(cause.trouble);
        throw cause;
      }
    };
    return {
      dialect: 'sqlite',
      keepsOrder: true,
      process,
      work: (name, argument) => work(name, argument) as never,
      query: (sql, parameters) => ask(() => sqlite.query(sql, parameters)) as never,
      look: (sql, parameters) => ask(() => sqlite.query(sql, parameters)) as never,
      read: (sql, parameters) => ask(() => sqlite.query(sql, parameters)) as never,
      trouble: watch.trouble,
      tell: (notice) => tell([notice]),
      onNotice: hub.on,
      defer: queueMicrotask,
      close: async () => {},
    };
  };

  return {
    connect,
    disconnect: (process: string) => void connected.delete(process),
    recover: (gone: string, now: number) => {
      const command = gone === 'all' ? { kind: 'all' } : { kind: 'process', process: gone };
      while ((apply('recover', { gone: command, now }) as number) > 0);
    },
    break: () => {
      isBroken = true;
    },
    repair: () => {
      isBroken = false;
    },
    /** Hears of every lease, when it is committed. */
    onGrant: (listener: (scope: Scope) => void) => {
      granted = listener;
    },
    rows: (sql: string, parameters: readonly Value[] = []) => sqlite.query(sql, parameters).rows,
    work: apply,
    close: sqlite.close,
  };
}
export type Store = ReturnType<typeof createStore>;

/** One errand after the other, each a little late. */
function createLane(world: World, draws: Draws): (act: () => unknown) => Promise<unknown> {
  type Errand = { readonly act: () => unknown; readonly done: PromiseWithResolvers<unknown> };
  const queue: Errand[] = [];
  let isBusy = false;
  const next = (): void => {
    const errand = queue.shift();
    isBusy = errand !== undefined;
    if (!errand) return;
    // Mostly quick, sometimes slower than the hosts. Between the two moments the work is committed and nobody knows it
    // yet: a process may die there.
    world.after(draws.chance(0.05) ? draws.below(600) : draws.below(8), () => {
      const answer = attempt(errand.act);
      world.after(draws.below(4), () => {
        if (answer.ok) errand.done.resolve(answer.value);
        else errand.done.reject(answer.cause);
        next();
      });
    });
  };
  return (act) => {
    const done = Promise.withResolvers<unknown>();
    queue.push({ act, done });
    if (!isBusy) next();
    return done.promise;
  };
}

function attempt(
  act: () => unknown,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly cause: unknown } {
  try {
    return { ok: true, value: act() };
  } catch (cause) {
    return { ok: false, cause };
  }
}

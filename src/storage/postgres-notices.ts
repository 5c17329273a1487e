import pg from 'pg';
import { EVERYTHING, NOTICED_MS } from './notices.ts';
import { wiring } from './postgres-wire.ts';

const CHANNEL = 'switchwright';
/** A line that was lost is opened again so soon. */
const OPEN_AGAIN_MS = 1_000;
/** How often it is tried whether we hear ourselves, and how long that may take. */
const TRIED_EVERY_MS = 30_000;
const HEARD_MS_MAX = 2_000;
/** How often the table is read while we hear nothing: what another process needs of our leases it waits for. */
const READ_EVERY_MS = 50;

type Asks = (sql: string, parameters: readonly unknown[]) => Promise<{ readonly rows: readonly unknown[] }>;

const MICROSECONDS = 'cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)';
/** The statements by which a transaction tells every process something: at once, and for those who cannot listen. */
export const telling = (notice: string): readonly { readonly text: string; readonly values: unknown[] }[] => [
  {
    // A row that was forgotten and comes again is newer than it was: versions are microseconds of the server's clock.
    text: `insert into notice (notice, version, at) values ($1, ${MICROSECONDS}, ${MICROSECONDS} / 1000)
      on conflict (notice) do update set version = greatest(notice.version + 1, excluded.version), at = excluded.at`,
    values: [notice],
  },
  { text: 'select pg_notify($1, $2)', values: [CHANNEL, notice] },
];

/**
 * Hears what other processes tell. `LISTEN` needs a session of its own, which a pooler in transaction mode does not
 * give and does not refuse either: so we speak to ourselves, and where that is not heard the table `notice` is read.
 * After a line was lost everything is taken to have changed.
 */
export function hearNotices(url: string, { process, ask, emit }: Hearing): { readonly close: () => Promise<void> } {
  const timers = openTimers();
  let isHeard = false;
  const reading = readTable(ask, emit);
  const read = (): void => {
    if (!isHeard) void reading().finally(() => timers.after(READ_EVERY_MS, read));
  };
  let line: { readonly close: () => Promise<void> } | null = null;
  const open = (): void => {
    line = openLine(url, {
      process,
      ask,
      emit,
      timers,
      heard: (isEchoed) => {
        const before = isHeard;
        isHeard = isEchoed;
        if (isEchoed && !before) emitAll(emit);
        if (!isEchoed && before) read();
      },
      lost: (ms) => timers.after(ms, open),
    });
  };
  open();
  read();
  return {
    close: async () => {
      timers.close();
      await line?.close();
    },
  };
}

type Hearing = { readonly process: string; readonly ask: Asks; readonly emit: (notice: string) => void };
type LineParts = Hearing & {
  readonly timers: Timers;
  /** Whether we hear what we say. */
  readonly heard: (isEchoed: boolean) => void;
  /** To be opened again in so many milliseconds. */
  readonly lost: (ms: number) => void;
};

/** One session that listens, until its connection is lost. */
function openLine(url: string, parts: LineParts): { readonly close: () => Promise<void> } {
  const { process, ask, emit, timers } = parts;
  const connection = new pg.Client(wiring(url));
  let isLost = false;
  let echoes = 0;
  const lose = (ms: number): void => {
    if (isLost) return;
    isLost = true;
    connection.end().catch(() => {});
    parts.heard(false);
    parts.lost(ms);
  };
  const lost = (): void => lose(OPEN_AGAIN_MS);
  const echo = (): void => {
    const word = `echo ${process} ${++echoes}`;
    let isEchoed = false;
    const hear = ({ payload }: pg.Notification): void => {
      if (payload === word) isEchoed = true;
    };
    connection.on('notification', hear);
    ask('select pg_notify($1, $2)', [CHANNEL, word]).catch(() => {});
    timers.after(HEARD_MS_MAX, () => {
      connection.off('notification', hear);
      if (isLost) return;
      if (!isEchoed) return lose(TRIED_EVERY_MS); // a line opened later may lead elsewhere
      parts.heard(true);
      timers.after(TRIED_EVERY_MS, echo);
    });
  };
  connection.on('error', lost);
  connection.on('end', lost);
  connection.on('notification', ({ payload = '' }) => {
    if (!payload.startsWith('echo ')) emit(payload);
  });
  connection
    .connect()
    .then(() => connection.query(`listen ${CHANNEL}`))
    .then(() => {
      emitAll(emit);
      echo();
    }, lost);
  return {
    close: async () => {
      isLost = true;
      await connection.end().catch(() => {});
    },
  };
}

type Timers = { readonly after: (ms: number, task: () => void) => void; readonly close: () => void };

/** Timers that keep no process alive, and end together. */
function openTimers(): Timers {
  const running = new Set<NodeJS.Timeout>();
  let isClosed = false;
  return {
    after: (ms, task) => {
      if (isClosed) return;
      const timer = setTimeout(() => {
        running.delete(timer);
        task();
      }, ms).unref();
      running.add(timer);
    },
    close: () => {
      isClosed = true;
      for (const timer of running) clearTimeout(timer);
    },
  };
}

function emitAll(emit: (notice: string) => void): void {
  for (const notice of EVERYTHING) emit(notice);
}

/**
 * Tells what has a newer version than when it was last read, and everything with the first reading after none, or after
 * so long a time that something may have been forgotten meanwhile.
 */
function readTable(ask: Asks, emit: (notice: string) => void): () => Promise<void> {
  let versions: Map<string, bigint> | null = null;
  let readAt = 0;
  return async () => {
    const began = performance.now();
    const known = began - readAt < NOTICED_MS / 2 ? versions : null;
    try {
      const rows = (await ask('select notice, version from notice', [])).rows as { notice: string; version: bigint }[];
      versions = new Map(rows.map(({ notice, version }) => [notice, version]));
      readAt = began;
      if (!known) return emitAll(emit);
      for (const [notice, version] of versions) if (known.get(notice) !== version) emit(notice);
    } catch {
      versions = null;
    }
  };
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

/** `TEST_DATABASE_URL` names an empty database of a server that runs; otherwise one is started from the usual folder. */
export type TestPostgres =
  | { readonly kind: 'running'; readonly url: string; readonly stop: () => Promise<void> }
  | Absent;
type Absent = { readonly kind: 'absent'; readonly reason: string };

/** A server of our own, to be ill-treated. It listens on a socket in a folder of its own, nowhere on the network. */
export type OwnPostgres = {
  readonly kind: 'running';
  readonly url: string;
  /** Where its socket lies. */
  readonly folder: string;
  /** Ends it: `SIGINT` breaks connections off in good order, `SIGQUIT` at once, `SIGKILL` without a word. */
  readonly halt: (signal?: NodeJS.Signals) => Promise<void>;
  readonly resume: () => Promise<void>;
  /** It hangs: connections stay open and say nothing. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** A standby that follows it; it is read-only until it is promoted. */
  readonly standby: () => Promise<OwnPostgres>;
  readonly promote: () => void;
  readonly ask: (sql: string) => Promise<readonly { readonly [column: string]: unknown }[]>;
  /** Ends it for good and leaves nothing. */
  readonly stop: () => Promise<void>;
};

const PROGRAMS = '/usr/lib/postgresql';
/** PostgreSQL refuses to run as root; `nobody` may own a server for a few seconds. */
const NOBODY = 65_534;
/** Not a promise: a guard against a start that never ends. */
const START_MS_MAX = 600_000;
const isRoot = process.getuid?.() === 0;
const owner = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** Any server that is there. */
export async function startPostgres(): Promise<TestPostgres> {
  const given = process.env.TEST_DATABASE_URL;
  return given ? { kind: 'running', url: given, stop: async () => {} } : startOwnPostgres();
}

export async function startOwnPostgres(): Promise<OwnPostgres | Absent> {
  const version = existsSync(PROGRAMS) ? readdirSync(PROGRAMS).sort().at(-1) : undefined;
  const programs = join(PROGRAMS, version ?? '', 'bin');
  if (version === undefined || !existsSync(join(programs, 'initdb')))
    return { kind: 'absent', reason: `no initdb in ${PROGRAMS}/*/bin` };
  const folder = ownFolder('pg-');
  const data = join(folder, 'data');
  const words = ['-D', data, '-U', 'test', '-A', 'trust', '-E', 'UTF8', '-N'];
  const made = spawnSync(join(programs, 'initdb'), words, { ...owner, cwd: '/' });
  if (made.status !== 0) {
    rmSync(folder, { recursive: true });
    return { kind: 'absent', reason: `initdb failed: ${made.stderr?.toString().slice(0, 300)}` };
  }
  appendFileSync(join(data, 'postgresql.conf'), "\nlisten_addresses = ''\nfsync = off\nmax_connections = 60\n");
  appendFileSync(join(data, 'pg_hba.conf'), '\nlocal replication all trust\n');
  return run(programs, folder);
}

async function run(programs: string, folder: string): Promise<OwnPostgres | Absent> {
  const data = join(folder, 'data');
  const url = urlOf(folder);
  let server: ChildProcess | undefined;
  const resume = async (): Promise<void> => {
    if (server && server.exitCode === null && server.signalCode === null) return;
    server = spawn(join(programs, 'postgres'), ['-D', data, '-k', folder], { ...owner, cwd: '/', stdio: 'ignore' });
    if (!(await answers(url, server))) throw new Error('the server that was started does not answer');
  };
  const halt = async (signal: NodeJS.Signals = 'SIGINT'): Promise<void> => {
    const running = server;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((done) => running.once('exit', done));
    running.kill(signal);
    await gone;
  };
  const all = (signal: NodeJS.Signals) => (): void => {
    const children = spawnSync('ps', ['-o', 'pid=', '--ppid', String(server?.pid)], { encoding: 'utf8' }).stdout;
    for (const pid of [server?.pid, ...children.trim().split(/\s+/).filter(Boolean).map(Number)])
      if (pid !== undefined) process.kill(pid, signal);
  };
  const stop = async (): Promise<void> => {
    await halt();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await resume();
  } catch (cause) {
    await stop();
    return { kind: 'absent', reason: String(cause) };
  }
  return {
    kind: 'running',
    url,
    folder,
    halt,
    resume,
    freeze: all('SIGSTOP'),
    thaw: all('SIGCONT'),
    standby: () => follow(programs, folder),
    promote: () => void spawnSync(join(programs, 'pg_ctl'), ['promote', '-w', '-D', data], { ...owner, cwd: '/' }),
    ask: (sql) => ask(url, sql),
    stop,
  };
}

async function follow(programs: string, primary: string): Promise<OwnPostgres> {
  const folder = ownFolder('pg-');
  const words = ['-h', primary, '-U', 'test', '-D', join(folder, 'data'), '-R', '-X', 'stream', '-c', 'fast', '-N'];
  const copied = spawnSync(join(programs, 'pg_basebackup'), words, { ...owner, cwd: '/', encoding: 'utf8' });
  if (copied.status !== 0) throw new Error(`pg_basebackup: ${copied.stderr}`);
  const standby = await run(programs, folder);
  if (standby.kind === 'absent') throw new Error(standby.reason);
  return standby;
}

/** PgBouncer in front of an empty database of the server, in transaction mode: a session lasts as long as a transaction. */
export async function startPooler(server: OwnPostgres): Promise<TestPostgres> {
  const program = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer'].find(existsSync);
  if (program === undefined) return { kind: 'absent', reason: 'no pgbouncer (Debian: pgbouncer)' };
  await server.ask('create database pooled');
  const folder = ownFolder('pb-');
  const settings = {
    listen_addr: '',
    unix_socket_dir: folder,
    listen_port: 5432,
    auth_type: 'any',
    pool_mode: 'transaction',
    default_pool_size: 5,
    max_client_conn: 200,
    server_login_retry: 1,
  };
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    `[databases]\npostgres = host=${server.folder} user=test dbname=pooled\n[pgbouncer]\n${Object.entries(settings)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join('')}`,
  );
  const pooler = spawn(program, ['-q', join(folder, 'pgbouncer.ini')], { ...owner, cwd: '/', stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    if (pooler.exitCode === null && pooler.signalCode === null) {
      const gone = new Promise((done) => pooler.once('exit', done));
      pooler.kill('SIGTERM');
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const url = urlOf(folder);
  if (await answers(url, pooler)) return { kind: 'running', url, stop };
  await stop();
  return { kind: 'absent', reason: 'the pooler that was started does not answer' };
}

/** Short: a socket's path has at most 107 characters. */
function ownFolder(prefix: string): string {
  const folder = mkdtempSync(`/tmp/${prefix}`);
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  chmodSync(folder, 0o700);
  return folder;
}

export const urlOf = (folder: string): string =>
  `postgres://test@localhost/postgres?host=${encodeURIComponent(folder)}`;

async function ask(url: string, sql: string): Promise<readonly { readonly [column: string]: unknown }[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function answers(url: string, server: ChildProcess): Promise<boolean> {
  const until = Date.now() + START_MS_MAX;
  while (Date.now() < until && server.exitCode === null) {
    try {
      await ask(url, 'select 1');
      return true;
    } catch {
      await wait(50);
    }
  }
  return false;
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** `TEST_DATABASE_URL` names an empty database of a server that runs; otherwise one is started from the usual folder. */
export type TestPostgres =
  | { readonly kind: 'running'; readonly url: string; readonly stop: () => Promise<void> }
  | { readonly kind: 'absent'; readonly reason: string };

const PROGRAMS = '/usr/lib/postgresql';
/** PostgreSQL refuses to run as root; `nobody` may own a server for a few seconds. */
const NOBODY = 65_534;
/** Not a promise: a guard against a start that never ends. */
const START_MS_MAX = 600_000;

/** A throw-away server on a socket in a folder of its own; nothing listens on the network. */
export async function startPostgres(): Promise<TestPostgres> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { kind: 'running', url: given, stop: async () => {} };
  const version = existsSync(PROGRAMS) ? readdirSync(PROGRAMS).sort().at(-1) : undefined;
  const programs = join(PROGRAMS, version ?? '', 'bin');
  if (version === undefined || !existsSync(join(programs, 'initdb')))
    return { kind: 'absent', reason: `no initdb in ${PROGRAMS}/*/bin and no TEST_DATABASE_URL` };
  const folder = mkdtempSync('/tmp/pg-'); // short: a socket's path has at most 107 characters
  const isRoot = process.getuid?.() === 0;
  const owner = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  chmodSync(folder, 0o700);
  const data = join(folder, 'data');
  const made = spawnSync(join(programs, 'initdb'), ['-D', data, '-U', 'test', '-A', 'trust', '-E', 'UTF8', '-N'], {
    ...owner,
    cwd: '/',
  });
  if (made.status !== 0) {
    rmSync(folder, { recursive: true });
    return { kind: 'absent', reason: `initdb failed: ${made.stderr?.toString().slice(0, 300)}` };
  }
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-k', folder, '-c', 'listen_addresses=', '-c', 'fsync=off', '-c', 'max_connections=60'],
    { ...owner, cwd: '/', stdio: 'ignore' },
  );
  const url = `postgres://test@localhost/postgres?host=${encodeURIComponent(folder)}`;
  const stop = async (): Promise<void> => {
    await ended(server);
    rmSync(folder, { recursive: true, force: true });
  };
  if (await answers(url)) return { kind: 'running', url, stop };
  await stop();
  return { kind: 'absent', reason: 'the server that was started does not answer' };
}

async function answers(url: string): Promise<boolean> {
  const until = Date.now() + START_MS_MAX;
  while (Date.now() < until) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return false;
}

const ended = (server: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (server.exitCode !== null) return resolve();
    server.once('exit', () => resolve());
    server.kill('SIGINT');
  });

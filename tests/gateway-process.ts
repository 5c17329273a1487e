/** The product as its users run it: a process of its own, a free port, a fresh data folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export const API_KEY = `sk-sw-v1-${'a'.repeat(64)}`;
export const MANAGEMENT_KEY = `sk-sw-v1-${'c'.repeat(64)}`;
const root = resolve(import.meta.dirname, '..');
const START_MS_MAX = 60_000;
/** What every program of a test is started with: compiled code is kept between starts, as `npm start` does it. */
export const ENVIRONMENT = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'switchwright'),
};

export type GatewayProcess = {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly base: string;
  readonly folder: string;
  readonly child: ChildProcess;
  /** Resident memory of the process, in MiB; null where the system does not tell. */
  readonly memory: () => number | null;
  /** Everything printed so far. */
  readonly output: () => string;
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
};

export type GatewayOptions = {
  readonly environment?: { readonly [name: string]: string };
  /** Files of an operator's catalogue folder, by path. */
  readonly catalogue?: { readonly [path: string]: string };
  /** Use this data folder and leave it when stopped. */
  readonly folder?: string;
};

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return address.port;
}

/** A port that was free may be taken by another program before it is used: then another one is tried. */
export async function startGateway(options: GatewayOptions = {}): Promise<GatewayProcess> {
  for (;;)
    try {
      return await startOn(await freePort(), options);
    } catch (cause) {
      if (!String(cause).includes('is taken by another program')) throw cause;
    }
}

async function startOn(port: number, options: GatewayOptions): Promise<GatewayProcess> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'switchwright-'));
  for (const [path, text] of Object.entries(options.catalogue ?? {})) {
    const file = join(folder, 'catalogue', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), 'serve'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...ENVIRONMENT,
      HOME: folder,
      PORT: String(port),
      SWITCHWRIGHT_DATA_DIR: join(folder, 'data'),
      SWITCHWRIGHT_API_KEY: API_KEY,
      SWITCHWRIGHT_MANAGEMENT_KEY: MANAGEMENT_KEY,
      SWITCHWRIGHT_LOCAL_SERVERS: '0',
      ...(options.catalogue && { SWITCHWRIGHT_CATALOG: join(folder, 'catalogue') }),
      ...options.environment,
    },
  });
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed); // a test that fails leaves no gateway behind
  child.once('exit', () => process.off('exit', killed));
  let output = '';
  child.stdout.on('data', (bytes) => (output += bytes));
  child.stderr.on('data', (bytes) => (output += bytes));
  const origin = `http://127.0.0.1:${port}`;
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> =>
    new Promise((done) => {
      if (child.exitCode !== null) return done(child.exitCode);
      child.once('exit', (code) => {
        if (!options.folder) rmSync(folder, { recursive: true, force: true });
        done(code);
      });
      child.kill(signal);
    });
  // A busy machine may take long to start a process; one that never comes, or comes and says nothing, fails its test.
  const patience = AbortSignal.timeout(START_MS_MAX);
  while (!(await isHealthy(origin, patience))) {
    if (child.exitCode !== null || patience.aborted) {
      killed();
      throw new Error(`the gateway did not start:\n${output}`);
    }
    await wait(25);
  }
  return {
    origin,
    base: `${origin}/api/v1`,
    folder,
    child,
    memory: () => residentMiB(child.pid),
    output: () => output,
    stop,
  };
}

/** Resolves as soon as what the process has printed matches. */
export async function outputOf({ output, child }: GatewayProcess, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const found = pattern.exec(output());
    if (found) return found;
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`no ${pattern} in:\n${output()}`);
    await wait(10);
  }
}

const isHealthy = (origin: string, signal: AbortSignal): Promise<boolean> =>
  fetch(`${origin}/healthz`, { signal }).then(
    (response) => response.ok,
    () => false,
  );

function residentMiB(pid: number | undefined): number | null {
  if (process.platform !== 'linux') return null;
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
}

/** What this machine lacks is a skip that is said aloud, and a failure where nothing may be skipped. */
export function skipReason(missing: string | null): string | false {
  if (missing === null) return false;
  if (process.env.CI_STRICT === '1') throw new Error(`not to be skipped here: ${missing}`);
  console.log(`SKIPPED: ${missing}`);
  return missing;
}

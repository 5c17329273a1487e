/** The product as its users run it: a process of its own, a free port, a fresh data folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export const API_KEY = `sk-sw-v1-${'a'.repeat(64)}`;
export const MANAGEMENT_KEY = `sk-sw-v1-${'c'.repeat(64)}`;
const root = resolve(import.meta.dirname, '..');
/** Not a promise: a guard against a start that never ends. */
const START_MS_MAX = 600_000;
/** Below the ports that the system hands out by itself (Linux from 32768, others from 49152), so nobody is given one of them. */
const PORTS = { from: 20_000, to: 32_000 } as const;
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
  /** What the process still holds when everything has been collected that can be: heap and buffers, in MiB. */
  readonly kept: () => Promise<number>;
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
  for (;;) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    const server = createServer();
    const isFree = await new Promise<boolean>((done) => {
      server.once('error', () => done(false));
      server.listen(port, '127.0.0.1', () => done(true));
    });
    if (!isFree) continue;
    await new Promise((done) => server.close(done));
    return port;
  }
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

/** At this port or not at all. */
export async function startOn(port: number, options: GatewayOptions): Promise<GatewayProcess> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'switchwright-'));
  for (const [path, text] of Object.entries(options.catalogue ?? {})) {
    const file = join(folder, 'catalogue', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const flags = ['--expose-gc', '--import', join(import.meta.dirname, 'kept.ts')];
  const child = spawn(process.execPath, [...flags, join(root, 'src/main.ts'), 'serve'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...ENVIRONMENT,
      HOME: folder,
      PORT: String(port),
      SWITCHWRIGHT_DATA_DIR: join(folder, 'data'),
      SWITCHWRIGHT_API_KEY: API_KEY,
      SWITCHWRIGHT_MANAGEMENT_KEY: MANAGEMENT_KEY,
      SWITCHWRIGHT_LOCAL_SERVERS: '0',
      // No deadline is missed because the machine is busy; tests of deadlines set their own.
      SWITCHWRIGHT_DEADLINE_SCALE: '20',
      ...(options.catalogue && { SWITCHWRIGHT_CATALOG: join(folder, 'catalogue') }),
      ...options.environment,
    },
  });
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed); // a test that fails leaves no gateway behind
  child.once('exit', (code) => {
    process.off('exit', killed);
    // One that dies by itself takes the test's reason with it.
    if (code) console.error(`the gateway ended with ${code}:\n${output.slice(-4_000)}`);
  });
  // And it does not keep the file of a test that failed alive.
  for (const part of [child, child.channel, child.stdout, child.stderr] as { unref?: () => void }[]) part.unref?.();
  let output = '';
  child.stdout?.on('data', (bytes) => (output += bytes));
  child.stderr?.on('data', (bytes) => (output += bytes));
  const origin = `http://127.0.0.1:${port}`;
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> =>
    new Promise((done) => {
      child.ref();
      if (child.exitCode !== null || child.signalCode !== null) return done(child.exitCode);
      child.once('exit', (code) => {
        if (!options.folder) rmSync(folder, { recursive: true, force: true });
        done(code);
      });
      child.kill(signal);
    });
  // A busy machine may take long to start a process; one that never comes, or comes and says nothing, fails its test.
  const patience = AbortSignal.timeout(START_MS_MAX);
  // It says itself that it listens: whoever answers at this port may be another test's gateway that was given the same
  // one, and would be gone in the middle of this test. Then this one ends, since the port is taken.
  const listens = (): boolean => output.includes(`${origin}/api/v1`);
  while (!(listens() && (await isHealthy(origin, patience)))) {
    if (child.exitCode !== null || child.signalCode !== null || patience.aborted) {
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
    kept: () => keptBy(child),
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

/** Asks `kept.ts`, which runs in the process. */
function keptBy(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.channel?.ref();
    child.once('message', (answer: { readonly kept: number }) => {
      child.channel?.unref();
      resolve(answer.kept / 1024 / 1024);
    });
    child.send({ ask: 'kept' }, (cause) => cause && reject(cause));
  });
}

/** What this machine lacks is a skip that is said aloud, and a failure where nothing may be skipped. */
export function skipReason(missing: string | null): string | false {
  if (missing === null) return false;
  if (process.env.CI_STRICT === '1') throw new Error(`not to be skipped here: ${missing}`);
  console.log(`SKIPPED: ${missing}`);
  return missing;
}

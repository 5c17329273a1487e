/**
 * What every benchmark needs: an nginx that plays the upstream, another that does nothing but forward (the limit for
 * the plumbing), the gateway itself, each on a pinned core, and figures with their spread.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { FLAGS } from '../tools/flags.mjs';
import { REPLY, STREAMS } from './transcripts.ts';

export const KEY = `sk-sw-v1-${'b'.repeat(64)}`;
/** The measured process runs on one core, upstream and load on the other. */
export const MEASURED_CORE = '0';
export const LOAD_CORE = '1';

const root = resolve(import.meta.dirname, '..');
export const folder = mkdtempSync(join(tmpdir(), 'switchwright-bench-'));
const running: ChildProcess[] = [];

/** Ends with words if a program is missing; else keeps this process, which makes load too, off the measured core. */
export function need(...programs: readonly string[]): void {
  const missing = programs.filter((program) => spawnSync('which', [program]).status !== 0);
  if (missing.length > 0) {
    console.error(`These programs are needed for this benchmark: ${missing.join(', ')}.`);
    process.exit(2);
  }
  spawnSync('taskset', ['-apc', LOAD_CORE, String(process.pid)]);
}

export function stopAll(): void {
  for (const child of running) child.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}

/** nginx as every provider at once, on the other core: the environment that makes a gateway take it for them. */
export async function startUpstream(): Promise<{
  readonly origin: string;
  readonly environment: { [name: string]: string };
}> {
  for (const { name, text } of STREAMS) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'reply'), JSON.stringify(REPLY));
  const port = await freePort();
  // A whole answer is told from a stream by the body that asks for it.
  await startNginx(
    LOAD_CORE,
    'upstream',
    port,
    `root ${folder}; error_page 405 =200 $uri; default_type text/event-stream;
location /json/ { default_type application/json; rewrite .* /reply break; }
location /v1/chat/completions { rewrite .* /openai-chat break; } location /v1/messages { rewrite .* /anthropic break; } location ~ streamGenerateContent { rewrite .* /gemini break; }`,
  );
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    environment: {
      OPENAI_BASE_URL: `${origin}/v1`,
      ANTHROPIC_BASE_URL: `${origin}/v1`,
      GOOGLE_AI_STUDIO_BASE_URL: `${origin}/v1beta`,
      MISTRAL_BASE_URL: `${origin}/json/v1`,
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address ? address.port : 0;
}

function start(
  core: string,
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): ChildProcess {
  const child = spawn('taskset', ['-c', core, command, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: environment,
  });
  running.push(child);
  return child;
}

/** nginx with one worker, upstream keep-alive and no log; `server` is the body of its server block. */
export async function startNginx(core: string, name: string, port: number, server: string, more = ''): Promise<number> {
  const prefix = join(folder, name);
  spawnSync('mkdir', ['-p', join(prefix, 'logs')]);
  const file = join(prefix, 'nginx.conf');
  writeFileSync(
    file,
    `user root; worker_processes 1; daemon off; pid ${prefix}/pid; error_log /dev/null crit;
events { worker_connections 8192; multi_accept on; }
http { access_log off; keepalive_requests 1000000; client_max_body_size 64m; tcp_nodelay on; sendfile on; client_body_buffer_size 1m;
client_body_temp_path ${prefix}/body; proxy_temp_path ${prefix}/proxy; fastcgi_temp_path ${prefix}/f; uwsgi_temp_path ${prefix}/u; scgi_temp_path ${prefix}/s;
${more}
server { listen 127.0.0.1:${port} backlog=4096; ${server} } }`,
  );
  const child = start(core, 'nginx', ['-p', prefix, '-c', file]);
  await answering(`http://127.0.0.1:${port}/`);
  return workerOf(child.pid ?? 0);
}

function workerOf(master: number): number {
  const children = readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(' ').map(Number);
  return children[0] || master;
}

/** A gateway from this checkout, or from another one's folder. */
export async function startGateway(
  environment: { readonly [name: string]: string },
  checkout = root,
): Promise<{ port: number; pid: number }> {
  const port = await freePort();
  const child = start(MEASURED_CORE, process.execPath, [...FLAGS, join(checkout, 'src/main.ts'), 'serve'], {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    PORT: String(port),
    SWITCHWRIGHT_DATA_DIR: join(folder, `data-${port}`),
    SWITCHWRIGHT_API_KEY: KEY,
    SWITCHWRIGHT_LOCAL_SERVERS: '0',
    ...environment,
  });
  await answering(`http://127.0.0.1:${port}/healthz`);
  return { port, pid: child.pid ?? 0 };
}

async function answering(url: string): Promise<void> {
  for (let left = 1_200; left > 0; left--) {
    try {
      await (await fetch(url)).arrayBuffer();
      return;
    } catch {
      await wait(50);
    }
  }
  throw new Error(`${url} never answered`);
}

/** Processor time used so far by a process and its threads, in microseconds. */
export function cpuMicroseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

export function memoryMegabytes(pid: number): number {
  const match = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(match?.[1] ?? 0) / 1024);
}

export type Load = { readonly perSecond: number; readonly cpuPerRequest: number; readonly failed: number };

/** Any other program on the measured core; resolves with its process id when `url` answers. */
export async function startMeasured(
  command: string,
  args: readonly string[],
  url: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<number> {
  const child = start(MEASURED_CORE, command, args, { ...process.env, ...environment });
  await answering(url);
  return child.pid ?? 0;
}

/** Full load by wrk with a prepared body; CPU is that of the measured process alone. */
export function fullLoad(
  url: string,
  pid: number,
  body: string,
  connections: number,
  seconds: number,
  headers: { readonly [name: string]: string } = {},
): Load {
  const script = join(folder, 'post.lua');
  writeFileSync(
    script,
    `wrk.method = "POST"\nwrk.body = [==[${body}]==]\nwrk.headers["content-type"] = "application/json"\nwrk.headers["authorization"] = "Bearer ${KEY}"\n${Object.entries(
      headers,
    )
      .map(([name, value]) => `wrk.headers["${name}"] = "${value}"\n`)
      .join('')}`,
  );
  const before = cpuMicroseconds(pid);
  const done = spawnSync(
    'taskset',
    ['-c', LOAD_CORE, 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url],
    { encoding: 'utf8' },
  );
  const used = cpuMicroseconds(pid) - before;
  const requests = Number(/(\d+) requests in/.exec(done.stdout)?.[1] ?? 0);
  const failed = Number(/Non-2xx or 3xx responses: (\d+)/.exec(done.stdout)?.[1] ?? 0);
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(done.stdout)?.[1] ?? 0),
    cpuPerRequest: used / Math.max(requests, 1),
    failed,
  };
}

/** The compiler has seen everything by then: what comes after is what a gateway that runs for days costs. */
const WARM_REQUESTS = 40_000;

/** Load until the process is warm, for two minutes at most. */
export function warm(url: string, pid: number, body: string, connections: number, requests = WARM_REQUESTS): void {
  let done = 0;
  for (let left = 12; left > 0 && done < requests; left--)
    done += fullLoad(url, pid, body, connections, 10).perSecond * 10;
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** `median (least–most)`. */
export function spread(values: readonly number[], digits = 0): string {
  const text = (value: number): string =>
    value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
  return `${text(median(values))} (${text(Math.min(...values))}–${text(Math.max(...values))})`;
}

export const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

import cluster from 'node:cluster';
import { createServer as createProbe } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { fault } from '../base/fault.ts';
import { PRODUCT } from '../base/product.ts';
import { startBatches } from '../http/batches/runner.ts';
import { MCP_ROUTES } from '../http/mcp/index.ts';
import { metricsRoute } from '../http/metrics.ts';
import { pageRoutes } from '../http/pages/index.ts';
import { createServer } from '../http/server.ts';
import { apiRoutes, rawRoutes } from '../http/v1/routes.ts';
import { startSandbox } from '../sandbox/server.ts';
import { realWorld } from '../upstream/world.ts';
import { banner } from './banner.ts';
import { collectGarbage } from './collector.ts';
import { type Composed, composeGateway } from './compose.ts';
import { type Configuration, originOf } from './configuration.ts';
import { gatherFromWorkers } from './gather.ts';
import { relayKept } from './share-kept.ts';
import { startWorkers } from './workers.ts';

/** So long the last words of calls that were broken off may take, to their clients and to the store. */
const LAST_WORDS_MS = 1_000;
const STOPPING = fault('stopping', 'The gateway was stopped before this answer was complete. Please try again.');

/** `switchwright serve`: one process, or with `SWITCHWRIGHT_WORKERS` one that owns the store and others that serve. */
export async function serveCommand(configuration: Configuration): Promise<number> {
  if (cluster.isWorker) return serveAs('worker', configuration);
  await claimAddress(configuration);
  return configuration.workers > 1 ? superviseWorkers(configuration) : serveAs('owner', configuration);
}

async function serveAs(role: 'owner' | 'worker', configuration: Configuration): Promise<number> {
  const world = realWorld({ egressAllow: configuration.egressAllow });
  const sandbox = role === 'owner' ? await startSandbox(world) : null;
  const composed = await composeGateway(withSandbox(configuration, sandbox?.origin), world, role);
  const server = await listen(composed, configuration);
  if (role === 'owner') banner(configuration, composed, addressOf(server, configuration));
  collectGarbage();
  const batches = startBatches(composed.gateway);
  const stopped = await stopSignal(composed.reload);
  const left = batches.close();
  await drain(server, composed, configuration);
  // What still waits there is gone on with by another process, or the next.
  await Promise.race([left, wait(LAST_WORDS_MS * configuration.patience)]);
  await composed.close();
  await sandbox?.close();
  return stopped;
}

/** The owner of the store: prepares it and sees to the workers. It serves no calls itself. */
async function superviseWorkers(configuration: Configuration): Promise<number> {
  const world = realWorld({ egressAllow: configuration.egressAllow });
  const sandbox = await startSandbox(world);
  const composed = await composeGateway(withSandbox(configuration, sandbox.origin), world, 'owner');
  const gathering = gatherFromWorkers(world.after);
  const keeping = relayKept();
  const workers = startWorkers({
    count: configuration.workers,
    environment: { SANDBOX_BASE_URL: `${sandbox.origin}/v1` },
    started: (child) => {
      composed.storage.serveProcess(child);
      gathering.started(child);
      keeping.started(child);
    },
    log: composed.gateway.log,
    after: world.after,
  });
  banner(configuration, composed, originOf({ ...configuration, port: await workers.listening }));
  const stopped = await stopSignal(() => workers.signal('SIGHUP'));
  await workers.stop(configuration.drainMs + 2 * LAST_WORDS_MS * configuration.patience);
  await composed.close();
  await sandbox.close();
  return stopped;
}

const withSandbox = (configuration: Configuration, origin: string | undefined): Configuration =>
  origin === undefined
    ? configuration
    : { ...configuration, environment: { ...configuration.environment, SANDBOX_BASE_URL: `${origin}/v1` } };

async function listen(
  { gateway }: Composed,
  { host, port, clientDeadlines: deadlines, metrics }: Configuration,
): Promise<FastifyInstance> {
  const server = createServer({
    gateway,
    api: apiRoutes,
    raw: rawRoutes,
    pages: [...pageRoutes, ...MCP_ROUTES, metricsRoute(metrics)],
    deadlines,
  });
  await server.listen({ host, port, backlog: 2048 });
  return server;
}

/** Why an address cannot be had, by the system's code for it. */
const UNUSABLE: { readonly [code: string]: (host: string, port: number) => string } = {
  EADDRINUSE: (host, port) => `Port ${port} on ${host} is taken by another program: set PORT to a free one.`,
  EACCES: (_host, port) => `Port ${port} is reserved for the system's administrator: set PORT to one above 1023.`,
  EADDRNOTAVAIL: (host) => `HOST is ${host}, which is no address of this machine.`,
  ENOTFOUND: (host) => `HOST is ${host}, a name that does not resolve.`,
};

/** Tries the address before anything is stored: a start that fails must not use up the one that shows the first key. */
async function claimAddress({ host, port }: Configuration): Promise<void> {
  const probe = createProbe();
  await new Promise<void>((done, failed) => {
    probe.once('error', ({ code = '', message }: NodeJS.ErrnoException) =>
      failed(new Error(UNUSABLE[code]?.(host, port) ?? `${host}:${port} cannot be listened on: ${message}`)),
    );
    probe.listen({ host, port }, done);
  });
  await new Promise((done) => probe.close(done));
}

function addressOf(server: FastifyInstance, configuration: Configuration): string {
  const address = server.server.address();
  return originOf(typeof address === 'object' && address ? { ...configuration, port: address.port } : configuration);
}

/** Resolves when the process is asked to stop, by a signal or because its starter is gone. SIGHUP reads the catalogue again. */
function stopSignal(reload: () => void): Promise<number> {
  process.on('SIGHUP', reload);
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(0));
    if (process.connected && !cluster.isWorker) process.once('disconnect', () => resolve(0));
    if (cluster.isWorker) process.once('disconnect', () => process.exit(0));
  });
}

/** Stops accepting and lets calls in flight end (see `addLane`), also those whose client has gone; what takes longer is broken off. */
async function drain(
  server: FastifyInstance,
  { gateway }: Composed,
  { drainMs, patience }: Configuration,
): Promise<void> {
  const { server: http } = server;
  const lastMs = drainMs + LAST_WORDS_MS * patience;
  const until = performance.now() + lastMs;
  const closed = new Promise<void>((done) => http.close(() => done()));
  const late = setTimeout(() => gateway.ledger.interrupt(STOPPING), drainMs);
  const last = setTimeout(() => http.closeAllConnections(), lastMs);
  await closed;
  while (gateway.ledger.open() > 0 && performance.now() < until) await wait(20);
  clearTimeout(late);
  clearTimeout(last);
}

/** What the process is called in lists of processes. */
process.title = PRODUCT.slug;

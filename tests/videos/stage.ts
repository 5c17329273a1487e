/** A whole gateway in this process, in virtual time, before vendors of videos that a test plays. */
import assert from 'node:assert/strict';
import type { WireHandler, WireRequest, World } from '#src/base/world.ts';
import type { VideoCall } from '#src/call/video.ts';
import type { DialectId } from '#src/catalog/dialect-table.ts';
import type { Price } from '#src/catalog/price.ts';
import type { Provider } from '#src/catalog/provider.ts';
import { jobIdOf } from '#src/dialects/video-answer.ts';
import type { Job } from '#src/facts/job.ts';
import type { Receipt } from '#src/facts/receipt.ts';
import type { Gateway } from '#src/gateway/gateway.ts';
import type { CallResult } from '#src/gateway/operation.ts';
import { OPERATIONS } from '#src/gateway/operations.ts';
import { perform } from '#src/gateway/perform.ts';
import { workOnVideo } from '#src/gateway/videos/video-work.ts';
import { callerOf, openBench } from '../gateway/bench.ts';

export type Sent = {
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: { readonly [name: string]: unknown } | null;
  readonly reach: WireRequest['reach'];
};
export type Answer = { readonly status?: number; readonly body?: unknown } | 'reset';
export type Play = (sent: Sent) => Answer;

export type Stage = {
  readonly gateway: Gateway;
  readonly sent: Sent[];
  readonly keyOf: (limit?: bigint) => Promise<string>;
  /** A video is asked for; what its caller is answered, and its job's id. */
  readonly film: (key: string, call?: Partial<VideoCall>) => Promise<{ id: string; result: CallResult<'videos'> }>;
  /** Whatever is due is worked on, once. */
  readonly work: () => Promise<void>;
  readonly pass: (ms: number) => Promise<void>;
  readonly find: (id: string) => Promise<Job>;
  readonly receipt: (id: string) => Promise<Receipt>;
  readonly balance: () => Promise<{ readonly held: bigint; readonly settled: bigint }>;
  readonly close: () => Promise<void>;
};

/** How a vendor is told who asks. */
export type Key = { readonly auth: Provider['auth']; readonly variables: { readonly [name: string]: string } };

/** `play` answers everything that is sent, to whomever. */
export async function openStage(dialect: DialectId, price: Price, play: Play, key?: Key): Promise<Stage> {
  const host = {
    dialect,
    endpoint: { price, output: ['video'] as const },
    ...(key && { provider: { auth: key.auth } }),
  };
  const bench = await openBench({ vendor: host }, key?.variables);
  const sent: Sent[] = [];
  const { world: base } = bench.gateway;
  const world: World = { ...base, request: (request, handler) => answer(request, handler, { play, sent }) };
  const catalog = bench.gateway.catalog();
  const films = new Map([...catalog.models].map(([id, model]) => [id, { ...model, output: ['video'] as const }]));
  const gateway: Gateway = {
    ...bench.gateway,
    world,
    catalog: () => ({ ...catalog, models: films }) as typeof catalog,
    upstream: { ...bench.gateway.upstream, world },
    signingKey: () => Buffer.alloc(32, 7),
  };
  const film = (key: string, call: Partial<VideoCall> = {}) =>
    new Promise<{ id: string; result: CallResult<'videos'> }>((resolve) => {
      const id = world.newId('gen');
      perform(gateway, OPERATIONS.videos, requestOf(gateway, id, key, call), {
        events: () => {},
        settled: () => {},
        done: (result) => resolve({ id: jobIdOf(id), result }),
      });
    });
  return {
    gateway,
    sent,
    keyOf: bench.keyOf,
    film,
    work: async () => {
      const { claims } = await gateway.jobs.store.claim({ kinds: ['videos'], limit: 9, forMs: 60_000 });
      for (const claim of claims) await workOnVideo(gateway, claim);
    },
    pass: bench.pass,
    find: async (id) => (await gateway.jobs.store.find(id)) ?? assert.fail(`${id} is there`),
    receipt: async (id) =>
      (await gateway.records.find(id.replace('gen-vid-', 'gen-'))) ?? assert.fail(`${id} has a receipt`),
    balance: () => gateway.ledger.balance('owner'),
    close: bench.close,
  };
}

const requestOf = (gateway: Gateway, id: string, key: string, call: Partial<VideoCall>) => ({
  id,
  call: {
    shape: 'openrouter' as const,
    model: 'author/model',
    models: [],
    prompt: 'Waves',
    references: [],
    gateway: {},
    ...call,
  },
  clientDialect: 'openrouter-videos',
  caller: callerOf(key),
  app: null,
  userAgent: null,
  receivedAt: gateway.world.now(),
  begunAt: gateway.world.elapsed(),
});

function answer(request: WireRequest, handler: WireHandler, { play, sent }: { play: Play; sent: Sent[] }) {
  const { method, url, headers, reach } = request;
  const body = request.body === null ? null : JSON.parse(String(request.body));
  const seen = { method, url, headers, body, reach };
  sent.push(seen);
  const said = play(seen);
  let isAborted = false;
  setImmediate(() => {
    if (isAborted) return;
    if (said === 'reset') return handler.error({ kind: 'reset', message: 'it broke off' });
    handler.head(said.status ?? 200, { 'content-type': 'application/json' });
    handler.data(Buffer.from(JSON.stringify(said.body ?? {})));
    if (!isAborted) handler.end();
  });
  return {
    pause: () => {},
    resume: () => {},
    abort: () => {
      isAborted = true;
    },
  };
}

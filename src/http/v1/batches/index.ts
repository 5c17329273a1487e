import { type Fault, fault } from '../../../base/fault.ts';
import { stringOf } from '../../../base/json.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { Caller } from '../../../facts/caller.ts';
import type { Job } from '../../../facts/job.ts';
import type { Batches, BatchState } from '../../../gateway/batches.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { sendFault } from '../../faults.ts';
import { CORS } from '../../headers.ts';
import type { RawExchange, RawRoute } from '../../raw-route.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { encodeFileFault } from '../files/shapes.ts';
import { beginFromFile, beginInline, OFF, readEndpoint } from './begin.ts';
import { anthropicBatch, openaiBatch, openrouterBatch, type Told } from './shapes.ts';

/** The two families of paths: OpenAI's and OpenRouter's at `/batches`, Anthropic's below `/messages`. */
type Family = 'openai' | 'anthropic';

type Asking = { readonly gateway: Gateway; readonly batches: Batches; readonly caller: Caller };
const NONE = fault('not_found', 'There is no such batch.');

function asking(gateway: Gateway, caller: Caller | null): Result<Asking, Fault> {
  const { batches } = gateway;
  return batches && caller ? ok({ gateway, batches, caller }) : failed(OFF);
}

const refusal = (family: Family, value: Fault): RouteAnswer => {
  const { status, body, headers } = encodeFileFault(family, value);
  return { status, json: body, headers };
};

type Answered = Result<{ readonly status?: number; readonly json: object }, Fault>;
const route =
  (family: Family, handle: (asked: Asking, request: RouteRequest) => Promise<Answered>): Route['handle'] =>
  async (request, gateway) => {
    const asked = asking(gateway, request.caller);
    const answer = asked.ok ? await handle(asked.value, request) : asked;
    if (!answer.ok) return refusal(family, answer.error);
    return { status: answer.value.status ?? 200, json: answer.value.json };
  };

const stateOf = (job: Job): BatchState => JSON.parse(job.state) as BatchState;
const familyOf = ({ shape }: BatchState): Family => (shape === 'anthropic' ? 'anthropic' : 'openai');

/** A batch of the caller's workspace, of this family of paths; another's is none. */
async function find({ batches, caller }: Asking, family: Family, id: string): Promise<Job | null> {
  const job = await batches.jobs.find(id);
  const isOurs =
    job?.kind === 'batches' && job.accountId === caller.accountId && job.workspaceId === caller.workspaceId;
  return isOurs && familyOf(stateOf(job)) === family ? job : null;
}

async function tellOf({ batches }: Asking, job: Job): Promise<Told> {
  const state = stateOf(job);
  const counts = state.counts ?? (state.run > 0 ? await batches.store.counts(job.id) : { completed: 0, failed: 0 });
  return { job, state, counts };
}

function jsonOf(told: Told, origin: string): object {
  const { shape } = told.state;
  if (shape === 'anthropic') return anthropicBatch(told, origin);
  return shape === 'openai' ? openaiBatch(told) : openrouterBatch(told);
}

const LIMIT = 20;
const LIMIT_MAX = 100;

async function list(asked: Asking, family: Family, { query, origin }: RouteRequest): Promise<Answered> {
  const limit = query.limit === undefined ? LIMIT : Number(query.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
    return failed(fault('invalid_request', `limit: a whole number from 1 to ${LIMIT_MAX}`, { param: 'limit' }));
  const { batches, caller } = asked;
  const cursor = query.after ?? query.after_id;
  let after = cursor === undefined ? null : await find(asked, family, cursor);
  if (cursor !== undefined && !after) return failed(NONE);
  const data: object[] = [];
  const ids: string[] = [];
  let hasMore = false;
  // Both families share one list: those of the other are passed over.
  while (!hasMore) {
    const wanted = { kind: 'batches', order: 'newest', after, limit: LIMIT_MAX } as const;
    const { accountId, workspaceId } = caller;
    const jobs = await batches.jobs.list({ ...wanted, accountId, workspaceId });
    for (const job of jobs) {
      if (familyOf(stateOf(job)) !== family) continue;
      hasMore = data.length === limit;
      if (hasMore) break;
      data.push(jsonOf(await tellOf(asked, job), origin));
      ids.push(job.id);
    }
    after = jobs.at(-1) ?? null;
    if (jobs.length < LIMIT_MAX) break;
  }
  const ends = { first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null, has_more: hasMore };
  return ok({ json: { ...(family === 'openai' && { object: 'list' }), data, ...ends } });
}

async function cancel(asked: Asking, family: Family, { params, origin }: RouteRequest): Promise<Answered> {
  const { batches } = asked;
  const job = await find(asked, family, params.id ?? '');
  if (!job) return failed(NONE);
  if (!(await batches.jobs.unwanted(job.id))) return failed(fault('conflict', `The batch is ${job.status} already.`));
  batches.wake();
  const now = await batches.jobs.find(job.id);
  return ok({ json: jsonOf(await tellOf(asked, now ?? job), origin) });
}

const CREATE: Route = {
  method: 'POST',
  path: '/batches',
  auth: 'call',
  handle: route('openai', async (asked, { body, origin }) => {
    if (body.requests === undefined) {
      const begun = await beginFromFile(asked, body);
      return begun.ok ? ok({ json: jsonOf(await tellOf(asked, begun.value), origin) }) : begun;
    }
    const endpoint = readEndpoint(body);
    if (!endpoint.ok) return endpoint;
    const model = stringOf(body.model);
    if (model === '') return failed(fault('invalid_request', 'model: the model of every request', { param: 'model' }));
    const begun = await beginInline(asked, { shape: 'openrouter', endpoint: endpoint.value, model }, body.requests);
    return begun.ok ? ok({ status: 202, json: jsonOf(await tellOf(asked, begun.value), origin) }) : begun;
  }),
};

const CREATE_MESSAGES: Route = {
  method: 'POST',
  path: '/messages/batches',
  auth: 'call',
  handle: route('anthropic', async (asked, { body, origin }) => {
    const begun = await beginInline(asked, { shape: 'anthropic', endpoint: '/messages' }, body.requests);
    return begun.ok ? ok({ json: jsonOf(await tellOf(asked, begun.value), origin) }) : begun;
  }),
};

/** Removes a batch that is over, and the files of its results. */
async function remove(asked: Asking, family: Family, { params }: RouteRequest): Promise<Result<Job, Fault>> {
  const { batches, caller, gateway } = asked;
  const job = await find(asked, family, params.id ?? '');
  if (!job) return failed(NONE);
  if (!(await batches.jobs.forget(job.id)))
    return failed(fault('conflict', 'The batch is under way: cancel it first, or wait for its end.'));
  await batches.store.forget(job.id);
  const { shape, outputFileId } = stateOf(job);
  if (shape !== 'openai' && outputFileId) await gateway.files?.remove(caller.workspaceId, outputFileId);
  return ok(job);
}

const PATHS = { openai: '/batches', anthropic: '/messages/batches' } as const;

const familyRoutes = (family: Family): readonly Route[] => [
  {
    method: 'GET',
    path: PATHS[family],
    auth: 'call',
    handle: route(family, (asked, request) => list(asked, family, request)),
  },
  {
    method: 'POST',
    path: `${PATHS[family]}/:id/cancel`,
    auth: 'call',
    handle: route(family, (asked, request) => cancel(asked, family, request)),
  },
  {
    method: 'DELETE',
    path: `${PATHS[family]}/:id`,
    auth: 'call',
    handle: route(family, async (asked, request) => {
      const gone = await remove(asked, family, request);
      if (!gone.ok) return gone;
      const { id } = gone.value;
      return ok({
        json:
          family === 'anthropic'
            ? { id, type: 'message_batch_deleted' }
            : { id, object: 'batch', deletion: { openrouter: true } },
      });
    }),
  },
];

const ONE_MESSAGES: Route = {
  method: 'GET',
  path: '/messages/batches/:id',
  auth: 'call',
  handle: route('anthropic', async (asked, { params, origin }) => {
    const job = await find(asked, 'anthropic', params.id ?? '');
    return job ? ok({ json: jsonOf(await tellOf(asked, job), origin) }) : failed(NONE);
  }),
};

export const BATCH_ROUTES: readonly Route[] = [
  CREATE,
  CREATE_MESSAGES,
  ONE_MESSAGES,
  ...familyRoutes('openai'),
  ...familyRoutes('anthropic'),
];

const refuseRaw = ({ response }: RawExchange, family: Family, value: Fault): void =>
  sendFault(response, encodeFileFault(family, value), value, null);

/** One batch; OpenRouter's with all its results inside, as they are read. */
const ONE: RawRoute = {
  method: 'GET',
  path: '/batches/:id',
  auth: 'call',
  answer: async (exchange, gateway) => {
    const asked = asking(gateway, exchange.caller);
    if (!asked.ok) return refuseRaw(exchange, 'openai', asked.error);
    const job = await find(asked.value, 'openai', exchange.params.id ?? '');
    if (!job) return refuseRaw(exchange, 'openai', NONE);
    const told = await tellOf(asked.value, job);
    const { shape, outputFileId } = told.state;
    const { response } = exchange;
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...CORS });
    const text = JSON.stringify(jsonOf(told, ''));
    if (shape === 'openai') return void response.end(text);
    response.write(`${text.slice(0, -1)},"results":`);
    const kept = outputFileId && (await gateway.files?.find(job.workspaceId, outputFileId));
    if (!kept || !gateway.files) return void response.end('null}');
    await listOfLines(await gateway.files.read(kept.id), response);
    response.end('}');
  },
};

/** JSON Lines as a JSON list, as they are read. */
async function listOfLines(bytes: AsyncIterable<Buffer>, response: RawExchange['response']): Promise<void> {
  response.write('[');
  let waits = false;
  for await (const piece of bytes) {
    let text = piece.toString('latin1');
    if (waits) text = `,${text}`;
    waits = text.endsWith('\n');
    if (waits) text = text.slice(0, -1);
    if (response.destroyed) return;
    if (!response.write(Buffer.from(text.replaceAll('\n', ','), 'latin1')))
      await new Promise<void>((next) => response.once('drain', next).once('close', next));
  }
  response.write(']');
}

const RESULTS: RawRoute = {
  method: 'GET',
  path: '/messages/batches/:id/results',
  auth: 'call',
  answer: async (exchange, gateway) => {
    const asked = asking(gateway, exchange.caller);
    if (!asked.ok) return refuseRaw(exchange, 'anthropic', asked.error);
    const job = await find(asked.value, 'anthropic', exchange.params.id ?? '');
    if (!job) return refuseRaw(exchange, 'anthropic', NONE);
    const { outputFileId } = stateOf(job);
    const kept = outputFileId ? await gateway.files?.find(job.workspaceId, outputFileId) : null;
    if (!kept || !gateway.files) return refuseRaw(exchange, 'anthropic', job.phase === 'running' ? NOT_YET : NONE);
    const bytes = await gateway.files.read(kept.id);
    const head = { 'content-type': 'application/x-jsonl', 'content-length': kept.size, ...CORS };
    exchange.response.writeHead(200, head);
    bytes.pipe(exchange.response);
    bytes.once('error', () => exchange.response.destroy());
    exchange.response.once('close', () => bytes.destroy());
  },
};

const NOT_YET = fault('invalid_request', 'The batch is under way: its results can be read when it has ended.');

export const RAW_BATCH_ROUTES: readonly RawRoute[] = [ONE, RESULTS];

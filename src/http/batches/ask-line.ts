import { createHash } from 'node:crypto';
import { isFault } from '../../access/access.ts';
import { assert } from '../../base/assert.ts';
import { BodyScan } from '../../base/body-scan.ts';
import { type Fault, faultRow } from '../../base/fault.ts';
import { idAt, idCharacter } from '../../base/ids.ts';
import { LIMITS } from '../../base/limits.ts';
import type { EncodedFault } from '../../dialects/dialect.ts';
import { CLIENT_DIALECTS } from '../../dialects/registry.ts';
import type { Job } from '../../facts/job.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { envelope } from '../faults.ts';
import { createHandlers } from '../handlers.ts';
import type { InferenceHandler, InferenceRequest } from '../inference.ts';
import { INFERENCE_ROUTES } from '../inference-routes.ts';
import { FULL } from '../room.ts';
import type { BatchLine } from './input.ts';
import { type LineAnswer, lineAnswering } from './line-answer.ts';

/** A line's answer, and the receipt it is billed by. */
export type Asked = { readonly status: number; readonly generationId: string; readonly body: string };

/** How often a line is asked for that is refused because too much is asked at once. */
export const TRIES_MAX = 3;
const WAIT_MS = { first: 1_000, max: 30_000 } as const;

/** Bytes and jobs are no piece of JSON. */
const NOT_IN_BATCHES: ReadonlySet<string> = new Set(['speech', 'videos']);

/** The endpoints whose calls can stand in a batch: those that are answered with one piece of JSON. */
export const BATCH_ENDPOINTS: ReadonlySet<string> = new Set(
  INFERENCE_ROUTES.filter(({ prefixes, operation }) => prefixes === undefined && !NOT_IN_BATCHES.has(operation)).map(
    ({ path }) => path,
  ),
);

function routeOf(endpoint: string): (typeof INFERENCE_ROUTES)[number] {
  const route = INFERENCE_ROUTES.find(({ path, prefixes }) => path === endpoint && prefixes === undefined);
  assert(route, `there is an endpoint ${endpoint}`);
  return route;
}

export function handlersOf(gateway: Gateway): (endpoint: string) => InferenceHandler {
  const handlerOf = createHandlers(gateway);
  const known = new Map<string, InferenceHandler>();
  return (endpoint) => {
    const before = known.get(endpoint);
    if (before) return before;
    const made = handlerOf(routeOf(endpoint));
    known.set(endpoint, made);
    return made;
  };
}

/**
 * The receipt's id of a line, decided before it is asked for: whoever goes on with a batch whose process died finds by it
 * what became of the call. It has the form of others: ten characters of time, fourteen of its own.
 */
export function generationIdOf(
  { id, createdAt }: Pick<Job, 'id' | 'createdAt'>,
  { line, run, attempt }: { readonly line: number; readonly run: number; readonly attempt: number },
): string {
  const hash = createHash('sha256').update(`${id}/${line}/${run}/${attempt}`).digest();
  return idAt('gen', createdAt) + Array.from(hash.subarray(0, 14), idCharacter).join('');
}

export type LineAsking = {
  readonly gateway: Gateway;
  readonly handler: InferenceHandler;
  readonly job: Job;
  readonly endpoint: string;
  readonly run: number;
  /** The process takes its leave: what breaks off now is asked for again by the next. */
  readonly isStopping: () => boolean;
};

/** Asks for a line as its key would, with its own hold, receipt and bill. Null = it is to be asked for again later. */
export async function askLine(asking: LineAsking, { line, body }: BatchLine): Promise<Asked | null> {
  const { gateway, job, endpoint, run, isStopping } = asking;
  for (let attempt = 0; ; attempt++) {
    const generationId = generationIdOf(job, { line, run, attempt });
    const caller = await gateway.access.callerOf(job.keyId, job.accountId);
    // The key was deleted, disabled or has expired: nobody pays for the line.
    if (isFault(caller)) return refused(endpoint, caller);
    const answer = await answerTo(asking, { caller, generationId, bytes: Buffer.from(JSON.stringify(body)) });
    if (answer === null || (answer.status === 503 && isStopping())) return null;
    const isCrowded = answer.status === 429 || answer.status === 503;
    if (!isCrowded || attempt + 1 >= TRIES_MAX || isStopping())
      return { status: answer.status, generationId, body: answer.text };
    const told = Number(answer.headers['retry-after'] ?? 0) * 1_000;
    const wait = Math.min(Math.max(told, WAIT_MS.first * 2 ** attempt), WAIT_MS.max);
    await new Promise<void>((done) => gateway.world.after(wait, done));
  }
}

/** In the words of the endpoint's dialect. */
function wordsOf(endpoint: string, value: Fault): string {
  const { operation, dialect } = routeOf(endpoint);
  const client = CLIENT_DIALECTS[operation][dialect] as { readonly encodeFault: EncodeFault } | undefined;
  return JSON.stringify(client?.encodeFault(value, { id: null }).body ?? envelope(value));
}
type EncodeFault = (value: Fault, context: { readonly id: null }) => EncodedFault;

const refused = (endpoint: string, value: Fault): Asked => ({
  status: faultRow(value).status,
  generationId: '',
  body: wordsOf(endpoint, value),
});

type Coming = Pick<InferenceRequest, 'caller'> & { readonly generationId: string; readonly bytes: Buffer };

async function answerTo(
  { gateway, handler, endpoint }: LineAsking,
  { caller, generationId, bytes }: Coming,
): Promise<LineAnswer | null> {
  const isLarge = bytes.length > LIMITS.small_body_bytes;
  const scan = isLarge ? new BodyScan(LIMITS.nesting_max) : null;
  const excess = scan?.push(bytes) ?? null;
  if (excess) return answerOf(endpoint, excess);
  const allowance = isLarge ? gateway.memory.open(caller.keyId) : null;
  try {
    if (allowance && !(await new Promise<boolean>((done) => allowance.take(4 * bytes.length, done))))
      return answerOf(endpoint, FULL);
    const url = `/api/v1${endpoint}`;
    return await new Promise<LineAnswer | null>((done) =>
      handler(
        {
          headers: { 'content-type': 'application/json' },
          url,
          params: {},
          caller,
          body: { chunks: [bytes], scan, size: bytes.length },
          room: null,
          generationId,
        },
        lineAnswering(url, done),
      ),
    );
  } finally {
    allowance?.close();
  }
}

const answerOf = (endpoint: string, value: Fault): LineAnswer => ({
  status: faultRow(value).status,
  headers: {},
  text: wordsOf(endpoint, value),
});

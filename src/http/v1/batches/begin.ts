import { type Fault, fault } from '../../../base/fault.ts';
import { isObject, type JsonObject, stringOf } from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { Caller } from '../../../facts/caller.ts';
import type { Job } from '../../../facts/job.ts';
import { overQuota, placeFault } from '../../../files/files.ts';
import type { Batches, BatchState } from '../../../gateway/batches.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { BATCH_ENDPOINTS } from '../../batches/ask-line.ts';
import { endpointOf, isProblem, readLine } from '../../batches/input.ts';

export const WINDOW_MS = 86_400_000;
/** As long as OpenRouter and OpenAI keep results. */
const RESULTS_MS = 30 * WINDOW_MS;
const SECONDS_MIN = 3_600;
const SECONDS_MAX = 2_592_000;

type Wish = Pick<BatchState, 'shape' | 'endpoint'> & Partial<Pick<BatchState, 'model' | 'metadata' | 'resultsMs'>>;
type Beginning = { readonly gateway: Gateway; readonly batches: Batches; readonly caller: Caller };

const wrong = (param: string, message: string): Result<never, Fault> =>
  failed(fault('invalid_request', `${param}: ${message}`, { param }));

/** A batch over an input file that was uploaded, as OpenAI's API has it. */
export async function beginFromFile(beginning: Beginning, body: JsonObject): Promise<Result<Job, Fault>> {
  const { gateway, caller } = beginning;
  const endpoint = readEndpoint(body);
  if (!endpoint.ok) return endpoint;
  if (body.completion_window !== undefined && body.completion_window !== '24h')
    return wrong('completion_window', 'only 24h is known');
  const metadata = readMetadata(body);
  if (!metadata.ok) return metadata;
  const after = isObject(body.output_expires_after) ? body.output_expires_after.seconds : undefined;
  if (
    after !== undefined &&
    !(typeof after === 'number' && Number.isInteger(after) && after >= SECONDS_MIN && after <= SECONDS_MAX)
  )
    return wrong('output_expires_after.seconds', `a whole number from ${SECONDS_MIN} to ${SECONDS_MAX}`);
  const file = await gateway.files?.find(caller.workspaceId, stringOf(body.input_file_id));
  if (!file) return failed(fault('not_found', 'There is no such input file.', { param: 'input_file_id' }));
  const wish: Wish = {
    shape: 'openai',
    endpoint: endpoint.value,
    ...(metadata.value && { metadata: metadata.value }),
    ...(after !== undefined && { resultsMs: after * 1000 }),
  };
  return begin(beginning, wish, { id: file.id, isOurs: false, total: null });
}

/** One whose lines came with the request: they are looked at now, and written into a file. */
export async function beginInline(beginning: Beginning, wish: Wish, requests: unknown): Promise<Result<Job, Fault>> {
  const { gateway, caller } = beginning;
  if (!Array.isArray(requests) || requests.length === 0) return wrong('requests', 'a list of one request at least');
  if (requests.length > LIMITS.batch_lines_max) return wrong('requests', `at most ${LIMITS.batch_lines_max}`);
  if (!gateway.files) return failed(OFF);
  const used = await gateway.files.used(caller.workspaceId);
  if (used.bytes > gateway.files.quota.bytes) return failed(overQuota(gateway.files.quota));
  const names = new Set<string>();
  const file = await gateway.files.make(LIMITS.file_bytes_max);
  try {
    for (const [at, request] of requests.entries()) {
      const text = JSON.stringify(request);
      const read = readLine(text.length > LIMITS.batch_line_bytes_max ? null : text, at, wish);
      const problem = isProblem(read) ? read.message : names.has(read.customId) ? 'its custom_id stands twice' : null;
      if (problem !== null) {
        await file.discard();
        return wrong(`requests.${at}`, problem);
      }
      if (!isProblem(read)) names.add(read.customId);
      await file.write(Buffer.from(`${text}\n`));
    }
    const { accountId, workspaceId, keyId } = caller;
    const named = { filename: 'requests.jsonl', purpose: 'batch', keptMs: RESULTS_MS, isOurs: true } as const;
    const kept = await file.keep({ accountId, workspaceId, keyId }, named);
    if (!kept.ok) return kept;
    return await begin(beginning, wish, { id: kept.value.id, isOurs: true, total: requests.length });
  } catch (cause) {
    await file.discard();
    gateway.log('a batch could not be stored', cause);
    return failed(placeFault(cause));
  }
}

type Input = { readonly id: string; readonly isOurs: boolean; readonly total: number | null };

async function begin({ gateway, batches, caller }: Beginning, wish: Wish, input: Input): Promise<Result<Job, Fault>> {
  const now = gateway.world.now();
  if ((await batches.jobs.running(caller.accountId)) >= LIMITS.batches_max) return failed(MANY);
  const state: BatchState = {
    ...wish,
    inputFileId: input.id,
    isInputOurs: input.isOurs,
    resultsMs: wish.resultsMs ?? RESULTS_MS,
    expiresAt: now + WINDOW_MS,
    total: input.total,
    run: 0,
    window: 0,
  };
  const id = gateway.world.newId('batch').replace('-', '_');
  const { accountId, workspaceId, keyId } = caller;
  const owner = { accountId, workspaceId, keyId };
  const job = {
    id,
    kind: 'batches',
    status: 'pending',
    ...owner,
    createdAt: now,
    state: JSON.stringify(state),
  } as const;
  await batches.jobs.begin({ ...job, dueMs: 0, deadlineMs: WINDOW_MS }, null);
  batches.wake();
  return ok({ ...job, phase: 'running', isUnwanted: false, hold: null });
}

/** What stands for a path that may be posted to in a batch. */
export function readEndpoint(body: JsonObject): Result<string, Fault> {
  const endpoint = endpointOf(stringOf(body.endpoint));
  if (BATCH_ENDPOINTS.has(endpoint)) return ok(endpoint);
  return wrong('endpoint', `one of ${[...BATCH_ENDPOINTS].map((path) => `/v1${path}`).join(', ')}`);
}

function readMetadata({ metadata }: JsonObject): Result<BatchState['metadata'], Fault> {
  if (metadata === undefined || metadata === null) return ok(undefined);
  const pairs = isObject(metadata) ? Object.entries(metadata) : null;
  const isRight =
    pairs !== null &&
    pairs.length <= LIMITS.metadata_pairs_max &&
    pairs.every(
      ([key, value]) =>
        key.length <= LIMITS.metadata_key_length_max &&
        typeof value === 'string' &&
        value.length <= LIMITS.metadata_value_length_max,
    );
  return isRight
    ? ok(Object.fromEntries(pairs) as NonNullable<BatchState['metadata']>)
    : wrong('metadata', 'up to 16 pairs of texts');
}

export const OFF = fault('not_found', 'Batches are turned off on this gateway.');
const MANY = fault('rate_limit_exceeded', `An account has ${LIMITS.batches_max} jobs under way at most.`, {
  retryAfterMs: 60_000,
});

import { type Blob, restored } from '../base/blobs.ts';
import { type Fault, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import type { Memory } from '../base/memory.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { WireRequest, World } from '../base/world.ts';
import type { DrawnImage, ImageCall, ImageJob, ImageReply } from '../call/image.ts';
import type { ImageDialect, WholeContext } from '../dialects/dialect.ts';
import type { Target } from '../facts/target.ts';
import * as faults from './attempt-faults.ts';
import { type Collected, collectBody } from './collect-body.ts';
import { fetchAssets } from './egress.ts';
import { malformed, mediaTypeOf, parseWhole } from './read-body.ts';
import type { WholeAnswer } from './whole-errand.ts';

export type JobMeans = {
  readonly world: World;
  readonly memory: Memory;
  /** On whose share of the memory what is fetched is held: a key's id. */
  readonly who: string;
};

/** The first answer, and what it answered: the job belongs to the key that began it. */
type Work = {
  readonly context: WholeContext<'images'>;
  readonly dialect: ImageDialect;
  readonly first: ImageReply;
  readonly answered: Pick<WholeAnswer<'images'>, 'sent' | 'path'>;
};
export type Results = { readonly done: Promise<Result<ImageReply, Fault>>; readonly cancel: () => void };

/** The vendor has only begun, or has drawn what the caller wants as bytes and keeps it at an address. */
export const isUnfinished = ({ job, images }: ImageReply, { wantsUrls }: ImageCall): boolean =>
  job !== undefined || (!wantsUrls && images.some((image) => 'url' in image));

/**
 * Asks a vendor about its job until it is over, then fetches what was drawn. Bounded by whoever cancels it: an attempt
 * has a deadline. A job that nobody waits for any more is cancelled at the vendor, where it can be.
 */
export function fetchResults(means: JobMeans, { context, dialect, first, answered }: Work): Results {
  const state: State = { means, context, dialect, answered, cancels: new Set(), isCancelled: false };
  let reply = first;
  const run = async (): Promise<Result<ImageReply, Fault>> => {
    let wait: number = LIMITS.job_poll_ms;
    let failures = 0;
    while (reply.job) {
      await pause(state, wait);
      wait = Math.min(LIMITS.job_poll_ms_max, wait * 1.5);
      const asked = state.isCancelled ? failed({ fault: GIVEN_UP, isPassing: false }) : await ask(state, reply.job);
      if (asked.ok) reply = { ...asked.value, ...(reply.id !== undefined && { id: reply.id }) };
      else if (!asked.error.isPassing || ++failures >= LIMITS.job_failures_max) return failed(asked.error.fault);
      if (asked.ok) failures = 0;
    }
    return isUnfinished(reply, context.call) ? download(state, reply) : ok(reply);
  };
  return {
    done: run().catch((cause) => failed(faults.bug(cause))),
    cancel: () => {
      if (state.isCancelled) return;
      state.isCancelled = true;
      for (const one of state.cancels) one();
      const { job } = reply;
      if (job?.cancelPath !== undefined) void send(state, { method: 'POST', path: job.cancelPath });
    },
  };
}

type State = Pick<Work, 'context' | 'dialect' | 'answered'> & {
  readonly means: JobMeans;
  readonly cancels: Set<() => void>;
  isCancelled: boolean;
};

const GIVEN_UP = fault('cancelled', 'Nobody waits for this picture any more.');
const ANSWER_MS_MAX = 30_000;

function pause(state: State, ms: number): Promise<void> {
  if (state.isCancelled) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = state.means.world.after(ms, resolve);
    state.cancels.add(() => {
      stop();
      resolve();
    });
  });
}

/** `isPassing` = the next time may go better. */
type Obstacle = { readonly fault: Fault; readonly isPassing: boolean };

async function ask(state: State, job: ImageJob): Promise<Result<ImageReply, Obstacle>> {
  const { means, context, dialect } = state;
  const { target } = context;
  const sent = await send(state, job, (cancel) => state.cancels.add(cancel));
  if (!sent.ok) return failed({ fault: sent.error, isPassing: true });
  const { status, headers, body } = sent.value;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (status >= 200 && status < 300) {
    const parsed = parseWhole(target, mediaTypeOf(headers), bytes);
    const reply = parsed.ok ? dialect.decodeReply(parsed.value, { ...context, headers }) : parsed;
    return reply.ok ? reply : failed({ fault: reply.error, isPassing: false });
  }
  const provider = target.endpoint.provider.name;
  const text = bytes.toString('utf8', 0, LIMITS.error_body_bytes_max);
  const value = dialect.decodeFault({ status, headers, body: text, provider, now: means.world.now() });
  return failed({ fault: value, isPassing: status >= 500 || status === 429 });
}

const OF_BODY = ['content-type', 'content-length', 'prefer'];

/** One exchange beside that of the attempt, with its credential: to a path below the base URL that it went to. */
async function send(
  { means, context, answered: { sent, path: sentPath } }: State,
  { method, path, body }: Pick<ImageJob, 'method' | 'path' | 'body'>,
  onCancel: (cancel: () => void) => void = () => {},
): Promise<Result<Collected, Fault>> {
  const headers = Object.entries(sent.headers).filter(([name]) => !OF_BODY.includes(name.toLowerCase()));
  const request: WireRequest = {
    method,
    url: sent.url.slice(0, sent.url.length - sentPath.length) + path,
    headers: { ...Object.fromEntries(headers), ...(body && { 'content-type': 'application/json' }) },
    body: body ? JSON.stringify(body) : null,
    reach: 'operator',
  };
  const limits = { bytesMax: LIMITS.reply_bytes_max, timeoutMs: ANSWER_MS_MAX, onCancel };
  const answer = await collectBody(means.world, request, limits);
  return answer.ok
    ? answer
    : failed(malformed(context.target, `did not tell what became of its job: ${answer.error.message}`));
}

/** Each picture that is at an address becomes its bytes: from the public internet only, without any credential. */
async function download(state: State, reply: ImageReply): Promise<Result<ImageReply, Fault>> {
  const { means, context } = state;
  const assets = reply.images.flatMap((image) => ('url' in image ? [{ url: image.url, kind: 'image' as const }] : []));
  const allowance = means.memory.open(means.who);
  const blobs: Blob[] = [];
  try {
    const fetching = fetchAssets(means.world, assets, { allowance, blobs });
    state.cancels.add(fetching.cancel);
    const fetched = await fetching.result;
    if (!fetched.ok) return failed(lost(context.target, fetched.error));
    const images = reply.images.map((image): DrawnImage => {
      const asset = 'url' in image ? fetched.value.get(image.url) : undefined;
      if (!asset) return image;
      const base64 = asset.mark ? restored(asset.mark, blobs) : Buffer.from(asset.data).toString('base64');
      const { revisedPrompt } = image;
      return { base64, mediaType: asset.mediaType, ...(revisedPrompt !== undefined && { revisedPrompt }) };
    });
    return ok({ ...reply, images });
  } finally {
    allowance.close();
  }
}

/** The address was the vendor's, so the fault is its own, not the caller's. */
const lost = ({ endpoint: { provider } }: Target, { message, code }: Fault): Fault =>
  code === 'overloaded'
    ? fault('overloaded', message)
    : fault('upstream_malformed', `${provider.name} drew what cannot be had. ${message}`, {
        upstream: { provider: provider.name },
      });

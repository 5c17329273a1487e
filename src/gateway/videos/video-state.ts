import type { Fault, FaultCode } from '../../base/fault.ts';
import { type NanoUsd, nano } from '../../base/money.ts';
import type { Bill } from '../../call/event.ts';
import type { Usage } from '../../call/usage.ts';
import type { FilmedKind, MadeVideo, TaskRequest, VideoShape } from '../../call/video.ts';
import type { PriceNow } from '../../catalog/price.ts';
import type { VideoView } from '../../dialects/video-answer.ts';
import type { Job } from '../../facts/job.ts';
import type { Receipt } from '../../facts/receipt.ts';
import { billFor } from '../../metering/cost.ts';
import { type FilmSource, usageOfFilm } from '../../metering/filming.ts';

/** What is kept of a video while it is made, and after: all that is needed to go on with it in another process. */
export type VideoState = {
  readonly shape: VideoShape;
  readonly model: string;
  /** The endpoint whose task it is, and the name of the key that it was begun with. */
  readonly endpoint: string;
  readonly key: string;
  /** The vendor's name for the task. */
  readonly task: string;
  readonly poll: TaskRequest;
  readonly cancel?: TaskRequest | undefined;
  readonly callbackUrl?: string | undefined;
  readonly seconds: number;
  readonly size: string | null;
  readonly kind: FilmedKind;
  readonly source: FilmSource;
  readonly progress: number;
  /** How long was waited last before the vendor was asked, and how often in a row it could not be. */
  readonly waitMs: number;
  readonly failures: number;
  readonly videos: readonly MadeVideo[];
  /** The receipt as far as it is known when the task begins. */
  readonly receipt: Omit<Receipt, 'bill' | 'usage'>;
  /** The price of the moment in which it was asked for; what the catalogue says later does not change it. */
  readonly price: string;
  /** How it ended. Milliseconds since 1970; nano-dollars. */
  readonly endedAt?: number;
  readonly cost?: string;
  readonly error?: { readonly code: FaultCode; readonly message: string };
};

export const writeState = (state: VideoState): string => JSON.stringify(state);
export const readState = ({ state }: Pick<Job, 'state'>): VideoState => JSON.parse(state) as VideoState;

/** A price as text: its amounts are integers beyond what JSON holds. */
export const packPrice = ({ discounted: _, ...price }: PriceNow): string =>
  JSON.stringify(price, (_name, value) => (typeof value === 'bigint' ? `${value}n` : value));
const unpackPrice = (text: string): PriceNow =>
  JSON.parse(text, (_name, value) =>
    typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  ) as PriceNow;

/** What was delivered of it, and what that costs. */
export function chargeOf(state: VideoState, delivered: { readonly seconds: number; readonly videos: number }) {
  const usage: Usage = usageOfFilm({ ...delivered, kind: state.kind }, state.source);
  const bill: Bill = billFor(usage, unpackPrice(state.price));
  return { usage, bill };
}

/** The video as its caller is told of it. `urls` of what was made, where it can be fetched. */
export function viewOf(job: Job, state: VideoState, keptMs: number, urls: readonly string[]): VideoView {
  const cost = state.cost === undefined ? undefined : nano(BigInt(state.cost));
  return {
    id: job.id,
    generationId: state.receipt.id,
    shape: state.shape,
    status: job.status,
    createdAt: secondsOf(job.createdAt),
    ...(state.endedAt !== undefined && {
      completedAt: secondsOf(state.endedAt),
      expiresAt: secondsOf(state.endedAt + keptMs),
    }),
    model: state.model,
    seconds: state.seconds,
    size: state.size,
    progress: state.progress,
    ...(job.status === 'completed' && { urls }),
    ...(cost !== undefined && { cost: dollarsOf(cost), isByok: false }),
    ...(state.error && { error: state.error }),
  };
}

const secondsOf = (ms: number): number => Math.floor(ms / 1000);
const dollarsOf = (cost: NanoUsd): number => Number(cost) / 1e9;

export const errorOf = ({ code, message }: Fault): NonNullable<VideoState['error']> => ({ code, message });

import { completionTokens, promptTokens } from '../call/usage.ts';
import type { Receipt } from '../facts/receipt.ts';
import type { CountedReceipt } from './roll-up.ts';

/**
 * What of a receipt only analytics look at. Plain values in one list, for it goes to the store with every receipt:
 * dialect, finish, streamed, paid by a key of the caller's own, given again from the response cache, milliseconds to the
 * first content (-1 = it was not streamed, or nothing came), and the caller's word for its own user.
 */
export type TallyDetails = readonly [
  dialect: string,
  finish: string,
  streamed: 0 | 1,
  byok: 0 | 1,
  cached: 0 | 1,
  firstContentMs: number,
  externalUser: string,
];

/** Characters of a caller's word for its user that are told apart: as many as the contract has. */
const USER_LENGTH_MAX = 512;

/** PostgreSQL keeps no text with a zero in it. */
export const externalUserOf = ({ user }: Pick<Receipt, 'user'>): string =>
  user === null ? '' : user.slice(0, USER_LENGTH_MAX).replaceAll('\u0000', '');

export const tallyDetailsOf = (receipt: Receipt): TallyDetails => [
  receipt.clientDialect,
  receipt.finish ?? '',
  receipt.streamed ? 1 : 0,
  receipt.bill.isByok ? 1 : 0,
  receipt.cachedFrom === undefined ? 0 : 1,
  receipt.streamed && receipt.firstContentMs !== null ? receipt.firstContentMs : -1,
  externalUserOf(receipt),
];

/** What tallies are told apart by, in the order of the table's columns behind account, grain and time. */
export const TALLY_KEYS = [
  'workspace_id',
  'key_id',
  'model',
  'provider',
  'app',
  'dialect',
  'finish',
  'streamed',
  'context',
] as const;
export type TallyKey = (typeof TALLY_KEYS)[number] | 'external_user';
/** What a day's tally no longer tells apart: the contract asks for it within 31 days, which are kept by the hour too. */
export const LOST_IN_DAYS: readonly string[] = [
  'dialect',
  'finish',
  'streamed',
  'context',
] as const satisfies readonly TallyKey[];

/** What tallies add up; money in nano-dollars, times in milliseconds. */
export const TALLY_FIGURES = [
  'requests',
  'errors',
  'prompt_tokens',
  'completion_tokens',
  'reasoning_tokens',
  'cached_tokens',
  'cost',
  'byok_requests',
  'byok_cost',
  'byok_fees',
  'cached_responses',
  /** Requests whose time is known and that ended well, and until their first content (their end, if not streamed). */
  'timed',
  'latency_ms',
  /** From there to the end, of those that wrote tokens, with the tokens. */
  'generation_ms',
  'generated_tokens',
] as const;
export type TallyFigure = (typeof TALLY_FIGURES)[number];
export type TallyFigures = { readonly [figure in TallyFigure]: bigint };

/** Whose distribution is kept, in buckets. */
export const SPEEDS = ['latency', 'throughput', 'generation_time'] as const;
export type Speed = (typeof SPEEDS)[number];

/** A bucket is a seventh wider than the one below it: a percentile is true to within 7 %. */
const BUCKET_RATIO = 1.15;
const BUCKETS_MAX = 150;
export const bucketOf = (value: number): number =>
  value <= 1 ? 0 : Math.min(BUCKETS_MAX, Math.ceil(Math.log(value) / Math.log(BUCKET_RATIO)));
/** The middle of a bucket. */
export const middleOf = (bucket: number): number => (bucket === 0 ? 1 : BUCKET_RATIO ** (bucket - 0.5));

/** How far a conversation reached, as the contract names it: `1K` is up to a thousand tokens. */
const CONTEXTS = [
  [1_000, '1K'],
  [10_000, '10K'],
  [100_000, '100K'],
  [1_000_000, '1M'],
] as const;
const contextOf = (tokens: number): string => CONTEXTS.find(([most]) => tokens <= most)?.[1] ?? '10M';

/** What one receipt adds, once for all grains. */
export type Tally = {
  readonly minute: string;
  readonly key: readonly string[];
  readonly externalUser: string;
  readonly figures: readonly bigint[];
  readonly speeds: readonly (readonly [speed: Speed, bucket: number])[];
};

const ZERO = 0n;
const NO_SPEEDS: Tally['speeds'] = [];

export function tallyOf(counted: CountedReceipt): Tally | null {
  const { details, tokens, isFailed, createdAt } = counted;
  if (!details) return null;
  const [dialect, finish, streamed, byok, cached, firstContentMs, externalUser] = details;
  const [prompt, completion, reasoning, read] = tokens;
  const minute = minuteOf(createdAt);
  const context = contextOf(prompt + completion);
  const { workspaceId, keyId, model, provider, app, cost } = counted;
  const key = [workspaceId, keyId, model, provider, app, dialect, finish, streamed === 1 ? 'true' : 'false', context];
  if (isFailed) return { minute, key, externalUser, figures: FAILED, speeds: NO_SPEEDS };
  const latencyMs = firstContentMs >= 0 ? firstContentMs : counted.latencyMs;
  const generationMs = firstContentMs >= 0 ? counted.latencyMs - firstContentMs : counted.latencyMs;
  const isTimed = cached === 0;
  const generates = isTimed && completion > 0 && generationMs > 0;
  const figures = [
    1n,
    ZERO,
    BigInt(prompt),
    BigInt(completion),
    BigInt(reasoning),
    BigInt(read),
    cost,
    BigInt(byok),
    counted.byokCost,
    byok === 1 ? cost : ZERO,
    BigInt(cached),
    isTimed ? 1n : ZERO,
    isTimed ? BigInt(latencyMs) : ZERO,
    generates ? BigInt(generationMs) : ZERO,
    generates ? BigInt(completion) : ZERO,
  ];
  return {
    minute,
    key,
    externalUser,
    figures,
    speeds: isTimed ? speedsOf(latencyMs, generationMs, completion) : NO_SPEEDS,
  };
}

const FAILED: readonly bigint[] = TALLY_FIGURES.map((figure) =>
  figure === 'requests' || figure === 'errors' ? 1n : 0n,
);

function speedsOf(latencyMs: number, generationMs: number, completion: number): Tally['speeds'] {
  const latency = ['latency', bucketOf(latencyMs)] as const;
  if (completion === 0 || generationMs <= 0) return [latency];
  const throughput = (completion * 1000) / generationMs;
  return [latency, ['throughput', bucketOf(throughput)], ['generation_time', bucketOf(generationMs)]];
}

let lastMinute = { number: 0, name: '1970-01-01T00:00' };
/** The UTC minute of a time: `2026-11-29T09:43`. The last answer is kept: whole groups ask for the same. */
export function minuteOf(ms: number): string {
  const number = Math.floor(ms / 60_000);
  if (number !== lastMinute.number) lastMinute = { number, name: new Date(number * 60_000).toISOString().slice(0, 16) };
  return lastMinute.name;
}

/** The figures of a single receipt, for questions that look at receipts one by one. */
export const contextBucketOf = ({ usage }: Receipt): string => contextOf(promptTokens(usage) + completionTokens(usage));

import { usdToNano } from '../../base/money.ts';
import type { Call } from '../../call/call.ts';
import type { Event } from '../../call/event.ts';
import type { Caller } from '../../facts/caller.ts';
import { accountScope, keyScope, workspaceScope } from '../../facts/scope.ts';
import type { Draws } from './draws.ts';

/** Whoever pays: an account, post-paid or with credit, and keys with and without limits. */
export const ACCOUNTS = [
  { id: 'postpaid', prepaid: false },
  { id: 'prepaid', prepaid: true },
] as const;

export type SimulatedKey = { readonly id: string; readonly account: string; readonly limit: string | null };
export const KEYS: readonly [SimulatedKey, ...SimulatedKey[]] = [
  { id: 'key-free', account: 'postpaid', limit: null },
  { id: 'key-tight', account: 'postpaid', limit: '0.04' },
  { id: 'key-wide', account: 'postpaid', limit: '2' },
  { id: 'key-prepaid', account: 'prepaid', limit: null },
  { id: 'key-prepaid-tight', account: 'prepaid', limit: '0.5' },
];
export const nanoOf = (usd: string): bigint => usdToNano(usd) ?? 0n;

export const callerOf = ({ id, account }: SimulatedKey): Caller => ({
  keyId: id,
  keyLabel: id,
  accountId: account,
  workspaceId: 'workspace',
  scopes: [accountScope(account), workspaceScope('workspace'), keyScope(id)],
});

const MODELS = [
  [5, 'sim/small'],
  [3, 'sim/large'],
  [2, 'sim/alone'],
  [1, 'sim/free'],
  [0.2, 'sim/unknown'],
] as const;

export function drawCall(draws: Draws): Call {
  const text = 'Say something. '.repeat(draws.between(1, 40));
  const most = draws.weighted([
    [6, undefined],
    [2, draws.between(1, 200)],
    [1, 20_000],
  ] as const);
  return {
    model: draws.weighted(MODELS),
    models: draws.chance(0.2) ? ['sim/alone'] : [],
    stream: draws.chance(0.75),
    messages: [{ role: 'user', parts: [{ type: 'text', text }] }],
    tools: [],
    output: { type: 'text' },
    sampling: draws.chance(0.05) ? { n: draws.between(2, 8) } : {},
    stop: [],
    gateway: draws.chance(0.15) ? { hedge: draws.pick(['p50', 'p75', 'p90']) } : {},
    ...(most !== undefined && { maxOutputTokens: most }),
  };
}

/** What a client does beside listening. */
export type Mood = {
  /** Leaves so long after asking; null = stays. */
  readonly leavesAfterMs: number | null;
  /** Leaves as soon as it has read so many batches. */
  readonly leavesAtBatch: number | null;
  /** Stops reading at this batch, for so long. */
  readonly pausesAtBatch: number | null;
  readonly pauseMs: number;
  /** Leaves once more after the end, as sockets do. */
  readonly leavesAtEnd: boolean;
};

export const drawMood = (draws: Draws): Mood => ({
  leavesAfterMs: draws.chance(0.08)
    ? draws.pick([0, 1, draws.below(40), draws.below(2_000), draws.below(60_000)])
    : null,
  leavesAtBatch: draws.chance(0.06) ? draws.between(1, 6) : null,
  pausesAtBatch: draws.chance(0.15) ? draws.between(1, 3) : null,
  pauseMs: draws.pick([0, draws.below(500), draws.below(60_000)]),
  leavesAtEnd: draws.chance(0.3),
});

export const textIn = (events: readonly Event[], choice: number): string =>
  events.map((event) => (event.type === 'text' && event.choice === choice ? event.text : '')).join('');

import { type NanoUsd, NO_MONEY, nano } from '../../base/money.ts';
import { usageOf } from '../../call/usage.ts';
import type { About, Receipt } from '../../facts/receipt.ts';
import { accountScope, keyScope, workspaceScope } from '../../facts/scope.ts';
import type { NewJob } from '../../ledger/jobs.ts';
import type { HoldRequest } from '../../ledger/ledger.ts';

export const cents = (value: number): NanoUsd => nano(BigInt(Math.round(value * 1e7)));

/** What a call tells of itself before it is sent. */
export const ABOUT: About = {
  operation: 'chat',
  clientDialect: 'openai-chat',
  requestedModel: 'author/model:nitro',
  streamed: true,
  catalogVersion: '1',
  seed: 1,
  app: { origin: 'https://app.example', title: 'An app', categories: ['cli-agent'] },
  userAgent: 'sample/1.0',
  user: 'someone',
  sessionId: 'session-1',
};

/** A request that holds `amount`, a tenth of it for the prompt. */
export function requestOf(id: string, keyId: string, amount: NanoUsd, createdAt: number): HoldRequest {
  return {
    generationId: id,
    accountId: 'owner',
    keyId,
    workspaceId: 'workspace',
    scopes: [keyScope(keyId), workspaceScope('workspace'), accountScope('owner')],
    model: 'author/model',
    about: ABOUT,
    createdAt,
    amount,
    promptCost: nano(amount / 10n),
    promptTokens: 100,
    outputTokens: 1000,
  };
}

/** The receipt of that request, at what it cost in the end. */
export function receiptOf(request: HoldRequest, cost: NanoUsd, more: Partial<Receipt> = {}): Receipt {
  return {
    id: request.generationId,
    createdAt: request.createdAt,
    accountId: request.accountId,
    keyId: request.keyId,
    workspaceId: request.workspaceId,
    ...request.about,
    model: request.model,
    endpoint: 'author/model@host',
    provider: 'host',
    state: cost > 0n ? 'completed' : 'failed',
    finish: 'stop',
    nativeFinish: 'stop',
    serviceTier: null,
    usage: usageOf({ input: 100, output: 40, outputReasoning: 10, inputCacheRead: 20 }),
    bill: { cost, inputCost: NO_MONEY, outputCost: cost, upstreamCost: null, isByok: false },
    attempts: [],
    losses: [],
    fault: null,
    firstContentMs: 10,
    totalMs: 30,
    ...more,
  };
}

/** A job that is due at once and may take an hour. */
export const jobOf = (id: string, more: Partial<NewJob> = {}): NewJob => ({
  id,
  kind: 'videos',
  status: 'pending',
  accountId: 'owner',
  workspaceId: 'workspace',
  keyId: 'key',
  createdAt: 1_764_000_000_000,
  state: '{"step":1}',
  dueMs: 0,
  deadlineMs: 3_600_000,
  ...more,
});

/** The receipt of a job that keeps its generation's id, at the cost of every one. */
export const receiptOfJob = ({ state, keyId, createdAt }: Pick<NewJob, 'state' | 'keyId' | 'createdAt'>): Receipt =>
  receiptOf(requestOf(JSON.parse(state), keyId, nano(10_000n), createdAt), nano(7_000n));

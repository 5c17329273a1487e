import { countsAgainst } from '../base/fault.ts';
import { dayOf } from '../base/period.ts';
import { cachedTokens, completionTokens, promptTokens } from '../call/usage.ts';
import type { Receipt } from '../facts/receipt.ts';
import { appId } from './app.ts';
import type { RollUp, Sums } from './store.ts';
import { type TallyDetails, tallyDetailsOf } from './tally.ts';

const NOTHING: Sums = {
  requests: 0n,
  errors: 0n,
  promptTokens: 0n,
  completionTokens: 0n,
  reasoningTokens: 0n,
  cachedTokens: 0n,
  cost: 0n,
  byokCost: 0n,
  latencyMs: 0n,
};

/** What sums need of a receipt; figures of money apart, plain numbers, so that it travels cheaply. */
export type CountedReceipt = {
  readonly createdAt: number;
  readonly model: string;
  /** Empty = nobody answered. */
  readonly endpoint: string;
  readonly provider: string;
  /** An app's id, or empty. */
  readonly app: string;
  readonly keyId: string;
  readonly workspaceId: string;
  readonly isFailed: boolean;
  readonly latencyMs: number;
  /** Prompt, completion, reasoning and cached ones. */
  readonly tokens: readonly [number, number, number, number];
  readonly cost: bigint;
  readonly byokCost: bigint;
  /** Attempts that failed by their endpoint's fault. */
  readonly failures: readonly (readonly [model: string, endpoint: string, provider: string])[];
  /** Absent from what an older version wrote down. */
  readonly details: TallyDetails | undefined;
};

export function countedOf(receipt: Receipt): CountedReceipt {
  const { usage, bill, attempts } = receipt;
  const isFailed = receipt.state === 'failed';
  return {
    createdAt: Math.floor(receipt.createdAt),
    model: receipt.model ?? receipt.requestedModel.slice(0, 200),
    endpoint: isFailed ? '' : (receipt.endpoint ?? ''),
    provider: isFailed ? '' : (receipt.provider ?? ''),
    app: receipt.app === null ? '' : appId(receipt.app),
    keyId: receipt.keyId,
    workspaceId: receipt.workspaceId,
    isFailed,
    latencyMs: Math.round(receipt.totalMs),
    tokens: [promptTokens(usage), completionTokens(usage), usage.outputReasoning, cachedTokens(usage)],
    cost: bill.cost,
    byokCost: bill.isByok ? (bill.upstreamCost ?? 0n) : 0n,
    failures: attempts.length < 2 && !isFailed ? NONE : failuresOf(attempts),
    details: tallyDetailsOf(receipt),
  };
}

const NONE: CountedReceipt['failures'] = [];
const failuresOf = (attempts: Receipt['attempts']): CountedReceipt['failures'] =>
  attempts
    .filter(({ outcome, fault }) => outcome === 'failed' && fault !== null && countsAgainst(fault))
    .map(({ model, endpoint, provider }) => [model, endpoint, provider]);

/**
 * What one receipt adds to the sums of its day: the call, under the endpoint that answered it, and every failed attempt
 * as an error of the endpoint whose failure it was, whoever answered in the end. A call that failed moves no tokens.
 */
export function rollUpsOf(counted: CountedReceipt, accountId: string): readonly RollUp[] {
  const { createdAt, model, endpoint, provider, app, keyId, workspaceId, isFailed, tokens, failures } = counted;
  const [prompt, completion, reasoning, cached] = tokens;
  const call: RollUp = {
    day: dayOf(createdAt),
    model,
    endpoint,
    provider,
    app,
    accountId,
    keyId,
    workspaceId,
    ...NOTHING,
    requests: 1n,
    latencyMs: BigInt(counted.latencyMs),
    ...(isFailed
      ? { errors: 1n }
      : {
          promptTokens: BigInt(prompt),
          completionTokens: BigInt(completion),
          reasoningTokens: BigInt(reasoning),
          cachedTokens: BigInt(cached),
          cost: counted.cost,
          byokCost: counted.byokCost,
        }),
  };
  if (failures.length === 0) return [call];
  const errors = failures.map(([model, endpoint, provider]) => ({
    ...call,
    ...NOTHING,
    model,
    endpoint,
    provider,
    errors: 1n,
  }));
  return [call, ...errors];
}

import { usdNumber } from '../base/money.ts';
import { cachedTokens, completionTokens, promptTokens } from '../call/usage.ts';
import type { Receipt } from '../facts/receipt.ts';
import { type Family, openSeries, SEPARATOR, type Snapshot } from './family.ts';

const CALLS: Family = {
  name: 'switchwright_generations_total',
  help: 'Calls that have ended, by how: completed, failed, cancelled or interrupted.',
  type: 'counter',
  labels: ['operation', 'model', 'provider', 'state'],
};
const TOKENS: Family = {
  name: 'switchwright_tokens_total',
  help: 'Tokens of calls that have not failed: prompt, of those cached; completion, of those reasoning.',
  type: 'counter',
  labels: ['model', 'provider', 'type'],
};
const COST: Family = {
  name: 'switchwright_cost_usd_total',
  help: 'What calls were charged, in US dollars.',
  type: 'counter',
  labels: ['model', 'provider'],
};
const ATTEMPTS: Family = {
  name: 'switchwright_attempts_total',
  help: 'Exchanges with providers, by how they ended; of failures the code of the fault.',
  type: 'counter',
  labels: ['provider', 'outcome', 'code'],
};
const CACHED: Family = {
  name: 'switchwright_cached_generations_total',
  help: 'Calls that were answered out of the response cache.',
  type: 'counter',
  labels: ['operation', 'model'],
};
/** As the GenAI conventions of OpenTelemetry bucket an operation’s duration (read 2026-11-29), with finer ones below. */
const SECONDS = [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const DURATION: Family = {
  name: 'switchwright_generation_duration_seconds',
  help: 'From a request’s arrival to its end, in seconds.',
  type: 'histogram',
  labels: ['operation', 'provider'],
  buckets: SECONDS,
};
const FIRST_CONTENT: Family = {
  name: 'switchwright_first_content_seconds',
  help: 'From a request’s arrival to the first content of a streamed answer, in seconds.',
  type: 'histogram',
  labels: ['provider'],
  buckets: SECONDS,
};

export const CALL_FAMILIES: readonly Family[] = [CALLS, CACHED, TOKENS, COST, ATTEMPTS, DURATION, FIRST_CONTENT];

/** What one process counts of the calls that end in it. */
export type CallMetrics = {
  readonly count: (receipt: Receipt) => void;
  readonly snapshot: () => Snapshot;
};

export function openCallMetrics(): CallMetrics {
  const calls = openSeries(CALLS);
  const cached = openSeries(CACHED);
  const tokens = openSeries(TOKENS);
  const cost = openSeries(COST);
  const attempts = openSeries(ATTEMPTS);
  const durations = openSeries(DURATION);
  const firstContents = openSeries(FIRST_CONTENT);
  const all = [calls, cached, tokens, cost, attempts, durations, firstContents];

  const countTokens = (place: string, { usage }: Receipt): void => {
    const kinds = [
      ['prompt', promptTokens(usage)],
      ['cached', cachedTokens(usage)],
      ['completion', completionTokens(usage)],
      ['reasoning', usage.outputReasoning],
    ] as const;
    for (const [kind, count] of kinds) if (count > 0) tokens.add(place + SEPARATOR + kind, count);
  };
  return {
    count: (receipt) => {
      const { operation, state, bill } = receipt;
      // A model that nobody has answered for is whatever a caller wrote.
      const provider = receipt.provider ?? '';
      const place = (receipt.model ?? '') + SEPARATOR + provider;
      calls.add(operation + SEPARATOR + place + SEPARATOR + state);
      durations.observe(operation + SEPARATOR + provider, receipt.totalMs / 1000);
      if (receipt.streamed && receipt.firstContentMs !== null)
        firstContents.observe(provider, receipt.firstContentMs / 1000);
      if (receipt.cachedFrom !== undefined) cached.add(operation + SEPARATOR + (receipt.model ?? ''));
      if (state !== 'failed') countTokens(place, receipt);
      if (bill.cost > 0n) cost.add(place, usdNumber(bill.cost));
      for (const { provider: asked, outcome, fault } of receipt.attempts)
        attempts.add(asked + SEPARATOR + outcome + SEPARATOR + (fault?.code ?? ''));
    },
    snapshot: () => Object.fromEntries(all.map(({ family, figures }) => [family.name, figures()])),
  };
}

import { usdNumber } from '../base/money.ts';
import { cachedTokens, completionTokens, promptTokens } from '../call/usage.ts';
import type { Receipt } from '../facts/receipt.ts';
import { addTo, type MetricFamily, observeIn, openSeries, SEPARATOR, type Snapshot } from './family.ts';

const CALLS: MetricFamily = {
  name: 'switchwright_generations_total',
  help: 'Calls that have ended, by how: completed, failed, cancelled or interrupted.',
  type: 'counter',
  labels: ['operation', 'model', 'provider', 'state'],
};
const TOKENS: MetricFamily = {
  name: 'switchwright_tokens_total',
  help: 'Tokens of calls that have not failed: prompt, of those cached; completion, of those reasoning.',
  type: 'counter',
  labels: ['model', 'provider', 'type'],
};
const COST: MetricFamily = {
  name: 'switchwright_cost_usd_total',
  help: 'What calls were charged, in US dollars.',
  type: 'counter',
  labels: ['model', 'provider'],
};
const ATTEMPTS: MetricFamily = {
  name: 'switchwright_attempts_total',
  help: 'Exchanges with providers, by how they ended; of failures the code of the fault.',
  type: 'counter',
  labels: ['provider', 'outcome', 'code'],
};
const CACHED: MetricFamily = {
  name: 'switchwright_cached_generations_total',
  help: 'Calls that were answered out of the response cache.',
  type: 'counter',
  labels: ['operation', 'model'],
};
/** As the GenAI conventions of OpenTelemetry bucket an operation’s duration (read 2026-11-29), with finer ones below. */
const SECONDS = [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const DURATION: MetricFamily = {
  name: 'switchwright_generation_duration_seconds',
  help: 'From a request’s arrival to its end, in seconds.',
  type: 'histogram',
  labels: ['operation', 'provider'],
  buckets: SECONDS,
};
const FIRST_CONTENT: MetricFamily = {
  name: 'switchwright_first_content_seconds',
  help: 'From a request’s arrival to the first content of a streamed answer, in seconds.',
  type: 'histogram',
  labels: ['provider'],
  buckets: SECONDS,
};

export const CALL_FAMILIES: readonly MetricFamily[] = [CALLS, CACHED, TOKENS, COST, ATTEMPTS, DURATION, FIRST_CONTENT];

/** What one process counts of the calls that end in it. */
export type CallMetrics = {
  readonly count: (receipt: Receipt) => void;
  readonly snapshot: () => Snapshot;
};

/** The figures that the calls of one operation to one endpoint that ended alike are counted in. */
type Place = {
  readonly operation: string;
  readonly state: Receipt['state'];
  readonly calls: number[];
  readonly durations: number[];
  /** Made when they first count something. */
  tokens: { readonly [kind in TokenKind]?: number[] };
  cost: number[] | null;
  answered: number[] | null;
};
type TokenKind = 'prompt' | 'cached' | 'completion' | 'reasoning';

/** Endpoints whose figures are at hand; of others they are looked up by their labels. */
const PLACES_MAX = 1_000;

export function openCallMetrics(): CallMetrics {
  const calls = openSeries(CALLS);
  const cached = openSeries(CACHED);
  const tokens = openSeries(TOKENS);
  const cost = openSeries(COST);
  const attempts = openSeries(ATTEMPTS);
  const durations = openSeries(DURATION);
  const firstContents = openSeries(FIRST_CONTENT);
  const all = [calls, cached, tokens, cost, attempts, durations, firstContents];

  // Labels are long texts to build and look up with each call, and an endpoint's calls mostly end alike.
  const places = new Map<string, Place>();
  const placeOf = ({ endpoint, operation, model, provider, state }: Receipt): Place => {
    const latest = endpoint === null ? undefined : places.get(endpoint);
    if (latest && latest.operation === operation && latest.state === state) return latest;
    const labels = [operation, model ?? '', provider ?? '', state].join(SEPARATOR);
    const place: Place = {
      operation,
      state,
      calls: calls.of(labels),
      durations: durations.of(operation + SEPARATOR + (provider ?? '')),
      tokens: {},
      cost: null,
      answered: null,
    };
    if (places.size >= PLACES_MAX) places.clear();
    if (endpoint !== null) places.set(endpoint, place);
    return place;
  };
  const servedBy = ({ model, provider }: Receipt): string => (model ?? '') + SEPARATOR + (provider ?? '');
  const countTokens = (place: Place, receipt: Receipt, kind: TokenKind, count: number): void => {
    if (count <= 0) return;
    let figures = place.tokens[kind];
    if (!figures) {
      figures = tokens.of(servedBy(receipt) + SEPARATOR + kind);
      place.tokens = { ...place.tokens, [kind]: figures };
    }
    addTo(figures, count);
  };
  const countAttempts = (place: Place, receipt: Receipt): void => {
    for (const { provider, outcome, fault } of receipt.attempts)
      if (outcome === 'answered' && provider === receipt.provider) {
        place.answered ??= attempts.of(provider + SEPARATOR + outcome + SEPARATOR);
        addTo(place.answered, 1);
      } else attempts.add(provider + SEPARATOR + outcome + SEPARATOR + (fault?.code ?? ''));
  };
  return {
    count: (receipt) => {
      const { operation, usage, bill } = receipt;
      const place = placeOf(receipt);
      addTo(place.calls, 1);
      observeIn(place.durations, SECONDS, receipt.totalMs / 1000);
      if (receipt.streamed && receipt.firstContentMs !== null)
        firstContents.observe(receipt.provider ?? '', receipt.firstContentMs / 1000);
      if (receipt.cachedFrom !== undefined) cached.add(operation + SEPARATOR + (receipt.model ?? ''));
      if (receipt.state !== 'failed') {
        countTokens(place, receipt, 'prompt', promptTokens(usage));
        countTokens(place, receipt, 'cached', cachedTokens(usage));
        countTokens(place, receipt, 'completion', completionTokens(usage));
        countTokens(place, receipt, 'reasoning', usage.outputReasoning);
      }
      if (bill.cost > 0n) {
        place.cost ??= cost.of(servedBy(receipt));
        addTo(place.cost, usdNumber(bill.cost));
      }
      countAttempts(place, receipt);
    },
    snapshot: () => Object.fromEntries(all.map(({ family, figures }) => [family.name, figures()])),
  };
}

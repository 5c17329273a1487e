import { nano, usdNumber } from '../base/money.ts';
import { middleOf, type Speed, TALLY_FIGURES, type TallyFigure, type TallyFigures } from './tally.ts';

/** How many calls were in each bucket of a speed. */
export type Distribution = ReadonlyMap<number, bigint>;

/** A group's sums, and how its calls' speeds are spread, of those that were asked for. */
export type Measured = TallyFigures & { readonly spread: { readonly [speed in Speed]?: Distribution } };

export type DisplayFormat = 'number' | 'currency' | 'percent' | 'latency' | 'throughput';
/** A figure that can be asked for. */
export type Metric = {
  readonly name: string;
  readonly label: string;
  readonly format: DisplayFormat;
  /** It is averaged, not summed. */
  readonly isRate: boolean;
  /** The longest time that it can be asked of, in days (OpenRouter's skill `openrouter-analytics-schema`, read 2026-11-29). */
  readonly daysMax: number;
  /** Whose distribution it needs. */
  readonly speed?: Speed;
  /** Null = there is nothing to divide by. */
  readonly of: (measured: Measured) => number | null;
};

export const LONG_DAYS = 367;
export const SHORT_DAYS = 31;

const ratio = (part: bigint | number, whole: bigint): number | null =>
  whole === 0n ? null : Number(part) / Number(whole);
const usd = (value: bigint): number => usdNumber(nano(value));

type Told = readonly [name: string, label: string, of: Metric['of'], daysMax?: number];
const counts = (...told: readonly Told[]): readonly Metric[] =>
  told.map(([name, label, of, daysMax = LONG_DAYS]) => ({ name, label, format: 'number', isRate: false, daysMax, of }));
const costs = (...told: readonly Told[]): readonly Metric[] =>
  told.map(([name, label, of, daysMax = LONG_DAYS]) => ({
    name,
    label,
    format: 'currency',
    isRate: false,
    daysMax,
    of,
  }));
const rates = (...told: readonly Told[]): readonly Metric[] =>
  told.map(([name, label, of, daysMax = LONG_DAYS]) => ({ name, label, format: 'percent', isRate: true, daysMax, of }));

const PERCENTILES = [50, 90, 95, 99] as const;

/** The value below which so many percent of the calls are; to within 7 %. */
export function percentile(spread: Distribution | undefined, percent: number): number | null {
  if (!spread) return null;
  const buckets = [...spread].filter(([, calls]) => calls > 0n).sort(([a], [b]) => a - b);
  const all = buckets.reduce((sum, [, calls]) => sum + calls, 0n);
  if (all === 0n) return null;
  const wanted = (all * BigInt(percent) + 99n) / 100n;
  let seen = 0n;
  for (const [bucket, calls] of buckets) {
    seen += calls;
    if (seen >= wanted) return rounded(middleOf(bucket));
  }
  return null;
}

const rounded = (value: number): number => Number(value.toPrecision(4));

const family = (
  speed: Speed,
  label: string,
  format: 'latency' | 'throughput',
  average: Metric['of'],
): readonly Metric[] => {
  const common = { format, isRate: true, daysMax: SHORT_DAYS };
  const mean: Metric = { ...common, name: `avg_${speed}`, label: `Average ${label}`, of: average };
  const others = PERCENTILES.map(
    (percent): Metric => ({
      ...common,
      name: `p${percent}_${speed}`,
      label: `P${percent} ${label}`,
      speed,
      of: ({ spread }) => percentile(spread[speed], percent),
    }),
  );
  return [mean, ...others];
};

/** Every figure, in OpenRouter's names; `error_count` and `error_rate` are our own. Money in dollars, times in milliseconds. */
export const METRICS: readonly Metric[] = [
  ...counts(
    ['request_count', 'Request Count', ({ requests }) => Number(requests)],
    ['error_count', 'Error Count', ({ errors }) => Number(errors)],
    ['tokens_total', 'Total Tokens', (sums) => Number(sums.prompt_tokens + sums.completion_tokens)],
    ['tokens_prompt', 'Prompt Tokens', (sums) => Number(sums.prompt_tokens)],
    ['tokens_completion', 'Completion Tokens', (sums) => Number(sums.completion_tokens)],
    ['reasoning_tokens', 'Reasoning Tokens', (sums) => Number(sums.reasoning_tokens)],
    ['cached_tokens', 'Cached Tokens', (sums) => Number(sums.cached_tokens)],
    ['byok_request_count', 'BYOK Request Count', (sums) => Number(sums.byok_requests)],
    ['response_cached_count', 'Cached Responses', (sums) => Number(sums.cached_responses), SHORT_DAYS],
  ),
  ...costs(
    ['total_usage', 'Total Usage', ({ cost, byok_cost }) => usd(cost + byok_cost)],
    ['credits_usage', 'Credits Usage', ({ cost }) => usd(cost)],
    ['byok_usage', 'BYOK Usage', ({ byok_cost }) => usd(byok_cost)],
    ['openrouter_usage', 'Non-BYOK Usage', ({ cost, byok_fees }) => usd(cost - byok_fees), SHORT_DAYS],
    ['byok_fees', 'BYOK Fees', ({ byok_fees }) => usd(byok_fees), SHORT_DAYS],
    ['usage_upstream', 'Upstream Usage', ({ cost, byok_fees, byok_cost }) => usd(cost - byok_fees + byok_cost)],
  ),
  {
    name: 'blended_cost_per_million_tokens',
    label: 'Cost per Million Tokens',
    format: 'currency',
    isRate: true,
    daysMax: SHORT_DAYS,
    of: (sums) => ratio(usd(sums.cost + sums.byok_cost) * 1e6, sums.prompt_tokens + sums.completion_tokens),
  },
  ...rates(
    ['error_rate', 'Error Rate', ({ errors, requests }) => ratio(errors, requests)],
    ['cache_hit_rate', 'Cache Hit Rate', ({ cached_tokens, prompt_tokens }) => ratio(cached_tokens, prompt_tokens)],
    ['response_cached_rate', 'Cached Response Rate', (sums) => ratio(sums.cached_responses, sums.requests), SHORT_DAYS],
  ),
  ...family('latency', 'Latency', 'latency', ({ latency_ms, timed }) => ratio(latency_ms, timed)),
  ...family('throughput', 'Throughput', 'throughput', (sums) =>
    ratio(sums.generated_tokens * 1000n, sums.generation_ms),
  ),
  ...family('generation_time', 'Generation Time', 'latency', ({ generation_ms, timed }) => ratio(generation_ms, timed)),
];
export const METRIC_BY_NAME: ReadonlyMap<string, Metric> = new Map(METRICS.map((metric) => [metric.name, metric]));

/** Which figures of tallies a metric is made of: it is computed once, and what it looks at is noted. */
export const FIGURES_OF: ReadonlyMap<string, readonly TallyFigure[]> = new Map(
  METRICS.map((metric) => {
    const seen = new Set<TallyFigure>();
    const heard = Object.defineProperties({ spread: {} } as Measured, {
      ...Object.fromEntries(
        TALLY_FIGURES.map((figure) => [
          figure,
          {
            get: () => {
              seen.add(figure);
              return 1n;
            },
          },
        ]),
      ),
    });
    metric.of(heard);
    return [metric.name, [...seen]];
  }),
);

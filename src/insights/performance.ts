import { dayBefore, dayOf } from '../base/period.ts';
import { Recent } from '../base/recent.ts';
import type { World } from '../base/world.ts';
import { type AnalyticsQuestion, answerAnalytics } from './analytics.ts';
import { DIMENSION_BY_NAME } from './dimensions.ts';
import { METRIC_BY_NAME } from './metrics.ts';
import type { TallyStore } from './tally-store.ts';

const METRICS = [
  'request_count',
  'error_rate',
  'tokens_total',
  'cache_hit_rate',
  'blended_cost_per_million_tokens',
  'p50_latency',
  'p90_latency',
  'p99_latency',
  'p50_throughput',
  'p90_throughput',
] as const;
/** Null = there is nothing to tell it from. Rates are shares of one, times milliseconds, money dollars. */
export type Performed = { readonly [metric in (typeof METRICS)[number]]: number | null };
export type PerformedDay = Performed & { readonly day: string };

/** How a model's calls went here, of all accounts together. */
export type Performance = {
  /** The last thirty days, oldest first; a day without calls has none. */
  readonly days: (model: string) => Promise<readonly PerformedDay[]>;
  /** Each model of the last thirty days that was called, by id. */
  readonly models: () => Promise<ReadonlyMap<string, Performed>>;
  /** Of the last seven days. */
  readonly shapes: () => Promise<readonly Shape[]>;
};

/** How calls of a model ended, and how far their conversations reached (`insights/tally.ts`); tokens of both sides. */
export type Shape = {
  readonly model: string;
  readonly finish: string;
  readonly context: string;
  readonly requests: number;
  readonly tokens: number;
};

export const PERFORMANCE_DAYS = 30;
/** What only hours tell is told of so many days: it takes reading them all. */
export const SHAPE_DAYS = 7;
/** Anybody may look at these pages as often as they like: the figures are summed up once in so long. */
const KEPT_MS = 60_000;
const KEPT_MAX = 100;
const MODELS_MAX = 2_000;
const SHAPES_MAX = 20_000;
const DAY_MS = 86_400_000;

export function openPerformance(store: TallyStore, world: Pick<World, 'now' | 'elapsed'>): Performance {
  const kept = new Recent<{ readonly until: number; readonly answer: Promise<unknown> }>(KEPT_MAX);
  const remembered = <T>(name: string, ask: () => Promise<T>): Promise<T> => {
    const known = kept.get(name);
    if (known && known.until > world.elapsed()) return known.answer as Promise<T>;
    const answer = ask();
    kept.set(name, { until: world.elapsed() + KEPT_MS, answer });
    answer.catch(() => kept.delete(name));
    return answer;
  };
  const ask = async (more: Partial<AnalyticsQuestion>, days = PERFORMANCE_DAYS) => {
    const today = dayOf(world.now());
    const { rows } = await answerAnalytics(
      store,
      {
        accountId: null,
        metrics: METRICS.flatMap((name) => METRIC_BY_NAME.get(name) ?? []),
        dimensions: [],
        filters: [],
        granularity: null,
        from: Date.parse(dayBefore(today, days - 1)),
        to: Date.parse(today) + DAY_MS,
        order: null,
        limit: MODELS_MAX,
        groupLimit: null,
        ...more,
      },
      (slug) => slug,
    );
    return rows;
  };
  const model = DIMENSION_BY_NAME.get('model');
  const told = ['model', 'finish_reason', 'context_length_bucket'].flatMap((name) => DIMENSION_BY_NAME.get(name) ?? []);
  const counted = ['request_count', 'tokens_total'].flatMap((name) => METRIC_BY_NAME.get(name) ?? []);
  return {
    days: (id) =>
      remembered(`days ${id}`, async () => {
        const filters = model ? [{ dimension: model, operator: 'eq', values: [id], includeUnset: false } as const] : [];
        const rows = await ask({ filters, granularity: 'day', order: { field: 'date', descending: false } });
        return rows.map((row) => ({ ...(row as Performed), day: String(row.date__day).slice(0, 10) }));
      }),
    models: () =>
      remembered('models', async () => {
        const rows = await ask({ dimensions: model ? [model] : [] });
        return new Map(rows.map((row) => [String(row.model), row as Performed]));
      }),
    shapes: () =>
      remembered('shapes', async () =>
        (await ask({ dimensions: told, metrics: counted, limit: SHAPES_MAX }, SHAPE_DAYS)).map((row) => ({
          model: String(row.model ?? ''),
          finish: String(row.finish_reason ?? ''),
          context: String(row.context_length_bucket ?? ''),
          requests: Number(row.request_count),
          tokens: Number(row.tokens_total),
        })),
      ),
  };
}

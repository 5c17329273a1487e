import type { Gateway } from '../../../gateway/gateway.ts';
import type { AnalyticsQuestion } from '../../../insights/analytics.ts';
import { METRIC_BY_NAME, type Metric } from '../../../insights/metrics.ts';
import { SERIES_MAX, type Series } from '../series-chart.ts';
import { type Asked, byId, GROUPS, type Shown, WINDOWS } from './asked.ts';

const COLUMNS = [
  'total_usage',
  'request_count',
  'tokens_prompt',
  'tokens_completion',
  'error_count',
  'p50_latency',
  'p95_latency',
  'avg_throughput',
] as const;
/** What is told of each group, and of all of them together. */
export type Figures = { readonly [column in (typeof COLUMNS)[number]]: number | null };
/** `spentBefore`: dollars in as long a time before; null = nothing happened in it. */
export type GroupFigures = { readonly id: string; readonly now: Figures; readonly spentBefore: number | null };

const ROWS_MAX = 20_000;
const GROUPS_MAX = 200;

/** What can be added up is stacked by group; speeds are lines of their percentiles. */
const METRIC_OF: { readonly [S in Shown]: readonly string[] } = {
  spend: ['total_usage'],
  requests: ['request_count'],
  tokens: ['tokens_total'],
  errors: ['error_count'],
  latency: ['p50_latency', 'p90_latency', 'p99_latency'],
  throughput: ['p50_throughput', 'p90_throughput', 'p99_throughput'],
};
export const isStacked = (shown: Shown): boolean => METRIC_OF[shown].length === 1;

const metricsNamed = (names: readonly string[]): readonly Metric[] =>
  names.flatMap((name) => METRIC_BY_NAME.get(name) ?? []);

type Ask = (question: Partial<AnalyticsQuestion>) => ReturnType<Gateway['insights']['analytics']>;

function asker({ insights }: Pick<Gateway, 'insights'>, accountId: string, asked: Asked): Ask {
  const question: AnalyticsQuestion = {
    accountId,
    metrics: metricsNamed(COLUMNS),
    dimensions: [],
    filters: asked.filters,
    granularity: null,
    from: asked.from,
    to: asked.to,
    order: null,
    limit: ROWS_MAX,
    groupLimit: null,
  };
  return (change) => insights.analytics({ ...question, ...change }, (slug) => slug);
}

/** The groups of the time, those that spent most first, and their sum, each with the time before. */
export async function figuresOf(gateway: Gateway, accountId: string, asked: Asked) {
  const ask = asker(gateway, accountId, asked);
  const dimensions = [byId(asked.by)];
  const earlier = { from: asked.from - (asked.to - asked.from), to: asked.from };
  const [groups, allBefore, groupsBefore] = await Promise.all([
    ask({ dimensions }),
    ask(earlier),
    ask({ dimensions, metrics: metricsNamed(['total_usage']), ...earlier }),
  ]);
  const name = dimensions[0]?.name ?? '';
  const before = new Map(groupsBefore.rows.map((row) => [String(row[name] ?? ''), numberIn(row.total_usage)]));
  const rows = groups.rows.map((row): GroupFigures => {
    const id = String(row[name] ?? '');
    return { id, now: row as unknown as Figures, spentBefore: before.get(id) ?? null };
  });
  rows.sort(
    (a, b) =>
      (b.now.total_usage ?? 0) - (a.now.total_usage ?? 0) || (b.now.request_count ?? 0) - (a.now.request_count ?? 0),
  );
  // Of more groups than are read the sum is a question of its own, and percentiles are not kept by end user.
  const now = (groups.truncated || asked.by === 'user' ? (await ask({})).rows[0] : groups.total()) as
    | Figures
    | null
    | undefined;
  const [then] = allBefore.rows as unknown as readonly Figures[];
  return { total: now ? { now, before: then ?? null } : null, groups: rows.slice(0, GROUPS_MAX), count: rows.length };
}

/** The beginnings of the steps, in milliseconds since 1970. */
export const stepsOf = ({ window, from }: Asked): readonly number[] =>
  Array.from({ length: WINDOWS[window].steps }, (_, at) => from + at * WINDOWS[window].stepMs);

/** What the chart shows, step by step; groups beyond the largest few are one. */
export async function seriesOf(
  gateway: Gateway,
  accountId: string,
  asked: Asked,
  nameOf: (id: string) => string,
): Promise<readonly Series[]> {
  const ask = asker(gateway, accountId, asked);
  const { granularity } = WINDOWS[asked.window];
  const names = METRIC_OF[asked.shown];
  const metrics = metricsNamed(names);
  const steps = stepsOf(asked).map((at) => new Date(at).toISOString());
  const field = `date__${granularity}`;
  if (!isStacked(asked.shown)) {
    const { rows } = await ask({ metrics, granularity });
    const at = new Map(rows.map((row) => [String(row[field]), row]));
    return metrics.map(({ name, label }) => ({
      name: label,
      values: steps.map((step) => numberIn(at.get(step)?.[name])),
    }));
  }
  const { rows } = await ask({ metrics, granularity, dimensions: [byId(asked.by)] });
  const groups = new Map<string, Map<string, number>>();
  const sums = new Map<string, number>();
  for (const row of rows) {
    const id = String(row[GROUPS[asked.by].dimension] ?? '');
    const value = numberIn(row[names[0] ?? '']) ?? 0;
    const own = groups.get(id) ?? new Map<string, number>();
    groups.set(id, own);
    own.set(String(row[field]), value);
    sums.set(id, (sums.get(id) ?? 0) + value);
  }
  const ranked = [...sums]
    .filter(([, sum]) => sum > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([id]) => id);
  const valuesOf = (ids: readonly string[]): readonly number[] =>
    steps.map((step) => ids.reduce((sum, id) => sum + (groups.get(id)?.get(step) ?? 0), 0));
  const isMany = ranked.length > SERIES_MAX;
  const alone = isMany ? ranked.slice(0, SERIES_MAX - 1) : ranked;
  const own = alone.map((id) => ({ name: nameOf(id), values: valuesOf([id]) }));
  return isMany ? [...own, { name: 'others', values: valuesOf(ranked.slice(SERIES_MAX - 1)) }] : own;
}

const numberIn = (value: string | number | null | undefined): number | null =>
  typeof value === 'number' ? value : null;

import { dayBefore, dayOf } from '../../base/period.ts';
import { PERFORMANCE_DAYS, type Performed, type PerformedDay } from '../../insights/performance.ts';
import { about, exactCount, milliseconds, percent, perSecond } from './figures.ts';
import { type Html, html } from './html.ts';
import { seriesChart } from './series-chart.ts';

type Line = readonly [name: string, value: (performed: Performed) => number | null];
type Shown = {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly words: (value: number) => string;
};

const CHARTS: readonly Shown[] = [
  {
    title: 'Time to the first content',
    lines: [
      ['median', (one) => one.p50_latency],
      ['p90', (one) => one.p90_latency],
      ['p99', (one) => one.p99_latency],
    ],
    words: milliseconds,
  },
  {
    title: 'Throughput',
    lines: [
      ['median', (one) => one.p50_throughput],
      ['p90', (one) => one.p90_throughput],
    ],
    words: perSecond,
  },
  {
    title: 'Effective price of a million tokens',
    lines: [['price', (one) => one.blended_cost_per_million_tokens]],
    words: about,
  },
  {
    title: 'Answered, and prompt tokens read from a cache',
    lines: [
      ['answered', (one) => (one.error_rate === null ? null : 1 - one.error_rate)],
      ['from a cache', (one) => one.cache_hit_rate],
    ],
    words: percent,
  },
];

/** How a model's calls went on each of the last thirty days: speeds, what a token came to, what was answered. */
export function performanceCharts(performed: readonly PerformedDay[], now: number): Html {
  const requests = performed.reduce((sum, { request_count }) => sum + (request_count ?? 0), 0);
  if (requests === 0) return html`<p class="empty">It was not called here in the last 30 days.</p>`;
  const today = dayOf(now);
  const days = Array.from({ length: PERFORMANCE_DAYS }, (_, at) => dayBefore(today, PERFORMANCE_DAYS - 1 - at));
  const of = new Map(performed.map((day) => [day.day, day]));
  const marks = days.map((day) => ({ short: day.slice(5), long: day }));
  const charts = CHARTS.flatMap(({ title, lines, words }) => {
    const series = lines.map(([name, value]) => ({
      name,
      values: days.map((day) => {
        const found = of.get(day);
        return found ? value(found) : null;
      }),
    }));
    const isKnown = series.some(({ values }) => values.some((value) => value !== null && value > 0));
    return isKnown ? [seriesChart({ title, marks, series, kind: 'lines', words })] : [];
  });
  return html`<p class="lead">Of the ${exactCount(requests)} calls of all who use this gateway, whichever endpoint answered. Percentiles are true to within 7 %. The price is what they were charged for, over all tokens of prompts and answers.</p>${charts}`;
}

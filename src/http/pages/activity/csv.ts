import { may } from '../../../access/may.ts';
import { METRIC_BY_NAME } from '../../../insights/metrics.ts';
import type { Route } from '../../route.ts';
import { notFound } from '../not-found.ts';
import { quoted } from '../requests/export.ts';
import { askedBy, byId, GROUPS, WINDOWS } from './asked.ts';

const ROWS_MAX = 50_000;
const METRICS = [
  'request_count',
  'error_count',
  'tokens_prompt',
  'tokens_completion',
  'reasoning_tokens',
  'cached_tokens',
  'total_usage',
  'byok_usage',
  'p50_latency',
  'p90_latency',
  'p99_latency',
  'avg_throughput',
];

/** What the page shows, step by step and group by group. */
export const activityCsvRoute: Route = {
  method: 'GET',
  path: '/activity.csv',
  auth: 'none',
  handle: async (request, { insights, world }) => {
    const { caller } = request;
    if (!may(caller, 'look') || caller === null)
      return notFound(request, { message: 'Activity is shown to its owner. Sign in first.', list: '/sign-in' });
    const asked = askedBy(caller, request.query, world.now());
    const { granularity } = WINDOWS[asked.window];
    const { dimension } = GROUPS[asked.by];
    const { rows } = await insights.analytics(
      {
        accountId: caller.accountId,
        metrics: METRICS.flatMap((name) => METRIC_BY_NAME.get(name) ?? []),
        dimensions: [byId(asked.by)],
        filters: asked.filters,
        granularity,
        from: asked.from,
        to: asked.to,
        order: { field: 'date', descending: false },
        limit: ROWS_MAX,
        groupLimit: null,
      },
      (slug) => slug,
    );
    const columns = [`date__${granularity}`, dimension, ...METRICS];
    const lines = rows.map((row) => columns.map((column) => quoted(row[column] ?? null)).join(','));
    return {
      status: 200,
      text: `${[['date', asked.by, ...METRICS].join(','), ...lines].join('\r\n')}\r\n`,
      contentType: 'text/csv; charset=utf-8',
      headers: {
        'content-disposition': 'attachment; filename="activity.csv"',
        'cache-control': 'private, no-store',
        'x-content-type-options': 'nosniff',
        vary: 'cookie',
      },
    };
  },
};

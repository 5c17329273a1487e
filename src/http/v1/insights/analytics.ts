import { GRANULARITIES } from '../../../insights/analytics.ts';
import { DIMENSIONS } from '../../../insights/dimensions.ts';
import { METRICS } from '../../../insights/metrics.ts';
import { OPERATORS } from '../../../insights/tally-store.ts';
import type { Route } from '../../route.ts';
import { refusal } from '../account/refusal.ts';
import { BODY, readAnalytics } from './analytics-body.ts';
import { overLimit } from './limited.ts';

const META = {
  data: {
    metrics: METRICS.map(({ name, label, isRate, format }) => ({
      name,
      display_label: label,
      is_rate: isRate,
      display_format: format,
    })),
    dimensions: DIMENSIONS.map(({ name, label }) => ({ name, display_label: label })),
    operators: OPERATORS.map((name) => ({ name, value_type: /in$/.test(name) ? 'array' : 'scalar' })),
    granularities: GRANULARITIES.map((name) => ({
      name,
      display_label: name.replace(/^./, (first) => first.toUpperCase()),
    })),
  },
};

export const ANALYTICS_META: Route = {
  method: 'GET',
  path: '/analytics/meta',
  auth: 'read-spending',
  handle: () => ({ status: 200, json: META }),
};

/** `POST /analytics/query`: figures of the account's calls, by what they have in common and by time (spec §1.12). */
export const ANALYTICS_QUERY: Route = {
  method: 'POST',
  path: '/analytics/query',
  auth: 'read-spending',
  body: BODY,
  handle: async (request, gateway) => {
    const { insights, catalog, world } = gateway;
    const { body, caller } = request;
    const question = readAnalytics(body, caller?.accountId ?? '', world.now());
    if (!question.ok) return refusal(question.error);
    const refused = overLimit('analytics', request, gateway);
    if (refused) return refused;
    const begun = world.elapsed();
    const { providers } = catalog();
    const { rows, truncated } = await insights.analytics(question.value, (slug) => providers.get(slug)?.name ?? slug);
    const metadata = { query_time_ms: Math.round(world.elapsed() - begun), row_count: rows.length, truncated };
    return { status: 200, json: { data: { data: rows, metadata } } };
  },
};

import { z } from 'zod';
import { type Fault, fault } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import { type AnalyticsFilter, type AnalyticsQuestion, GRANULARITIES } from '../../../insights/analytics.ts';
import { DIMENSION_BY_NAME, DIMENSIONS, type Dimension } from '../../../insights/dimensions.ts';
import { LONG_DAYS, METRIC_BY_NAME, SHORT_DAYS } from '../../../insights/metrics.ts';
import { OPERATORS } from '../../../insights/tally-store.ts';
import { readBody } from '../account/body.ts';

const DAY_MS = 86_400_000;
const MINUTES_MS_MAX = 3 * 3_600_000;
const DEFAULT_MS = 7 * DAY_MS;
const ROWS_DEFAULT = 1_000;
const ROWS_MAX = 10_000;
const VALUES_MAX = 1_000;

const scalar = z.union([z.string().max(512), z.number()]);
const FILTER = z.object({
  field: z.string().max(100),
  operator: z.enum(OPERATORS),
  value: z.union([scalar, z.array(scalar).max(VALUES_MAX)]),
  include_unset: z.boolean().optional(),
});
/** Seconds are demanded, as by the contract. */
const moment = z.iso.datetime();

export const BODY = z.object({
  metrics: z.array(z.string().max(100)).min(1).max(50),
  dimensions: z.array(z.string().max(100)).max(2).optional(),
  filters: z.array(FILTER).max(20).optional(),
  granularity: z.enum(GRANULARITIES).optional(),
  time_range: z.object({ start: moment, end: moment }).optional(),
  order_by: z.object({ field: z.string().max(100), direction: z.enum(['asc', 'desc']) }).optional(),
  limit: z.int().min(1).max(ROWS_MAX).optional(),
  group_limit: z.int().min(1).max(ROWS_MAX).optional(),
  classifier_dimensions: z.null('there is no classifier here: leave it out').optional(),
  classifier_filters: z.null('there is no classifier here: leave it out').optional(),
});
type Body = z.infer<typeof BODY>;

const wrong = (param: string, message: string): Result<never, Fault> =>
  failed(fault('invalid_request', `${param}: ${message}. GET /api/v1/analytics/meta lists what there is.`, { param }));

/** The body of `POST /analytics/query` as a question that can be answered, or the first complaint. */
export function readAnalytics(body: JsonObject, accountId: string, now: number): Result<AnalyticsQuestion, Fault> {
  const read = readBody(BODY, body);
  if (!read.ok) return read;
  const wish = read.value;
  const metrics = [];
  for (const name of new Set(wish.metrics)) {
    const metric = METRIC_BY_NAME.get(name);
    if (!metric) return wrong('metrics', `there is no metric ${name}`);
    metrics.push(metric);
  }
  const dimensions = [];
  for (const name of new Set(wish.dimensions ?? [])) {
    const dimension = DIMENSION_BY_NAME.get(name);
    if (!dimension) return wrong('dimensions', `there is no dimension ${name}`);
    dimensions.push(dimension);
  }
  const filters = readFilters(wish.filters ?? []);
  if (!filters.ok) return filters;
  const { granularity = null, order_by } = wish;
  const asked = [...dimensions, ...filters.value.map(({ dimension }) => dimension)];
  if (asked.some(({ name }) => name === 'external_user') && metrics.some(({ speed }) => speed !== undefined))
    return wrong('metrics', 'percentiles are not kept by external_user; averages are');
  const order = order_by ? { field: order_by.field, descending: order_by.direction === 'desc' } : null;
  const names = [...metrics, ...dimensions].map(({ name }) => name);
  const isDate = granularity !== null && order?.field === 'date';
  if (order && !isDate && order.field !== 'request_count' && !names.includes(order.field))
    return wrong(
      'order_by.field',
      'must be a metric or dimension that is asked for, request_count, or date with a granularity',
    );
  const daysMax = Math.min(
    granularity === 'hour' ? SHORT_DAYS : LONG_DAYS,
    ...[...metrics, ...asked].map((one) => one.daysMax),
  );
  const range = readRange(wish, now, daysMax);
  if (!range.ok) return range;
  const isSeries = granularity !== null && dimensions.length > 0 && wish.group_limit === undefined;
  return ok({
    accountId,
    metrics,
    dimensions,
    filters: filters.value,
    granularity,
    ...range.value,
    order,
    // A series would lose its ends to the default.
    limit: wish.limit ?? (isSeries ? ROWS_MAX : ROWS_DEFAULT),
    groupLimit: dimensions.length === 0 ? null : (wish.group_limit ?? null),
  });
}

function readFilters(wishes: NonNullable<Body['filters']>): Result<readonly AnalyticsFilter[], Fault> {
  const filters: AnalyticsFilter[] = [];
  for (const [at, { field, operator, value, include_unset = false }] of wishes.entries()) {
    const dimension = DIMENSION_BY_NAME.get(field);
    if (!dimension) return wrong(`filters.${at}.field`, `there is no dimension ${field}`);
    const isList = operator === 'in' || operator === 'not_in';
    if (isList !== Array.isArray(value))
      return wrong(`filters.${at}.value`, isList ? `${operator} takes a list` : `${operator} takes one value`);
    if (include_unset && (!isList || !dimension.hasUnset))
      return wrong(`filters.${at}.include_unset`, `goes with in and not_in of ${UNSET}`);
    const values = (Array.isArray(value) ? value : [value]).map(String);
    filters.push({ dimension, operator, values, includeUnset: include_unset });
  }
  return ok(filters);
}
const UNSET = DIMENSIONS.filter(({ hasUnset }: Dimension) => hasUnset)
  .map(({ name }) => name)
  .join(', ');

function readRange(
  { time_range, granularity }: Body,
  now: number,
  daysMax: number,
): Result<{ readonly from: number; readonly to: number }, Fault> {
  const to = time_range ? Date.parse(time_range.end) : now;
  const most = granularity === 'minute' ? MINUTES_MS_MAX : daysMax * DAY_MS;
  const from = time_range ? Date.parse(time_range.start) : to - Math.min(DEFAULT_MS, most);
  if (from >= to) return wrong('time_range', 'start must be before end');
  if (to - from <= most) return ok({ from, to });
  const words =
    granularity === 'minute'
      ? '3 hours by the minute'
      : `${daysMax} days for these metrics, dimensions and granularity`;
  return wrong('time_range', `at most ${words}`);
}

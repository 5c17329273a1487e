/** Analytics, asked by the client that checks the contract: every metric, dimension and granularity that /meta lists. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import { BadRequestResponseError, ForbiddenResponseError } from '@openrouter/sdk/models/errors';
import type { QueryAnalyticsRequestBody } from '@openrouter/sdk/models/operations';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';

const PAID = '[endpoints.sandbox]\nupstream_id = "echo"\nprice = { input = "1", output = "1" }\n';
const gateway = await startGateway({ catalogue: { 'models/acme/paid.toml': PAID, 'models/acme/other.toml': PAID } });
after(() => gateway.stop());
const options = { serverURL: gateway.base, retryConfig: { strategy: 'none' } } as const;
const manager = new OpenRouter({ ...options, apiKey: MANAGEMENT_KEY });

type Row = { readonly [name: string]: string | number | null };
async function query(body: object): Promise<Response> {
  return fetch(`${gateway.base}/analytics/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}` },
    body: JSON.stringify(body),
  });
}
/** The SDK drops what it does not know of rows, so that they are read from the wire. */
async function ask(body: QueryAnalyticsRequestBody): Promise<readonly Row[]> {
  const answer = await query(wire(body));
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return (JSON.parse(text) as { readonly data: { readonly data: readonly Row[] } }).data.data;
}
const wire = ({ timeRange, orderBy, groupLimit, filters, ...body }: QueryAnalyticsRequestBody): object => ({
  ...body,
  ...(timeRange && { time_range: timeRange }),
  ...(orderBy && { order_by: orderBy }),
  ...(groupLimit !== undefined && { group_limit: groupLimit }),
  ...(filters && {
    filters: filters.map(({ includeUnset, ...filter }) => ({ ...filter, include_unset: includeUnset })),
  }),
});

async function call(model: string, more: object = {}, headers: object = {}): Promise<void> {
  const answer = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], ...more }),
  });
  assert.equal(answer.status, 200, await answer.text());
}
await call('acme/paid', { user: 'ann' }, { 'http-referer': 'https://an.example', 'x-title': 'An app' });
await call('acme/paid', { user: 'bob', stream: true });
await call('acme/other');

const meta = (await manager.analytics.getAnalyticsMeta()).data;

test('all that /meta lists can be asked for', async () => {
  assert.ok(meta.metrics.length > 25 && meta.dimensions.length >= 15);
  const slow = meta.metrics.filter(({ name }) => /^p\d/.test(name)).map(({ name }) => name);
  const metrics = meta.metrics.map(({ name }) => name);
  const [total] = await ask({ metrics });
  assert.deepEqual(Object.keys(total ?? {}), metrics);
  assert.equal(total?.request_count, 3);
  assert.equal(total?.error_count, 0);
  assert.ok(Number(total?.total_usage) > 0 && Number(total?.p90_latency) > 0 && Number(total?.avg_throughput) > 0);
  for (const { name } of meta.dimensions) {
    const plain = name === 'external_user' ? metrics.filter((metric) => !slow.includes(metric)) : metrics;
    const rows = await ask({ metrics: plain, dimensions: [name] });
    assert.equal(
      rows.reduce((sum, row) => sum + Number(row.request_count), 0),
      3,
      name,
    );
    assert.ok(
      rows.every((row) => name in row),
      name,
    );
  }
  for (const { name } of meta.granularities) {
    const rows = await ask({ metrics: ['request_count', 'p50_latency'], granularity: name, dimensions: ['model'] });
    assert.equal(
      rows.reduce((sum, row) => sum + Number(row.request_count), 0),
      3,
      name,
    );
    assert.match(String(rows[0]?.[`date__${name}`]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/);
  }
});

test('dimensions are shown by their names and filtered by their ids', async () => {
  const only = async (field: string, operator: string, value: string | string[], includeUnset?: boolean) => {
    const filter = { field, operator, value, ...(includeUnset !== undefined && { includeUnset }) };
    const rows = await ask({ metrics: ['request_count'], filters: [filter] });
    return rows[0]?.request_count ?? 0;
  };
  const shown = async (dimension: string) =>
    (await ask({ metrics: ['request_count'], dimensions: [dimension] })).map((row) => row[dimension]);
  assert.deepEqual(await shown('model'), ['acme/paid', 'acme/other']);
  assert.deepEqual(await shown('api_key_id'), ['Key from the environment']);
  assert.deepEqual(await shown('workspace'), ['Default workspace']);
  assert.deepEqual(await shown('app'), ['Unknown', 'An app']);
  assert.deepEqual((await shown('external_user')).toSorted(), ['ann', 'bob', null].toSorted());
  assert.equal(await only('model', 'eq', 'acme/paid'), 2);
  assert.equal(await only('model', 'neq', 'acme/paid'), 1);
  assert.equal(await only('model', 'in', ['acme/paid', 'acme/other']), 3);
  assert.equal(await only('model', 'not_in', ['acme/paid']), 1);
  assert.equal(await only('model', 'gt', 'acme/other'), 2);
  assert.equal(await only('model', 'lte', 'acme/other'), 1);
  assert.equal(await only('model', 'eq', "x' or 1=1 --"), 0);
  assert.equal(await only('external_user', 'eq', 'ann'), 1);
  assert.equal(await only('external_user', 'neq', 'ann'), 2);
  assert.equal(await only('app', 'not_in', ['https://an.example']), 0);
  assert.equal(await only('app', 'not_in', ['https://an.example'], true), 2);
  assert.equal(await only('app', 'in', ['https://an.example'], true), 3);
  assert.equal(await only('variant', 'eq', 'free'), 0);
  assert.equal(await only('streamed', 'eq', 'true'), 1);
  assert.equal(await only('country', 'eq', 'DE'), 0);
  assert.equal(await only('api_key_id', 'eq', 'f'.repeat(64)), 0);
});

test('rows are ordered and limited as it is asked', async () => {
  const rows = await ask({
    metrics: ['total_usage'],
    dimensions: ['model'],
    orderBy: { field: 'model', direction: 'asc' },
    limit: 1,
  });
  assert.deepEqual(
    rows.map(({ model }) => model),
    ['acme/other'],
  );
  const { data } = (await (await query({ metrics: ['request_count'], dimensions: ['model'], limit: 1 })).json()) as {
    readonly data: { readonly metadata: { readonly truncated: boolean } };
  };
  assert.equal(data.metadata.truncated, true);
});

test('what cannot be answered is refused beside the field', async () => {
  const at = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
  const range = (days: number) => ({ time_range: { start: at(days), end: at(0) } });
  for (const [body, param] of [
    [{}, 'metrics'],
    [{ metrics: ['none'] }, 'metrics'],
    [{ metrics: ['toString'] }, 'metrics'],
    [{ metrics: ['request_count'], dimensions: ['__proto__'] }, 'dimensions'],
    [{ metrics: ['request_count'], dimensions: ['model', 'app', 'user'] }, 'dimensions'],
    [{ metrics: ['request_count'], granularity: 'second' }, 'granularity'],
    [{ metrics: ['request_count'], granularity: 'minute', ...range(1) }, 'time_range'],
    [{ metrics: ['request_count'], granularity: 'hour', ...range(40) }, 'time_range'],
    [{ metrics: ['p50_latency'], ...range(40) }, 'time_range'],
    [{ metrics: ['request_count'], dimensions: ['provider'], ...range(40) }, 'time_range'],
    [{ metrics: ['request_count'], ...range(400) }, 'time_range'],
    [{ metrics: ['request_count'], ...range(-1) }, 'time_range'],
    [{ metrics: ['request_count'], time_range: { start: '2026-11-01T00:00Z', end: at(0) } }, 'time_range.start'],
    [{ metrics: ['request_count'], limit: 10_001 }, 'limit'],
    [{ metrics: ['request_count'], order_by: { field: 'total_usage', direction: 'asc' } }, 'order_by.field'],
    [{ metrics: ['request_count'], order_by: { field: 'date', direction: 'asc' } }, 'order_by.field'],
    [{ metrics: ['request_count'], filters: [{ field: 'x', operator: 'eq', value: 'y' }] }, 'filters.0.field'],
    [{ metrics: ['request_count'], filters: [{ field: 'model', operator: 'in', value: 'y' }] }, 'filters.0.value'],
    [
      { metrics: ['request_count'], filters: [{ field: 'model', operator: 'in', value: ['y'], include_unset: true }] },
      'filters.0.include_unset',
    ],
    [{ metrics: ['p50_latency'], dimensions: ['external_user'] }, 'metrics'],
    [{ metrics: ['request_count'], classifier_filters: { classifier_id: 'x' } }, 'classifier_filters'],
  ] as const) {
    const answer = await query(body);
    const text = await answer.text();
    assert.equal(answer.status, 400, `${JSON.stringify(body)} ${text}`);
    assert.ok(text.includes(param), `${param}: ${text}`);
  }
  const { data } = await manager.analytics.queryAnalytics({ requestBody: { metrics: ['request_count'] } });
  assert.deepEqual([data.data.length, data.metadata.rowCount, data.metadata.truncated], [1, 1, false]);
  const client = new OpenRouter({ ...options, apiKey: API_KEY });
  await assert.rejects(client.analytics.queryAnalytics({ requestBody: { metrics: ['x'] } }), ForbiddenResponseError);
  await assert.rejects(manager.analytics.queryAnalytics({ requestBody: { metrics: ['x'] } }), BadRequestResponseError);
});

test('so many questions a minute are answered, and no more', async () => {
  let last = await query({ metrics: ['request_count'] });
  for (let asked = 0; asked < 64 && last.status === 200; asked++) last = await query({ metrics: ['request_count'] });
  assert.equal(last.status, 429);
  assert.ok(Number(last.headers.get('retry-after')) <= 60);
});

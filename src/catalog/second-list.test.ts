import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPrice } from './build-price.ts';
import type { Catalog } from './catalog.ts';
import { compareWith } from './second-list.ts';

const endpoint = (slug: string, upstreamId: string, price: Parameters<typeof buildPrice>[0]) => ({
  id: `a/${upstreamId}@${slug}`,
  provider: { slug },
  upstreamId,
  tier: null,
  price: buildPrice(price),
});
const catalog = {
  endpoints: new Map(
    [
      endpoint('openai', 'gpt-x', { input: '2', output: '8', input_cache_write_1h: '4', output_reasoning: '9' }),
      endpoint('deepseek', 'v9', { input: '0.15', output: '0.60' }),
      endpoint('elsewhere', 'gpt-x', { input: '99', output: '99' }),
    ].map((one) => [one.id, one]),
  ),
} as unknown as Catalog;

test('prices that two lists do not agree on are told with both; what only one states is not', () => {
  const list = [
    {
      id: 'openai',
      models: [
        { id: 'o', match: { and: [{ starts_with: 'gpt-' }, { ends_with: '-y' }] }, prices: { input_mtok: 1 } },
        {
          id: 'x',
          match: { or: [{ equals: 'other' }, { equals: 'GPT-X' }] },
          prices: {
            input_mtok: { base: 2.5, tiers: [] },
            output_mtok: 8.01,
            cache_read_mtok: 1,
            cache_write_1h_mtok: 5,
            output_reasoning_mtok: 9,
          },
        },
      ],
    },
    {
      id: 'deepseek',
      models: [
        {
          id: 'v9',
          match: { contains: 'v9' },
          prices: [
            { prices: { input_mtok: 0.1 } },
            { constraint: { start_date: '2026-09-10' }, prices: { input_mtok: 0.15, output_mtok: 0.7 } },
            { constraint: { start_date: '2027-01-01' }, prices: { input_mtok: 9 } },
            { constraint: { start_time: '01:00:00Z', end_time: '04:00:00Z' }, prices: { input_mtok: 0.3 } },
          ],
        },
      ],
    },
    { id: 'unknown', models: [{ match: {}, prices: 'none' }] },
    null,
  ];
  assert.deepEqual(compareWith(list, catalog, '2026-11-29'), {
    compared: 6,
    differences: [
      { endpoint: 'a/gpt-x@openai', price: 'input', ours: '2', theirs: '2.5' },
      { endpoint: 'a/gpt-x@openai', price: 'inputCacheWrite1h', ours: '4', theirs: '5' },
      { endpoint: 'a/v9@deepseek', price: 'output', ours: '0.6', theirs: '0.7' },
    ],
  });
  assert.deepEqual(compareWith({ no: 'list' }, catalog, '2026-11-29'), { compared: 0, differences: [] });
});

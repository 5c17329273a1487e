import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forbiddenIn } from './asked-gateway.ts';

test('what is forbidden goes along, and what is preferred does not', () => {
  const rules = [{ zdr: true as const }];
  const provider = {
    only: ['one'],
    order: ['one'],
    ignore: ['two'],
    zdr: true,
    data_collection: 'deny' as const,
    sort: 'price' as const,
  };
  assert.deepEqual(forbiddenIn({ provider, rules, plugins: [{ id: 'web' }] }), {
    provider: { ignore: ['two'], zdr: true, data_collection: 'deny' },
    rules,
  });
  assert.deepEqual(forbiddenIn({ provider: { order: ['one'] } }), {});
  assert.deepEqual(forbiddenIn({}), {});
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { newComplaints } from './read.ts';
import { readCommon } from './read-gateway.ts';

const read = (body: JsonObject) => {
  const to = newComplaints();
  const common = readCommon(to, body, {});
  return { ...common, complaint: to.first?.param };
};

test('prices are kept as plain decimal strings, whether sent as numbers or strings', () => {
  const { gateway } = read({ provider: { max_price: { prompt: 1e-7, completion: '2.50', request: 3 } } });
  assert.deepEqual(gateway.provider?.max_price, { prompt: '0.0000001', completion: '2.50', request: '3' });
});

test('what the router and plugins read is kept, null means absent', () => {
  const common = read({ models: ['a/b'], stream: null, trace: { id: 1 }, plugins: [{ id: 'web' }], provider: null });
  assert.deepEqual(common.models, ['a/b']);
  assert.equal(common.stream, false);
  assert.deepEqual(common.gateway, { plugins: [{ id: 'web' }], extra: { trace: { id: 1 } } });
  assert.equal(common.complaint, undefined);
});

test('the first complaint names its field', () => {
  assert.equal(read({ provider: { sort: 'best' } }).complaint, 'provider.sort');
  assert.equal(read({ session_id: 'x'.repeat(257) }).complaint, 'session_id');
  assert.equal(read({ cache_control: { type: 'ephemeral', ttl: '2h' } }).complaint, 'cache_control.ttl');
  assert.equal(read({ models: 'a/b' }).complaint, 'models');
});

test('metadata has sixteen pairs, of 64 and 512 characters', () => {
  const pairs = (count: number, key = 1, value = 1) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [String.fromCharCode(97 + at).repeat(key), 'v'.repeat(value)]),
    );
  assert.deepEqual(read({ metadata: pairs(16, 64, 512) }).metadata, pairs(16, 64, 512));
  for (const metadata of [pairs(17), pairs(1, 65), pairs(1, 1, 513), { ...pairs(3), n: 7 }, { a: { b: 'c' } }])
    assert.match(read({ metadata }).complaint ?? '', /^metadata/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleCall } from '../dialects/samples.ts';
import { wantsLosses } from './headers.ts';

test('losses are shown to who asks for them, by header or by debug', () => {
  assert.equal(wantsLosses({ 'x-switchwright-losses': '1' }), true);
  assert.equal(wantsLosses({}, sampleCall()), false);
  assert.equal(wantsLosses({}, sampleCall({ gateway: { extra: { debug: { echo_upstream_body: true } } } })), true);
});

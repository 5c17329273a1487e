import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pico } from '../../../base/money.ts';
import { sampleTarget } from '../../../dialects/samples.ts';
import { type EndpointHealth, UNMEASURED } from '../../../facts/health.ts';
import { endpointJson } from './endpoint-json.ts';

const told = (health: Partial<EndpointHealth>) => {
  const { endpoint } = sampleTarget('openai-chat');
  const json = endpointJson(endpoint, 'Sample', { ...UNMEASURED, ...health });
  return [json.status, json.uptime_last_5m, json.uptime_last_30m, json.uptime_last_1d];
};

test('status agrees with the newest uptime, and nothing failed is never told as a hundred', () => {
  assert.deepEqual(told({}), [0, null, null, null]);
  assert.deepEqual(told({ successLast5m: 1, success: 0.5, successLast1d: 0.999_99 }), [0, 100, 50, 99.99]);
  assert.deepEqual(told({ success: 0.951 }), [0, null, 95.1, null]);
  assert.deepEqual(told({ successLast5m: 0.9, success: 0.99 }), [-1, 90, 99, null]);
  assert.deepEqual(told({ successLast5m: 0.5, success: 0.5 }), [-2, 50, 50, null]);
  assert.deepEqual(told({ successLast5m: 0.1, success: 0.1 }), [-3, 10, 10, null]);
  assert.deepEqual(told({ successLast5m: 0, success: 0 }), [-5, 0, 0, null]);
  assert.deepEqual(told({ stable: false, success: 1 }), [-1, null, 100, null], 'passed over now');
});

test('an endpoint tells its tier, and the search that its host runs by its name there', () => {
  const { endpoint } = sampleTarget('anthropic-messages', {
    endpoint: { tier: 'priority', price: { input: pico(1n), output: pico(1n), webSearch: pico(1n), overrides: [] } },
  });
  const json = endpointJson(endpoint, 'Sample');
  assert.equal(json.service_tier, 'priority');
  assert.deepEqual(json.native_tools, { 'openrouter:web_search': { type: 'web_search_20250305' } });
  assert.deepEqual(endpointJson(sampleTarget('openai-chat').endpoint, 'Sample').native_tools, {});
});

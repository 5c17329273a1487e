import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FaultCode, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import { type Failure, mostTelling, type Situation, stepAfter } from './retry.ts';

const ALONE: Situation = { hasRetried: false, othersLeft: false, isStable: true, draw: 0.5 };
const step = (code: FaultCode, situation: Partial<Situation> = {}, retryAfterMs?: number) =>
  stepAfter(fault(code, 'x', retryAfterMs === undefined ? {} : { retryAfterMs }), { ...ALONE, ...situation });

test('what follows a fault', () => {
  assert.deepEqual(step('image_download_failed'), { kind: 'stop' });
  assert.deepEqual(step('upstream_authentication'), { kind: 'next-endpoint' });
  assert.deepEqual(step('content_policy_violation'), { kind: 'next-model' });
  assert.deepEqual(step('upstream_server_error'), { kind: 'again', afterMs: 100 });
  assert.deepEqual(step('upstream_server_error', { hasRetried: true }), { kind: 'next-endpoint' });
  assert.deepEqual(step('upstream_overloaded', { isStable: false, othersLeft: true }), { kind: 'next-endpoint' });
  assert.equal(step('upstream_overloaded', { isStable: false }).kind, 'again');
});

test('a rate limit: its own time if short, else another endpoint, else a moment', () => {
  assert.deepEqual(step('upstream_rate_limit', { othersLeft: true }, 2_000), { kind: 'again', afterMs: 2_025 });
  const long = LIMITS.retry_wait_ms_max + 1;
  assert.deepEqual(step('upstream_rate_limit', {}, long), { kind: 'next-endpoint' });
  assert.deepEqual(step('upstream_rate_limit', { othersLeft: true }), { kind: 'next-endpoint' });
  assert.deepEqual(step('upstream_rate_limit'), { kind: 'again', afterMs: 750 });
});

const failure = (code: FaultCode, model: string, provider: string): Failure => ({
  fault: fault(code, `${code} at ${provider}`),
  model,
  provider,
});

test('the first model’s most telling fault is reported, the others beside it', () => {
  const told = mostTelling([
    failure('upstream_authentication', 'm/one', 'A'),
    failure('upstream_rate_limit', 'm/one', 'B'),
    failure('context_length_exceeded', 'm/two', 'C'),
  ]);
  assert.equal(told?.code, 'upstream_rate_limit');
  assert.deepEqual(told?.metadata?.previous_errors, [
    { provider: 'A', code: 'upstream_authentication', status: 502 },
    { provider: 'C', code: 'context_length_exceeded', status: 400 },
  ]);
});

test('a fault that ends the run is the one to report; a lone one stands alone', () => {
  const told = mostTelling([
    failure('upstream_rate_limit', 'm/one', 'A'),
    failure('image_download_failed', 'm/one', 'B'),
  ]);
  assert.equal(told?.code, 'image_download_failed');
  const lone = failure('upstream_timeout', 'm/one', 'A');
  assert.equal(mostTelling([lone]), lone.fault);
  assert.equal(mostTelling([]), undefined);
});

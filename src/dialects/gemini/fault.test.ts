import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '../../base/fault.ts';
import { sampleTarget, sampleUpstream } from '../samples.ts';
import { geminiClient, geminiUpstream } from './index.ts';

const failure = (status: number, error: object, headers = {}) =>
  geminiUpstream.decodeFault({ status, headers, body: JSON.stringify({ error }), provider: 'Google', now: 0 });

test('a status is refined by its details and its words', () => {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }];
  const badKey = failure(400, { code: 400, message: 'Invalid.', status: 'INVALID_ARGUMENT', details });
  assert.equal(badKey.code, 'upstream_authentication');
  assert.deepEqual([badKey.upstream?.type, badKey.upstream?.code], ['INVALID_ARGUMENT', 'API_KEY_INVALID']);
  const long = 'The input token count (20) exceeds the maximum number of tokens allowed (10).';
  assert.equal(failure(400, { message: long, status: 'INVALID_ARGUMENT' }).code, 'context_length_exceeded');
  const vertex =
    'Unable to submit request because the input token count is 1100000 but model only supports up to 1048576.';
  assert.equal(failure(400, { message: vertex, status: 'INVALID_ARGUMENT' }).code, 'context_length_exceeded');
  const page = { status: 404, headers: {}, body: '<!DOCTYPE html><p>Not found</p>', provider: 'Google', now: 0 };
  assert.equal(geminiUpstream.decodeFault(page).message, 'The provider gave no reason.');
  assert.equal(failure(400, { message: 'No.', status: 'INVALID_ARGUMENT' }).code, 'upstream_invalid_request');
  assert.equal(failure(403, { message: 'No.', status: 'PERMISSION_DENIED' }).code, 'upstream_permission');
  assert.equal(failure(404, { message: 'No.', status: 'NOT_FOUND' }).code, 'upstream_model_not_found');
  assert.equal(failure(503, { message: 'Busy.', status: 'UNAVAILABLE' }).code, 'upstream_overloaded');
  const spent = 'Your prepayment credits are depleted.';
  assert.equal(failure(429, { message: spent, status: 'RESOURCE_EXHAUSTED' }).code, 'upstream_quota');
  const unpaid = 'The free tier is not available in your country. Please enable billing on your project.';
  assert.equal(failure(400, { message: unpaid, status: 'FAILED_PRECONDITION' }).code, 'upstream_quota');
});

test('a waiting time stands in the details, in the sentence or in the header', () => {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '48.5s' }];
  const limited = { code: 429, message: 'Slow down.', status: 'RESOURCE_EXHAUSTED' };
  assert.equal(failure(429, { ...limited, details }).retryAfterMs, 48_500);
  assert.equal(failure(429, { ...limited, message: 'Please retry in 3s.' }).retryAfterMs, 3_000);
  assert.equal(failure(429, limited, { 'retry-after': '7' }).retryAfterMs, 7_000);
});

test('an array around the error, and keys inside it', () => {
  const body = '[{"error":{"code":500,"message":"key AIzaSyA1234567890123456789 broke","status":"INTERNAL"}}]';
  const decoded = geminiUpstream.decodeFault({ status: 500, headers: {}, body, provider: 'Google', now: 0 });
  assert.equal(decoded.code, 'upstream_server_error');
  assert.ok(!decoded.message.includes('AIza') && !decoded.upstream?.raw?.includes('AIza'));
});

test('a blocked prompt is a refusal with its reason, whole or streamed', () => {
  const body = { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { trafficType: 'ON_DEMAND' } };
  const context = sampleUpstream(sampleTarget('gemini'));
  const whole = geminiUpstream.decodeReply(body, context);
  assert.equal(whole.ok ? '' : whole.error.code, 'content_policy_violation');
  const decoder = geminiUpstream.decodeEvents(context);
  const events = decoder.push({ event: null, data: JSON.stringify(body) });
  assert.deepEqual(
    events.map((event) => event.type),
    ['start', 'fault'],
  );
  assert.deepEqual(decoder.end(), []);
});

test('an error in the middle of a stream ends it', () => {
  const decoder = geminiUpstream.decodeEvents(sampleUpstream(sampleTarget('gemini')));
  decoder.push({ event: null, data: '{"candidates":[{"content":{"parts":[{"text":"Half"}]}}]}' });
  const [event] = decoder.push({ event: null, data: '{"error":{"code":503,"message":"x","status":"UNAVAILABLE"}}' });
  assert.equal(event?.type === 'fault' ? event.fault.code : '', 'upstream_overloaded');
});

test('our faults in Google’s words', () => {
  const value = fault('rate_limit_exceeded', 'Too fast.', { retryAfterMs: 1_500 });
  const { status, body, headers } = geminiClient.encodeFault(value, { id: 'gen-1' });
  assert.equal(status, 429);
  assert.equal(headers['retry-after'], '2');
  assert.deepEqual(body, {
    error: {
      code: 429,
      message: 'Too fast.',
      status: 'RESOURCE_EXHAUSTED',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'RATE_LIMIT_EXCEEDED',
          metadata: { class: 'rate_limit', request_id: 'gen-1' },
        },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' },
      ],
    },
  });
});

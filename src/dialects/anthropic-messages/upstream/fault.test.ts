import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFault } from './fault.ts';

const read = (status: number, body: string, headers: { [name: string]: string } = {}) =>
  decodeFault({ status, headers, body, provider: 'Acme', now: Date.UTC(2026, 10, 22) });
const anthropic = (type: string, message: string): string =>
  JSON.stringify({ type: 'error', error: { type, message } });

test('the vendor says in its type, or only in its message, what failed', () => {
  const cases: [number, string, string][] = [
    [400, anthropic('invalid_request_error', 'temperature: range: 0..1'), 'upstream_invalid_request'],
    [
      400,
      anthropic('invalid_request_error', 'prompt is too long: 208310 tokens > 200000 maximum'),
      'context_length_exceeded',
    ],
    [
      400,
      anthropic('invalid_request_error', 'input length and `max_tokens` exceed context limit: 1 + 2 > 2'),
      'context_length_exceeded',
    ],
    [
      400,
      anthropic('invalid_request_error', 'max_tokens: 9 > 8, which is the maximum allowed number of output tokens'),
      'max_tokens_exceeded',
    ],
    [400, anthropic('invalid_request_error', 'Your credit balance is too low to access the API'), 'upstream_quota'],
    [
      400,
      anthropic('invalid_request_error', 'You have reached your specified API usage limits. You will regain access on'),
      'upstream_quota',
    ],
    [400, anthropic('invalid_request_error', 'This organization has been disabled.'), 'upstream_permission'],
    [400, anthropic('invalid_request_error', 'Output blocked by content filtering policy'), 'content_policy_violation'],
    [401, anthropic('authentication_error', 'invalid x-api-key'), 'upstream_authentication'],
    [404, anthropic('not_found_error', 'model: claude-x'), 'upstream_model_not_found'],
    [413, anthropic('request_too_large', 'Request exceeds the maximum size'), 'upstream_too_large'],
    [429, anthropic('rate_limit_error', 'slow down'), 'upstream_rate_limit'],
    [529, anthropic('overloaded_error', 'Overloaded'), 'upstream_overloaded'],
    [500, anthropic('api_error', 'Internal server error'), 'upstream_server_error'],
    [429, '{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED"}}', 'upstream_rate_limit'],
    [
      404,
      '[{"error":{"code":404,"message":"Publisher Model not found","status":"NOT_FOUND"}}]',
      'upstream_model_not_found',
    ],
    [400, '{"message":"Input is too long for requested model."}', 'context_length_exceeded'],
    [502, '<html>Bad gateway</html>', 'upstream_server_error'],
    [503, '', 'upstream_overloaded'],
    [418, 'null', 'upstream_invalid_request'],
  ];
  for (const [status, body, code] of cases) assert.equal(read(status, body).code, code, body);
});

test('a page in place of an error body is not told as a message', () => {
  const page = '<!DOCTYPE html><html><body>413 Request Entity Too Large</body></html>';
  assert.equal(read(413, page).message, 'The provider answered with status 413.');
  assert.equal(read(502, 'upstream connect error').message, 'upstream connect error');
  assert.equal(read(413, page).upstream?.raw, page);
});

test('Bedrock names the exception in a header only', () => {
  const headers = { 'x-amzn-errortype': 'ThrottlingException:http://internal.example/' };
  const fault = read(400, '{"message":"Too many requests"}', headers);
  assert.deepEqual(
    [fault.code, fault.message, fault.upstream?.type],
    ['upstream_rate_limit', 'Too many requests', 'ThrottlingException'],
  );
});

test('a retry hint and the raw body are kept', () => {
  const body = anthropic('rate_limit_error', 'slow down');
  const fault = read(429, body, { 'retry-after': '3' });
  assert.equal(fault.retryAfterMs, 3000);
  assert.deepEqual(fault.upstream, { provider: 'Acme', raw: body, status: 429, type: 'rate_limit_error' });
});

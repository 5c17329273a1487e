import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FaultCode, fault } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import { encodeFault } from './fault.ts';

/** https://platform.claude.com/docs/en/api/errors.md, read 2026-11-29; 503 is our word for what Anthropic calls 529. */
const DOCUMENTED: readonly (readonly [code: FaultCode, status: number, type: string])[] = [
  ['upstream_invalid_request', 400, 'invalid_request_error'],
  ['authentication', 401, 'authentication_error'],
  ['permission_denied', 403, 'permission_error'],
  ['not_found', 404, 'not_found_error'],
  ['payload_too_large', 413, 'request_too_large'],
  ['upstream_too_large', 413, 'request_too_large'],
  ['unprocessable', 422, 'invalid_request_error'],
  ['rate_limit_exceeded', 429, 'rate_limit_error'],
  ['server', 500, 'api_error'],
  ['upstream_overloaded', 503, 'overloaded_error'],
  ['upstream_timeout', 504, 'timeout_error'],
];

for (const [code, status, type] of DOCUMENTED)
  test(`${code} has Anthropic's word for ${status}: ${type}`, () => {
    const encoded = encodeFault(fault(code, 'What happened.'), { id: 'gen-1' });
    const { error, ...envelope } = encoded.body as { error: JsonObject };
    assert.deepEqual([encoded.status, error.type, error.message], [status, type, 'What happened.']);
    assert.deepEqual(envelope, { type: 'error', request_id: 'gen-1' });
  });

test('what is too long, and what is refused for its content, is said in Anthropic’s words too', () => {
  const told = (code: FaultCode, message: string): unknown =>
    (encodeFault(fault(code, message), { id: null }).body as { error: JsonObject }).error.message;
  assert.equal(told('context_length_exceeded', 'Too many tokens.'), 'prompt is too long: Too many tokens.');
  assert.equal(told('content_policy_violation', 'No.'), 'No. (Output blocked by content filtering policy)');
  const own = 'Output blocked by content filtering policy';
  assert.equal(told('content_policy_violation', own), own);
  assert.equal(told('upstream_invalid_request', 'Malformed.'), 'Malformed.');
});

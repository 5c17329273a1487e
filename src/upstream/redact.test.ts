import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '../base/fault.ts';
import type { WireRequest } from '../base/world.ts';
import { redactFault, secretsOf } from './redact.ts';

const request = (headers: WireRequest['headers']): WireRequest => ({
  method: 'POST',
  url: 'https://example.com',
  headers,
  body: null,
  reach: 'operator',
});

test('what signing added is secret, with and without its scheme; the rest is not', () => {
  const before = request({ 'content-type': 'application/json' });
  const after = request({ 'content-type': 'application/json', authorization: 'Bearer sk-abcdef', host: 'example.com' });
  assert.deepEqual(secretsOf(before, after), ['Bearer sk-abcdef', 'sk-abcdef']);
  assert.deepEqual(secretsOf(before, request({ authorization: 'Token dg-abcdef' })), ['Token dg-abcdef', 'dg-abcdef']);
});

test('a secret leaves every text of a fault, however deep; the raw body is cut', () => {
  const spoiled = fault('upstream_authentication', 'bad key sk-abcdef', {
    param: 'sk-abcdef',
    upstream: { raw: `${'x'.repeat(4090)}sk-abcdef${'y'.repeat(100)}`, code: 'sk-abcdef' },
    metadata: { list: [{ inner: 'a sk-abcdef b' }], count: 3 },
  });
  const clean = redactFault(spoiled, ['sk-abcdef']);
  assert.ok(!JSON.stringify(clean).includes('sk-ab'));
  assert.equal(clean.upstream?.raw?.length, 4096);
  assert.equal(clean.metadata?.count, 3);
  const cut = redactFault(fault('upstream_authentication', 'the key sk-abcd'), ['sk-abcdef']);
  assert.equal(cut.message, 'the key [redacted]');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleTarget } from '../dialects/samples.ts';
import { ofWire } from './attempt-faults.ts';
import { exhaustedError } from './exhausted.ts';

const failing = { setup: { target: sampleTarget('openai-chat') }, status: null, headersAt: null, contentAt: null };

test('file descriptors and ports used up are our overload, not a word about the provider', () => {
  for (const code of ['EMFILE', 'ENFILE', 'ENOBUFS', 'EADDRNOTAVAIL']) {
    const error = exhaustedError(code);
    assert.ok(error);
    const told = ofWire(failing, error);
    assert.equal(told.code, 'overloaded');
    assert.ok((told.retryAfterMs ?? 0) > 0);
    assert.equal(told.upstream, undefined);
  }
  for (const code of ['ECONNREFUSED', 'ECONNRESET', '', undefined]) assert.equal(exhaustedError(code), null);
});

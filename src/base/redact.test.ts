import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redact } from './redact.ts';

test('what looks like a credential is hidden, whole or masked', () => {
  for (const secret of [
    'sk-abcd****************wxyz',
    'gsk_ABCDEF0123456789',
    'AIzaSyA1234567890abc',
    'Bearer abc.def-123456',
    'AKIAABCDEFGHIJKLMNOP',
  ])
    assert.equal(redact(`Key ${secret} is wrong`), 'Key [redacted] is wrong', secret);
});

test('ordinary words stay', () => {
  const text = 'The basic plan of sk-8 needs a task-specific risk-free bearer.';
  assert.equal(redact(text), text);
});

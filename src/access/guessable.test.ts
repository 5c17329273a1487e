import assert from 'node:assert/strict';
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { isGuessable, isMadeUp } from './guessable.ts';

test('what repeats itself, runs in rows or says what should stand there can be guessed, at any length', () => {
  for (const key of [
    'aaaaaaaaaaaaaaaaaaaaaaaa',
    'a'.repeat(500),
    `sk-or-v1-${'0'.repeat(64)}`,
    `sk-sw-v1-${'a'.repeat(64)}`,
    `sk-sw-v1-${'0123456789abcdef'.repeat(4)}`,
    `sk-${'deadbeef'.repeat(8)}`,
    `sk-${'ab'.repeat(16)}`,
    'changemechangemechangeme',
    'sk-change-me-change-me-change-me',
    'CHANGE_THIS_SECRET_KEY_PLEASE',
    'sk-your-api-key-here-please',
    'sk-1234567890abcdefghijklmnop',
    'sk-test-12345678901234567890',
    'sk-9876543210987654321098765',
    'qwertyuiopasdfghjklzxcvbnm',
    'passwordpassword1234',
    'Password123Password123!',
    '11112222333344445555',
    '00000000-0000-0000-0000-000000000000',
    'sk-................................',
  ])
    assert.ok(isGuessable(key), key);
});

test('what a generator made passes, in every customary form', () => {
  for (let count = 0; count < 500; count++)
    for (const key of [
      `sk-sw-v1-${randomBytes(32).toString('hex')}`,
      `sk-${randomBytes(16).toString('hex')}`,
      `sk-${randomBytes(12).toString('base64url')}`,
      randomBytes(24).toString('base64'),
      randomUUID(),
      Array.from({ length: 30 }, () => randomInt(10)).join(''),
    ])
      assert.ok(!isGuessable(key), key);
  assert.ok(!isGuessable('sk-correct-horse-battery-staple'));
});

test('a key made up for tests has the form of a key, and nothing in it that was to be filled in', () => {
  for (const key of [`sk-sw-v1-${'a'.repeat(64)}`, `sk-or-v1-${'0'.repeat(64)}`, `sk-test-${'x'.repeat(20)}`])
    assert.ok(isMadeUp(key), key);
  for (const key of [
    'a'.repeat(64),
    'sk-changemechangemechangeme',
    'sk-your-api-key-here-please',
    'password'.repeat(4),
  ])
    assert.ok(!isMadeUp(key), key);
});

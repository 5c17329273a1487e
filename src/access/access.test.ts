import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyIn, sessionCookie, sessionIn } from './credential.ts';
import { digestOf, labelOf, newKey } from './secret.ts';

test('a key is read from wherever its client puts it', () => {
  assert.equal(keyIn({ authorization: 'Bearer sk-1' }), 'sk-1');
  assert.equal(keyIn({ authorization: 'bearer   sk-1 ' }), 'sk-1');
  assert.equal(keyIn({ 'x-api-key': 'sk-2' }), 'sk-2');
  assert.equal(keyIn({ 'x-goog-api-key': 'sk-3' }), 'sk-3');
  assert.equal(keyIn({ authorization: 'Basic abc', 'x-api-key': 'sk-2' }), 'sk-2');
  assert.equal(keyIn({}), undefined);
  assert.equal(keyIn({ 'x-api-key': '' }), undefined);
  assert.equal(keyIn({ authorization: `Bearer ${'x'.repeat(10_000)}` }), undefined);
});

test('a label shows enough to recognise a key and too little to use it', () => {
  const key = newKey(() => 'ab1'.padEnd(64, '0'));
  assert.match(key, /^sk-sw-v1-[0-9a-f]{64}$/);
  assert.equal(labelOf(key), 'sk-sw-v1-ab1...000');
  assert.equal(labelOf('sk-short'), 'sk-...');
  assert.equal(labelOf('sk-own-key-of-an-operator'), 'sk-own...tor');
  assert.equal(digestOf('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('a session cookie is read back, and is out of reach of scripts and other sites', () => {
  const session = 'f'.repeat(64);
  const cookie = sessionCookie(session, { maxAgeS: 60, secure: true });
  assert.match(cookie, /HttpOnly; SameSite=Lax; Max-Age=60; Secure$/);
  assert.equal(sessionIn({ cookie: `a=b; ${cookie.split(';')[0]}` }), session);
  assert.equal(sessionIn({ cookie: 'switchwright_session=../../x' }), undefined);
});

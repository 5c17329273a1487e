import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { parseAllowance } from '../upstream/address.ts';
import { addressOf } from './address-of.ts';

const front = { publicUrl: null, isForwarder: parseAllowance('10.0.0.0/8, ::1').address };
const from = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

test('a proxy that is trusted tells whom it forwards; nobody else is believed', () => {
  assert.equal(addressOf({ front }, from('203.0.113.9', '198.51.100.1')), '203.0.113.9', 'no proxy of ours');
  assert.equal(addressOf({}, from('10.0.0.1', '198.51.100.1')), '10.0.0.1', 'nobody is trusted');
  assert.equal(addressOf({ front }, from('10.0.0.1', '198.51.100.1')), '198.51.100.1');
  assert.equal(addressOf({ front }, from('::ffff:10.0.0.1', '198.51.100.1')), '198.51.100.1');
  assert.equal(addressOf({ front }, from('::1', '2001:db8::7, 10.1.2.3')), '2001:db8::7', 'through two of ours');
  assert.equal(
    addressOf({ front }, from('10.0.0.1', '192.0.2.66, 198.51.100.1')),
    '198.51.100.1',
    'what a stranger wrote',
  );
  assert.equal(addressOf({ front }, from('10.0.0.1', '198.51.100.1, <script>')), '10.0.0.1');
  assert.equal(addressOf({ front }, from('10.0.0.1')), '10.0.0.1');
  assert.equal(addressOf({ front }, from('10.0.0.1', '198.51.100.1, '.repeat(5_000))), '10.0.0.1');
});

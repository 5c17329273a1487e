import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGlobalUnicast, parseAllowance } from './address.ts';

const GLOBAL = ['1.1.1.1', '8.8.8.8', '100.63.255.255', '100.128.0.0', '172.15.0.1', '172.32.0.1', '192.167.1.1']
  .concat(['198.17.255.255', '198.20.0.0', '223.255.255.255', '2606:4700::1111', '2a00:1450:4001:81b::200e'])
  .concat(['2400:cb00::1', '2001:4860:4860::8888']);

const PRIVATE = ['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.255.254']
  .concat(['169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.8', '192.0.2.1', '192.88.99.1', '192.168.1.1'])
  .concat(['198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.9', '224.0.0.1', '239.1.1.1', '240.0.0.1'])
  .concat(['255.255.255.255', '::', '::1', '::127.0.0.1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:7f00:1'])
  .concat(['::ffff:8.8.8.8', '::ffff:0:127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::1', '100::1'])
  .concat(['2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2', '2001:10::1', '2001:20::1', '2001:db8::1'])
  .concat(['2002:7f00:1::', '2002:0a00:0001::1', '3fff::1', '5f00::1', 'fc00::1', 'fd12:3456::1', 'fe80::1'])
  .concat(['fe80::1%eth0', 'febf::1', 'fec0::1', 'feff::1', 'ff02::1', 'ff0e::1', '4000::1'])
  .concat(['', 'localhost', '0x7f.1', '2130706433', '127.1', '0177.0.0.1', '1.1.1.1 ', '1.1.1.1.']);

for (const address of GLOBAL) test(`${address} is global`, () => assert.equal(isGlobalUnicast(address), true));
for (const address of PRIVATE) test(`"${address}" is not global`, () => assert.equal(isGlobalUnicast(address), false));

test('an operator allows hosts with a port, addresses and blocks, nothing else', () => {
  const allow = parseAllowance(
    'files.internal:8080, 10.1.0.0/16 [::1]:99 fd00::/8, 192.168.0.7, 10.0.0.0/99, http://x',
  );
  assert.equal(allow.host('files.internal', 8080), true);
  assert.equal(allow.host('FILES.internal', 8080), true);
  assert.equal(allow.host('files.internal', 80), false);
  assert.equal(allow.host('[::1]', 99), true);
  assert.equal(allow.address('10.1.255.1'), true);
  assert.equal(allow.address('10.2.0.1'), false);
  assert.equal(allow.address('fd12::1'), true);
  assert.equal(allow.address('192.168.0.7'), true);
  assert.equal(allow.address('192.168.0.8'), false);
  assert.deepEqual(allow.unread, ['10.0.0.0/99', 'http://x']);
});

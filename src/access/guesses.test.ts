import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGuesses } from './guesses.ts';

function clocked() {
  let now = 0;
  const guesses = createGuesses({ elapsed: () => now });
  return {
    /** How many of these may be told at once that they are wrong. */
    told: (address: string, tries: number) =>
      Array.from({ length: tries }, () => guesses.wrong(address)).filter((wait) => wait === null).length,
    wrong: guesses.wrong,
    at: (ms: number) => {
      now = ms;
    },
  };
}

test('an address has a hundred wrong keys at once, then one a second', () => {
  const { told, wrong, at } = clocked();
  assert.equal(told('192.0.2.1', 300), 100);
  assert.equal(wrong('192.0.2.1'), 1_000);
  assert.equal(told('192.0.2.2', 1), 1, 'another address has its own');
  at(10_000);
  assert.equal(told('192.0.2.1', 300), 10);
  at(3_600_000);
  assert.equal(told('192.0.2.1', 300), 100);
});

test('the addresses of one IPv6 network count as one, however they are written', () => {
  const { told } = clocked();
  assert.equal(told('2001:db8:1:2::1', 100), 100);
  assert.equal(told('2001:db8:1:2:ffff:ffff:ffff:ffff', 10), 0);
  assert.equal(told('2001:db8:1:3::1', 10), 10);
  assert.equal(told('2001:db8::1', 100), 100);
  assert.equal(told('2001:db8:0:0:5::9', 10), 0);
  assert.equal(told('::ffff:192.0.2.7', 10), 10);
});

test('thousands of addresses are forgotten again, the busy one is not', () => {
  const { told } = clocked();
  told('192.0.2.1', 100);
  for (let one = 0; one < 9_000; one++) told(`10.0.${one >> 8}.${one & 255}`, 1);
  assert.equal(told('192.0.2.1', 5), 0);
  for (let one = 0; one < 30_000; one++) told(`host-${one}`, 1);
  assert.equal(told('192.0.2.1', 1), 1);
});

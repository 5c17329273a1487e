import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from './limits.ts';
import { type Allowance, createMemory } from './memory.ts';
import { virtualClock } from './testing/clock.ts';

const BYTES = 1_000;

function bench() {
  const clock = virtualClock();
  const memory = createMemory(BYTES, clock.world);
  const told: string[] = [];
  const ask = (name: string, who: string, bytes: number): Allowance => {
    const allowance = memory.open(who);
    allowance.take(bytes, (isGranted) => told.push(`${name} ${isGranted ? 'in' : 'out'}`));
    return allowance;
  };
  return { clock, memory, told, ask };
}

test('what is there is had at once; what is given back goes to whoever waits, and all of it comes back', () => {
  const { memory, told, ask, clock } = bench();
  const first = ask('first', 'a', 500);
  const second = ask('second', 'b', 500);
  const third = ask('third', 'c', 300);
  assert.deepEqual(told, ['first in', 'second in']);
  first.give(200);
  assert.equal(memory.used(), 800);
  second.close();
  assert.deepEqual(told, ['first in', 'second in', 'third in']);
  first.close();
  first.close();
  third.close();
  assert.equal(memory.used(), 0);
  assert.equal(clock.pending(), 0);
});

test('one key has half of it at most, or one call of any size that fits; others are not held up by its line', () => {
  const { told, ask } = bench();
  ask('a1', 'a', 400);
  ask('a2', 'a', 200);
  ask('b1', 'b', 400);
  assert.deepEqual(told, ['a1 in', 'b1 in']);
  const large = bench();
  large.ask('whole', 'a', BYTES);
  large.ask('more', 'a', BYTES + 1);
  assert.deepEqual(large.told, ['whole in', 'more out']);
});

test('whoever waits for the whole is overtaken by nobody, and keys take turns', () => {
  const { told, ask } = bench();
  const big = ask('big', 'a', 900);
  ask('b1', 'b', 400);
  ask('b2', 'b', 100);
  ask('c1', 'c', 400);
  ask('tiny', 'd', 50);
  assert.deepEqual(told, ['big in']);
  big.close();
  assert.deepEqual(told, ['big in', 'b1 in', 'c1 in', 'tiny in', 'b2 in']);
});

test('the wait ends, the line is bounded, and who leaves it leaves nothing behind', () => {
  const { clock, memory, told, ask } = bench();
  const holder = ask('holder', 'a', BYTES);
  const leaver = ask('leaver', 'b', 10);
  leaver.close();
  for (let at = 0; at < LIMITS.memory_line_each_max; at++) ask(`${at}`, 'c', 10);
  ask('one too many', 'c', 10);
  assert.deepEqual(told, ['holder in', 'one too many out']);
  clock.advance(LIMITS.memory_wait_ms);
  assert.equal(told.length, 2 + LIMITS.memory_line_each_max);
  assert(told.slice(2).every((text) => text.endsWith(' out')));
  holder.close();
  assert.equal(memory.used(), 0);
  assert.equal(clock.pending(), 0);
});

test('it ends with its last holder; what came unasked counts too', () => {
  const { memory, told, ask } = bench();
  const call = ask('call', 'a', 100);
  call.keep();
  call.close();
  assert.equal(memory.used(), 100);
  const answer = memory.open('a');
  answer.force(2_000);
  ask('later', 'b', 10);
  assert.deepEqual(told, ['call in']);
  answer.close();
  assert.deepEqual(told, ['call in', 'later in']);
  call.close();
  assert.equal(memory.used(), 10);
});

test('a thousand random lives leave nothing', () => {
  let seed = 7;
  const draw = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed % below;
  };
  const { clock, memory, ask } = bench();
  const open: Allowance[] = [];
  for (let step = 0; step < 5_000; step++) {
    if (draw(3) > 0) open.push(ask('', `key-${draw(5)}`, draw(400)));
    else if (draw(2) === 0) open[draw(open.length || 1)]?.give(draw(200));
    else for (const one of open.splice(draw(open.length || 1), 1)) one.close();
    if (draw(10) === 0) clock.advance((step + 1) * 100);
    assert(memory.used() >= 0 && memory.used() <= BYTES, `${memory.used()}`);
  }
  for (const one of open) one.close();
  assert.equal(memory.used(), 0);
  assert.equal(clock.pending(), 0);
});

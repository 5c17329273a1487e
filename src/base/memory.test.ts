import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from './limits.ts';
import { createMemory, type MemoryAllowance } from './memory.ts';
import { virtualClock } from './testing/clock.ts';

const BYTES = 1_000;

function bench() {
  const clock = virtualClock();
  const memory = createMemory(BYTES, clock.world);
  const told: string[] = [];
  const ask = (name: string, who: string, bytes: number): MemoryAllowance => {
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

test('what a call under way still needs comes before new calls, so that none waits for those behind it', () => {
  const { clock, memory, told } = bench();
  const over: (() => void)[] = [];
  // Each is read at 240 and parsed at 540: as many as can be read hold all there is.
  for (let at = 0; at < 40; at++) {
    const call = memory.open(`key ${at % 8}`);
    call.take(240, (isRead) => {
      told.push(`${at} ${isRead ? 'read' : 'out'}`);
      call.exchange(240 - 80, 540 - 80, (isParsed) => {
        told.push(`${at} ${isParsed ? 'parsed' : 'out'}`);
        over.push(call.close);
      });
    });
  }
  for (let close = over.shift(); close; close = over.shift()) close();
  assert.equal(told.filter((text) => text.endsWith('parsed')).length, 40, told.join(', '));
  assert.equal(clock.pending(), 0);
  assert.equal(memory.used(), 0);
});

test('a call that is opened as under way is served before those who came earlier', () => {
  const { clock, memory, told, ask } = bench();
  const holder = ask('holder', 'a', BYTES);
  ask('new', 'b', 300);
  memory.open('c', 'under way').take(800, (isGranted) => told.push(`asset ${isGranted ? 'in' : 'out'}`));
  holder.close();
  assert.deepEqual(told, ['holder in', 'asset in']);
  clock.advance(LIMITS.memory_wait_ms);
  assert.deepEqual(told, ['holder in', 'asset in', 'new out']);
});

test('a single call may come to hold more than half, and never more than there is', () => {
  const { memory, told } = bench();
  const call = memory.open('a');
  const take = (bytes: number): void => call.take(bytes, (isGranted) => told.push(`${bytes} ${isGranted}`));
  for (const bytes of [400, 400, 201, 200]) take(bytes);
  assert.deepEqual(told, ['400 true', '400 true', '201 false', '200 true']);
});

test('whoever wants to know hears when much is taken and when no more, once each', () => {
  const heard: string[] = [];
  const memory = createMemory(BYTES, virtualClock().world, (level) => heard.push(`${level} at ${memory.used()}`));
  const call = memory.open('a');
  for (const bytes of [200, 100, 300]) call.take(bytes, () => {});
  for (const bytes of [400, 70, 20, 10]) call.give(bytes);
  call.take(125, () => {});
  call.take(125, () => {});
  call.close();
  assert.deepEqual(heard, ['much at 300', 'little at 110', 'much at 350', 'little at 0']);
});

test('a thousand random lives leave nothing', () => {
  let seed = 7;
  const draw = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed % below;
  };
  const { clock, memory, ask } = bench();
  const open: MemoryAllowance[] = [];
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

/** A caller as the random test sees it. */
type Life = { readonly who: string; readonly allowance: MemoryAllowance; holders: number; mine: number; waits: number };

test('callers that leave at any moment, in their own turn too, leave nothing, and no key has more than its share', () => {
  for (let seed = 1; seed <= 40; seed++) {
    let state = seed;
    const draw = (below: number): number => {
      state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
      return (state >>> 8) % below;
    };
    const clock = virtualClock();
    const memory = createMemory(BYTES, clock.world);
    const lives: Life[] = [];
    const heldBy = (who: string): number => lives.reduce((sum, life) => sum + (life.who === who ? life.mine : 0), 0);
    const leave = (life: Life): void => {
      if (life.holders === 1) life.mine = 0;
      life.holders--;
      if (life.holders === 0) lives.splice(lives.indexOf(life), 1);
      life.allowance.close();
    };
    const told = (life: Life, bytes: number) => (isGranted: boolean) => {
      assert(life.holders > 0, 'nobody who has left is told anything');
      life.waits--;
      if (!isGranted) return;
      life.mine += bytes;
      const others = heldBy(life.who) - life.mine;
      assert(others === 0 || others + life.mine <= BYTES / 2, `${life.who} has ${others + life.mine}`);
      if (draw(6) === 0) leave(life);
    };
    const act = (life: Life): void => {
      const bytes = draw(350);
      const back = Math.min(life.mine, draw(200));
      switch (draw(6)) {
        case 0:
        case 1:
          life.waits++;
          return life.allowance.take(bytes, told(life, bytes));
        case 2:
          life.mine -= back;
          return life.allowance.give(back);
        case 3:
          life.waits++;
          life.mine -= back;
          return life.allowance.exchange(back, bytes, told(life, bytes));
        case 4:
          life.holders++;
          return life.allowance.keep();
        default:
          return leave(life);
      }
    };
    for (let step = 0; step < 1_500; step++) {
      if (lives.length < 12) {
        const who = `key ${draw(4)}`;
        const allowance = memory.open(who, draw(4) === 0 ? 'under way' : 'new');
        lives.push({ who, allowance, holders: 1, mine: 0, waits: 0 });
      }
      act(lives[draw(lives.length)] as Life);
      if (draw(8) === 0) clock.advance((step + 1) * 400);
      const held = lives.reduce((sum, { mine }) => sum + mine, 0);
      assert.equal(memory.used(), held);
      assert(held <= BYTES);
    }
    // Nobody but those who wait is left: each is served or has waited in vain, and the line comes to its end.
    for (const life of [...lives]) if (life.waits === 0) while (life.holders > 0) leave(life);
    clock.advance(1e9);
    assert(lives.every(({ waits }) => waits === 0));
    for (const life of [...lives]) while (life.holders > 0) leave(life);
    assert.equal(memory.used(), 0, `seed ${seed}`);
    assert.equal(clock.pending(), 0);
  }
});

test('what is small is taken at once or not at all: no key has more than its half of it, and nobody who waits is overtaken', () => {
  const { memory, told, ask } = bench();
  assert.deepEqual(
    [300, 200, 1].map((bytes) => memory.takeAtOnce('a', bytes)),
    [true, true, false],
  );
  assert.equal(memory.takeAtOnce('b', 400), true);
  const waits = ask('large', 'c', 200);
  assert.deepEqual(told, []);
  assert.equal(memory.takeAtOnce('d', 50), false, 'someone waits');
  memory.giveBack('a', 300);
  assert.deepEqual(told, ['large in']);
  assert.equal(memory.takeAtOnce('d', 50), true);
  memory.giveBack('a', 200);
  memory.giveBack('b', 400);
  memory.giveBack('d', 50);
  waits.close();
  assert.equal(memory.used(), 0);
});

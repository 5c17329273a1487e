import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFinder } from './finder.ts';

/** A store that answers when it is told to, and counts what it is asked. */
function slowStore(there: Map<string, string>) {
  let now = 0;
  const questions: string[][] = [];
  const open: (() => void)[] = [];
  const finder = createFinder<string>({
    world: { elapsed: () => now },
    find: (hashes) => {
      questions.push([...hashes]);
      const read = new Map([...there].filter(([hash]) => hashes.includes(hash)));
      return new Promise((resolve) => open.push(() => resolve(read)));
    },
  });
  return {
    finder,
    questions,
    answer: async () => {
      await Promise.resolve();
      for (const one of open.splice(0)) one();
      await new Promise((resolve) => setImmediate(resolve));
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('all who look at once are one question, and what was found is not asked for again', async () => {
  const { finder, questions, answer } = slowStore(new Map([['a', 'A']]));
  const looks = [finder.look('a'), finder.look('a'), finder.look('b')];
  await answer();
  assert.deepEqual(await Promise.all(looks), ['A', 'A', null]);
  assert.deepEqual(questions, [['a', 'b']]);
  assert.deepEqual([finder.known('a'), finder.known('b'), finder.known('c')], ['A', null, undefined]);
});

test('what is not there is looked for again after a moment, or at once when it is told of', async () => {
  const there = new Map<string, string>();
  const { finder, questions, answer, pass } = slowStore(there);
  const none = finder.look('a');
  await answer();
  assert.equal(await none, null);
  assert.equal(await finder.look('a'), null);
  assert.equal(questions.length, 1);
  there.set('a', 'A');
  finder.forget('a');
  const found = finder.look('a');
  await answer();
  assert.equal(await found, 'A');
  const other = finder.look('b');
  await answer();
  await other;
  pass(10_000);
  assert.equal(finder.known('b'), undefined);
  assert.equal(finder.known('a'), 'A');
});

test('thousands of strangers are asked for in few questions, none of them larger than a batch, and then turned away', async () => {
  const { finder, questions, answer } = slowStore(new Map([['mine', 'A']]));
  const first = finder.look('0');
  await Promise.resolve();
  const looks = Array.from({ length: 50_000 }, (_, at) => finder.look(String(at + 1)));
  assert.equal(await looks.at(-1), undefined, 'told to come again');
  assert.equal(await finder.look('mine'), undefined);
  for (let turns = 0; turns < 30; turns++) await answer();
  assert.equal(await first, null);
  assert.equal((await Promise.all(looks)).filter((answer) => answer === null).length, 4_000);
  assert.ok(questions.length <= 22 && questions.every((asked) => asked.length <= 200));
  const mine = finder.look('mine');
  await answer();
  assert.equal(await mine, 'A');
});

test('what changes while it is read is read again', async () => {
  const there = new Map([['a', 'old']]);
  const { finder, questions, answer } = slowStore(there);
  const early = finder.look('a');
  await Promise.resolve();
  there.set('a', 'new');
  finder.forget('a');
  const late = finder.look('a');
  await answer();
  await answer();
  assert.deepEqual([await early, await late], ['new', 'new']);
  assert.equal(questions.length, 2);
  const again = finder.look('b');
  await Promise.resolve();
  finder.forgetAll();
  there.set('b', 'B');
  await answer();
  await answer();
  assert.equal(await again, 'B');
});

test('a broken store is told to all who wait, and asked again by the next', async () => {
  let isBroken = true;
  const finder = createFinder<string>({
    world: { elapsed: () => 0 },
    find: async (hashes) => {
      if (isBroken) throw new Error('broken');
      return new Map(hashes.map((hash) => [hash, 'A']));
    },
  });
  const looks = [finder.look('a'), finder.look('b')];
  for (const look of looks) await assert.rejects(look, /broken/);
  isBroken = false;
  assert.equal(await finder.look('a'), 'A');
});

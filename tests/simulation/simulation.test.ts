/** The whole gateway in virtual time; a failure names its seed, which `switchwright sim --seed N --verbose` runs again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BEHAVIOURS } from '#src/cli/simulation/behaviours.ts';
import { simulate } from '#src/cli/simulation/simulate.ts';

const SEEDS = [1, 2, 3, 4];
const CALLS = 1_250;

const all: { [end: string]: number } = {};

for (const seed of SEEDS)
  test(`${CALLS} calls among hostile hosts, clients that leave and processes that die (seed ${seed})`, async () => {
    const { ends, kills } = await simulate({ seed, calls: CALLS });
    for (const [kind, count] of Object.entries(ends)) all[kind] = (all[kind] ?? 0) + count;
    for (const kind of ['completed', 'failed', 'cancelled', 'lost'])
      assert.ok((ends[kind] ?? 0) > 5, `${kind}: ${JSON.stringify(ends)}`);
    assert.ok((ends.interrupted ?? 0) > 0, JSON.stringify(ends));
    assert.ok(kills > 3, `${kills} kills`);
  });

test('in all of them together calls were refused for every reason of the books', () => {
  for (const kind of ['refused (payment_required)', 'refused (overloaded)', 'refused (stopping)'])
    assert.ok((all[kind] ?? 0) > 20, `${kind}: ${JSON.stringify(all)}`);
});

test('the same seed tells the same story', async () => {
  const options = { seed: 42, calls: 150 };
  const [first, second, other] = [
    await simulate(options),
    await simulate(options),
    await simulate({ ...options, seed: 43 }),
  ];
  assert.deepEqual(first, second);
  assert.notEqual(first.trace, other.trace);
});

test('hosts misbehave in many ways', () => {
  assert.ok(Object.keys(BEHAVIOURS).length > 50);
});

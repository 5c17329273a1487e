/** A million calls in virtual time: `npm run test:long`. */
import { test } from 'node:test';
import { simulate } from '#src/cli/simulation/simulate.ts';

const SEEDS = 200;
const CALLS = 5_000;
const FIRST = 1_000;

for (let seed = FIRST; seed < FIRST + SEEDS; seed++)
  test(`${CALLS} calls, seed ${seed}`, { timeout: 110_000 }, async () => {
    await simulate({ seed, calls: CALLS });
  });

/** Tens of thousands of calls of every kind of end to the real process: its memory stays where it was (`npm run test:long`). */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startSubject } from '../hostile/subject.ts';
import { callInEveryWay, WAYS } from './calls.ts';

const SAMPLES = 40;
const ROUNDS_EACH = 100;
const AT_ONCE = 4;
/** The heap finds its size, SQLite fills its cache of 16 MB. */
const WARM_UP = SAMPLES / 4;
/** A kept receipt would cost two or three thousand. */
const KEPT_BYTES_MAX = 500;
const MIB = 1024 * 1024;

const subject = await startSubject();
after(() => subject.proveUnharmed(400));

/** How much y grows with each step of x, by least squares. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const rise = values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0);
  return rise / values.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
}

test(`memory after ${SAMPLES * ROUNDS_EACH * WAYS.length} calls`, { timeout: 1_800_000 }, async (context) => {
  if (subject.gateway.memory() === null) return context.skip('this system does not tell the memory of a process');
  const sizes: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const work = async (): Promise<void> => {
      for (let round = 0; round < ROUNDS_EACH / AT_ONCE; round++) await callInEveryWay(subject.gateway.origin);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    sizes.push(subject.gateway.memory() ?? 0);
  }
  context.diagnostic(`resident MiB: ${sizes.join(' ')}`);
  const kept = (slopeOf(sizes.slice(WARM_UP)) * MIB) / (ROUNDS_EACH * WAYS.length);
  context.diagnostic(`${Math.round(kept)} bytes more with each call`);
  assert.ok(kept < KEPT_BYTES_MAX, `${Math.round(kept)} bytes more with each call: ${sizes.join(' ')} MiB`);
});

/** Tens of thousands of calls of every kind of end to the real process: its memory stays where it was (`npm run test:long`). */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startSubject } from '../hostile/subject.ts';
import { callInEveryWay, WAYS } from './calls.ts';

/** The first third is for the heap to find its size and for SQLite to fill its cache of 16 MB. */
const SAMPLES = 42;
const ROUNDS_EACH = 80;
const AT_ONCE = 4;
/** A kept receipt would cost two or three thousand. */
const KEPT_BYTES_MAX = 1_000;
const MIB = 1024 * 1024;

const subject = await startSubject();
after(() => subject.proveUnharmed());

test(`memory after ${SAMPLES * ROUNDS_EACH * WAYS.length} calls`, { timeout: 1_800_000 }, async (context) => {
  const sizes: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const work = async (): Promise<void> => {
      for (let round = 0; round < ROUNDS_EACH / AT_ONCE; round++) await callInEveryWay(subject.gateway.origin);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    sizes.push(await subject.gateway.kept());
  }
  context.diagnostic(`MiB held: ${sizes.map((size) => size.toFixed(1)).join(' ')}`);
  const third = SAMPLES / 3;
  const floor = (from: number): number => Math.min(...sizes.slice(from, from + third));
  const kept = ((floor(2 * third) - floor(third)) * MIB) / (third * ROUNDS_EACH * WAYS.length);
  context.diagnostic(`${Math.round(kept)} bytes more with each call`);
  assert.ok(kept < KEPT_BYTES_MAX, `${Math.round(kept)} bytes more with each call: ${sizes.join(' ')} MiB`);
});

/**
 * Every decoder against spoilt calls, answers, streams and refusals. A failure names its seed and number; `SEED=…` runs
 * with another seed, `FUZZ_ONLY=…` one execution alone. With SWITCHWRIGHT_LONG=1 there are a million executions.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SEED, seeded } from '../../src/dialects/fuzz.ts';
import { readCorpus } from './corpus.ts';
import { EXECUTIONS } from './executions.ts';

const COUNT = process.env.SWITCHWRIGHT_LONG === '1' ? 1_000_000 : 50_000;
const ONLY = process.env.FUZZ_ONLY === undefined ? null : Number(process.env.FUZZ_ONLY);
/** Garbage that is still held after all of it was read. */
const HEAP_GROWTH_MAX = 48 * 1024 * 1024;
/** No single execution may take more of the processor, however long a busy machine lets it wait. */
const EXECUTION_CPU_MS_MAX = 5_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const heapUsed = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};

const corpus = readCorpus();

/** Each execution has numbers of its own, so that it can be run again by itself. */
function execute(at: number): void {
  const random = seeded(Math.imul(SEED, 31) + at * 7_919);
  const share = random();
  const execution = EXECUTIONS.find(([most]) => share < most)?.[1];
  assert(execution);
  let what = '';
  const started = process.cpuUsage();
  try {
    execution(corpus, random, (told) => {
      what = told;
    });
    const { user, system } = process.cpuUsage(started);
    const took = (user + system) / 1000;
    assert.ok(took < EXECUTION_CPU_MS_MAX, `took ${took} ms of the processor`);
  } catch (cause) {
    throw new Error(`seed ${SEED}, execution ${at}: ${what}`, { cause });
  }
}

test(`${COUNT} spoilt inputs: no throw, no broken grammar, no leak (seed ${SEED})`, () => {
  if (ONLY !== null) return execute(ONLY);
  for (let at = 0; at < 500; at++) execute(at);
  const before = heapUsed();
  for (let at = 500; at < COUNT; at++) execute(at);
  const growth = heapUsed() - before;
  assert.ok(growth < HEAP_GROWTH_MAX, `the heap grew by ${growth} bytes`);
});

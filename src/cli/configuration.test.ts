import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { readConfiguration } from './configuration.ts';

test('workers are a number, or one for each core; anything else is told by the name of its setting', () => {
  const workers = (value?: string): number =>
    readConfiguration(value === undefined ? {} : { SWITCHWRIGHT_WORKERS: value }).workers;
  assert.equal(workers(), 1);
  assert.equal(workers('3'), 3);
  assert.equal(workers('auto'), availableParallelism());
  for (const wrong of ['many', '-1', '1.5', '257', 'AUTO']) assert.throws(() => workers(wrong), /SWITCHWRIGHT_WORKERS/);
});

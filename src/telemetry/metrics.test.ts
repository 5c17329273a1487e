import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exposition } from './exposition.ts';
import { type MetricFamily, mergeSnapshots, openSeries, SEPARATOR } from './family.ts';

const CALLS: MetricFamily = { name: 'calls_total', help: 'Calls.', type: 'counter', labels: ['model', 'state'] };
const SECONDS: MetricFamily = {
  name: 'seconds',
  help: 'Seconds.',
  type: 'histogram',
  labels: ['host'],
  buckets: [0.1, 1],
};

test('counters and histograms are written as Prometheus reads them', () => {
  const calls = openSeries(CALLS);
  calls.add(`b${SEPARATOR}completed`);
  calls.add(`a\\"\n${SEPARATOR}failed`, 2);
  const seconds = openSeries(SECONDS);
  for (const value of [0.05, 0.1, 0.7, 30]) seconds.observe('near', value);
  assert.equal(
    exposition([CALLS, SECONDS], { calls_total: calls.figures(), seconds: seconds.figures() }),
    [
      '# HELP calls_total Calls.',
      '# TYPE calls_total counter',
      'calls_total{model="a\\\\\\"\\n",state="failed"} 2',
      'calls_total{model="b",state="completed"} 1',
      '# HELP seconds Seconds.',
      '# TYPE seconds histogram',
      'seconds_bucket{host="near",le="0.1"} 2',
      'seconds_bucket{host="near",le="1"} 3',
      'seconds_bucket{host="near",le="+Inf"} 4',
      'seconds_sum{host="near"} 30.85',
      'seconds_count{host="near"} 4',
      '',
    ].join('\n'),
  );
});

test('several processes are added up, series by series', () => {
  const merged = mergeSnapshots([
    { calls_total: { a: [1], b: [2] }, seconds: { near: [1, 0, 0, 0.05] } },
    { calls_total: { b: [3] }, seconds: { near: [0, 0, 1, 7] } },
  ]);
  assert.deepEqual(merged, { calls_total: { a: [1], b: [5] }, seconds: { near: [1, 0, 1, 7.05] } });
});

test('names beyond the first two thousand are counted together', () => {
  const calls = openSeries(CALLS);
  for (let at = 0; at < 2_500; at++) calls.add(`model-${at}${SEPARATOR}completed`);
  const figures = calls.figures();
  assert.equal(Object.keys(figures).length, 2_001);
  assert.deepEqual(figures[`other${SEPARATOR}other`], [500]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FaultCode, fault } from '../base/fault.ts';
import { createHealth, type Health } from './health.ts';

const success = { kind: 'success', latencyMs: 100, throughput: 50 } as const;
const failure = (code: FaultCode, status?: number, retryAfterMs?: number) => ({
  kind: 'failure' as const,
  ms: 5,
  fault: fault(code, 'x', {
    ...(status !== undefined && { upstream: { status } }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }),
});
const START = Date.UTC(2026, 10, 22);

function clocked(): { health: Health; at: (ms: number) => void } {
  let now = START;
  return {
    health: createHealth(() => now),
    at: (ms) => {
      now = START + ms;
    },
  };
}

const isStable = (health: Health): boolean => health.view().of('a')?.stable ?? true;

for (const [traffic, everyMs] of [
  ['a call every 4 s', 4_000],
  ['a hundred calls a second', 10],
] as const)
  test(`F15: an outage of 60 s sees three probes at most; recovered, it is used again within 30 s: ${traffic}`, () =>
    outage(everyMs));

function outage(everyMs: number): void {
  const { health, at } = clocked();
  const RECOVERY = 60_000;
  let calls = 0;
  let usedAgainAt: number | null = null;
  for (let time = 0; time < 120_000 && usedAgainAt === null; time += everyMs) {
    at(time);
    if (!isStable(health)) continue;
    health.started('a');
    if (time >= RECOVERY) {
      usedAgainAt = time;
      health.ended('a', success);
      continue;
    }
    calls++;
    health.ended('a', failure('upstream_overloaded', 503));
    if (isStable(health)) health.ended('a', failure('upstream_overloaded', 503));
  }
  assert.ok(calls - 1 <= 3, `${calls - 1} probes after the call that found it down`);
  assert.ok(usedAgainAt !== null && usedAgainAt - RECOVERY <= 30_000, `used again at ${usedAgainAt}`);
  assert.equal(isStable(health), true);
}

test('only one caller probes at a time; a cancelled probe lets the next one try', () => {
  const { health, at } = clocked();
  health.ended('a', failure('upstream_timeout'));
  assert.equal(isStable(health), false);
  at(6_000);
  assert.equal(isStable(health), false, 'a silence costs each prober seconds: its pause is longer');
  at(15_000);
  assert.equal(isStable(health), true);
  health.started('a');
  assert.equal(isStable(health), false);
  health.ended('a', { kind: 'cancelled' });
  assert.equal(isStable(health), true);
});

test('one failure is no outage; two in a row are; a success forgives', () => {
  const { health } = clocked();
  health.ended('a', failure('upstream_server_error', 500));
  assert.equal(isStable(health), true);
  health.ended('a', success);
  health.ended('a', failure('upstream_unreachable'));
  assert.equal(isStable(health), true);
  health.ended('a', failure('upstream_unreachable'));
  assert.equal(isStable(health), false);
  health.ended('a', success);
  assert.equal(isStable(health), true);
});

test('what callers do wrong counts for nothing; rate limits pause without counting', () => {
  const { health, at } = clocked();
  health.ended('a', success);
  const ignored = [
    failure('upstream_invalid_request', 400),
    failure('upstream_schema_mismatch'),
    failure('payload_too_large', 413),
    failure('unprocessable', 422),
    failure('content_policy_violation', 403),
    failure('upstream_permission', 403),
    failure('cancelled', 499),
    failure('context_length_exceeded', 400),
  ];
  for (let round = 0; round < 3; round++) for (const report of ignored) health.ended('a', report);
  assert.equal(isStable(health), true);
  health.ended('a', failure('upstream_rate_limit', 429, 9_000));
  health.ended('a', failure('upstream_rate_limit', 429, 9_000));
  assert.equal(isStable(health), false);
  assert.equal(health.view().of('a')?.success, 1);
  at(9_001);
  assert.equal(isStable(health), true);
});

test('figures roll: they fill, give percentiles, and fall out of the window', () => {
  const { health, at } = clocked();
  for (let index = 1; index <= 200; index++)
    health.ended('a', { kind: 'success', latencyMs: index, throughput: index % 2 ? null : index });
  health.ended('a', failure('upstream_malformed', 200));
  const full = health.view().of('a');
  assert.equal(full?.success, 0.995, '200 of 201, no finer than receipts keep it');
  // Within a quarter of an octave, and each the mean of what lies there: of 1 to 200 ms, the 101st is at 101.
  assert.deepEqual(full?.latencyMs, { p50: 99, p75: 140, p90: 167, p99: 191 });
  assert.deepEqual(full?.latencyMsLast5m, full?.latencyMs);
  at(31 * 60_000);
  const empty = health.view().of('a');
  const figures = {
    success: null,
    successLast5m: null,
    latencyMs: null,
    throughput: null,
    latencyMsLast5m: null,
    throughputLast5m: null,
  };
  assert.deepEqual(empty, { stable: true, successLast1d: 0.995, ...figures });
  assert.equal(health.view().of('never seen'), undefined);
});

test('a view does not change under a plan', () => {
  const { health } = clocked();
  health.ended('a', success);
  const view = health.view();
  assert.equal(view.of('a')?.stable, true);
  health.ended('a', failure('upstream_timeout'));
  assert.equal(view.of('a')?.stable, true);
  assert.equal(health.view().of('a')?.stable, false);
});

test('what fails quickly may be tried by who has nothing else; what has cost two callers seconds is shut between probes', () => {
  const { health, at } = clocked();
  assert.equal(health.gate('a').gate, 'open');
  for (let call = 0; call < 3; call++) health.ended('a', failure('upstream_server_error', 500));
  assert.equal(health.gate('a').gate, 'doubtful');
  health.ended('a', success);
  health.ended('a', failure('upstream_timeout'));
  assert.equal(health.gate('a').gate, 'doubtful', 'one silence may be one hard question');
  health.ended('a', { ...failure('upstream_unreachable'), ms: 8_000 });
  assert.deepEqual(health.gate('a'), { gate: 'shut', againInMs: 15_000 });
  at(15_000);
  assert.equal(health.gate('a').gate, 'probe');
  health.started('a');
  assert.deepEqual(health.gate('a'), { gate: 'shut', againInMs: 1_000 }, 'one caller probes, the others are told');
  health.ended('a', success);
  assert.equal(health.gate('a').gate, 'open');
});

test('uptime of five minutes, half an hour and a day', () => {
  const { health, at } = clocked();
  const uptime = (): readonly (number | null | undefined)[] => {
    const figures = health.view().of('a');
    return [figures?.successLast5m, figures?.success, figures?.successLast1d];
  };
  health.ended('a', failure('upstream_timeout'));
  assert.deepEqual(uptime(), [0, 0, 0]);
  at(6 * 60_000);
  for (let call = 0; call < 3; call++) health.ended('a', success);
  assert.deepEqual(uptime(), [1, 0.75, 0.75]);
  at(40 * 60_000);
  assert.deepEqual(uptime(), [null, null, 0.75]);
  at(25 * 3_600_000);
  assert.deepEqual(uptime(), [null, null, null]);
});

test('of a host that is down and fails quickly a few callers a second find out, whoever has nowhere else to go', () => {
  const { health, at } = clocked();
  for (let time = 0; time < 2; time++) {
    health.started('a');
    health.ended('a', failure('upstream_server_error', 500));
  }
  const letThrough = (): number => {
    let count = 0;
    for (let time = 0; time < 100; time++) {
      if (health.gate('a').gate !== 'doubtful') continue;
      count++;
      health.started('a');
      health.ended('a', failure('upstream_server_error', 500));
    }
    return count;
  };
  at(1_000);
  assert.equal(letThrough(), 4);
  assert.deepEqual(health.gate('a'), { gate: 'shut', againInMs: 1_000 });
  at(2_000);
  assert.equal(letThrough(), 4);
  health.ended('a', success);
  assert.equal(health.gate('a').gate, 'open');
});

test('what its host grants no more of, by its word or by its refusals, is told with its health', () => {
  const { health, at } = clocked();
  const isSpent = (): boolean => health.view().of('a')?.spent ?? false;
  health.ended('a', success);
  assert.equal(isSpent(), false);
  health.spent('a', 5_000);
  assert.equal(isSpent(), true);
  at(5_001);
  assert.equal(isSpent(), false);
  for (let time = 0; time < 10; time++) health.started('a');
  health.ended('a', failure('upstream_rate_limit', 429));
  health.ended('a', success);
  assert.equal(isSpent(), true);
  at(61_000);
  assert.equal(isSpent(), false, 'in the next minute it takes some again');
});

test('the share of prompts that was read from caches is told, once any was', () => {
  const { health, at } = clocked();
  health.ended('a', { ...success, prompt: { tokens: 1_000, cached: 0 } });
  assert.equal(health.view().of('a')?.cacheShare, undefined);
  at(2_000);
  health.ended('a', { ...success, prompt: { tokens: 3_000, cached: 1_000 } });
  at(4_000);
  assert.equal(health.view().of('a')?.cacheShare, 0.25);
  at(40 * 60_000);
  assert.equal(health.view().of('a')?.cacheShare, undefined, 'half an hour later');
});

test('of each window are told calls, refusals for their number, what could be read, and how fast it was', () => {
  const { health, at } = clocked();
  assert.equal(health.windows('a'), null);
  for (let call = 0; call < 6; call++) health.ended('a', { ...success, latencyMs: 800 });
  health.ended('a', failure('upstream_server_error', 500));
  health.ended('a', failure('upstream_rate_limit', 429));
  health.formed('a', { well: 3, badly: 1 });
  at(10 * 60_000);
  for (let call = 0; call < 2; call++) health.ended('a', success);
  const windows = health.windows('a');
  const all = (value: number) => ({ p50: value, p75: value, p90: value, p99: value });
  assert.deepEqual(windows?.last5m, {
    requests: 2,
    success: 1,
    rateLimited: 0,
    wellFormed: null,
    latencyMs: all(100),
    throughput: all(50),
  });
  const { latencyMs: long, ...counts } = windows?.last30m ?? {};
  assert.deepEqual(counts, {
    requests: 10,
    success: 0.8889,
    rateLimited: 0.1,
    wellFormed: 0.75,
    throughput: all(50),
  });
  assert.deepEqual(long, all(800));
  assert.equal(windows?.last1d.requests, 10);
  at(38 * 60_000);
  assert.equal(health.windows('a')?.last30m.requests, 2);
  assert.equal(health.windows('a')?.last1d.wellFormed, 0.75);
});

test('tool calls are judged where there were enough of them, and enough calls lately', () => {
  const { health, at } = clocked();
  const told = () => health.view().of('a')?.wellFormed;
  health.formed('a', { well: 197, badly: 2 });
  for (let call = 0; call < 100; call++) health.ended('a', success);
  assert.equal(told(), undefined);
  at(2_000);
  health.formed('a', { well: 1, badly: 0 });
  assert.equal(told(), 0.99);
  at(40 * 60_000);
  assert.equal(told(), undefined, 'nothing was asked there for half an hour');
});

test('what peers sum up stands for all that they tell of', () => {
  const { health } = clocked();
  health.answeredElsewhere('a', { times: 300, latenciesMs: [100, 100, 900], throughputs: [20] });
  health.ended('a', { ...success, latencyMs: 900 });
  assert.equal(health.view().of('a')?.latencyMs?.p50, 100);
  assert.equal(health.windows('a')?.last5m.requests, 301);
});

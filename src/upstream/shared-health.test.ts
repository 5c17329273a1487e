import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '../base/fault.ts';
import type { Peers } from '../facts/peers.ts';
import { createHealth, type Health } from './health.ts';
import { shareHealth } from './shared-health.ts';

const down = {
  kind: 'failure',
  ms: 5,
  fault: fault('upstream_overloaded', 'x', { upstream: { status: 503 } }),
} as const;
const up = { kind: 'success', latencyMs: 120, throughput: 40 } as const;

/** Processes that tell each other at once, in a time that passes only here. */
function processes(count: number) {
  let now = 0;
  let timers: { at: number; task: () => void }[] = [];
  const listeners: ((text: string) => void)[] = [];
  const messages: string[] = [];
  const after = (ms: number, task: () => void) => {
    timers.push({ at: now + ms, task });
    return () => {};
  };
  const started = Array.from({ length: count }, (_, at): Health => {
    const peers: Peers = {
      tell: (text) => {
        messages.push(text);
        listeners.forEach((listener, to) => to !== at && listener(text));
      },
      onTold: (listener) => void listeners.push(listener),
    };
    return shareHealth(
      createHealth(() => now),
      peers,
      after,
    );
  });
  const pass = (ms: number): void => {
    const until = now + ms;
    for (;;) {
      const next = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      timers = timers.filter((timer) => timer !== next);
      now = next.at;
      next.task();
    }
    now = until;
  };
  return { started, pass, messages, tellAll: (text: string) => listeners.forEach((listener) => void listener(text)) };
}

const gates = (started: readonly Health[]): string[] => started.map((health) => health.gate('a').gate);

test('an outage that one process meets is one for all, and so is its end', () => {
  const { started, pass } = processes(3);
  const [first, second] = started as [Health, Health, Health];
  first.ended('a', down);
  first.ended('a', down);
  assert.deepEqual(gates(started), ['doubtful', 'open', 'open'], 'for three milliseconds');
  pass(3);
  assert.deepEqual(gates(started), ['doubtful', 'doubtful', 'doubtful']);
  pass(5_000);
  assert.deepEqual(gates(started), ['probe', 'probe', 'probe']);
  second.started('a');
  pass(3);
  assert.deepEqual(gates(started), ['doubtful', 'doubtful', 'doubtful'], 'one of them asks again');
  second.ended('a', up);
  pass(3);
  assert.deepEqual(gates(started), ['open', 'open', 'open']);
});

test('a failure here and one there are an outage; one among answers is none', () => {
  const { started, pass } = processes(2);
  const [first, second] = started as [Health, Health];
  first.ended('a', down);
  pass(3);
  second.ended('a', down);
  pass(3);
  assert.deepEqual(gates(started), ['doubtful', 'doubtful']);

  const calm = processes(2);
  const [one, other] = calm.started as [Health, Health];
  one.ended('a', down);
  calm.pass(3);
  other.ended('a', up);
  calm.pass(2_000);
  one.ended('a', down);
  calm.pass(3);
  assert.deepEqual(gates(calm.started), ['open', 'open']);
});

test('a probe that its caller gave up lets the next one try, wherever it is', () => {
  const { started, pass } = processes(2);
  const [first, second] = started as [Health, Health];
  first.ended('a', down);
  first.ended('a', down);
  pass(5_003);
  first.started('a');
  pass(3);
  assert.equal(second.gate('a').gate, 'doubtful');
  first.ended('a', { kind: 'cancelled' });
  pass(3);
  assert.equal(second.gate('a').gate, 'probe');
});

test('figures are those of all processes', () => {
  const { started, pass, messages } = processes(2);
  const [first, second] = started as [Health, Health];
  for (let call = 0; call < 300; call++) first.ended('a', up);
  for (let call = 0; call < 100; call++) first.ended('b', down);
  pass(2_000);
  assert.equal(messages.length, 2, 'one of what failed, one of what went well');
  const seen = second.view();
  assert.equal(seen.of('a')?.success, 1);
  assert.equal(seen.of('a')?.latencyMs?.p50, 120);
  assert.equal(seen.of('a')?.throughput?.p50, 40);
  assert.equal(seen.of('b')?.success, 0);
  second.ended('b', up);
  pass(2_000);
  assert.equal(first.view().of('b')?.success, 0.0099, 'one of 101: every failure was counted');
});

test('what is taken beyond what was permitted is remembered by all', () => {
  const { started, pass } = processes(2);
  started[0]?.distrust('a');
  pass(3);
  assert.equal(started[1]?.view().of('a')?.overruns, true);
});

test('many endpoints take several messages, and no message is longer than a notice may be', () => {
  const { started, pass, messages } = processes(2);
  for (let at = 0; at < 2_000; at++) {
    started[0]?.ended(`maker/a-model-with-a-long-name-${at}@host`, down);
    started[0]?.ended(`maker/a-model-with-a-long-name-${at}@host`, down);
    started[0]?.ended(`maker/another-one-${at}@host`, up);
  }
  pass(2_000);
  assert(messages.length > 20);
  for (const message of messages) assert(message.length <= 6_000, `${message.length}`);
  assert.equal(started[1]?.gate('maker/a-model-with-a-long-name-1999@host').gate, 'doubtful');
});

test('what a peer of another release says and this one does not know is not heard', () => {
  const { started, tellAll } = processes(1);
  for (const text of ['', 'nonsense', '{}', '[1,null,["x"],["z","a"],["f","a",2,"no_such_fault",0,1,-1]]'])
    tellAll(text);
  assert.deepEqual(gates(started), ['open']);
});

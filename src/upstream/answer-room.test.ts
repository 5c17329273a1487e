import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../base/limits.ts';
import { createMemory } from '../base/memory.ts';
import { virtualClock } from '../base/testing/clock.ts';
import type { WireHandler } from '../base/world.ts';
import { requestWithRoom } from './answer-room.ts';

const KB = 1024;
const BYTES = 24 * KB * KB;
const REQUEST = { method: 'POST', url: 'https://a.test', headers: {}, body: null, reach: 'operator' } as const;

/** Answers that hosts send as they are told to, and what happened to each. */
function bench() {
  const clock = virtualClock();
  const memory = createMemory(BYTES, clock.world);
  const open = (who: string) => {
    const told: string[] = [];
    let host: WireHandler | undefined;
    const wire = {
      pause: () => void told.push('pause'),
      resume: () => void told.push('resume'),
      abort: () => void told.push('abort'),
    };
    const world = {
      request: (_: unknown, handler: WireHandler) => {
        host = handler;
        return wire;
      },
    };
    const allowance = memory.open(who);
    const handler: WireHandler = {
      head: () => {},
      data: () => {},
      end: () => void told.push('end'),
      error: ({ kind }) => void told.push(kind),
    };
    const client = requestWithRoom(world, REQUEST, handler, () => allowance);
    assert(host);
    return { told, host, client, allowance };
  };
  return { clock, memory, open };
}

test('a small answer takes no memory, a large one as much as it tells, before it is read on', () => {
  const { memory, open } = bench();
  const small = open('a');
  small.host.head(200, {});
  small.host.data(Buffer.alloc(LIMITS.small_body_bytes));
  small.host.end();
  assert.equal(memory.used(), 0);
  const large = open('a');
  large.host.head(200, { 'content-length': String(2 * KB * KB) });
  for (let at = 0; at < 32; at++) large.host.data(Buffer.alloc(64 * KB));
  large.host.end();
  assert.deepEqual(large.told, ['end'], 'where there is room nothing waits');
  assert.equal(memory.used(), 6 * KB * KB);
  large.allowance.close();
  assert.equal(memory.used(), 0);
});

test('an answer for which there is no room waits at its host, is read on when there is, or ends as too much', () => {
  const { clock, memory, open } = bench();
  const first = open('a');
  first.host.head(200, { 'content-length': String(7 * KB * KB) });
  first.host.data(Buffer.alloc(65 * KB));
  const [second, third, left] = [open('b'), open('c'), open('d')];
  for (const { host } of [second, third, left]) {
    host.head(200, {});
    host.data(Buffer.alloc(65 * KB));
    host.data(Buffer.alloc(65 * KB));
  }
  assert.deepEqual(second.told, ['pause'], 'once, however much comes behind');
  left.client.abort();
  left.allowance.close();
  first.allowance.close();
  assert.deepEqual(
    [second.told, third.told],
    [
      ['pause', 'resume'],
      ['pause', 'resume'],
    ],
  );
  assert.deepEqual(left.told, ['pause', 'abort']);
  const whole = open('e');
  whole.host.head(200, { 'content-length': String(7 * KB * KB) });
  whole.host.data(Buffer.alloc(65 * KB));
  clock.advance(LIMITS.memory_wait_ms);
  assert.deepEqual(whole.told, ['pause', 'abort', 'exhausted']);
  for (const { allowance } of [second, third, whole]) allowance.close();
  whole.allowance.take(10, (isGranted) => assert.equal(isGranted, false, 'nothing is taken after the end'));
  assert.equal(memory.used(), 0);
  assert.equal(clock.pending(), 0);
});

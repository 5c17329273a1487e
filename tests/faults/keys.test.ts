/** Several keys of one provider: each takes its share, and what a host holds against one of them rests on that one. */
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { createCredentials } from '#src/upstream/credentials.ts';
import { createHealth } from '#src/upstream/health.ts';
import { createKeyring } from '#src/upstream/keyring.ts';
import { type BenchOptions, bench, targetAt, textOf } from './bench.ts';
import { ANSWER, answers, type Behaviour, refuses, startHostileServer } from './hostile-server.ts';
import { type LineWorld, lineWorld } from './line-world.ts';

const host = await startHostileServer();
const spare = await startHostileServer();
after(() => {
  host.close();
  spare.close();
});
const main = targetAt(host.origin, 'maker/main', 'first');
const other = targetAt(spare.origin, 'maker/main', 'second');
beforeEach(() => {
  host.script(answers());
  spare.script(answers());
});

const KEYS = { KEY: 'sk-the-first-key', KEY_2: 'sk-the-second-key', KEY_3: 'sk-the-third-key' };

/** Whoever comes with one of these keys is refused so. */
const refusesKeys =
  (keys: readonly string[], behaviour: Behaviour): Behaviour =>
  (response, seen, socket) =>
    keys.some((key) => seen.headers.authorization === `Bearer ${key}`)
      ? behaviour(response, seen, socket)
      : answers()(response, seen, socket);

function gateway(variables: { readonly [name: string]: string }, draws: readonly number[] = [0]) {
  let drawn = 0;
  const line = lineWorld();
  const world: LineWorld = { ...line, random: () => draws[drawn++ % draws.length] ?? 0 };
  const health = createHealth(world.elapsed);
  const keyring = createKeyring(createCredentials(variables), world);
  const call = async (more: BenchOptions = {}, targets = [main]) => {
    host.seen.length = 0;
    const { events, outcome } = bench(targets, { world, health, keyring, ...more });
    const result = await outcome;
    const used = host.seen.map(({ headers }) => String(headers.authorization).slice('Bearer '.length));
    return { result, used, text: textOf(events), keys: result.attempts.map(({ key }) => key) };
  };
  return { call, health, world };
}

for (const [what, refusal, rests_ms] of [
  ['a refused key', refuses(401, { message: 'Incorrect API key.' }), 300_000],
  ['an empty account', refuses(402, { message: 'Insufficient balance.' }), 300_000],
  ['a limited account', refuses(429, { message: 'Slow down.' }), 5_000],
  ['an account that is told to wait', refuses(429, { message: 'Slow down.' }, { 'retry-after': '90' }), 90_000],
] as const)
  test(`${what}: another key answers the same call, the first rests, and the endpoint is not blamed`, async () => {
    const { call, health, world } = gateway(KEYS);
    host.script(refusesKeys([KEYS.KEY], refusal));
    const first = await call();
    assert.equal(first.text, ANSWER);
    assert.deepEqual(first.used, [KEYS.KEY, KEYS.KEY_2]);
    assert.deepEqual(first.keys, ['KEY', 'KEY_2'], 'the receipt names them, and not what is in them');
    assert.equal(health.gate(main.endpoint.id).gate, 'open');
    assert.equal(health.view().of(main.endpoint.id)?.success, 1);
    assert.deepEqual((await call()).used, [KEYS.KEY_2]);
    await world.pass(rests_ms - 1_000);
    assert.deepEqual((await call()).used, [KEYS.KEY_2]);
    await world.pass(1_000);
    assert.deepEqual((await call()).used, [KEYS.KEY, KEYS.KEY_2], 'it is asked again');
  });

test('a key without the right to a model does not rest: it may have it to others', async () => {
  const { call } = gateway(KEYS);
  host.script(refusesKeys([KEYS.KEY], refuses(403, { message: 'Your project may not use this model.' })));
  assert.deepEqual((await call()).used, [KEYS.KEY, KEYS.KEY_2]);
  assert.deepEqual((await call()).used, [KEYS.KEY, KEYS.KEY_2]);
});

test('where no key is taken the call goes on to the next endpoint, and the fault is the last one’s', async () => {
  const { call } = gateway(KEYS);
  host.script(refuses(401, { message: 'Incorrect API key.' }));
  const alone = await call();
  assert.equal(alone.result.kind === 'failed' && alone.result.fault.code, 'upstream_authentication');
  assert.deepEqual(alone.used, Object.values(KEYS));
  const away = await call({}, [main, other]);
  assert.equal(away.text, ANSWER);
  assert.deepEqual(away.used, [KEYS.KEY], 'all of them rest: the one that has rested longest is asked');
});

test('what has nothing to do with a key is not tried with all of them', async () => {
  const { call } = gateway(KEYS);
  host.script(refuses(400, { message: 'Too long.', code: 'context_length_exceeded' }));
  assert.deepEqual((await call()).used, [KEYS.KEY]);
  host.script(refuses(500, { message: 'Oops.' }));
  assert.equal((await call()).used.length, 2, 'as ever');
});

test('keys are drawn by their weights, and a conversation stays with one', async () => {
  const draws = Array.from({ length: 100 }, (_, at) => at / 100);
  const { call } = gateway({ ...KEYS, KEY_WEIGHT: '3', KEY_2_WEIGHT: '6', KEY_3_WEIGHT: 'many' }, draws);
  const counts = new Map<string, number>();
  for (let at = 0; at < 100; at++) {
    const [key = ''] = (await call()).used;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assert.deepEqual(
    [...counts],
    [
      [KEYS.KEY, 30],
      [KEYS.KEY_2, 60],
      [KEYS.KEY_3, 10],
    ],
  );
  const stays = new Set<string>();
  const spread = new Set<string>();
  for (let at = 0; at < 12; at++) {
    stays.add(String((await call({ conversation: 'session-1' })).used));
    spread.add(String((await call({ conversation: `session-${at}` })).used));
  }
  assert.equal(stays.size, 1);
  assert(spread.size > 1);
});

test('a provider with one key is as it was', async () => {
  const { call } = gateway({ KEY: KEYS.KEY, KEY_3: ' ' });
  host.script(refuses(429, { message: 'Slow down.' }));
  const one = await call();
  assert.deepEqual(one.used, [KEYS.KEY, KEYS.KEY]);
  assert.deepEqual(one.keys, [undefined, undefined]);
});

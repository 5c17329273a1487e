/** Backpressure, hanging up, strictness: what the gateway's other half asks of a run. */
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { DEADLINES } from '#src/base/limits.ts';
import { openaiChatUpstream } from '#src/dialects/openai-chat/index.ts';
import { createHealth } from '#src/upstream/health.ts';
import { bench, targetAt, textOf } from './bench.ts';
import { ANSWER, answers, neverAnswers, refuses, startHostileServer } from './hostile-server.ts';
import { lineWorld, turn } from './line-world.ts';

const server = await startHostileServer();
const spare = await startHostileServer();
after(() => {
  server.close();
  spare.close();
});
const main = targetAt(server.origin, 'maker/main', 'first');
const other = targetAt(spare.origin, 'maker/main', 'second');
beforeEach(() => {
  server.script(answers());
  spare.script(answers());
});

test('cancelling in mid-stream: the provider sees it, the listener hears of it once', async () => {
  server.script(answers({ words: 5, ending: 'silence' }));
  const { outcome, events } = bench([main, other], {
    onEvents: (_, run) => {
      run.cancel();
      run.cancel();
    },
  });
  const result = await outcome;
  assert.equal(result.kind, 'cancelled');
  assert.equal(result.kind === 'cancelled' && result.target?.endpoint.id, main.endpoint.id);
  assert.equal(result.attempts[0]?.outcome, 'cancelled');
  const heard = events.length;
  while (server.aborted() === 0) await turn();
  assert.equal(events.length, heard);
  assert.equal(spare.seen.length, 0);
});

test('cancelling while nothing has answered, while waiting for a retry, and before the first step', async () => {
  server.script(neverAnswers);
  const silent = bench([main]);
  while (server.seen.length === 0) await turn();
  silent.run.cancel();
  assert.equal((await silent.outcome).kind, 'cancelled');

  server.script(refuses(429, { message: 'Slow down' }, { 'retry-after': '2' }));
  const world = lineWorld('stands');
  const waiting = bench([main], { world });
  while (server.seen.length === 0 || world.open() > 0) await turn();
  assert.equal(world.waits(), 1, 'for the two seconds to pass');
  waiting.run.cancel();
  assert.equal(world.waits(), 0);
  const waited = await waiting.outcome;
  assert.equal(waited.kind, 'cancelled');
  assert.deepEqual(
    waited.attempts.map(({ outcome }) => outcome),
    ['failed'],
  );

  server.script(answers());
  const early = bench([main]);
  early.run.cancel();
  assert.equal((await early.outcome).kind, 'cancelled');
  assert.equal(server.seen.length, 0);
});

test('a paused stream holds the provider back and outlives the deadline between events', async () => {
  const block = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(60_000) } }] })}\n\n`;
  const blocks = 600;
  let sent = 0;
  server.script((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const more = (): void => {
      while (sent < blocks) {
        sent++;
        if (!response.write(block)) return void response.once('drain', more);
      }
      response.end('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
    };
    more();
  });
  const paused = Promise.withResolvers<void>();
  let hasPaused = false;
  const { run, outcome, events, world } = bench([main], {
    onEvents: (_, run) => {
      if (hasPaused) return;
      hasPaused = true;
      run.pause();
      paused.resolve();
    },
  });
  await paused.promise;
  await world.pass(10 * DEADLINES.between_events_ms);
  await wait(100); // for a provider that is not held back to send on
  const sentWhilePaused = sent;
  assert.ok(sentWhilePaused < blocks / 2, `${sentWhilePaused} of ${blocks} blocks`);
  run.resume();
  const result = await outcome;
  assert.equal(result.kind, 'streamed', result.kind === 'broken' ? result.fault.message : '');
  assert.equal(textOf(events).length, blocks * 60_000);
});

test('events of one read come in one batch, content and all that was held before it first', async () => {
  const { outcome, batches, events } = bench([main]);
  await outcome;
  assert.equal(textOf(events), ANSWER);
  assert.equal(events[0]?.type, 'start');
  assert.ok(batches.length < 20, `${batches.length} batches for ${events.length} events`);
});

test('an empty answer that ends properly is an answer', async () => {
  server.script(answers({ words: 0 }));
  const { outcome, events } = bench([main, other]);
  const { kind, attempts } = await outcome;
  assert.equal(kind, 'streamed');
  assert.deepEqual(
    events.map(({ type }) => type),
    ['start', 'finish', 'usage', 'end'],
  );
  assert.equal(attempts[0]?.upstreamId, 'c1', 'the vendor’s id is kept, also where nothing was said');
});

test('without streaming the reply comes whole', async () => {
  const { outcome, events } = bench([main], { call: { stream: false } });
  const result = await outcome;
  assert.ok(result.kind === 'replied');
  assert.equal(result.reply.usage?.output, 60);
  assert.equal(events.length, 0);
});

test('a field that the provider refuses is a loss, and with a strict plan a reason to go elsewhere', async () => {
  const picky = targetAt(server.origin, 'maker/main', 'picky', { drop: ['seed'], rename: { stop: 'stops' } });
  const call = { sampling: { seed: 7 }, stop: ['END'], stream: false };
  const lenient = await bench([picky, other], { call }).outcome;
  assert.ok(lenient.kind === 'replied');
  assert.deepEqual(
    lenient.losses.map(({ field }) => field),
    ['seed'],
  );
  assert.equal(server.seen[0]?.body.seed, undefined);
  assert.deepEqual(server.seen[0]?.body.stops, ['END']);

  const strict = bench([picky, other], { call, plan: { strict: true } });
  assert.ok((await strict.outcome).kind === 'replied');
  assert.deepEqual(strict.dispatched, [other.endpoint.id]);
  const nowhere = await bench([picky], { call, plan: { strict: true } }).outcome;
  assert.match(nowhere.kind === 'failed' ? nowhere.fault.message : '', /seed/);
});

test('an image that cannot be fetched fails the call before anything is sent', async () => {
  const url = `${server.origin}/picture.png?token=secret`;
  const dialect = { ...openaiChatUpstream, assets: () => [{ url, kind: 'image' as const }] };
  const { outcome, dispatched } = bench([main, other], { dialect });
  const result = await outcome;
  assert.ok(result.kind === 'failed' && result.fault.code === 'image_download_failed');
  assert.ok(!result.fault.message.includes('secret'));
  assert.deepEqual(dispatched, []);
});

test('a plan without candidates ends with its own fault; a provider without its key is passed over', async () => {
  const fault = { code: 'no_endpoints', message: 'Nothing fits.' } as const;
  const empty = await bench([], { plan: { fault } }).outcome;
  assert.deepEqual(empty.kind === 'failed' && empty.fault, fault);
  const provider = { ...main.endpoint.provider, auth: { scheme: 'bearer', env: 'OTHER_KEY' } as const };
  const keyless = { ...main, endpoint: { ...main.endpoint, provider } };
  const passed = bench([keyless, other]);
  assert.equal((await passed.outcome).kind, 'streamed');
  assert.deepEqual(passed.dispatched, [other.endpoint.id]);
});

test('a bug in a dialect ends its own call with `server`', async () => {
  const broken = () => {
    throw new TypeError('undefined is not a function');
  };
  for (const part of ['encodeCall', 'decodeEvents', 'assets'] as const) {
    const result = await bench([main], { dialect: { ...openaiChatUpstream, [part]: broken } }).outcome;
    assert.equal(result.kind === 'failed' && result.fault.code, 'server', part);
  }
  const atEnd = { push: () => [], end: broken };
  const result = await bench([main], { dialect: { ...openaiChatUpstream, decodeEvents: () => atEnd } }).outcome;
  assert.equal(result.kind === 'failed' && result.fault.code, 'server');
});

test('attempts are reported to health: latency of answers, outages of failures', async () => {
  const world = lineWorld();
  const health = createHealth(world.now);
  await bench([main], { health, world }).outcome;
  const well = health.view().of(main.endpoint.id);
  assert.equal(well?.stable, true);
  assert.equal(well?.success, 1);
  assert.ok((well?.latencyMs?.p50 ?? -1) >= 0);
  server.script(refuses(503, { message: 'Overloaded' }));
  await bench([main, other], { health, world }).outcome;
  assert.equal(health.view().of(main.endpoint.id)?.stable, false);
});

test('an endpoint that kept two callers waiting in vain keeps no third: told at once until it is asked again', async () => {
  const world = lineWorld();
  const health = createHealth(world.now);
  const called = async () => {
    server.script(neverAnswers);
    const { outcome } = bench([main], { health, world });
    while (server.seen.length === 0) await turn();
    await world.pass(DEADLINES.first_content_last_ms + 1);
    return outcome;
  };
  for (const code of ['upstream_timeout', 'upstream_timeout']) {
    const silent = await called();
    assert.equal(silent.kind === 'failed' && silent.fault.code, code);
  }
  const told = await bench([main], { health, world }).outcome;
  assert(told.kind === 'failed');
  assert.equal(told.fault.code, 'upstream_overloaded');
  assert((told.fault.retryAfterMs ?? 0) > 0);
  assert.deepEqual(told.attempts, []);
  const elsewhere = await bench([main, other], { health, world }).outcome;
  assert.equal(elsewhere.kind === 'streamed' && elsewhere.target.endpoint.id, other.endpoint.id);
  assert.equal(server.seen.length, 1, 'nobody has asked it since');
  await world.pass(25_000);
  server.script(answers());
  const probe = await bench([main], { health, world }).outcome;
  assert.equal(probe.kind, 'streamed', 'who comes when it is due asks it, and it is back');
});

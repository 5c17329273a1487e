import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deadlines } from '../base/limits.ts';
import { DEADLINES } from '../base/limits.ts';
import { createMemory } from '../base/memory.ts';
import type { World } from '../base/world.ts';
import type { EmbeddingCall } from '../call/embedding.ts';
import { DIALECTS } from '../dialects/registry.ts';
import { sampleTarget } from '../dialects/samples.ts';
import { createCredentials } from './credentials.ts';
import { embeddingErrand } from './embedding-errand.ts';
import { createHealth } from './health.ts';
import { createKeyring } from './keyring.ts';
import { type RunOutcome, startRun } from './run.ts';

const target = sampleTarget('bedrock-embeddings', { endpoint: { upstreamId: 'amazon.titan-embed-text-v2:0' } });
const callOf = (...texts: string[]): EmbeddingCall => ({
  model: 'author/model',
  models: [],
  inputs: texts.map((text) => ({ type: 'content', parts: [{ type: 'text', text }] })),
  gateway: {},
});

type Bench = { readonly outcome: RunOutcome<'embeddings'>; readonly sent: readonly string[] };

/** A provider that takes `takesMs` for each of these answers, in virtual time. */
function run(
  call: EmbeddingCall,
  answers: readonly { readonly status: number; readonly body: unknown }[],
  takesMs = 1,
  deadlines: Partial<Deadlines> = {},
): Promise<Bench> {
  let now = 0;
  let ids = 0;
  const sent: string[] = [];
  const world: World = {
    now: () => now,
    elapsed: () => now,
    after: (ms, task) => {
      if (ms > 1_000) return () => {};
      let isOn = true;
      queueMicrotask(() => isOn && task());
      return () => (isOn = false);
    },
    random: () => 0,
    newId: (prefix) => `${prefix}-${ids++}`,
    request: ({ body }, handler) => {
      const answer = answers[sent.length];
      sent.push(JSON.parse(String(body)).inputText);
      queueMicrotask(() => {
        now += takesMs;
        handler.head(answer?.status ?? 404, { 'content-type': 'application/json' });
        handler.data(Buffer.from(JSON.stringify(answer?.body ?? {})));
        handler.end();
      });
      return { pause: () => {}, resume: () => {}, abort: () => {} };
    },
  };
  const plan = { candidates: [{ ...target, reason: 'test' }], rejected: [], strict: false };
  const dependencies = {
    world,
    keyring: createKeyring(createCredentials({}), world),
    memory: createMemory(2 ** 28, world),
    health: createHealth(world.now),
    deadlines: { ...DEADLINES, ...deadlines },
  };
  const errand = embeddingErrand({ dialects: DIALECTS }, call);
  return new Promise((resolve) => {
    const listener = {
      dispatched: () => {},
      events: () => {},
      done: (outcome: RunOutcome<'embeddings'>) => resolve({ outcome, sent }),
    };
    startRun(dependencies, { errand, plan, who: 'key' }, listener);
  });
}

const vector = (value: number, inputTextTokenCount?: number) => ({
  status: 200,
  body: { embedding: [value], ...(inputTextTokenCount !== undefined && { inputTextTokenCount }) },
});
const failure = { status: 503, body: { message: 'busy' } };

test('every exchange has its own second chance; what was answered is not asked again', async () => {
  const { outcome, sent } = await run(callOf('a', 'b'), [failure, vector(1, 2), failure, vector(2, 3)]);
  assert.deepEqual(sent, ['a', 'a', 'b', 'b']);
  assert(outcome.kind === 'replied');
  assert.deepEqual(outcome.reply.vectors, [[1], [2]]);
  assert.equal(outcome.reply.usage?.input, 5);
  assert.deepEqual(
    outcome.attempts.map((attempt) => attempt.outcome),
    ['failed', 'answered', 'failed', 'answered'],
  );
});

test('an exchange that fails twice ends the call', async () => {
  const { outcome, sent } = await run(callOf('a', 'b', 'c'), [vector(1), failure, failure]);
  assert.deepEqual(sent, ['a', 'b', 'b']);
  assert(outcome.kind === 'failed' && outcome.fault.code === 'upstream_overloaded');
});

test('one exchange without a count leaves the whole call uncounted', async () => {
  const { outcome } = await run(callOf('a', 'b'), [vector(1, 2), vector(2)]);
  assert(outcome.kind === 'replied');
  assert.equal(outcome.reply.usage, undefined);
});

test('all exchanges together have the time of one call', async () => {
  const answers = [vector(1), vector(2), vector(3)];
  const { outcome, sent } = await run(callOf('a', 'b', 'c'), answers, 600, { total_ms: 1_001 });
  assert.equal(sent.length, 2);
  assert(outcome.kind === 'failed' && outcome.fault.code === 'upstream_timeout', JSON.stringify(outcome));
});

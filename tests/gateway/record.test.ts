/** What a call leaves on record, and what of its caller and its host's key leaves the gateway. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { EmbeddingCall } from '#src/call/embedding.ts';
import type { Receipt } from '#src/facts/receipt.ts';
import { OPERATIONS } from '#src/gateway/operations.ts';
import { perform } from '#src/gateway/perform.ts';
import { type Bench, callerOf, openBench } from './bench.ts';

const USER = 'anna@customer.example';
/** Half of a SHA-256 in hex: the same for the same user, and no way back. */
const PSEUDONYM = createHash('sha256').update(USER).digest('hex').slice(0, 32);
const KEY = 'sk-operators-own-key-1234567890';

const last = ({ exchanges }: Bench) => exchanges.at(-1) ?? assert.fail('nothing was sent');

test('a receipt names its host by slug, its caller’s user as they are; the host is told a pseudonym', async () => {
  const bench = await openBench({ host: { provider: { name: 'The Host Company' } } });
  const asked = await bench.ask(await bench.keyOf(), { user: USER });
  assert.equal(last(bench).body.user, PSEUDONYM);
  last(bench).open();
  last(bench).frame({ id: 'c', choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }] });
  last(bench).done();
  await bench.pass(1);
  const receipt = asked.receipt() ?? assert.fail('it was not settled');
  assert.deepEqual([receipt.provider, receipt.endpoint], ['host', 'author/model@host']);
  assert.equal(receipt.user, USER);
  assert.deepEqual(
    receipt.attempts.map(({ provider, endpoint, outcome }) => [provider, endpoint, outcome]),
    [['host', 'author/model@host', 'answered']],
  );
  assert.deepEqual(await bench.gateway.records.find(receipt.id), receipt);
  await bench.close();
});

test('whoever embeds for a user tells the host a pseudonym, too', async () => {
  const bench = await openBench({ host: { dialect: 'openai-embeddings', endpoint: { output: ['embeddings'] } } });
  const call: EmbeddingCall = {
    model: 'author/model',
    models: [],
    inputs: [{ type: 'content', parts: [{ type: 'text', text: 'Hello' }] }],
    user: USER,
    gateway: {},
  };
  let settled: Receipt | null = null;
  perform(
    bench.gateway,
    OPERATIONS.embeddings,
    {
      id: 'gen-1',
      call,
      clientDialect: 'openai-embeddings',
      caller: callerOf(await bench.keyOf()),
      app: null,
      userAgent: null,
      receivedAt: bench.gateway.world.now(),
      begunAt: bench.gateway.world.elapsed(),
    },
    {
      events: () => {},
      settled: (receipt) => {
        settled = receipt;
      },
      done: () => {},
    },
  );
  await bench.pass(1);
  assert.equal(last(bench).body.user, PSEUDONYM);
  last(bench).reply({ data: [{ index: 0, embedding: [1, 2] }], usage: { prompt_tokens: 3, total_tokens: 3 } });
  await bench.pass(1);
  const receipt = settled as Receipt | null;
  assert.deepEqual([receipt?.user, receipt?.usage.input, receipt?.operation], [USER, 3, 'embeddings']);
  await bench.close();
});

test('what a host says of a failure comes without the key that it was asked with, on record too', async () => {
  const auth = { scheme: 'bearer', env: 'HOST_KEY' } as const;
  for (const status of [400, 401, 429, 500]) {
    const bench = await openBench({ host: { provider: { auth } } }, { HOST_KEY: KEY });
    const asked = await bench.ask(await bench.keyOf(), {});
    const { authorization } = last(bench).headers;
    assert.equal(authorization, `Bearer ${KEY}`);
    const message = `The request with ${authorization} (key ${KEY}) was refused`;
    last(bench).refuse(status, { error: { message, param: KEY, type: 'invalid_request_error', code: KEY } });
    await bench.pass(120_000);
    const result = asked.result();
    assert.equal(result?.kind, 'failed', `${status}`);
    const told = JSON.stringify([result, asked.receipt()], (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    assert.ok(!told.includes(KEY), `${status}: ${told}`);
    if (status === 400) assert.match(told, /\[redacted\]/);
    await bench.close();
  }
});

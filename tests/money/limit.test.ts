/** A key's limit against many calls at once, in one process and in two. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { COST, callMany, getData, startHost } from './bench.ts';

const LIMIT = 0.004;
const CALLS = 200;
const host = await startHost();
after(() => host.close());

async function createKey(base: string, limit: number): Promise<string> {
  const response = await fetch(`${base}/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'limited', limit }),
  });
  assert.equal(response.status, 201);
  return ((await response.json()) as { key: string }).key;
}

for (const workers of ['1', '2'])
  test(`${CALLS} calls at once spend no more than the limit, with ${workers} process${workers === '1' ? '' : 'es'}`, async (context) => {
    const environment = { SWITCHWRIGHT_WORKERS: workers };
    const gateway = await startGateway({ catalogue: host.catalogue, environment });
    try {
      const key = await createKey(gateway.base, LIMIT);
      const seen = await callMany(gateway.base, CALLS, { key, maxTokens: 100 });
      assert.equal(seen.length, CALLS);
      const answered = seen.filter(({ finished }) => finished);
      // A machine that is busy tells it in the stream, whose head goes out after two seconds (head_wait_ms).
      const refused = seen.filter(({ status, text }) => status === 402 || /"error":\{"code":402,/.test(text));
      const others = seen.filter((one) => !answered.includes(one) && !refused.includes(one));
      assert.deepEqual(others, [], 'answered or refused');
      assert.ok(refused.length > 0 && answered.length > 10, `${answered.length} answered, ${refused.length} refused`);
      // Whatever is left when a call is refused: it pays for fewer tokens of an answer, or not even for the prompt.
      for (const { text } of refused)
        assert.match(
          text,
          /"error":\{"code":402,"message":"(?:This request requires more credits, or fewer max_tokens\. You requested up to 100 tokens, but can only afford \d+|Prompt tokens limit exceeded: \d+ > \d+\.)/,
        );

      const told = await getData(gateway.base, '/key', key);
      assert.equal(told.limit, LIMIT);
      assert.ok(Math.abs(Number(told.usage) - answered.length * COST) < 1e-9, `${told.usage}`);
      assert.ok(Number(told.usage) <= LIMIT);
      assert.ok(Math.abs(Number(told.limit_remaining) - (LIMIT - Number(told.usage))) < 1e-9);

      // What the refused had been denied was only held: the rest of the limit can be spent to the last call it pays for.
      // Another process that is slow to give back what it does not use may be asked again.
      while ((await callMany(gateway.base, 1, { key, maxTokens: 30 }))[0]?.finished !== true);
      await context.test('a key is good in every process the moment it is told, and a wrong one in none', () =>
        assertToldEverywhere(gateway.base),
      );
    } finally {
      await gateway.stop();
    }
  });

async function assertToldEverywhere(base: string): Promise<void> {
  const statusOf = async (key: string): Promise<number> => {
    // A connection of its own each time, so that any of the processes may get it.
    const headers = { authorization: `Bearer ${key}`, connection: 'close' };
    return (await fetch(`${base}/key`, { headers })).status;
  };
  for (let round = 0; round < 10; round++) {
    const key = await createKey(base, 1);
    assert.deepEqual(await Promise.all([key, key, key, key].map(statusOf)), [200, 200, 200, 200]);
  }
  assert.deepEqual(await Promise.all(['sk-wrong', 'sk-guess'].map(statusOf)), [401, 401]);
}

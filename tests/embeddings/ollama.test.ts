/** Ollama's two ways to embed, as its own client sees them through the running gateway. */
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { Ollama } from 'ollama';
import { API_KEY, startGateway } from '../gateway-process.ts';
import { catalogueOf, startUpstream, vectorOf } from './upstream.ts';

const upstream = await startUpstream();
const gateway = await startGateway({ catalogue: catalogueOf(upstream.port) });
const headers = { authorization: `Bearer ${API_KEY}` };
const client = new Ollama({ host: gateway.origin, headers });
after(async () => {
  await gateway.stop();
  upstream.close();
});
beforeEach(() => {
  upstream.seen.length = 0;
});

test('a text or a list of texts becomes as many vectors', async () => {
  const many = await client.embed({ model: 'my/plain', input: ['a', 'bcd'], dimensions: 3, keep_alive: '1m' });
  assert.deepEqual(many.embeddings, [vectorOf('a'), vectorOf('bcd')]);
  assert.deepEqual([many.model, many.prompt_eval_count], ['my/plain', 20]);
  assert(many.total_duration >= 0);
  assert.deepEqual(upstream.seen[0]?.body, {
    model: 'plain',
    input: ['a', 'bcd'],
    encoding_format: 'float',
    dimensions: 3,
  });
  const one = await client.embed({ model: 'my/plain:latest', input: 'ab' });
  assert.deepEqual(one.embeddings, [vectorOf('ab')]);
});

test('the older way embeds one prompt', async () => {
  const { embedding } = await client.embeddings({ model: 'my/plain', prompt: 'abcd' });
  assert.deepEqual(embedding, vectorOf('abcd'));
});

test('nothing to embed is no call', async () => {
  assert.deepEqual((await client.embed({ model: 'my/plain', input: [] })).embeddings, []);
  assert.deepEqual((await client.embed({ model: 'my/plain', input: '' })).embeddings, []);
  assert.deepEqual((await client.embeddings({ model: 'my/plain', prompt: '' })).embedding, []);
  assert.equal(upstream.seen.length, 0);
});

test('what only Ollama could be told is named as lost', async () => {
  const answer = await fetch(`${gateway.origin}/api/embed`, {
    method: 'POST',
    headers: { ...headers, 'x-switchwright-losses': '1' },
    body: JSON.stringify({ model: 'my/plain', input: 'a', options: { num_ctx: 512 }, truncate: false }),
  });
  const { switchwright } = (await answer.json()) as { switchwright: { losses: { field: string }[] } };
  assert.deepEqual(switchwright.losses.map(({ field }) => field).sort(), ['options', 'truncate']);
});

test('refusals are texts with a status', async () => {
  const cases = [
    [{ model: 'my/plain', input: ['a', ''] }, 400, /input\[1\]/],
    [{ model: 'my/plain', input: [7] }, 400, /input\[0\]/],
    [{ model: 'my/nothing', input: 'a' }, 404, /my\/nothing/],
    [{ model: 'my/nothing', input: [] }, 404, /not found/],
    [{ input: 'a' }, 400, /model is required/],
  ] as const;
  for (const [body, status, words] of cases) {
    const answer = await fetch(`${gateway.origin}/api/embed`, { method: 'POST', headers, body: JSON.stringify(body) });
    const { error } = (await answer.json()) as { error: string };
    assert.equal(answer.status, status, error);
    assert.match(error, words);
  }
});

test('embedding models are listed as such', async () => {
  const { models } = await client.list();
  assert(models.some(({ name }) => name === 'my/plain:latest'));
  assert.deepEqual((await client.show({ model: 'my/plain' })).capabilities, ['embedding']);
});

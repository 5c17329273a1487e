/** OpenAI's own client for Azure, which knows no other paths and no other header, and what else asks under foreign prefixes. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import OpenAI, { AzureOpenAI } from 'openai';
import { API_KEY, startGateway } from '../gateway-process.ts';

const gateway = await startGateway();
after(() => gateway.stop());
const hello = { messages: [{ role: 'user' as const, content: 'Hello' }] };

test('a program written for Azure', async () => {
  const client = new AzureOpenAI({ endpoint: gateway.origin, apiKey: API_KEY, apiVersion: '2025-04-01-preview' });
  const whole = await client.chat.completions.create({ model: 'sandbox/echo', ...hello });
  assert.equal(whole.choices[0]?.message.content, 'Hello');
  let text = '';
  for await (const chunk of await client.chat.completions.create({ model: 'sandbox/echo', stream: true, ...hello }))
    text += chunk.choices[0]?.delta.content ?? '';
  assert.equal(text, 'Hello');
  const { data } = await client.embeddings.create({ model: 'sandbox/embed', input: 'Hello' });
  assert.ok(Number(data[0]?.embedding.length) > 0);
  const response = await client.responses.create({ model: 'sandbox/echo', input: 'Hello' });
  assert.equal(response.output_text, 'Hello');
  await assert.rejects(client.chat.completions.create({ model: 'no/such', ...hello }), { status: 400 });
});

test('a deployment stands in the path alone', async () => {
  const answer = await fetch(`${gateway.origin}/openai/deployments/sandbox/echo/chat/completions?api-version=1`, {
    method: 'POST',
    headers: { 'api-key': API_KEY, 'content-type': 'application/json' },
    body: JSON.stringify(hello),
  });
  const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] };
  assert.equal(choices[0]?.message.content, 'Hello');
  const stranger = await fetch(`${gateway.origin}/openai/deployments/sandbox/echo/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': `sk-sw-v1-${'0'.repeat(64)}` },
    body: JSON.stringify(hello),
  });
  assert.equal(stranger.status, 401);
});

for (const base of ['/openai/v1', '/api/v1/cursor', '/api/v0', '/v1beta/openai'])
  test(`below ${base}`, async () => {
    const client = new OpenAI({ baseURL: gateway.origin + base, apiKey: API_KEY, maxRetries: 0 });
    const answer = await client.chat.completions.create({ model: 'sandbox/echo', ...hello });
    assert.equal(answer.choices[0]?.message.content, 'Hello');
    assert.ok((await client.models.list()).data.length > 0);
  });

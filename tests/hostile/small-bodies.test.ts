/** Bodies that are small are many: together they are held against the same memory as large ones. */
import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';

const answers: ServerResponse[] = [];
let isHolding = true;
const TEXT = JSON.stringify({
  id: 'a',
  object: 'chat.completion',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'yes' } }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});
const reply = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(TEXT);
};
/** Answers small questions at once, and large ones when it is told to. */
const host = createServer((asked, response) => {
  let size = 0;
  asked.on('data', (bytes: Buffer) => {
    size += bytes.length;
  });
  asked.on('end', () => {
    if (isHolding && size > 10_000) answers.push(response);
    else reply(response);
  });
});
await new Promise<void>((ready) => host.listen(0, '127.0.0.1', ready));
after(() => {
  host.closeAllConnections();
  host.close();
});
const gateway = await startGateway({
  catalogue: {
    'providers/holds.toml': `name = "Holds"
base_url = "http://127.0.0.1:${(host.address() as AddressInfo).port}/v1"
auth = { scheme = "bearer", env = "HOLDS_API_KEY" }
docs = "https://example.com/docs"
[dialects.openai-chat]
`,
    'models/test/model.toml': `name = "Model"
created = 2026-01-01
context = 1_000_000
output = ["text"]
[endpoints.holds]
price = { input = "0", output = "0" }
`,
  },
  environment: { HOLDS_API_KEY: 'key-of-the-host', SWITCHWRIGHT_MEMORY_MB: '128' },
});
after(() => gateway.stop());

const agent = new Agent({ connections: 1_000, pipelining: 1 });
after(() => agent.destroy());

async function keyOf(): Promise<string> {
  const headers = { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' };
  const made = await fetch(`${gateway.base}/keys`, { method: 'POST', headers, body: '{"name": "other"}' });
  return ((await made.json()) as { key: string }).key;
}

async function ask(key: string, size: number) {
  const body = JSON.stringify({ model: 'test/model', messages: [{ role: 'user', content: 'x'.repeat(size) }] });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const answer = await request(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers,
    body,
    dispatcher: agent,
  });
  return { status: answer.statusCode, retryAfter: answer.headers['retry-after'], text: await answer.body.text() };
}

const heldBytes = async (): Promise<number> => {
  const headers = { authorization: `Bearer ${MANAGEMENT_KEY}` };
  const text = await (await fetch(`${gateway.origin}/metrics`, { headers })).text();
  return Number(/^switchwright_held_bytes(?:\{[^}]*\})? (\S+)$/m.exec(text)?.[1]);
};

const SIZE = 60_000;
/** A body is held as it came, as a value and as what is sent; one key has half of the memory. */
const FITTING = Math.floor((128 * 1024 * 1024) / 2 / (3 * SIZE));
const MORE = 100;

test('of very many bodies of 60 kB one key has its half of the memory; the rest waits, then hears 503, and others are served', async () => {
  const other = await keyOf();
  assert.equal((await ask(other, 100)).status, 200);
  const before = await heldBytes();
  const all = Array.from({ length: FITTING + MORE }, () => ask(API_KEY, SIZE));
  const statuses: number[] = [];
  const served: number[] = [];
  for (const asked of all) void asked.then(({ status }) => statuses.push(status));
  // Who is too many for the line hears it at once, the others when they have waited.
  while (statuses.length < MORE - 10) {
    // A busy machine's store may be behind for a moment, which is no matter of memory.
    for (const size of [100, 8_000]) {
      const { status, text } = await ask(other, size);
      if (status === 200) served.push(size);
      else assert(status === 503 && !text.includes('memory'), `another key: ${status} ${text}`);
    }
    await wait(200);
  }
  assert.deepEqual([...new Set(served)], [100, 8_000], 'another key was served meanwhile');
  assert.deepEqual([...new Set(statuses)], [503]);
  const held = (await heldBytes()) - before;
  assert(held > 0.9 * 64 * 1024 * 1024 && held <= 64 * 1024 * 1024, `${held} bytes are held`);
  isHolding = false;
  answers.splice(0).forEach(reply);
  const ended = await Promise.all(all);
  const refused = ended.filter(({ status }) => status === 503);
  assert(ended.every(({ status }) => status === 200 || status === 503));
  assert(refused.length >= MORE - 10 && refused.length < 2 * MORE, `${refused.length} were refused`);
  assert(refused.every(({ retryAfter }) => Number(retryAfter) > 0));
  assert(refused.filter(({ text }) => text.includes('memory')).length > MORE / 2);
  while ((await heldBytes()) > before) await wait(50);
});

test('a client that leaves does not free what its call, which goes on without it, still holds', async () => {
  isHolding = true;
  const before = await heldBytes();
  const leaving = new AbortController();
  const body = JSON.stringify({ model: 'test/model', messages: [{ role: 'user', content: 'x'.repeat(SIZE) }] });
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
  const asked = request(`${gateway.base}/chat/completions`, {
    ...{ method: 'POST', headers, body },
    signal: leaving.signal,
    dispatcher: agent,
  });
  while (answers.length === 0) await wait(20);
  leaving.abort();
  await assert.rejects(asked);
  // What follows has come behind the end of its connection.
  for (let at = 0; at < 5; at++) assert.equal((await ask(API_KEY, 100)).status, 200);
  assert((await heldBytes()) - before >= 3 * SIZE);
  answers.splice(0).forEach(reply);
  while ((await heldBytes()) > before) await wait(50);
});

/** What refusals make the official SDKs do: they repeat what may help, as soon as they are told, and nothing else. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { type Fault, type FaultCode, fault } from '../base/fault.ts';
import { anthropicMessagesClient } from '../dialects/anthropic-messages/index.ts';
import { openaiChatClient } from '../dialects/openai-chat/index.ts';
import { sendFault } from './faults.ts';

let value: Fault = fault('server', 'Not yet.');
let asked = 0;
let told: (string | null)[] = [];
const server = createServer((request, response) => {
  asked++;
  const dialect = request.url?.endsWith('/messages') ? anthropicMessagesClient : openaiChatClient;
  request.resume().on('end', () => {
    sendFault(response, dialect.encodeFault(value, { id: 'gen-1' }), value, 'gen-1');
  });
});
let origin = '';
before(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => void server.close());

const heard = async (...words: Parameters<typeof fetch>): Promise<Response> => {
  const response = await fetch(...words);
  told = ['retry-after', 'x-should-retry'].map((name) => response.headers.get(name));
  return response;
};
const messages = [{ role: 'user' as const, content: 'Hi' }];
const PROGRAMS: readonly (() => Promise<unknown>)[] = [
  () =>
    new Anthropic({ baseURL: origin, apiKey: 'x', maxRetries: 2, fetch: heard }).messages.create({
      model: 'm',
      max_tokens: 9,
      messages,
    }),
  () =>
    new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'x', maxRetries: 2, fetch: heard }).chat.completions.create({
      model: 'm',
      messages,
    }),
];

/** How often each program asks. */
async function asks(code: FaultCode, retryAfterMs?: number): Promise<number[]> {
  value = fault(code, 'Not now.', retryAfterMs === undefined ? {} : { retryAfterMs });
  const counts: number[] = [];
  for (const program of PROGRAMS) {
    asked = 0;
    await assert.rejects(program());
    counts.push(asked);
  }
  return counts;
}

test('what only the operator can mend is asked for once, whatever the provider said of waiting', async () => {
  for (const code of ['upstream_authentication', 'upstream_quota', 'upstream_permission'] as const) {
    assert.deepEqual(await asks(code, 3_600_000), [1, 1], code);
    assert.deepEqual(told, [null, 'false']);
  }
});

test('a wait that no program should sit out is told as two minutes, and nobody sits it out', async () => {
  assert.deepEqual(await asks('upstream_rate_limit', 86_400_000), [1, 1]);
  assert.deepEqual(told, ['120', 'false']);
  assert.deepEqual(await asks('upstream_overloaded', 3_600_000), [1, 1]);
  assert.deepEqual(told, [null, 'false']);
});

test('what may help soon is repeated', async () => {
  assert.deepEqual(await asks('upstream_rate_limit', 1), [3, 3]);
  assert.deepEqual(told, ['1', null]);
});

test('what the caller got wrong is not', async () => {
  assert.deepEqual(await asks('invalid_request'), [1, 1]);
});

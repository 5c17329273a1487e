import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { faultRow } from '../../../base/fault.ts';
import type { Json } from '../../../base/json.ts';
import { decodeStream } from '../../laws.ts';
import { sampleCall, sampleTarget } from '../../samples.ts';
import { openaiChatUpstream as dialect } from './upstream.ts';

const target = sampleTarget('openai-chat');

const rows = <Row>(name: string): Row[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures', name), 'utf8'));

/** Bodies in the shapes that hosts document or were seen to send; messages and values are ours. */
const BODIES =
  rows<[host: string, status: number, body: Json | string, kind: string, message: string]>('error-bodies.json');

test('what an error body of each host means', () => {
  for (const [host, status, said, kind, message] of BODIES) {
    const body = typeof said === 'string' ? said : JSON.stringify(said);
    const fault = dialect.decodeFault({ status, headers: {}, body, provider: 'P', now: 0 });
    assert.deepEqual([faultRow(fault).class, fault.message], [kind, message], `${host}: ${body}`);
  }
});

/** The same where the status was 200. */
const INSIDE = rows<[host: string, body: Json, kind: string, message: string]>('errors-inside.json');

test('an error where an answer should be, streamed or not', () => {
  for (const [host, said, kind, message] of INSIDE) {
    const bytes = Buffer.from(`data: ${JSON.stringify(said)}\n\ndata: [DONE]\n\n`);
    const last = decodeStream(dialect, { name: '', target, bytes }, () => bytes.length).at(-1);
    assert(last?.type === 'fault', host);
    assert.deepEqual([faultRow(last.fault).class, last.fault.message], [kind, message], host);
    if (Array.isArray(said)) continue;
    const whole = dialect.decodeReply(said, { target, call: sampleCall(), newId: (prefix) => prefix });
    assert(!whole.ok && whole.error.code === last.fault.code, host);
  }
});

test('words by which a provider gives up are no ends', () => {
  for (const [word, kind] of [
    ['insufficient_system_resource', 'overloaded'],
    ['network_error', 'server_error'],
    ['abort', 'server_error'],
    ['error_finish', 'server_error'],
  ] as const) {
    const text = `data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\ndata: {"choices":[{"index":0,"delta":{},"finish_reason":"${word}"}]}\n\ndata: [DONE]\n\n`;
    const last = decodeStream(dialect, { name: '', target, bytes: Buffer.from(text) }, () => text.length).at(-1);
    assert(last?.type === 'fault' && faultRow(last.fault).class === kind, word);
  }
});

test('how long to wait, in words and in numbers', () => {
  const wait = (error: Json) =>
    dialect.decodeFault({ status: 429, headers: {}, body: JSON.stringify({ error }), provider: 'P', now: 0 })
      .retryAfterMs;
  assert.equal(wait({ message: 'Please wait 43 seconds before retrying.' }), 43_000);
  assert.equal(wait({ message: 'Please retry after 8 seconds.' }), 8_000);
  assert.equal(wait({ message: 'Try again in 2 minutes' }), 120_000);
  assert.equal(wait({ message: 'Busy', retry_after: 1.5 }), 1_500);
  assert.equal(wait({ message: 'Retry when 3 seconds of your life are left' }), undefined);
});

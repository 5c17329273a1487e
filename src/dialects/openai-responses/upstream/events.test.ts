import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { faultRow } from '../../../base/fault.ts';
import { collect } from '../../../call/collect.ts';
import type { Event } from '../../../call/event.ts';
import { decodeStream } from '../../laws.ts';
import { sampleTarget } from '../../samples.ts';
import { openaiResponsesUpstream } from './index.ts';

const target = sampleTarget('openai-responses');
const whole = readFileSync(join(import.meta.dirname, '../fixtures/tools.sse'), 'utf8');
const decode = (text: string): Event[] => {
  const bytes = Buffer.from(text);
  return decodeStream(openaiResponsesUpstream, { name: '', target, bytes }, () => bytes.length);
};

test('one event that is not JSON is made good by those that repeat it', () => {
  const broken = whole.replace(/data: (\{"type":"response.output_text.delta".*)\n/, 'data: {"type":"respo\n');
  assert.notEqual(broken, whole);
  const expected = collect(decode(whole));
  const mended = collect(decode(broken));
  assert.deepEqual(mended, expected);
});

test('a broken event is a fault where nothing repeats the output', () => {
  const lines = [
    'data: {"type":"response.created","response":{"id":"r"}}',
    'data: {"type":"response.output_text.del',
    'data: {"type":"response.completed","response":{"status":"completed","output":[]}}',
  ];
  const last = decode(`${lines.join('\n\n')}\n\n`).at(-1);
  assert.ok(last?.type === 'fault' && last.fault.code === 'upstream_malformed');
});

test('a failure inside the stream is the vendor’s, with its code', () => {
  const error = '{"type":"insufficient_quota","code":"insufficient_quota","message":"Pay.","param":null}';
  for (const line of [
    `{"type":"error","error":${error}}`,
    `{"type":"response.failed","response":{"status":"failed","error":${error}}}`,
  ]) {
    const last = decode(`data: ${line}\n\n`).at(-1);
    assert.ok(last?.type === 'fault');
    assert.equal(last.fault.code, 'upstream_quota');
    assert.equal(last.fault.upstream?.code, 'insufficient_quota');
  }
});

test('error bodies of every envelope keep their class', () => {
  const cases: [status: number, body: string, kind: string][] = [
    [
      401,
      '{"error":{"message":"Incorrect API key provided: sk-abcdefgh123.","code":"invalid_api_key"}}',
      'authentication',
    ],
    [400, '{"code":"invalid-argument","error":"Incorrect API key provided: xai-abcdefgh"}', 'authentication'],
    [429, '{"error":{"message":"Slow down","type":"tokens","code":"rate_limit_exceeded"}}', 'rate_limit'],
    [400, '{"error":{"message":"This model\'s maximum context length is 8 tokens"}}', 'context_length_exceeded'],
    [404, '{"detail":"Not here"}', 'model_not_found'],
    [503, 'upstream connect error', 'overloaded'],
    [400, '{"error":{"message":"The model `x` does not exist","code":"model_not_found"}}', 'model_not_found'],
  ];
  for (const [status, body, kind] of cases) {
    const fault = openaiResponsesUpstream.decodeFault({ status, headers: {}, body, provider: 'Sample', now: 0 });
    assert.equal(faultRow(fault).class, kind, body);
    assert.doesNotMatch(JSON.stringify(fault), /abcdefgh/);
  }
});

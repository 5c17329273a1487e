/**
 * `InvokeModelWithResponseStream`: the fixtures are bytes as AWS's own encoder makes them (@smithy/eventstream-codec), each
 * message wrapped into `{bytes, p}` with a padding of its own and the last one with Bedrock's metrics.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { faultRow } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import { collect } from '../../../call/collect.ts';
import { usageOf } from '../../../call/usage.ts';
import { decodeStream, lawsForUpstream } from '../../laws.ts';
import { sampleTarget, sampleUpstream } from '../../samples.ts';
import { bedrockInvokeAnthropic as dialect } from './index.ts';

const read = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
const target = sampleTarget('bedrock-invoke-anthropic', {
  endpoint: { upstreamId: 'us.anthropic.claude-sonnet-4-5-v1:0' },
});
const bytes = (name: string): Buffer => Buffer.from(read(`${name}.base64`), 'base64');
// Of a call's input the stream keeps the model's own spelling.
const twin: JsonObject = JSON.parse(read('invoke-stream.json'));

lawsForUpstream(dialect, [{ name: 'invoke-stream', target, bytes: bytes('invoke-stream') }]);

test('frames of AWS give thoughts, text and calls as the whole answer does; its metrics are not counted twice', () => {
  const stream = bytes('invoke-stream');
  const streamed = collect(decodeStream(dialect, { name: '', target, bytes: stream }, () => stream.length));
  const whole = dialect.decodeReply(twin, sampleUpstream(target));
  assert(streamed.ok && whole.ok);
  const [choice] = streamed.value.choices;
  assert.deepEqual(choice?.parts, [
    {
      type: 'reasoning',
      kind: 'text',
      text: 'Wo liegt Köln?',
      format: 'anthropic-claude-v1',
      signature: 'c2lnbmVk',
    },
    { type: 'text', text: 'Am Rhein 🌊.' },
    { type: 'tool-call', id: 'toolu_bdrk_1', name: 'map', arguments: '{"city": "Köln"}' },
  ]);
  assert.deepEqual(streamed.value.usage, usageOf({ input: 33, inputCacheRead: 8, output: 30 }));
  const [same] = whole.value.choices;
  assert.deepEqual([same?.parts.slice(0, 2), same?.finish], [choice?.parts.slice(0, 2), choice?.finish]);
  assert.deepEqual(whole.value.usage, streamed.value.usage);
});

test('an exception in the middle is a fault of its class, whatever the bytes were cut into', () => {
  const stream = bytes('invoke-broken');
  for (const size of [1, 13, stream.length]) {
    const events = decodeStream(dialect, { name: '', target, bytes: stream }, () => size);
    const last = events.at(-1);
    assert(last?.type === 'fault');
    assert.equal(faultRow(last.fault).class, 'server_error');
    assert.match(last.fault.message, /unexpected error/);
    assert.equal(last.fault.upstream?.type, 'modelStreamErrorException');
    assert.equal(events.map((event) => (event.type === 'text' ? event.text : '')).join(''), 'Am Rhein 🌊');
  }
});

test('a bit that fell over on the way ends the stream with a fault', () => {
  const stream = bytes('invoke-stream');
  for (const at of [5, 9, 40, 200, stream.length - 2]) {
    const hurt = Buffer.from(stream);
    hurt[at] = (hurt[at] ?? 0) ^ 1;
    const last = decodeStream(dialect, { name: '', target, bytes: hurt }, () => 64).at(-1);
    assert(last?.type === 'fault', `byte ${at}`);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import { collect } from '../../call/collect.ts';
import type { Event } from '../../call/event.ts';
import { decodeStream } from '../laws.ts';
import { sampleAnswer, sampleCall, sampleTarget } from '../samples.ts';
import { openaiChatClient, openaiChatUpstream } from './index.ts';

const body = {
  messages: [{ role: 'user', content: 'Run it' }],
  tools: [
    { type: 'custom', custom: { name: 'run', description: 'Runs', format: { type: 'text' } } },
    { type: 'function', function: { name: 'add' } },
  ],
  tool_choice: { type: 'custom', custom: { name: 'run' } },
};
const decoded = openaiChatClient.decodeCall(body, { headers: {}, params: {} });
assert.ok(decoded.ok);
const call = decoded.value;

const chunk = (entry: JsonObject, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [entry] }, finish_reason: finish }] })}\n\n`;
const stream = [
  chunk({ index: 0, id: 'c1', type: 'custom', custom: { name: 'run', input: '' } }),
  chunk({ index: 0, custom: { input: 'say "h' } }),
  chunk({ index: 0, custom: { input: 'i"\n🌍' } }),
  chunk({ index: 1, id: 'c2', type: 'function', function: { name: 'add', arguments: '{}' } }, 'tool_calls'),
  'data: [DONE]\n\n',
].join('');
const target = sampleTarget('openai-chat', { dialect: { quirks: ['custom-tools'] } });
const events = decodeStream(
  openaiChatUpstream,
  { name: '', target, call, bytes: Buffer.from(stream) },
  () => stream.length,
);

test('a free-form tool is asked for as one where it is known, as a function elsewhere', () => {
  const sent = (quirks: string[]) => {
    const encoded = openaiChatUpstream.encodeCall(
      call,
      sampleTarget('openai-chat', { dialect: { quirks } }),
      new Map(),
    );
    assert.ok(encoded.ok);
    return encoded.value.body;
  };
  assert.deepEqual((sent(['custom-tools']).tools as unknown[])[0], body.tools[0]);
  assert.deepEqual(sent(['custom-tools']).tool_choice, body.tool_choice);
  assert.deepEqual(sent([]).tool_choice, { type: 'function', function: { name: 'run' } });
  assert.match(JSON.stringify(sent([]).tools), /^\[{"type":"function".*"required":\["input"\]/);
});

test('its text comes back whole, streamed or not, in the way it was asked for', () => {
  const input = 'say "hi"\n🌍';
  const calls = [
    { index: 0, id: 'c1', type: 'custom', custom: { name: 'run', input } },
    { index: 1, id: 'c2', type: 'function', function: { name: 'add', arguments: '{}' } },
  ];
  const reply = collect(events);
  assert.ok(reply.ok);
  const whole = openaiChatClient.encodeReply(reply.value, sampleAnswer(call)) as {
    choices: { message: { tool_calls: unknown } }[];
  };
  assert.deepEqual(whole.choices[0]?.message.tool_calls, calls);
  const encode = openaiChatClient.encodeEvents(sampleAnswer(call));
  const text = events.map((event: Event) => encode(event)).join('');
  assert.match(text, /"type":"custom","custom":\{"name":"run","input":"say \\"hi\\"\\n🌍"\}/);
  assert.ok(!text.includes('{\\"input'), 'the JSON around it is ours alone');
});

test('whoever asked for a function gets a function', () => {
  const reply = collect(events);
  assert.ok(reply.ok);
  const text = JSON.stringify(openaiChatClient.encodeReply(reply.value, sampleAnswer(sampleCall())));
  assert.match(text, /"function":\{"name":"run","arguments":"\{\\"input\\"/);
});

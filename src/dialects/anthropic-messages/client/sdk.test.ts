import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { fault } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import { nano } from '../../../base/money.ts';
import type { Call } from '../../../call/call.ts';
import { collect } from '../../../call/collect.ts';
import type { Event } from '../../../call/event.ts';
import { usageOf } from '../../../call/usage.ts';
import { sampleAnswer } from '../../samples.ts';
import { anthropicMessagesClient as dialect } from './index.ts';

/** What a model of another vendor answers: a signed thought, text, two calls. */
const ANSWER: readonly Event[] = [
  { type: 'start', id: 'up-1', model: 'other', serviceTier: 'default' },
  { type: 'reasoning', choice: 0, index: 0, kind: 'summary', text: 'Think', format: 'openai-responses-v1' },
  { type: 'reasoning', choice: 0, index: 0, kind: 'summary', text: 'ing', id: 'rs_1', format: 'openai-responses-v1' },
  { type: 'reasoning', choice: 0, index: 1, kind: 'encrypted', text: 'b3Bh', format: 'openai-responses-v1' },
  {
    type: 'reasoning',
    choice: 0,
    index: 1,
    kind: 'encrypted',
    text: 'cXVl',
    id: 'rs_1',
    format: 'openai-responses-v1',
  },
  { type: 'text', choice: 0, text: 'Grüße, ' },
  { type: 'text', choice: 0, text: '🌍' },
  { type: 'tool-start', choice: 0, index: 0, id: 'call_1', name: 'add' },
  { type: 'tool-arguments', choice: 0, index: 0, text: '{"a":' },
  { type: 'tool-arguments', choice: 0, index: 0, text: '1}' },
  { type: 'tool-start', choice: 0, index: 1, id: 'call_2', name: 'now' },
  { type: 'tool-arguments', choice: 0, index: 1, text: '{}' },
  { type: 'finish', choice: 0, reason: 'tool_calls', native: 'completed' },
  {
    type: 'usage',
    usage: usageOf({ input: 5, inputCacheRead: 3, inputCacheWrite1h: 2, output: 7, outputReasoning: 4 }),
    bill: { cost: nano(1_500n), inputCost: nano(500n), outputCost: nano(1_000n), upstreamCost: null, isByok: false },
  },
  { type: 'end' },
];

let events: readonly Event[] = ANSWER;
let seen: Call | undefined;
let baseURL = '';

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(parts).toString()) as JsonObject;
    const headers = request.headers as { [name: string]: string };
    const decoded = dialect.decodeCall(body, { headers, params: {} });
    const reply = collect(events);
    const failure = decoded.ok ? (reply.ok ? undefined : reply.error) : decoded.error;
    if (decoded.ok) seen = decoded.value;
    if (decoded.ok && decoded.value.stream) {
      response.writeHead(200, { 'content-type': dialect.streamContentType });
      const encode = dialect.encodeEvents(sampleAnswer(decoded.value));
      response.end(dialect.keepAlive + events.map(encode).join(''));
    } else if (decoded.ok && reply.ok) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(dialect.encodeReply(reply.value, sampleAnswer(decoded.value))));
    } else if (failure) {
      const { status, body: error, headers: more } = dialect.encodeFault(failure, { id: 'gen-1' });
      response.writeHead(status, { 'content-type': 'application/json', ...more });
      response.end(JSON.stringify(error));
    }
  });
});

before(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const client = (): Anthropic => new Anthropic({ baseURL, apiKey: 'sk-test', maxRetries: 0 });
const REQUEST = {
  model: 'author/model',
  max_tokens: 2048,
  thinking: { type: 'enabled' as const, budget_tokens: 1024 },
  messages: [{ role: 'user' as const, content: 'Add one, and tell the time' }],
};
const { thinking: _, ...UNTHINKING } = REQUEST;

/** Everything but the blocks' opaque texts. */
function check(message: Anthropic.Message): void {
  assert.deepEqual(
    message.content.map(({ type }) => type),
    ['thinking', 'redacted_thinking', 'text', 'tool_use', 'tool_use'],
  );
  const [thought, , text, add, now] = message.content;
  assert(thought?.type === 'thinking' && text?.type === 'text' && add?.type === 'tool_use' && now?.type === 'tool_use');
  assert.equal(thought.thinking, 'Thinking');
  assert.equal(text.text, 'Grüße, 🌍');
  assert.deepEqual([add.id, add.name, add.input], ['call_1', 'add', { a: 1 }]);
  assert.deepEqual([now.id, now.name, now.input], ['call_2', 'now', {}]);
  assert.equal(message.stop_reason, 'tool_use');
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = message.usage;
  assert.deepEqual([input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens], [5, 3, 2, 11]);
}

test('the official SDK reads a whole answer, with what it cost', async () => {
  const message = await client().messages.create(REQUEST);
  check(message);
  const usage = message.usage as unknown as JsonObject;
  assert.deepEqual([usage.cost, usage.is_byok, usage.service_tier], [0.0000015, false, 'standard']);
  assert.deepEqual([usage.inference_geo, message.container, message.stop_details], [null, null, null]);
});

test('the official SDK reads a stream, and both answers are one', async () => {
  const streamed = await client().messages.stream(REQUEST).finalMessage();
  check(streamed);
  const whole = await client().messages.create(REQUEST);
  assert.deepEqual(streamed.content, whole.content);
});

test('a replayed answer brings every thought back to the vendor that had it', async () => {
  const message = await client().messages.create(REQUEST);
  const results = message.content
    .filter((block) => block.type === 'tool_use')
    .map((block) => ({ type: 'tool_result' as const, tool_use_id: block.id, content: 'done' }));
  const messages = [
    ...REQUEST.messages,
    { role: 'assistant' as const, content: message.content },
    { role: 'user' as const, content: results },
  ];
  await client().messages.create({ ...REQUEST, messages });
  const reply = collect(ANSWER);
  assert(reply.ok);
  const [, replayed, ...answers] = seen?.messages ?? [];
  assert.deepEqual(replayed?.parts, reply.value.choices[0]?.parts);
  assert.deepEqual(
    answers.map((answer) => answer.role === 'tool' && answer.callId),
    ['call_1', 'call_2'],
  );
});

test('thoughts are hidden when asked for, and only their texts when they are to be omitted', async () => {
  const omitted = await client().messages.create({ ...REQUEST, thinking: { type: 'adaptive', display: 'omitted' } });
  const streamed = await client()
    .messages.stream({ ...REQUEST, thinking: { type: 'adaptive', display: 'omitted' } })
    .finalMessage();
  assert(omitted.content[0]?.type === 'thinking');
  assert.equal(omitted.content[0].thinking, '');
  assert.notEqual(omitted.content[0].signature, '');
  assert.deepEqual(streamed.content, omitted.content);
});

test('who did not ask for thoughts is shown none: the answer’s text comes first', async () => {
  for (const asked of [UNTHINKING, { ...UNTHINKING, thinking: { type: 'disabled' as const } }]) {
    const whole = await client().messages.create(asked);
    assert.deepEqual(
      whole.content.map(({ type }) => type),
      ['text', 'tool_use', 'tool_use'],
    );
    assert.deepEqual((await client().messages.stream(asked).finalMessage()).content, whole.content);
  }
});

test('a fault is an error of the SDK: before the answer by its status, within a stream as an event', async () => {
  const failing = fault('context_length_exceeded', 'The input has 9 tokens too many.');
  events = [{ type: 'fault', fault: failing }];
  await assert.rejects(client().messages.create(REQUEST), (error) => {
    assert(error instanceof Anthropic.BadRequestError);
    assert.match(error.message, /prompt is too long: The input has 9 tokens too many/);
    assert.equal((error.error as { error: { error_type: string } }).error.error_type, 'context_length_exceeded');
    return true;
  });
  events = [...ANSWER.slice(0, 7), { type: 'fault', fault: fault('upstream_overloaded', 'Overloaded.') }];
  await assert.rejects(client().messages.stream(REQUEST).finalMessage(), /overloaded_error/);
  events = [
    ...ANSWER.slice(0, 7),
    { type: 'finish', choice: 0, reason: 'error', native: 'MALFORMED' },
    { type: 'end' },
  ];
  await assert.rejects(client().messages.stream(REQUEST).finalMessage(), /api_error/);
  events = ANSWER;
});

test('what the caller got wrong is named', async () => {
  const wrong = { ...REQUEST, max_tokens: 'many' as unknown as number };
  await assert.rejects(client().messages.create(wrong), /max_tokens.*expected a number/);
});

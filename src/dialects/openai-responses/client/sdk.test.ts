/** The official OpenAI client reads what we write: whole and streamed, against a server on this machine. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { fault } from '../../../base/fault.ts';
import { isObject, type JsonObject, parseJson } from '../../../base/json.ts';
import { collect } from '../../../call/collect.ts';
import type { Event } from '../../../call/event.ts';
import { usageOf } from '../../../call/usage.ts';
import type { AnswerContext } from '../../dialect.ts';
import { openaiResponsesClient } from './index.ts';

const ANSWER: readonly Event[] = [
  { type: 'start', id: 'up-1', model: 'm' },
  { type: 'reasoning', choice: 0, index: 0, kind: 'text', text: 'Hm, ', format: 'anthropic-claude-v1' },
  {
    type: 'reasoning',
    choice: 0,
    index: 0,
    kind: 'text',
    text: 'yes.',
    signature: 'SIG',
    format: 'anthropic-claude-v1',
  },
  {
    type: 'reasoning',
    choice: 0,
    index: 1,
    kind: 'summary',
    text: 'Short.',
    id: 'rs_1',
    format: 'openai-responses-v1',
  },
  { type: 'reasoning', choice: 0, index: 2, kind: 'encrypted', text: 'XYZ', id: 'rs_1', format: 'openai-responses-v1' },
  { type: 'text', choice: 0, text: 'Let me ' },
  { type: 'text', choice: 0, text: 'look.' },
  {
    type: 'annotation',
    choice: 0,
    annotation: { type: 'url', url: 'https://a.example', title: 'A', start: 0, end: 3 },
  },
  { type: 'tool-start', choice: 0, index: 0, id: 'call_a', name: 'weather' },
  { type: 'tool-arguments', choice: 0, index: 0, text: '{"city":' },
  { type: 'tool-start', choice: 0, index: 1, id: 'call_b', name: 'patch' },
  { type: 'tool-arguments', choice: 0, index: 0, text: '"Oslo"}' },
  { type: 'tool-arguments', choice: 0, index: 1, text: '{"input":"*** Begin\\n\\"x\\""}' },
  { type: 'finish', choice: 0, reason: 'tool_calls', native: 'tool_use' },
  { type: 'usage', usage: usageOf({ input: 10, inputCacheRead: 5, output: 7, outputReasoning: 3 }) },
  { type: 'end' },
];
const CUT: readonly Event[] = [
  ...ANSWER.slice(0, 7),
  { type: 'fault', fault: fault('upstream_overloaded', 'Too busy.') },
];
const SCRIPTS: { readonly [model: string]: readonly Event[] } = { whole: ANSWER, cut: CUT };

let server: Server;
let client: OpenAI;
const tools = [
  { type: 'function' as const, name: 'weather', parameters: { type: 'object' }, strict: false },
  {
    type: 'custom' as const,
    name: 'patch',
    format: { type: 'grammar' as const, syntax: 'lark' as const, definition: 'start: /x/' },
  },
];

before(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status, text } = answerTo(Buffer.concat(chunks).toString());
      response.writeHead(status, { 'content-type': text.startsWith('{') ? 'application/json' : 'text/event-stream' });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = new OpenAI({ apiKey: 'k', baseURL: `http://127.0.0.1:${port}`, maxRetries: 0 });
});
after(() => server.close());

function answerTo(text: string): { status: number; text: string } {
  const body = parseJson(text);
  const call = openaiResponsesClient.decodeCall(isObject(body) ? body : {}, { headers: {}, params: {} });
  if (!call.ok) {
    const encoded = openaiResponsesClient.encodeFault(call.error, { id: null });
    return { status: encoded.status, text: JSON.stringify(encoded.body) };
  }
  let ids = 0;
  const context: AnswerContext = {
    id: 'gen-1',
    created: 1_700_000_000,
    model: 'author/model',
    provider: 'Host',
    call: call.value,
    newId: (prefix) => `${prefix}-${ids++}`,
  };
  const script = SCRIPTS[call.value.model ?? ''] ?? ANSWER;
  if (call.value.stream) return { status: 200, text: script.map(openaiResponsesClient.encodeEvents(context)).join('') };
  const reply = collect(script);
  assert.ok(reply.ok);
  return { status: 200, text: JSON.stringify(openaiResponsesClient.encodeReply(reply.value, context)) };
}

const EXPECTED_TYPES = ['reasoning', 'reasoning', 'message', 'function_call', 'custom_tool_call'];

test('a whole response', async () => {
  const response = await client.responses.create({ model: 'whole', input: 'Hi', tools });
  assert.equal(response.status, 'completed');
  assert.equal(response.output_text, 'Let me look.');
  assert.deepEqual(
    response.output.map(({ type }) => type),
    EXPECTED_TYPES,
  );
  assert.equal(response.usage?.input_tokens, 15);
  assert.equal(response.usage?.input_tokens_details.cached_tokens, 5);
  assert.equal(response.usage?.output_tokens_details.reasoning_tokens, 3);
  const [, , , call, custom] = response.output;
  assert.ok(call?.type === 'function_call' && custom?.type === 'custom_tool_call');
  assert.deepEqual([call.call_id, call.arguments], ['call_a', '{"city":"Oslo"}']);
  assert.deepEqual([custom.call_id, custom.input], ['call_b', '*** Begin\n"x"']);
});

test('a stream adds up to the whole response', async () => {
  const whole = await client.responses.create({ model: 'whole', input: 'Hi', tools });
  const stream = client.responses.stream({ model: 'whole', input: 'Hi', tools });
  const seen: string[] = [];
  const numbers: number[] = [];
  for await (const event of stream) {
    seen.push(event.type);
    numbers.push(event.sequence_number);
  }
  const final = await stream.finalResponse();
  assert.deepEqual(
    numbers,
    numbers.map((_, at) => at),
  );
  assert.deepEqual(seen.slice(0, 2), ['response.created', 'response.in_progress']);
  assert.equal(seen.at(-1), 'response.completed');
  const plain = ({ parsed_arguments: _parsed, ...item }: { parsed_arguments?: unknown }): JsonObject =>
    item as JsonObject;
  const withoutParsed = (items: readonly object[]): unknown =>
    JSON.parse(JSON.stringify(items, (key, value) => (key === 'parsed' ? undefined : value))).map(plain);
  assert.deepEqual(withoutParsed(final.output), withoutParsed(whole.output));
  assert.deepEqual(final.usage, whole.usage);
});

test('a fault in the middle of a stream reaches the client as an error', async () => {
  const stream = client.responses.stream({ model: 'cut', input: 'Hi', tools });
  await assert.rejects(stream.finalResponse(), /Too busy/);
});

test('a refusal of the request is an ordinary HTTP error', async () => {
  await assert.rejects(
    client.responses.create({ model: 'whole', input: 'Hi', previous_response_id: 'resp_1' }),
    (error) => {
      assert.ok(error instanceof OpenAI.APIError);
      assert.equal(error.status, 400);
      assert.match(error.message, /previous_response_id/);
      return true;
    },
  );
});

test('what came out goes back in: reasoning keeps its family, signature and datum', async () => {
  const first = await client.responses.create({ model: 'whole', input: 'Hi', tools });
  const body = {
    model: 'whole',
    input: JSON.parse(JSON.stringify(first.output)),
    tools: JSON.parse(JSON.stringify(tools)),
  };
  const call = openaiResponsesClient.decodeCall(body, { headers: {}, params: {} });
  assert.ok(call.ok);
  assert.deepEqual(call.value.messages, [
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', kind: 'text', text: 'Hm, yes.', signature: 'SIG', format: 'anthropic-claude-v1' },
        { type: 'reasoning', kind: 'summary', text: 'Short.', id: 'rs_1', format: 'openai-responses-v1' },
        { type: 'reasoning', kind: 'encrypted', text: 'XYZ', id: 'rs_1', format: 'openai-responses-v1' },
        { type: 'text', text: 'Let me look.' },
        { type: 'tool-call', id: 'call_a', name: 'weather', arguments: '{"city":"Oslo"}' },
        { type: 'tool-call', id: 'call_b', name: 'patch', arguments: '{"input":"*** Begin\\n\\"x\\""}' },
      ],
    },
  ]);
});

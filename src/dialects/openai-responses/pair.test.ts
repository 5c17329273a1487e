/** From a provider of this dialect to a client of this dialect: what is seen of the vendor's own output. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type JsonObject, objectOf, parseJson } from '../../base/json.ts';
import { decodeStream } from '../laws.ts';
import { sampleAnswer, sampleCall, sampleTarget, sampleUpstream } from '../samples.ts';
import { openaiResponsesClient } from './client/index.ts';
import { openaiResponsesUpstream } from './upstream/index.ts';

const target = sampleTarget('openai-responses');
const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name));
const call = sampleCall({ tools: [{ type: 'function', name: 'patch', freeform: {} }] });

const streamed = (): JsonObject[] => {
  const events = decodeStream(openaiResponsesUpstream, { name: '', target, bytes: fixture('tools.sse') }, () => 4096);
  const encode = openaiResponsesClient.encodeEvents(sampleAnswer(call));
  return events
    .map(encode)
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => objectOf(parseJson(line.slice('data: '.length))));
};

const shape = (items: unknown): unknown =>
  Array.isArray(items) &&
  items.map((item) => {
    const { id: _id, status: _status, format: _format, ...rest } = objectOf(item);
    return rest;
  });

test('every output item arrives, in the vendor’s order and with its phase', () => {
  const vendor = objectOf(parseJson(fixture('tools.json').toString()));
  const reply = openaiResponsesUpstream.decodeReply(vendor, sampleUpstream(target, call));
  assert.ok(reply.ok);
  const answer = objectOf(openaiResponsesClient.encodeReply(reply.value, sampleAnswer(call)));
  const expected = (shape(vendor.output) as JsonObject[]).map((item) =>
    item.name === 'now' ? { ...item, arguments: '{}' } : item,
  );
  assert.deepEqual(shape(answer.output), expected);
  assert.deepEqual(shape(objectOf(streamed().at(-1)?.response).output), expected);
});

test('the sequence of events is the documented one', () => {
  const types = streamed().map(({ type }) => String(type).replace('response.', ''));
  assert.deepEqual(types, [
    'created',
    'in_progress',
    'output_item.added',
    ...['reasoning_summary_part.added', 'reasoning_summary_text.delta', 'reasoning_summary_text.delta'],
    ...['reasoning_summary_text.done', 'reasoning_summary_part.done'],
    ...['reasoning_summary_part.added', 'reasoning_summary_text.delta', 'reasoning_summary_text.delta'],
    ...['reasoning_summary_text.done', 'reasoning_summary_part.done', 'output_item.done'],
    ...['output_item.added', 'output_item.done'],
    ...['output_item.added', 'content_part.added', 'output_text.delta', 'output_text.delta'],
    ...['output_text.annotation.added', 'output_text.done', 'content_part.done', 'output_item.done'],
    ...['output_item.added', 'function_call_arguments.delta', 'function_call_arguments.delta'],
    ...['function_call_arguments.done', 'output_item.done'],
    ...['output_item.added', 'function_call_arguments.delta', 'function_call_arguments.done', 'output_item.done'],
    ...['output_item.added', 'custom_tool_call_input.delta', 'custom_tool_call_input.done', 'output_item.done'],
    'completed',
  ]);
});

test('a token limit is an error, whole and streamed, under the word that programs of this dialect know', () => {
  const fault = { code: 'context_length_exceeded', message: 'Too long.' } as const;
  const { status, body } = openaiResponsesClient.encodeFault(fault, { id: null });
  assert.deepEqual([status, objectOf(body).metadata], [400, null]);
  assert.deepEqual(objectOf(body).error, { code: 'context_length_exceeded', message: 'Too long.' });
  const encode = openaiResponsesClient.encodeEvents(sampleAnswer());
  const text = [{ type: 'start' } as const, { type: 'fault', fault } as const].map(encode).join('');
  assert.match(text, /event: response\.failed\n.*"error":\{"code":"context_length_exceeded"/);
  assert.doesNotMatch(text, /response\.(?:incomplete|completed)/);
});

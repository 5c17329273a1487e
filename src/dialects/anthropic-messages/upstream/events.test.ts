import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createSplitter } from '../../../base/frames.ts';
import type { Json } from '../../../base/json.ts';
import { collect } from '../../../call/collect.ts';
import type { Event } from '../../../call/event.ts';
import { sampleCall, sampleUpstream } from '../../samples.ts';
import { targetOf } from '../fixtures/target.ts';
import { anthropicMessagesUpstream as dialect } from './index.ts';

const read = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');

/** The events of a stream, cut after every `step` bytes. */
function eventsOf(text: string, step = Number.POSITIVE_INFINITY, upstream = sampleUpstream(targetOf())): Event[] {
  const bytes = Buffer.from(text);
  const splitter = createSplitter('sse');
  const decoder = dialect.decodeEvents(upstream);
  const events: Event[] = [];
  for (let at = 0; at < bytes.length; at += step)
    for (const frame of splitter.push(bytes.subarray(at, at + step))) events.push(...decoder.push(frame));
  for (const frame of splitter.end()) events.push(...decoder.push(frame));
  return [...events, ...decoder.end()];
}

const stream = (...messages: Json[]): string =>
  messages.map((message) => `data: ${JSON.stringify(message)}\n\n`).join('');
const START = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'm', usage: { input_tokens: 9, output_tokens: 1 } },
};
const text = (piece: string): Json => ({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text: piece },
});
const STOP = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } };
const END = { type: 'message_stop' };

for (const name of ['thinking-tools', 'web-search']) {
  test(`${name}: the stream folds to the whole answer, however it is cut`, () => {
    const events = eventsOf(read(`${name}.sse`));
    const whole = dialect.decodeReply(JSON.parse(read(`${name}.json`)), sampleUpstream(targetOf()));
    assert.deepEqual(collect(events), whole);
    assert.deepEqual(eventsOf(read(`${name}.sse`), 1), events);
    assert.deepEqual(eventsOf(read(`${name}.sse`), 7), events);
  });
}

test('thoughts, calls and disjoint counts of a whole answer', () => {
  const reply = dialect.decodeReply(JSON.parse(read('thinking-tools.json')), sampleUpstream(targetOf()));
  assert(reply.ok);
  const [choice] = reply.value.choices;
  assert.deepEqual(choice?.parts, [
    {
      type: 'reasoning',
      kind: 'text',
      text: 'Zürich first, then the clock.',
      format: 'anthropic-claude-v1',
      signature: 'c2lnbmVkLWJ5LXVz',
    },
    { type: 'reasoning', kind: 'encrypted', text: 'aGlkZGVu', format: 'anthropic-claude-v1' },
    { type: 'text', text: 'I will look at both 🌦' },
    { type: 'tool-call', id: 'toolu_weather', name: 'weather', arguments: '{"city":"Zürich"}' },
    { type: 'tool-call', id: 'toolu_clock', name: 'clock', arguments: '{}' },
  ]);
  assert.equal(choice?.finish, 'tool_calls');
  assert.equal(reply.value.serviceTier, 'default');
  const { input, inputCacheRead, inputCacheWrite, inputCacheWrite1h, output, outputReasoning } =
    reply.value.usage ?? {};
  assert.deepEqual(
    { input, inputCacheRead, inputCacheWrite, inputCacheWrite1h, output, outputReasoning },
    { input: 120, inputCacheRead: 1000, inputCacheWrite: 100, inputCacheWrite1h: 200, output: 50, outputReasoning: 40 },
  );
});

test('tools that the vendor runs show as citations and native blocks, not as tool calls', () => {
  const reply = dialect.decodeReply(JSON.parse(read('web-search.json')), sampleUpstream(targetOf()));
  assert(reply.ok);
  const [choice] = reply.value.choices;
  assert.deepEqual(choice?.parts, [{ type: 'text', text: 'Let me look. High water is at noon. Anything else?' }]);
  const [annotation] = choice?.annotations ?? [];
  assert(annotation?.type === 'url');
  assert.deepEqual([annotation.start, annotation.end, annotation.url], [13, 35, 'https://tides.example/']);
  assert.deepEqual(Object.keys(choice?.native?.fields ?? {}), ['content[1]', 'content[2]']);
  assert.equal(reply.value.usage?.webSearches, 1);
});

test('a stop reason without message_stop is an end, its absence a fault', () => {
  assert.deepEqual(eventsOf(stream(START, text('a'), STOP)), eventsOf(stream(START, text('a'), STOP, END)));
  const cut = eventsOf(stream(START, text('a')));
  assert(cut.at(-1)?.type === 'fault');
  assert.equal(cut.filter(({ type }) => type === 'finish' || type === 'end').length, 0);
  const empty = eventsOf('').at(-1);
  assert(empty?.type === 'fault' && empty.fault.code === 'upstream_truncated');
});

test('an error within the stream is a fault and the last event', () => {
  const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  const last = eventsOf(stream(START, text('a'), error, text('b'), STOP, END)).at(-1);
  assert(last?.type === 'fault');
  assert.deepEqual([last.fault.code, last.fault.message], ['upstream_overloaded', 'Overloaded']);
});

test('an event that is not JSON fails the stream instead of leaving a hole in the answer', () => {
  const last = eventsOf(`${stream(START, text('a'))}data: {"type":"content_blo\n\n${stream(text('b'), STOP, END)}`).at(
    -1,
  );
  assert(last?.type === 'fault' && last.fault.code === 'upstream_malformed');
});

test('a thought may be signed without text, and an answer may have no blocks', () => {
  const signed = { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'cw' } };
  const thinking = { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } };
  const [, thought] = eventsOf(stream(START, thinking, signed, STOP, END));
  assert.deepEqual(thought, {
    type: 'reasoning',
    choice: 0,
    index: 0,
    kind: 'text',
    text: '',
    signature: 'cw',
    format: 'anthropic-claude-v1',
  });
  assert.deepEqual(
    eventsOf(stream(START, STOP, END)).map(({ type }) => type),
    ['start', 'finish', 'usage', 'end'],
  );
});

test('hosts that tell the prompt only at the end, or estimate it at first, are counted once', () => {
  const zero = { type: 'message_start', message: { id: 'x', usage: { input_tokens: 0, output_tokens: 0 } } };
  const late = { ...STOP, usage: { input_tokens: 20, cache_read_input_tokens: 80, output_tokens: 5 } };
  const guess = { type: 'message_start', message: { id: 'x', usage: { input_tokens: 100, output_tokens: 0 } } };
  const repeated = { ...STOP, usage: { input_tokens: 0, output_tokens: 5 } };
  const counted = (...messages: Json[]) => {
    const event = eventsOf(stream(...messages, END)).find(({ type }) => type === 'usage');
    assert(event?.type === 'usage');
    return [event.usage.input, event.usage.inputCacheRead, event.usage.output];
  };
  assert.deepEqual(counted(zero, late), [20, 80, 5]);
  assert.deepEqual(counted(guess, late), [20, 80, 5]);
  assert.deepEqual(counted(guess, repeated), [100, 0, 5]);
});

test('call ids are unique even if the host repeats them, and input may come whole', () => {
  const tool = (index: number, id: string): Json => ({
    type: 'content_block_start',
    index,
    content_block: { type: 'tool_use', id, name: 'f', input: { a: index } },
  });
  const reply = collect(eventsOf(stream(START, tool(0, 'same'), tool(1, 'same'), tool(2, ''), STOP, END)));
  assert(reply.ok);
  const calls = reply.value.choices[0]?.parts.filter((part) => part.type === 'tool-call');
  assert.deepEqual(
    calls?.map((call) => [call.id, call.arguments]),
    [
      ['same', '{"a":0}'],
      ['toolu-1', '{"a":1}'],
      ['toolu-2', '{"a":2}'],
    ],
  );
});

test('the tool that stands in for a schema reads as text', () => {
  const schema = { type: 'object', properties: { a: { type: 'number' } } };
  const call = sampleCall({ output: { type: 'json-schema', name: 'x', schema } });
  const upstream = sampleUpstream(targetOf({ parameters: [] }), call);
  const block = { type: 'tool_use', id: 't', name: 'structured_answer', input: { a: 1 } };
  const reply = dialect.decodeReply({ content: [block], stop_reason: 'tool_use' }, upstream);
  assert(reply.ok);
  assert.deepEqual(reply.value.choices[0]?.parts, [{ type: 'text', text: '{"a":1}' }]);
  assert.equal(reply.value.choices[0]?.finish, 'stop');
  const piece = { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } };
  const start = { type: 'content_block_start', index: 0, content_block: { ...block, input: {} } };
  const stopped = { type: 'message_delta', delta: { stop_reason: 'tool_use' } };
  const streamed = collect(eventsOf(stream(START, start, piece, stopped, END), 1, upstream));
  assert(streamed.ok);
  assert.deepEqual(streamed.value.choices, reply.value.choices);
});

test('no bytes make the decoders throw', () => {
  const odd: Json[] = [
    null,
    7,
    'x',
    [],
    {},
    { content: 3 },
    { content: [null, 4, { type: 7 }] },
    { error: 'no' },
    { type: 'error' },
  ];
  for (const body of odd) {
    assert.equal(typeof dialect.decodeReply(body, sampleUpstream(targetOf())).ok, 'boolean');
    assert(eventsOf(`data: ${JSON.stringify(body)}\n\n`).length > 0);
  }
  for (const type of [
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
  ])
    assert(eventsOf(stream({ type }, { type, message: 1, index: 'x', delta: [], content_block: 'y' })).length > 0);
});

test('a call is to be run though the host says that the turn ended, and no call is waited for that never came', () => {
  const call = {
    type: 'content_block_start',
    index: 0,
    content_block: { type: 'tool_use', id: 't', name: 'f', input: {} },
  };
  const finish = (...messages: Json[]) =>
    eventsOf(stream(START, ...messages, END)).find(({ type }) => type === 'finish');
  assert.partialDeepStrictEqual(finish(call, STOP), { reason: 'tool_calls', native: 'end_turn' });
  const waits = { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } };
  assert.partialDeepStrictEqual(finish(text('x'), waits), { reason: 'stop', native: 'tool_use' });
});

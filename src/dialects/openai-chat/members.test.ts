/** Members that are there or not, and what stands beside them: each is read, written and refused by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import type { Call } from '../../call/call.ts';
import { collect } from '../../call/collect.ts';
import type { Event } from '../../call/event.ts';
import { decodeStream } from '../laws.ts';
import { type SampleTarget, sampleAnswer, sampleCall, sampleRequest, sampleTarget } from '../samples.ts';
import { readAnnotation } from './annotation.ts';
import { openaiChatClient } from './client/client.ts';
import { openaiChatUpstream } from './upstream/upstream.ts';

const request = { headers: {}, params: {} };
const ask = (messages: JsonObject[]) => openaiChatClient.decodeCall({ messages }, request);
const written = (call: Partial<Call>, options: SampleTarget = {}) => {
  const encoded = sampleRequest(openaiChatUpstream, sampleCall(call), sampleTarget('openai-chat', options), new Map());
  assert.ok(encoded.ok);
  const { body, losses } = encoded.value;
  return { body: body as JsonObject & { messages: JsonObject[] }, lost: losses.map(({ field }) => field) };
};
const eventsOf = (...chunks: JsonObject[]): Event[] => {
  const text = `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`;
  const bytes = Buffer.from(text);
  return decodeStream(openaiChatUpstream, { name: '', target: sampleTarget('openai-chat'), bytes }, () => bytes.length);
};
const delta = (members: JsonObject, finish: string | null = null): JsonObject => ({
  choices: [{ index: 0, delta: members, finish_reason: finish }],
});
const end = delta({}, 'stop');

test('an annotation is a citation, a file, or kept as it is', () => {
  const citation = { url: 'https://a.test', title: 'A', start_index: 1, end_index: 4 };
  const read = readAnnotation({ type: 'url_citation', url_citation: citation });
  assert.equal(read?.type, 'url');
  assert.deepEqual(read?.type === 'url' && [read.url, read.title, read.start, read.end], ['https://a.test', 'A', 1, 4]);
  for (const odd of [
    { type: 'url_citation' },
    { type: 'url_citation', url_citation: 'x' },
    { type: 'other', url_citation: citation },
  ])
    assert.deepEqual(readAnnotation(odd), { type: 'native', value: odd });
  assert.equal(readAnnotation('text'), undefined);
  assert.deepEqual(readAnnotation({ type: 'file', citation: { a: 1 } }), { type: 'native', value: { a: 1 } });
});

test('a call of a tool must say its id and what it calls', () => {
  const of = (call: JsonObject) => ask([{ role: 'assistant', content: 'x', tool_calls: [call] }]);
  const called = { name: 'f', arguments: '{}' };
  const whole = of({ id: 'c', type: 'function', function: called });
  assert.ok(whole.ok);
  const part = whole.value.messages[0]?.parts.find(({ type }) => type === 'tool-call');
  assert.deepEqual(part, { type: 'tool-call', id: 'c', name: 'f', arguments: '{}' });
  const nameless = of({ type: 'function', function: called });
  assert.match(
    nameless.ok ? '' : nameless.error.message,
    /Missing required parameter: 'messages\[0\]\.tool_calls\[0\]\.id'/,
  );
  const empty = of({ id: 'c', type: 'function' });
  assert.match(empty.ok ? '' : empty.error.message, /'messages\[0\]\.tool_calls\[0\]\.function'/);
});

test('annotations stand on the last text of a turn, and members nobody knows are kept beside it only where there are any', () => {
  const entry = { type: 'url_citation', url_citation: { url: 'https://a.test' } };
  const texts = [
    { type: 'text', text: 'one' },
    { type: 'text', text: 'two' },
  ];
  const taken = ask([{ role: 'assistant', content: texts, annotations: [entry], odd: 1 }]);
  assert.ok(taken.ok);
  const [message] = taken.value.messages;
  assert.deepEqual(
    message?.parts.map((part) => part.type === 'text' && (part.annotations?.length ?? 0)),
    [0, 1],
  );
  const plain = ask([{ role: 'assistant', content: 'x' }]);
  assert.ok(plain.ok && !JSON.stringify(plain.value.messages).includes('native'));
  assert.ok(JSON.stringify(taken.value.messages).includes('"odd":1'));
});

test('a turn that is to be continued is marked, unless it ends with calls or is somebody else’s', () => {
  const assistant = { role: 'assistant', parts: [{ type: 'text', text: 'Once' }] } as const;
  const user = { role: 'user', parts: [{ type: 'text', text: 'Hi' }] } as const;
  const called = { role: 'assistant', parts: [{ type: 'tool-call', id: 'c', name: 'f', arguments: '{}' }] } as const;
  const marks = (messages: Call['messages'], quirk: string, field: string): unknown[] =>
    written({ messages }, { dialect: { quirks: [quirk] } }).body.messages.map((message) => message[field]);
  assert.deepEqual(marks([assistant, user, assistant], 'assistant-partial', 'partial'), [undefined, undefined, true]);
  assert.deepEqual(marks([user, called], 'assistant-partial', 'partial'), [undefined, undefined]);
  assert.deepEqual(marks([user], 'assistant-partial', 'partial'), [undefined]);
  assert.deepEqual(marks([assistant, user, assistant], 'assistant-prefix', 'prefix'), [undefined, undefined, true]);
});

test('a tool says what it says and no more; one of another dialect is lost', () => {
  const tools: Call['tools'] = [
    { type: 'function', name: 'bare' },
    { type: 'function', name: 'full', description: 'd', parameters: { type: 'object' }, strict: false },
    { type: 'native', dialect: 'openai-chat', value: { type: 'odd' } },
    { type: 'native', dialect: 'gemini', value: { google_search: {} } },
  ];
  const { body, lost } = written({ tools });
  assert.deepEqual(body.tools, [
    { type: 'function', function: { name: 'bare' } },
    { type: 'function', function: { name: 'full', description: 'd', parameters: { type: 'object' }, strict: false } },
    { type: 'odd' },
  ]);
  assert.deepEqual(lost, ['tools[3]']);
});

test('what a host says an answer cost is believed within reason', () => {
  const cost = (usage: JsonObject): unknown => {
    const counts = { prompt_tokens: 1, completion_tokens: 1, ...usage };
    const found = eventsOf(delta({ content: 'a' }), end, { choices: [], usage: counts }).find(
      ({ type }) => type === 'usage',
    );
    return found?.type === 'usage' ? JSON.stringify(found).match(/"([\d.]+)"/)?.[1] : undefined;
  };
  assert.equal(cost({ cost: 0.25 }), '0.25');
  assert.equal(cost({ cost: { total_cost: 0.5 } }), '0.5');
  assert.equal(cost({ cost_in_usd_ticks: 37_756_000 }), '0.0037756');
  assert.equal(cost({ cost: 1e-7 }), '0.0000001');
  assert.equal(cost({ cost: 1e9 }), '1000000000');
  for (const odd of [0, -1, 1.1e9, 'much']) assert.equal(cost({ cost: odd }), undefined, String(odd));
});

test('thoughts of one number are one while their ids agree, and two where they differ', () => {
  const detail = (id: string | undefined, text: string): JsonObject =>
    delta({ reasoning_details: [{ type: 'reasoning.text', text, index: 0, ...(id !== undefined && { id }) }] });
  const thoughts = (...chunks: JsonObject[]): string[] => {
    const reply = collect(eventsOf(...chunks, delta({ content: 'x' }), end));
    assert.ok(reply.ok);
    return (reply.value.choices[0]?.parts ?? []).flatMap((part) => (part.type === 'reasoning' ? [part.text] : []));
  };
  assert.deepEqual(thoughts(detail('a', '1'), detail('a', '2')), ['12']);
  assert.deepEqual(thoughts(detail('a', '1'), detail('b', '2')), ['1', '2']);
  assert.deepEqual(thoughts(detail('a', '1'), detail(undefined, '2')), ['12']);
  assert.deepEqual(thoughts(detail(undefined, '1'), detail('b', '2')), ['12']);
});

test('an answer without a part has no member for it', () => {
  const choice = { index: 0, parts: [{ type: 'text', text: 'Hi' }], finish: 'stop', nativeFinish: null } as const;
  const collected = collect(eventsOf(delta({ content: 'Hi' }), end));
  assert.ok(collected.ok && choice);
  const body = openaiChatClient.encodeReply(collected.value, sampleAnswer()) as { choices: { message: JsonObject }[] };
  assert.deepEqual(Object.keys(body.choices[0]?.message ?? {}).sort(), ['content', 'reasoning', 'refusal', 'role']);
});

test('audio says what came of it and no more, streamed and sent on', () => {
  for (const audio of [{ id: 'a' }, { data: 'QUJD' }, { transcript: 'Hi' }, { expires_at: 7 }]) {
    const [event, ...more] = eventsOf(delta({ audio }), end).filter(({ type }) => type === 'audio');
    assert.deepEqual([Object.keys(event ?? {}).length, more.length], [3, 0], JSON.stringify(audio));
    const sent = [{ type: 'start', id: 'u', model: 'm' } as const, event ?? assert.fail('no audio')];
    const encode = openaiChatClient.encodeEvents(sampleAnswer());
    const frames = sent.map((one) => String(encode(one))).join('');
    assert.ok(frames.includes(`"audio":${JSON.stringify(audio)}`), frames);
  }
});

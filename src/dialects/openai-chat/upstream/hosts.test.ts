import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../../base/json.ts';
import { collect } from '../../../call/collect.ts';
import type { Reply } from '../../../call/reply.ts';
import { completionTokens, promptTokens, type Usage } from '../../../call/usage.ts';
import { decodeStream } from '../../laws.ts';
import { sampleAnswer, sampleCall, sampleRequest, sampleTarget, sampleUpstream } from '../../samples.ts';
import { openaiChatClient } from '../client/client.ts';
import { openaiChatUpstream as dialect } from './upstream.ts';

/** Transcripts of ours in the ways of single hosts: what came in, what must go out. */
const target = sampleTarget('openai-chat');

const replyOf = (chunks: readonly Json[], done = 'data: [DONE]\n\n'): Reply => {
  const text = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('') + done;
  const reply = collect(decodeStream(dialect, { name: '', target, bytes: Buffer.from(text) }, () => text.length * 4));
  assert.ok(reply.ok, JSON.stringify(reply));
  return reply.value;
};

const delta = (members: JsonObject, finish: string | null = null): JsonObject => ({
  choices: [{ index: 0, delta: members, finish_reason: finish }],
});

const parts = (reply: Reply) => reply.choices[0]?.parts ?? [];
const said = (reply: Reply) => [
  parts(reply)
    .flatMap((part) => (part.type === 'reasoning' ? [part.text] : []))
    .join(''),
  parts(reply)
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join(''),
];
const calls = (reply: Reply) =>
  parts(reply).flatMap((part) => (part.type === 'tool-call' ? [[part.name, part.arguments]] : []));
const counts = (usage: Usage | undefined) =>
  usage && [
    promptTokens(usage),
    usage.inputCacheRead,
    usage.inputCacheWrite,
    completionTokens(usage),
    usage.outputReasoning,
  ];

const call = (members: JsonObject, fields: JsonObject = {}): JsonObject =>
  delta({ tool_calls: [{ ...fields, type: 'function', function: members }] });
const end = delta({}, 'tool_calls');

test('tool calls that say too little of who they are', () => {
  const neither = replyOf([call({ name: 'a', arguments: '{"x":1}' }), call({ name: 'b', arguments: '{"x":2}' }), end]);
  assert.deepEqual(calls(neither), [
    ['a', '{"x":1}'],
    ['b', '{"x":2}'],
  ]);
  const sameIndex = replyOf([
    call({ name: 'a', arguments: '{}' }, { index: 0, id: '' }),
    call({ name: 'a', arguments: '{"y":1}' }, { index: 0, id: '' }),
    end,
  ]);
  assert.deepEqual(calls(sameIndex), [
    ['a', '{}'],
    ['a', '{"y":1}'],
  ]);
  const nullIds = replyOf([
    call({ name: 'a', arguments: '{}' }, { id: 'null' }),
    call({ name: 'b', arguments: '{"z":0}' }, { id: 'null' }),
    end,
  ]);
  assert.deepEqual(calls(nullIds), [
    ['a', '{}'],
    ['b', '{"z":0}'],
  ]);
  const ids = parts(nullIds).flatMap((part) => (part.type === 'tool-call' ? [part.id] : []));
  assert.ok(!ids.includes('null') && new Set(ids).size === 2);
});

test('tool calls in pieces, with the name or the whole call repeated', () => {
  const repeated = replyOf([
    call({ name: 'a', arguments: '' }, { index: 0, id: 'c1' }),
    call({ name: 'a', arguments: '{"x":' }, { index: 0, id: 'c1' }),
    call({ name: 'a', arguments: '1}' }, { index: 0, id: 'c1' }),
    call({ name: 'a', arguments: '{"x":1}' }, { index: 0, id: 'c1' }),
    end,
  ]);
  assert.deepEqual(calls(repeated), [['a', '{"x":1}']]);
  for (const place of [{}, { index: 0 }]) {
    const idless = replyOf([
      call({ name: 'a', arguments: '{"x":1}' }, place),
      call({ name: 'a', arguments: '{"x":1}' }, place),
      call({ name: 'b', arguments: '{"y":' }, { ...place, ...(place.index === 0 && { index: 1 }) }),
      call({ arguments: '2}' }, { ...place, ...(place.index === 0 && { index: 1 }) }),
      end,
    ]);
    assert.deepEqual(calls(idless), [
      ['a', '{"x":1}'],
      ['b', '{"y":2}'],
    ]);
  }
  const laterNull = replyOf([
    call({ name: 'a', arguments: '' }, { index: 0, id: 'WcG8xhSs1' }),
    call({ name: '', arguments: '{"x":' }, { index: 0 }),
    call({ name: '', arguments: '1}' }, { index: 0, id: 'null' }),
    end,
  ]);
  assert.deepEqual(calls(laterNull), [['a', '{"x":1}']]);
  const [called] = parts(laterNull);
  assert.equal(called?.type === 'tool-call' && called.id, 'WcG8xhSs1');
  const nameless = replyOf([
    call({ arguments: '{"x"' }, { index: 0, id: 'c1' }),
    call({ name: 'b', arguments: '{}' }, { index: 1, id: 'c2' }),
    call({ name: 'a', arguments: ':1}' }, { index: 0, id: 'c1' }),
    end,
  ]);
  assert.deepEqual(calls(nameless), [
    ['a', '{"x":1}'],
    ['b', '{}'],
  ]);
  const alone = replyOf([delta({ tool_calls: { index: 0, id: 'c', function: { name: 'a', arguments: {} } } }), end]);
  assert.deepEqual(calls(alone), [['a', '{}']]);
});

test('thoughts among content, beside it, and both', () => {
  const databricks = replyOf([
    delta({ content: [{ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] }] }),
    delta({ content: [{ type: 'reasoning', summary: [{ type: 'summary_text', text: ', yes', signature: 's' }] }] }),
    delta({ content: [{ type: 'text', text: 'Four' }] }),
    delta({ content: '.' }, 'stop'),
  ]);
  assert.deepEqual(said(databricks), ['Hm, yes', 'Four.']);
  const [thought] = parts(databricks);
  assert.equal(thought?.type === 'reasoning' && thought.signature, 's');
  const both = replyOf([
    delta({
      reasoning: 'Hm',
      reasoning_content: 'Hm',
      reasoning_details: [{ type: 'reasoning.text', text: 'Hm', index: 0 }],
    }),
    delta({ content: 'Four' }, 'stop'),
  ]);
  assert.deepEqual(said(both), ['Hm', 'Four']);
  const sealed = replyOf([
    delta({ reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.encrypted', data: 'eA==', index: 0 }] }),
    delta({ content: 'Four' }, 'stop'),
  ]);
  assert.deepEqual(
    parts(sealed).map((part) => (part.type === 'reasoning' ? [part.kind, part.text] : part.type)),
    [['text', 'Hm'], ['encrypted', 'eA=='], 'text'],
  );
});

test('every chunk with the whole message beside the delta, and no [DONE]', () => {
  const chunk = (content: string, whole: string, finish: string | null): JsonObject => ({
    choices: [{ index: 0, delta: { role: 'assistant', content }, message: { content: whole }, finish_reason: finish }],
    citations: ['https://a.test'],
    search_results: [{ title: 'A', url: 'https://a.test' }],
  });
  const reply = replyOf([chunk('On', 'On', null), chunk('e.', 'One.', null), chunk('', 'One.', 'stop')], '');
  assert.deepEqual(said(reply), ['', 'One.']);
  assert.deepEqual(reply.choices[0]?.annotations, [{ type: 'url', url: 'https://a.test', title: 'A' }]);
});

test('counts in the places that single hosts have for them', () => {
  const told = (usage: JsonObject) => counts(replyOf([delta({ content: 'a' }, 'stop'), { choices: [], usage }]).usage);
  const base = { prompt_tokens: 20, completion_tokens: 9, total_tokens: 29 };
  assert.deepEqual(told({ ...base, prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 12 }), [20, 8, 0, 9, 0]);
  assert.deepEqual(told({ ...base, cached_tokens: 8 }), [20, 8, 0, 9, 0]);
  assert.deepEqual(told({ ...base, num_cached_tokens: 8 }), [20, 8, 0, 9, 0]);
  const alibaba = { cached_tokens: 4, cache_creation_input_tokens: 6, cache_type: 'ephemeral' };
  assert.deepEqual(told({ ...base, prompt_tokens_details: alibaba }), [20, 4, 6, 9, 0]);
  assert.deepEqual(told({ ...base, cache_read_input_tokens: 8, cache_creation_input_tokens: 2 }), [20, 8, 2, 9, 0]);
  assert.deepEqual(told({ prompt_tokens: 3, completion_tokens: 9, cache_read_input_tokens: 50 }), [53, 50, 0, 9, 0]);
  assert.deepEqual(told({ input_tokens: 20, output_tokens: 9 }), [20, 0, 0, 9, 0]);
  assert.deepEqual(told({ ...base, reasoning_tokens: 40 }), [20, 0, 0, 49, 40], 'deep research');
  assert.deepEqual(told({ ...base, completion_tokens_details: { reasoning_tokens: 12 } }), [20, 0, 0, 9, 9]);
  const moonshot = replyOf([
    { choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop', usage: { ...base, cached_tokens: 8 } }] },
  ]);
  assert.deepEqual(counts(moonshot.usage), [20, 8, 0, 9, 0]);
  const zeros = replyOf([
    { ...delta({ content: 'a' }, 'stop'), usage: base },
    { choices: [], usage: { total_tokens: 0 } },
  ]);
  assert.deepEqual(counts(zeros.usage), [20, 0, 0, 9, 0]);
  const ticks = replyOf([{ ...delta({ content: 'a' }, 'stop'), usage: { ...base, cost_in_usd_ticks: 731_000 } }]);
  assert.equal(ticks.usage?.vendorCost, '0.0000731');
});

test('ends in words of single hosts', () => {
  const end = (word: string, members: JsonObject = { content: 'a' }) =>
    replyOf([delta(members, word)]).choices[0]?.finish;
  assert.equal(end('eos_token'), 'stop');
  assert.equal(end('token_limit'), 'length');
  assert.equal(end('sensitive'), 'content_filter');
  const tool = { tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{}' } }] };
  assert.equal(end('something_new', tool), 'tool_calls');
  for (const word of ['stop', 'eos', 'end_turn', 'completed']) assert.equal(end(word, tool), 'tool_calls', word);
  assert.equal(end('length', tool), 'length');
  const nulls = replyOf([delta({ content: 'a' }, 'null'), delta({ content: 'b' }, 'stop')]);
  assert.deepEqual([said(nulls)[1], nulls.choices[0]?.nativeFinish], ['ab', 'stop']);
});

test('frames that mean nothing do no harm', () => {
  const text = [
    ': keep-alive',
    'data: null',
    'data: {"type":"ping"}',
    `data: ${JSON.stringify(delta({ role: 'assistant' }))}`,
    'event: message',
    `data: ${JSON.stringify(delta({ content: 'One' }))}`,
    'data:',
    `data: ${JSON.stringify(delta({ content: null }, 'stop'))}`,
    'data: [DONE] ',
  ].join('\n\n');
  const events = decodeStream(dialect, { name: '', target, bytes: Buffer.from(`${text}\n\n`) }, () => 7);
  assert.deepEqual(
    events.map((event) => event.type),
    ['start', 'text', 'finish', 'end'],
  );
});

test('content and tool calls of one answer in two choices are one choice, where one was asked for', () => {
  const body = {
    choices: [
      { index: 0, message: { role: 'assistant', content: 'I call.' }, finish_reason: 'tool_calls' },
      {
        index: 1,
        message: { tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}' } }] },
        finish_reason: 'tool_calls',
      },
    ],
  };
  const reply = dialect.decodeReply(body, sampleUpstream(target));
  assert.ok(reply.ok);
  assert.equal(reply.value.choices.length, 1);
  assert.deepEqual([said(reply.value)[1], calls(reply.value)], ['I call.', [['f', '{}']]]);
});

test('what is not modelled passes on whole, however it was cut', () => {
  const server = { type: 'reasoning.server_tool_call', tool_name: 'search', arguments: '{}', result: 'r' };
  const reply = replyOf([
    delta({ executed_tools: [1] }),
    delta({ content: 'a', verdict: 'x', reasoning_details: [server] }),
    { choices: [{ index: 0, delta: { note: 'n' }, finish_reason: 'stop', weight: 2 }], region: 'eu' },
  ]);
  assert.deepEqual(reply.native?.fields, { region: 'eu' });
  assert.deepEqual(reply.choices[0]?.native?.fields, {
    message: { executed_tools: [1], verdict: 'x', reasoning_details: [server], note: 'n' },
    weight: 2,
  });
  const written = openaiChatClient.encodeReply(reply, sampleAnswer()) as { choices: { message: JsonObject }[] };
  assert.deepEqual(written.choices[0]?.message.reasoning_details, [server]);
  assert.equal(written.choices[0]?.message.note, 'n');
});

test('hosts have words of their own for the tiers', () => {
  const host = sampleTarget('openai-chat', { dialect: { quirks: ['on-demand-tier'] } });
  const asked = (serviceTier: string) => {
    const sent = sampleRequest(dialect, sampleCall({ serviceTier }), host, new Map());
    return sent.ok && sent.value.body.service_tier;
  };
  assert.deepEqual(['default', 'fast', 'flex', 'auto'].map(asked), ['on_demand', 'performance', 'flex', 'auto']);
  const told = (tier: string) => replyOf([{ service_tier: tier, ...delta({ content: 'Hi' }, 'stop') }]).serviceTier;
  assert.deepEqual(['on_demand', 'performance', 'flex'].map(told), ['default', 'priority', 'flex']);
});

test('Gemini behind chat completions signs its calls, and gets the signature back with the call', () => {
  const signed = { google: { thought_signature: 'c2lnbmVk' } };
  const tool = {
    index: 0,
    id: 'c1',
    type: 'function',
    function: { name: 'f', arguments: '{}' },
    extra_content: signed,
  };
  const streamed = replyOf([delta({ tool_calls: [tool] }), end]);
  const whole = dialect.decodeReply(
    { choices: [{ index: 0, message: { role: 'assistant', tool_calls: [tool] }, finish_reason: 'tool_calls' }] },
    sampleUpstream(target),
  );
  assert.deepEqual(parts(streamed), whole.ok && parts(whole.value));
  assert.deepEqual(parts(streamed)[0], {
    ...{ type: 'reasoning', kind: 'encrypted', text: 'c2lnbmVk', id: 'c1', format: 'google-gemini-v1' },
  });
  const sent = (upstreamId: string) => {
    const host = sampleTarget('openai-chat', { endpoint: { upstreamId } });
    const messages = [{ role: 'assistant' as const, parts: parts(streamed) }];
    const encoded = sampleRequest(dialect, sampleCall({ messages }), host, new Map());
    assert.ok(encoded.ok);
    const [message] = encoded.value.body.messages as { tool_calls: JsonObject[] }[];
    return [message?.tool_calls[0]?.extra_content, encoded.value.losses.map(({ field }) => field)];
  };
  const back = openaiChatClient.decodeCall(
    {
      model: 'm',
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', tool_calls: [tool] },
      ],
    },
    { headers: {}, params: {} },
  );
  assert.deepEqual(back.ok && back.value.messages[1]?.parts, parts(streamed), 'a program may keep it there too');
  assert.deepEqual(sent('google/gemini-3-flash'), [signed, []]);
  assert.deepEqual(sent('llama-4'), [undefined, ['messages[0].reasoning_details']]);
});

test('members of which nothing but zeros come say nothing', () => {
  const message = {
    role: 'assistant',
    content: 'Hi',
    function_call: { name: '', arguments: '' },
    audio: { id: '', data: '', transcript: '', expires_at: 0 },
    tool_calls: [{ id: '', type: 'function', function: { name: '', arguments: '' } }],
  };
  const reply = dialect.decodeReply(
    { choices: [{ index: 0, message, finish_reason: 'stop' }] },
    { target, call: sampleCall(), newId: (prefix) => prefix },
  );
  assert.ok(reply.ok);
  assert.deepEqual([parts(reply.value), reply.value.choices[0]?.finish], [[{ type: 'text', text: 'Hi' }], 'stop']);
  const { role: _, ...zeros } = message;
  const streamed = replyOf([
    delta({ ...zeros, content: 'Hi' }),
    call({ name: 'a', arguments: '{}' }, { index: 1, id: 'c' }),
    end,
  ]);
  assert.deepEqual(calls(streamed), [['a', '{}']]);
});

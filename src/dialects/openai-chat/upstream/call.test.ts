import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrayOf, type JsonObject } from '../../../base/json.ts';
import { pico } from '../../../base/money.ts';
import type { Call } from '../../../call/call.ts';
import type { Message } from '../../../call/message.ts';
import type { Parameter } from '../../../call/parameters.ts';
import type { Assets } from '../../../facts/asset.ts';
import { type SampleTarget, sampleCall, sampleRequest, sampleTarget, sampleUpstream } from '../../samples.ts';
import { openaiChatUpstream as dialect } from './upstream.ts';

function written(call: Partial<Call>, options: SampleTarget, assets: Assets = new Map()) {
  const encoded = sampleRequest(dialect, sampleCall(call), sampleTarget('openai-chat', options), assets);
  assert.ok(encoded.ok);
  const { body, losses } = encoded.value;
  return { body: body as JsonObject & { messages: JsonObject[] }, lost: losses.map(({ field }) => field) };
}
const quirk = (...quirks: string[]): SampleTarget => ({ dialect: { quirks } });

test('a schema that is not constrained there is read by the model instead', () => {
  const schema = { type: 'object', properties: { city: {} } };
  const output = { type: 'json-schema', name: 'a', schema } as const;
  const knowing = (...names: ('response_format' | 'structured_outputs')[]) =>
    written({ output }, { endpoint: { parameters: new Set(names) } });
  assert.deepEqual(knowing('response_format', 'structured_outputs').body.messages.length, 1);
  const asked = knowing('response_format');
  assert.deepEqual(asked.body.response_format, { type: 'json_object' });
  assert.match(JSON.stringify(asked.body.messages[0]), /"system".*JSON Schema.*city/);
  assert.deepEqual(asked.lost, ['response_format']);
  assert.equal(knowing().body.response_format, undefined);
});

test('four stop sequences, where the provider takes no more', () => {
  const stop = ['a', 'b', 'c', 'd', 'e'];
  assert.deepEqual(written({ stop }, {}).body.stop, stop);
  const { body, lost } = written({ stop }, quirk('four-stop-sequences'));
  assert.deepEqual([body.stop, lost], [['a', 'b', 'c', 'd'], ['stop']]);
});

test('one stop word and a temperature of 1, where the provider takes no more', () => {
  const { body, lost } = written(
    { stop: ['a', 'b'], sampling: { temperature: 1.5 } },
    quirk('one-stop-sequence', 'unit-temperature'),
  );
  assert.deepEqual([body.stop, body.temperature, lost], [['a'], 1, ['temperature', 'stop']]);
  assert.equal(written({ sampling: { temperature: 0.5 } }, quirk('unit-temperature')).body.temperature, 0.5);
});

test('names stand in the text where messages may have none', () => {
  const text = (value: string) => ({ type: 'text', text: value }) as const;
  const image = { type: 'image', source: { kind: 'url', url: 'https://a.test/i.png' } } as const;
  const messages: Message[] = [
    { role: 'user', name: 'ann', parts: [text('Hi')] },
    { role: 'user', name: 'bob', parts: [text('Look'), image] },
    { role: 'tool', callId: 'c', name: 'f', parts: [text('1')] },
  ];
  const { body } = written({ messages }, quirk('no-names'));
  assert.equal(body.messages[0]?.content, 'ann: Hi');
  const [prefix] = arrayOf(body.messages[1]?.content);
  assert.deepEqual(prefix, { type: 'text', text: 'bob: ' });
  assert.equal(body.messages[2]?.content, '1');
  assert.ok(body.messages.every((message) => !('name' in message)));
});

test('reasoning is steered by what the model of each provider knows', () => {
  const efforts = (...list: ('high' | 'max')[]) => ({
    reasoning: { efforts: list, budget: false, mandatory: false, defaultEnabled: true },
  });
  const ask = (quirks: string, endpoint: SampleTarget['endpoint'], effort: 'low' | 'none') => {
    const { body, lost } = written({ reasoning: { effort } }, { ...quirk(quirks), endpoint: endpoint ?? {} });
    return [body.thinking, body.reasoning_effort, lost];
  };
  assert.deepEqual(ask('thinking-object', efforts('high', 'max'), 'low'), [{ type: 'enabled' }, 'high', []]);
  assert.deepEqual(ask('thinking-object', efforts(), 'low'), [{ type: 'enabled' }, undefined, []]);
  assert.deepEqual(ask('thinking-object', efforts('high'), 'none'), [{ type: 'disabled' }, undefined, []]);
  assert.deepEqual(ask('adaptive-thinking', efforts(), 'low'), [{ type: 'adaptive' }, undefined, []]);
  assert.deepEqual(ask('listed-efforts', efforts(), 'low'), [undefined, undefined, ['reasoning']]);
  assert.deepEqual(ask('listed-efforts', efforts('high'), 'low'), [undefined, 'high', []]);
});

test('what a provider gives only as a stream is asked for as one', () => {
  const asStream = { stream: true, stream_options: { include_usage: true } };
  const of = ({ body }: ReturnType<typeof written>) =>
    body.stream === undefined ? {} : { stream: body.stream, stream_options: body.stream_options };
  const long = quirk('streams-long-answers');
  assert.deepEqual(of(written({ stream: false, maxOutputTokens: 5_000 }, long)), asStream);
  assert.deepEqual(of(written({ stream: false, maxOutputTokens: 4_096 }, long)), {});
  const thinking = quirk('enable-thinking', 'streams-thoughts');
  assert.deepEqual(of(written({ stream: false }, thinking)), asStream);
  assert.deepEqual(of(written({ stream: false, reasoning: { effort: 'none' } }, thinking)), {});
  assert.deepEqual(of(written({ stream: false }, { ...thinking, endpoint: { reasoning: null } })), {});
});

test('split reasoning is asked for and given back in its own shape', () => {
  const messages: Message[] = [
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', kind: 'text', text: 'Hm', format: 'unknown' },
        { type: 'text', text: 'Four' },
      ],
    },
  ];
  const { body, lost } = written({ messages }, quirk('reasoning-split'));
  assert.equal(body.reasoning_split, true);
  assert.deepEqual(body.messages[0]?.reasoning_details, [
    { type: 'reasoning.text', id: 'reasoning-text-1', format: 'MiniMax-response-v1', index: 0, text: 'Hm' },
  ]);
  assert.deepEqual(lost, []);
});

test('reasoning models of some providers refuse stop and logprobs too', () => {
  const call = { stop: ['a'], sampling: { logprobs: true, logit_bias: { 1: 1 } } };
  const bare = { ...quirk('bare-reasoning-models'), endpoint: { parameters: new Set<Parameter>() } };
  const { body, lost } = written(call, bare);
  assert.deepEqual([body.stop, body.logprobs, body.logit_bias], [undefined, undefined, undefined]);
  assert.deepEqual(lost.sort(), ['logit_bias', 'logprobs', 'stop']);
  assert.equal(written(call, quirk('bare-reasoning-models')).body.logprobs, true);
  const stop = ['a'];
  assert.deepEqual(written({ stop }, quirk('no-stop-with-reasoning')).lost, ['stop']);
  const plain = { ...quirk('no-stop-with-reasoning'), endpoint: { reasoning: null } };
  assert.deepEqual(written({ stop }, plain).body.stop, stop);
});

test('a file by URL goes as bytes where it must', () => {
  const url = 'https://files.test/a.pdf';
  const messages: Message[] = [{ role: 'user', parts: [{ type: 'file', source: { kind: 'url', url } }] }];
  const target = sampleTarget('openai-chat', quirk('inline-files'));
  assert.deepEqual(dialect.assets(sampleCall({ messages }), target), [{ url, kind: 'file' }]);
  assert.deepEqual(dialect.assets(sampleCall({ messages }), sampleTarget('openai-chat')), []);
  const assets = new Map([[url, { mediaType: 'application/pdf', data: Buffer.from('abc') }]]);
  const { body } = written({ messages }, quirk('inline-files'), assets);
  assert.deepEqual(body.messages[0]?.content, [
    { type: 'file', file: { file_data: 'data:application/pdf;base64,YWJj' } },
  ]);
});

test('a cache mark becomes OpenAI’s breakpoint where writes have a price, and is lost elsewhere', () => {
  const messages: Message[] = [{ role: 'user', parts: [{ type: 'text', text: 'a', cache: { ttl: '5m' } }] }];
  const price = { input: pico(1n), output: pico(1n), inputCacheWrite: pico(1n), overrides: [] };
  const priced = written({ messages }, { ...quirk('prompt-cache-breakpoint'), endpoint: { price } });
  assert.deepEqual(priced.body.messages[0]?.content, [
    { type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } },
  ]);
  assert.deepEqual(priced.lost, []);
  const native = { dialect: 'openai-chat', fields: { prompt_cache_breakpoint: { mode: 'explicit' } } };
  const marked: Message[] = [{ role: 'user', parts: [{ type: 'text', text: 'a', cache: { ttl: '5m' }, native }] }];
  const plain = written({ messages: marked }, quirk('prompt-cache-breakpoint'));
  assert.deepEqual(plain.body.messages[0]?.content, [{ type: 'text', text: 'a' }]);
  assert.deepEqual(plain.lost, ['messages[0].content[0].cache_control']);
});

test('an answer that the provider ended with an error is no answer, streamed or not', () => {
  const upstream = sampleUpstream(sampleTarget('openai-chat'));
  const whole = (choice: JsonObject) => {
    const message = { role: 'assistant', content: 'Hel' };
    const reply = dialect.decodeReply({ choices: [{ index: 0, message, ...choice }] }, upstream);
    return reply.ok ? reply.value.choices[0]?.finish : `${reply.error.code}: ${reply.error.message}`;
  };
  const error = { code: 502, message: 'Lost the line.' };
  assert.equal(whole({ finish_reason: 'error', error }), 'upstream_server_error: Lost the line.');
  assert.match(String(whole({ finish_reason: 'network_error' })), /^upstream_server_error/);
  assert.equal(whole({ finish_reason: 'error', native_finish_reason: 'MALFORMED_FUNCTION_CALL' }), 'error');
  const decoder = dialect.decodeEvents(upstream);
  const chunk = { choices: [{ index: 0, delta: { content: 'Hel' }, finish_reason: 'error' }] };
  const events = decoder.push({ event: null, data: JSON.stringify(chunk) });
  assert.deepEqual(
    events.map(({ type }) => type),
    ['start', 'text', 'fault'],
  );
});

const TOOLS: Call['tools'] = [
  { type: 'function', name: 'find' },
  { type: 'function', name: 'read' },
];
const noun = (body: JsonObject) => [body.thinking ?? body.enable_thinking, body.tool_choice];
const REASONS_AT_WILL = { efforts: [], budget: false, mandatory: false, defaultEnabled: true } as const;

test('a choice among no tools is not sent, nor how many at once', () => {
  for (const toolChoice of [{ type: 'auto' }, { type: 'none' }] as const) {
    const { body, lost } = written({ toolChoice, parallelToolCalls: false }, {});
    assert.deepEqual([Object.keys(body).filter((name) => /tool/.test(name)), lost], [[], []]);
  }
  assert.deepEqual(written({ toolChoice: { type: 'required' } }, {}).lost, ['tool_choice']);
  const alien: Call['tools'] = [{ type: 'native', dialect: 'gemini', value: { code_execution: {} } }];
  const { body } = written({ tools: alien, toolChoice: { type: 'auto' }, parallelToolCalls: true }, {});
  assert.deepEqual(
    Object.keys(body).filter((name) => /tool/.test(name)),
    [],
  );
});

test('a forced tool turns thinking off where the two exclude each other, and is left to the model where it must think', () => {
  const kimi = (call: Partial<Call>, reasoning: typeof REASONS_AT_WILL | { mandatory: true } = REASONS_AT_WILL) =>
    written(
      { tools: TOOLS, ...call },
      {
        ...quirk('thinking-object', 'unforced-while-thinking'),
        endpoint: { reasoning: { ...REASONS_AT_WILL, ...reasoning } },
      },
    );
  const required = { toolChoice: { type: 'required' } } as const;
  const named = { toolChoice: { type: 'function', name: 'read' } } as const;
  assert.deepEqual(noun(kimi(required).body), [{ type: 'disabled' }, 'required']);
  assert.deepEqual(kimi(required).lost, []);
  const wished = kimi({ ...required, reasoning: { effort: 'high' } });
  assert.deepEqual([noun(wished.body), wished.lost], [[{ type: 'disabled' }, 'required'], ['reasoning']]);
  const native = { dialect: 'openai-chat', fields: { thinking: { type: 'disabled' } } };
  assert.deepEqual(noun(kimi({ ...named, native }).body), [
    { type: 'disabled' },
    { type: 'function', function: { name: 'read' } },
  ]);
  assert.deepEqual(noun(kimi({ toolChoice: { type: 'auto' } }).body), [undefined, 'auto']);
  const must = kimi(named, { mandatory: true });
  assert.deepEqual([noun(must.body), must.lost], [[undefined, 'auto'], ['tool_choice']]);
  assert.deepEqual(
    (must.body.tools as { function: JsonObject }[]).map((tool) => tool.function.name),
    ['read'],
  );
  const qwen = written(
    { tools: TOOLS, ...required },
    {
      ...quirk('enable-thinking', 'streams-thoughts', 'unforced-while-thinking'),
      endpoint: { reasoning: REASONS_AT_WILL },
    },
  );
  assert.deepEqual(noun(qwen.body), [false, 'required']);
});

test('where only the automatic choice is taken, a forbidden call is one without tools', () => {
  const zai = (toolChoice: Call['toolChoice']) =>
    written({ tools: TOOLS, ...(toolChoice && { toolChoice }) }, quirk('automatic-tool-choice'));
  assert.deepEqual(
    [zai({ type: 'required' }).body.tool_choice, zai({ type: 'required' }).lost],
    ['auto', ['tool_choice']],
  );
  const named = zai({ type: 'function', name: 'find' });
  assert.deepEqual([named.body.tool_choice, arrayOf(named.body.tools).length], ['auto', 1]);
  const none = zai({ type: 'none' });
  assert.deepEqual([none.body.tool_choice, none.body.tools, none.lost], [undefined, undefined, []]);
});

const textOf = (text: string) => [{ type: 'text', text }] as const;
const called = (...ids: string[]): Message => ({
  role: 'assistant',
  parts: ids.map((id) => ({ type: 'tool-call', id, name: 'find', arguments: '{}' })),
});
const result = (callId: string): Message => ({ role: 'tool', callId, parts: textOf('1') });
const roles = (body: { messages: JsonObject[] }) => body.messages.map(({ role }) => role);

test('results stand behind their calls, and what was said between them behind the last', () => {
  const said: Message = { role: 'user', parts: textOf('wait') };
  const messages = [called('a', 'b'), said, result('b'), said, result('a'), called('c'), said];
  assert.deepEqual(roles(written({ messages }, {}).body), [
    ...['assistant', 'tool', 'tool', 'user', 'user', 'assistant', 'user'],
  ]);
  const unanswered = [called('a', 'b'), result('a'), said, called('c'), result('c'), said];
  assert.deepEqual(roles(written({ messages: unanswered }, {}).body), [
    ...['assistant', 'tool', 'user', 'assistant', 'tool', 'user'],
  ]);
});

test('Mistral gets an assistant’s turn between a result and the user', () => {
  const messages: Message[] = [
    called('a'),
    result('a'),
    { role: 'user', parts: textOf('no') },
    { role: 'system', parts: textOf('x') },
  ];
  assert.deepEqual(roles(written({ messages }, quirk('answer-after-tools')).body), [
    ...['assistant', 'tool', 'assistant', 'user', 'system'],
  ]);
  const answered: Message[] = [called('a'), result('a'), { role: 'assistant', parts: textOf('1') }];
  assert.deepEqual(roles(written({ messages: answered }, quirk('answer-after-tools')).body), [
    'assistant',
    'tool',
    'assistant',
  ]);
  assert.deepEqual(roles(written({ messages }, {}).body), ['assistant', 'tool', 'user', 'system']);
});

test('an assistant’s message that says nothing is left out', () => {
  const thought = { type: 'reasoning', kind: 'text', text: 'Hm', format: 'unknown' } as const;
  const messages: Message[] = [
    { role: 'user', parts: textOf('a') },
    { role: 'assistant', parts: [] },
    { role: 'assistant', parts: textOf('') },
    { role: 'assistant', parts: [thought] },
    { role: 'user', parts: textOf('b') },
  ];
  const { body, lost } = written({ messages }, quirk('reasoning-content'));
  assert.deepEqual(roles(body), ['user', 'user']);
  assert.deepEqual(lost, ['messages[1]', 'messages[2]', 'messages[3]']);
  assert.equal(written({ messages }, quirk('reasoning-details')).body.messages.length, 3);
});

test('hosts that want their thoughts back get a blank where none was kept', () => {
  const messages: Message[] = [
    { role: 'assistant', parts: textOf('a') },
    called('x'),
    result('x'),
    { role: 'assistant', parts: [{ type: 'reasoning', kind: 'text', text: 'Hm', format: 'unknown' }, ...textOf('b')] },
    { role: 'user', parts: textOf('c') },
  ];
  const thoughts = (call: Partial<Call>, endpoint: SampleTarget['endpoint'] = { reasoning: REASONS_AT_WILL }) =>
    written(
      { messages, ...call },
      { ...quirk('reasoning-content', 'thinking-object', 'thoughts-in-history'), endpoint },
    ).body.messages.map((message) => message.reasoning_content);
  assert.deepEqual(thoughts({}), [' ', ' ', undefined, 'Hm', undefined]);
  assert.deepEqual(thoughts({ reasoning: { effort: 'none' } }), [undefined, undefined, undefined, 'Hm', undefined]);
  assert.deepEqual(thoughts({}, { reasoning: null })[0], undefined);
  const begun: Message[] = [{ role: 'assistant', parts: textOf('The') }];
  assert.deepEqual(thoughts({ messages: begun }), [undefined]);
});

test('members that only another program knows stay out of messages', () => {
  const fields = { provider_specific_fields: null, index: 0, status: 'completed', prefix: true, partial: true };
  const messages: Message[] = [{ role: 'assistant', parts: textOf('a'), native: { dialect: 'openai-chat', fields } }];
  const plain = written({ messages }, {});
  assert.deepEqual(plain.body.messages, [{ role: 'assistant', content: 'a' }]);
  assert.deepEqual(
    plain.lost,
    Object.keys(fields).map((name) => `messages[0].${name}`),
  );
  assert.deepEqual(written({ messages }, quirk('reasoning-details')).body.messages, [
    { role: 'assistant', content: 'a', ...fields },
  ]);
  assert.deepEqual(written({ messages }, quirk('assistant-partial')).body.messages, [
    { role: 'assistant', content: 'a', partial: true },
  ]);
});

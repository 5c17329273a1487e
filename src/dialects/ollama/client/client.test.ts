import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FaultCode, fault } from '../../../base/fault.ts';
import { type JsonObject, objectOf } from '../../../base/json.ts';
import { nano } from '../../../base/money.ts';
import type { Event } from '../../../call/event.ts';
import { usageOf } from '../../../call/usage.ts';
import type { AnswerContext } from '../../dialect.ts';
import { sampleAnswer, sampleCall, sampleTarget } from '../../samples.ts';
import { ollamaUpstream } from '../index.ts';
import { ollamaChatClient, ollamaGenerateClient } from './index.ts';

const REQUEST = { headers: {}, params: {} };
const HELLO = [{ role: 'user', content: 'Hello' }];
function chat(body: JsonObject) {
  const call = ollamaChatClient.decodeCall({ model: 'm', messages: HELLO, ...body }, REQUEST);
  assert(call.ok, call.ok ? '' : call.error.message);
  return call.value;
}
function generate(body: JsonObject) {
  const call = ollamaGenerateClient.decodeCall({ model: 'm', ...body }, REQUEST);
  assert(call.ok, call.ok ? '' : call.error.message);
  return call.value;
}

/** The answer's clock goes on by 5 ms with every look at it. */
function answerOf(more: Partial<AnswerContext> = {}): AnswerContext {
  let now = 1_700_000_000_100;
  const tick = (): number => {
    now += 5;
    return now;
  };
  return { ...sampleAnswer(), receivedAt: 1_700_000_000_000, now: tick, ...more };
}
const linesOf = (events: readonly Event[], client = ollamaChatClient, answer = answerOf()): JsonObject[] =>
  events
    .map(client.encodeEvents(answer))
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

test('a stream is the default', () => {
  for (const [stream, wanted] of [
    [undefined, true],
    [null, true],
    [true, true],
    [false, false],
  ] as const)
    assert.equal(chat(stream === undefined ? {} : { stream }).stream, wanted);
});

test('options are read by their names; those of the machine are for Ollama alone, and told as lost elsewhere', () => {
  const call = chat({
    options: {
      ...{ temperature: 0.7, top_p: 0.9, top_k: 40, min_p: 0.1, seed: 42.0, num_predict: 100, stop: 'END' },
      ...{ repeat_penalty: 1.2, presence_penalty: 1.5, frequency_penalty: -1, num_ctx: 1024, mirostat: 1, numa: null },
    },
    keep_alive: -1,
  });
  assert.deepEqual(call.sampling, {
    ...{ temperature: 0.7, top_p: 0.9, top_k: 40, min_p: 0.1, seed: 42 },
    ...{ repetition_penalty: 1.2, presence_penalty: 1.5, frequency_penalty: -1 },
  });
  assert.deepEqual([call.maxOutputTokens, call.stop], [100, ['END']]);
  assert.deepEqual(call.native, { dialect: 'ollama', fields: { options: { num_ctx: 1024, mirostat: 1 } } });
  const written = ollamaUpstream.encodeCall(call, sampleTarget('ollama'), new Map());
  assert(written.ok);
  assert.deepEqual(written.value.losses, []);
  assert.deepEqual((written.value.body.options as JsonObject).num_ctx, 1024);
});

test('numbers that stand for whatever it may be are not sent', () => {
  const call = chat({ options: { num_predict: -1, seed: -1, top_k: -1, stop: [] } });
  assert.deepEqual([call.maxOutputTokens, call.sampling, call.stop], [undefined, {}, []]);
  assert.equal(chat({ options: { num_predict: -2 } }).maxOutputTokens, undefined);
  assert.equal(chat({ options: { num_predict: 12.9 } }).maxOutputTokens, 12);
});

test('think and format in each of their forms', () => {
  const think = (value: JsonObject[string]) => chat({ think: value }).reasoning;
  assert.deepEqual([true, false, 'low', 'medium', 'high', null, ''].map(think), [
    { enabled: true },
    { enabled: false },
    { effort: 'low' },
    { effort: 'medium' },
    { effort: 'high' },
    undefined,
    undefined,
  ]);
  assert.deepEqual(chat({ format: 'json' }).output, { type: 'json' });
  assert.deepEqual(chat({ format: '' }).output, { type: 'text' });
  const schema = { type: 'object' };
  assert.deepEqual(chat({ format: schema }).output, { type: 'json-schema', name: 'response', schema });
});

test('results find their calls by id, by the tool’s name, or by their order', () => {
  const call = (name: string, more: JsonObject = {}): JsonObject => ({ function: { name, arguments: {} }, ...more });
  const turns = (results: JsonObject[]): string[] =>
    chat({
      messages: [
        ...HELLO,
        {
          role: 'assistant',
          content: '',
          tool_calls: [call('a'), call('b', { id: 'x' }), call('a'), call('a', { id: 'x' })],
        },
        ...results.map((result) => ({ role: 'tool', content: 'r', ...result })),
      ],
    }).messages.flatMap((message) => (message.role === 'tool' ? [message.callId] : []));
  const ids = ['call_0', 'x', 'call_1', 'call_2'];
  assert.deepEqual(turns([{ tool_name: 'a' }, { tool_name: 'b' }, { tool_name: 'a' }, { tool_name: 'a' }]), ids);
  assert.deepEqual(turns([{}, {}, {}, {}]), ids);
  assert.deepEqual(turns([{ tool_call_id: 'x' }, { name: 'a' }, {}, { tool_name: 'a' }]), [
    'x',
    'call_0',
    'call_1',
    'call_2',
  ]);
  assert.deepEqual(turns([{ tool_name: 'nobody' }]), ['nobody']);
});

test('images are base64, with or without the head of a data URL', () => {
  const [message] = chat({
    messages: [{ role: 'user', content: '', images: ['AAAA', 'data:image/webp;base64,BBBB'] }],
  }).messages;
  assert.deepEqual(message?.parts, [
    { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
    { type: 'image', source: { kind: 'base64', mediaType: 'image/webp', data: 'BBBB' } },
  ]);
});

test('a body that is wrong is refused with the field at fault', () => {
  const message = (more: JsonObject): JsonObject => ({ messages: [{ role: 'user', content: 'Hi', ...more }] });
  const wrong: readonly (readonly [JsonObject, string])[] = [
    [{ model: '' }, 'model'],
    [{ model: 7 }, 'model'],
    [{ messages: 'Hi' }, 'messages'],
    [{ messages: ['Hi'] }, 'messages[0]'],
    [message({ role: 'narrator' }), 'messages[0].role'],
    [message({ content: [{ type: 'text', text: 'Hi' }] }), 'messages[0].content'],
    [message({ images: ['https://pictures.test/a.png'] }), 'messages[0].images[0]'],
    [message({ images: [7] }), 'messages[0].images[0]'],
    [message({ role: 'system', images: ['AAAA'] }), 'messages[0].images'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].function.name'],
    [{ format: 'xml' }, 'format'],
    [{ think: 'deeply' }, 'think'],
    [{ think: 1 }, 'think'],
    [{ stream: 'yes' }, 'stream'],
    [{ options: { temperature: 'hot' } }, 'options.temperature'],
    [{ options: { stop: [1] } }, 'options.stop[0]'],
    [{ options: [] }, 'options'],
  ];
  for (const [body, param] of wrong) {
    const call = ollamaChatClient.decodeCall({ model: 'm', messages: HELLO, ...body }, REQUEST);
    assert(!call.ok, param);
    assert.deepEqual([call.error.code, call.error.param], ['invalid_request', param]);
  }
});

test('generate: a question with a system prompt is a conversation, raw text and a text with an end are none', () => {
  const asked = generate({
    prompt: 'Why?',
    system: 'Be brief.',
    images: ['AAAA'],
    template: '{{ .Prompt }}',
    context: [1],
  });
  assert.deepEqual(
    asked.messages.map(({ role, parts }) => [role, parts.map(({ type }) => type)]),
    [
      ['system', ['text']],
      ['user', ['text', 'image']],
    ],
  );
  assert.equal(asked.completion, undefined);
  const written = ollamaUpstream.encodeCall(asked, sampleTarget('ollama'), new Map());
  assert.deepEqual(written.ok && written.value.losses.map(({ field }) => field), ['template', 'context']);
  assert.deepEqual(generate({ prompt: '[INST] Why?', raw: true }).completion, { prompts: ['[INST] Why?'] });
  assert.deepEqual(generate({ prompt: 'def f(', suffix: 'return' }).completion, {
    prompts: ['def f('],
    suffix: 'return',
  });
  for (const [body, param] of [
    [{ prompt: 'a', suffix: 'b', images: ['AAAA'] }, 'suffix'],
    [{ prompt: 'a', raw: true, system: 'b' }, 'raw'],
    [{ prompt: 7 }, 'prompt'],
  ] as const) {
    const call = ollamaGenerateClient.decodeCall({ model: 'm', ...body }, REQUEST);
    assert(!call.ok && call.error.param === param);
  }
});

test('no question: the model is loaded', () => {
  const loaded = [
    ollamaChatClient.unasked?.(chat({ messages: [] }), answerOf()),
    ollamaGenerateClient.unasked?.(generate({ keep_alive: '10m' }), answerOf()),
    ollamaGenerateClient.unasked?.(generate({ prompt: '', system: 'Be brief.' }), answerOf()),
  ];
  assert.deepEqual(
    loaded.map(objectOf).map(({ done, done_reason }) => [done, done_reason]),
    loaded.map(() => [true, 'load']),
  );
  for (const keep_alive of [0, '0', '0s']) {
    const unloaded = ollamaChatClient.unasked?.(chat({ messages: [], keep_alive }), answerOf());
    assert.equal(objectOf(unloaded).done_reason, 'unload');
  }
  assert.equal(ollamaChatClient.unasked?.(chat({}), answerOf()), null);
  assert.equal(ollamaGenerateClient.unasked?.(generate({ prompt: 'Why?' }), answerOf()), null);
});

const bill = {
  cost: nano(3_000n),
  inputCost: nano(1_000n),
  outputCost: nano(2_000n),
  upstreamCost: null,
  isByok: false,
};
const STREAM: readonly Event[] = [
  { type: 'start' },
  { type: 'reasoning', choice: 0, index: 0, kind: 'text', text: 'Hm.', format: 'unknown' },
  { type: 'text', choice: 0, text: 'I ask.' },
  { type: 'tool-start', choice: 0, index: 0, id: 'c1', name: 'weather' },
  { type: 'tool-arguments', choice: 0, index: 0, text: '{"city":' },
  { type: 'tool-arguments', choice: 0, index: 0, text: '"Köln"}' },
  { type: 'tool-start', choice: 0, index: 1, id: 'c2', name: 'weather' },
  { type: 'tool-arguments', choice: 0, index: 1, text: '{"city":"Bo' },
  { type: 'finish', choice: 0, reason: 'tool_calls', native: 'tool_calls' },
  { type: 'usage', usage: usageOf({ input: 5, inputCacheRead: 3, output: 7, outputReasoning: 2 }), bill },
  { type: 'end' },
];

test('a stream of a chat: pieces, whole calls, and last the counts and times', () => {
  const lines = linesOf(STREAM);
  const head = { model: 'author/model', created_at: '2023-11-14T22:13:20.105Z' };
  const line = (message: JsonObject) => ({
    ...head,
    message: { role: 'assistant', content: '', ...message },
    done: false,
  });
  assert.deepEqual(lines.slice(0, -1), [
    line({ thinking: 'Hm.' }),
    line({ content: 'I ask.' }),
    line({ tool_calls: [{ id: 'c1', function: { index: 0, name: 'weather', arguments: { city: 'Köln' } } }] }),
    // Cut off: no object, but not lost.
    line({ tool_calls: [{ id: 'c2', function: { index: 1, name: 'weather', arguments: { input: '{"city":"Bo' } } }] }),
  ]);
  const { usage, ...last } = lines.at(-1) ?? {};
  assert.deepEqual(last, {
    ...head,
    message: { role: 'assistant', content: '' },
    done: true,
    done_reason: 'stop',
    total_duration: 115_000_000,
    load_duration: 0,
    prompt_eval_duration: 110_000_000,
    eval_duration: 5_000_000,
    prompt_eval_count: 8,
    eval_count: 9,
  });
  assert.deepEqual((usage as JsonObject).cost, 0.000003);
});

test('a stream of generate says the same in its own words', () => {
  const [thought, said] = linesOf(STREAM, ollamaGenerateClient);
  assert.deepEqual([thought?.response, thought?.thinking, said?.response], ['', 'Hm.', 'I ask.']);
  assert(!('message' in (said ?? {})));
});

test('an error in the midst of a stream is a line and the last one', () => {
  const lines = linesOf([
    ...STREAM.slice(0, 3),
    { type: 'fault', fault: fault('upstream_truncated', 'It broke off.') },
  ]);
  assert.equal(lines.at(-1)?.error, 'It broke off.');
  assert.equal(lines.filter(({ done }) => done === true).length, 0);
});

test('errors are texts with a status', () => {
  const cases: readonly (readonly [FaultCode, number])[] = [
    ['unknown_model', 404],
    ['authentication', 401],
    ['invalid_request', 400],
    ['upstream_overloaded', 503],
  ];
  for (const [code, status] of cases) {
    const { body, ...told } = ollamaChatClient.encodeFault(fault(code, 'Words.'), { id: null });
    assert.deepEqual([told.status, (body as JsonObject).error, (body as JsonObject).code], [status, 'Words.', status]);
  }
});

test('what was hidden by the caller stays hidden', () => {
  const answer = answerOf({ call: sampleCall({ reasoning: { exclude: true } }) });
  assert.doesNotMatch(JSON.stringify(linesOf(STREAM, ollamaChatClient, answer)), /Hm\./);
});

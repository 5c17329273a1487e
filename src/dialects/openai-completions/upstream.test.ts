import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import type { Call } from '../../call/call.ts';
import { lawsForUpstream } from '../laws.ts';
import { openaiChatUpstream } from '../openai-chat/index.ts';
import { type SampleTarget, sampleAnswer, sampleCall, sampleRequest, sampleTarget } from '../samples.ts';
import { openaiCompletionsClient as client, openaiCompletions } from './index.ts';

const dialect = openaiCompletions(openaiChatUpstream);

const target = sampleTarget('openai-completions');
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const logprobs = (tokens: string[], at: number): JsonObject => ({
  tokens,
  token_logprobs: tokens.map(() => -0.5),
  top_logprobs: tokens.map((token) => ({ [token]: -0.5 })),
  text_offset: tokens.map((_, index) => at + index),
});
const chunk = (index: number, text: string, finish: string | null = null, more: JsonObject = {}): string =>
  `data: ${JSON.stringify({ id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm', choices: [{ index, text, finish_reason: finish, logprobs: null, ...more }] })}\n\n`;

lawsForUpstream(dialect, [
  {
    name: 'two prompts',
    target,
    bytes: Buffer.from(
      `${chunk(0, 'a', null, { logprobs: logprobs(['a'], 0) })}${chunk(1, 'x')}${chunk(0, 'b', 'stop', { logprobs: logprobs(['b'], 1) })}${chunk(1, 'y', 'length')}data: ${JSON.stringify({ id: 'cmpl-1', model: 'm', choices: [], usage })}\n\ndata: [DONE]\n\n`,
    ),
    twin: {
      id: 'cmpl-1',
      model: 'm',
      choices: [
        { index: 0, text: 'ab', finish_reason: 'stop', logprobs: logprobs(['a', 'b'], 0) },
        { index: 1, text: 'xy', finish_reason: 'length', logprobs: null },
      ],
      usage,
    } as JsonObject,
  },
]);

const written = (body: JsonObject, options: SampleTarget = {}) => {
  const call = client.decodeCall(body, { headers: {}, params: {} });
  assert.ok(call.ok, call.ok ? '' : call.error.message);
  const encoded = sampleRequest(dialect, call.value, sampleTarget('openai-completions', options), new Map());
  assert.ok(encoded.ok);
  return { path: encoded.value.path, body: encoded.value.body, lost: encoded.value.losses.map(({ field }) => field) };
};

test('a completion is passed on as it is', () => {
  const asked: JsonObject = {
    prompt: [[1, 2], [3]],
    suffix: '}',
    echo: true,
    best_of: 3,
    n: 2,
    logprobs: 0,
    max_tokens: 5,
    temperature: 0.5,
    stop: ['\n'],
    min_tokens: 1,
  };
  assert.deepEqual(written(asked), {
    path: '/completions',
    body: { ...asked, model: 'sample-model' },
    lost: [],
  });
  assert.equal(written({ prompt: 'a' }).body.prompt, 'a');
  assert.equal(written({ prompt: ['a'] }).body.prompt, 'a');
  assert.deepEqual(written({ prompt: [1, 2] }).body.prompt, [1, 2]);
  const stream = written({ prompt: 'a', stream: true }).body;
  assert.deepEqual([stream.stream, stream.stream_options], [true, { include_usage: true }]);
});

test('what a host refuses or calls otherwise, and what only conversations have', () => {
  const options = {
    dialect: { path: '/fim/completions', drop: ['echo', 'stream_options'], rename: { seed: 'random_seed' } },
  };
  const fim = written({ prompt: 'a', suffix: 'b', echo: true, seed: 7, stream: true }, options);
  assert.deepEqual(
    [fim.path, fim.body.random_seed, fim.body.seed, fim.lost],
    ['/fim/completions', 7, undefined, ['echo']],
  );
  const body = { prompt: 'a', response_format: { type: 'json_object' }, reasoning: { effort: 'high' } };
  assert.deepEqual(written(body).lost, ['response_format', 'reasoning']);
  const pictures: Partial<Call> = {
    messages: [{ role: 'user', parts: [{ type: 'image', source: { kind: 'url', url: 'https://a.test/a.png' } }] }],
    tools: [{ type: 'function', name: 'f' }],
  };
  const encoded = sampleRequest(dialect, sampleCall(pictures), target, new Map());
  assert.deepEqual(encoded.ok && encoded.value.losses.map(({ field }) => field), ['tools', 'messages[0]']);
});

test('probabilities of an echoed prompt come back as they were', () => {
  const told = {
    tokens: ['On', 'ce', '!'],
    token_logprobs: [null, -0.5, -1],
    top_logprobs: [{}, { ce: -0.5, ly: -2 }, { '!': -1 }],
    text_offset: [0, 2, 4],
  };
  const reply = dialect.decodeReply(
    { choices: [{ index: 0, text: 'Once!', finish_reason: 'length', logprobs: told }], usage },
    { target, call: sampleCall(), newId: (prefix) => prefix },
  );
  assert.ok(reply.ok);
  const body = client.encodeReply(reply.value, sampleAnswer()) as { choices: JsonObject[] };
  assert.deepEqual([body.choices[0]?.text, body.choices[0]?.logprobs], ['Once!', told]);
});

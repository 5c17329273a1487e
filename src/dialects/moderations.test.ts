/** Judgements as transcripts, in OpenAI's way and in Mistral's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../base/json.ts';
import { CLIENT_DIALECTS, UPSTREAM_DIALECTS } from './registry.ts';
import { sampleTarget } from './samples.ts';

const client = CLIENT_DIALECTS.moderations['openai-moderations'] ?? assert.fail();
const upstream = UPSTREAM_DIALECTS.moderations['openai-moderations'] ?? assert.fail();
const REQUEST = { headers: {}, params: {} };
const target = sampleTarget('openai-moderations');

function callOf(body: JsonObject) {
  const call = client.decodeCall({ model: 'author/model', ...body }, REQUEST);
  assert.ok(call.ok, JSON.stringify(call));
  return call.value;
}

function replyOf(body: JsonObject, answered: Json) {
  return upstream.decodeReply(answered, { target, call: callOf(body), headers: {} });
}

const sentFor = (body: JsonObject) => {
  const encoded = upstream.encodeCall(callOf(body), target, new Map());
  assert.ok(encoded.ok);
  return encoded.value;
};

test('texts are judged each, the parts of one input together', () => {
  const { path, body } = sentFor({ input: ['a', 'b'] });
  assert.equal(path, '/moderations');
  assert.deepEqual(body, { model: 'sample-model', input: ['a', 'b'] });
  assert.deepEqual(sentFor({ input: 'a' }).body.input, ['a']);
  const parts = [
    { type: 'text', text: 'a' },
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
  ];
  assert.deepEqual(sentFor({ input: parts }).body.input, parts);
});

const JUDGED = {
  id: 'modr-1',
  model: 'omni-moderation-latest',
  results: [
    {
      flagged: true,
      categories: { violence: true, hate: false },
      category_scores: { violence: 0.9, hate: 0.1 },
      category_applied_input_types: { violence: ['text'], hate: ['text'] },
    },
  ],
};

test("OpenAI's judgement is told as it came", () => {
  const reply = replyOf({ input: 'a' }, JUDGED);
  assert.ok(reply.ok);
  const context = { id: 'gen-1', created: 0, model: 'a/b', provider: 'P', call: callOf({ input: 'a' }), newId: String };
  assert.deepEqual(client.encodeReply(reply.value, context), {
    id: 'gen-1',
    model: 'a/b',
    provider: 'P',
    results: JUDGED.results,
  });
});

test('Mistral says of no text that it is flagged: one category is enough', () => {
  const judged = (violence: boolean) => ({
    results: [{ categories: { violence }, category_scores: { violence: 0.5 } }],
    usage: { prompt_tokens: 3, total_tokens: 3 },
  });
  for (const isViolent of [true, false]) {
    const reply = replyOf({ input: 'a' }, judged(isViolent));
    assert.ok(reply.ok);
    assert.equal(reply.value.results[0]?.flagged, isViolent);
    assert.equal(reply.value.usage?.input, 3);
  }
});

test('a judgement too few is no answer, and an error is one whatever its status', () => {
  const few = replyOf({ input: ['a', 'b'] }, JUDGED);
  assert.ok(!few.ok && few.error.code === 'upstream_malformed');
  const error = replyOf({ input: 'a' }, { error: { message: 'no', type: 'server_error' } });
  assert.ok(!error.ok);
});

test('without a model OpenAI’s own is meant', () => {
  const call = client.decodeCall({ input: 'a' }, REQUEST);
  assert.ok(call.ok && call.value.model === 'omni-moderation-latest');
});

for (const [input, param] of [
  [undefined, 'input'],
  [[], 'input'],
  [7, 'input'],
  [[{ type: 'text', text: 'a' }, 'b'], 'input[1]'],
  [[{ type: 'input_audio' }], 'input[0].type'],
  [[{ type: 'image_url', image_url: {} }], 'input[0].image_url.url'],
] as const)
  test(`${JSON.stringify(input)} is refused as ${param}`, () => {
    const call = client.decodeCall({ model: 'a/b', input } as unknown as JsonObject, REQUEST);
    assert.ok(!call.ok);
    assert.equal(call.error.param, param);
  });

const guard = UPSTREAM_DIALECTS.moderations['llama-guard'] ?? assert.fail();
const guarded = (content: string) => {
  const answered = {
    id: 'c',
    choices: [{ message: { content } }],
    usage: { prompt_tokens: 200, completion_tokens: 5 },
  };
  return guard.decodeReply(answered, {
    target: sampleTarget('llama-guard'),
    call: callOf({ input: 'a' }),
    headers: {},
  });
};

test('a model that chats is asked for its verdict, and its hazards are categories', () => {
  const encoded = guard.encodeCall(callOf({ input: 'a' }), sampleTarget('llama-guard'), new Map());
  assert.ok(encoded.ok);
  assert.equal(encoded.value.path, '/chat/completions');
  assert.deepEqual(encoded.value.body.messages, [{ role: 'user', content: [{ type: 'text', text: 'a' }] }]);
  const unsafe = guarded('\n\nunsafe\nS1,S10');
  assert.ok(unsafe.ok);
  const [judged] = unsafe.value.results;
  assert.equal(judged?.flagged, true);
  assert.deepEqual(
    Object.entries(judged?.categories ?? {}).flatMap(([hazard, is]) => (is ? [hazard] : [])),
    ['violent crimes', 'hate'],
  );
  assert.deepEqual([unsafe.value.usage?.input, unsafe.value.usage?.output], [200, 5]);
  const safe = guarded('safe');
  assert.ok(safe.ok && safe.value.results[0]?.flagged === false);
  const neither = guarded('I cannot judge this.');
  assert.ok(!neither.ok && neither.error.code === 'upstream_malformed');
});

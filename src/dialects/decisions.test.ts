/** Typed questions as transcripts: asked in either shape, sent in each provider's format, answered and told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../base/json.ts';
import type { DecisionCall } from '../call/decision.ts';
import { usageOf } from '../call/usage.ts';
import { CLIENT_DIALECTS, UPSTREAM_DIALECTS } from './registry.ts';
import { sampleTarget } from './samples.ts';

const client = CLIENT_DIALECTS.decisions.decisions ?? assert.fail();
const REQUEST = { headers: {}, params: {} };

const MAPPED: JsonObject = {
  model: 'author/model',
  state: { message: 'I was charged twice.' },
  questions: {
    refund: { type: 'noul', instructions: 'Money back?', criteria: { true: 'asks for money', false: 'does not' } },
    team: { type: 'choice', instructions: 'Who?', criteria: { billing: 'charges', other: null } },
    anger: { type: 'score', instructions: 'How angry?', criteria: ['calm', 'furious'] },
  },
};
const LISTED: JsonObject = {
  model: 'author/model',
  input: [{ role: 'user', content: [{ type: 'input_text', text: 'I was charged twice.' }] }],
  questions: [
    { type: 'predicate', name: 'refund', instructions: 'Money back?' },
    { type: 'choice', instructions: 'Who?', choices: [{ value: 'true' }, { value: true, description: 'yes' }] },
    { type: 'score', name: 'anger', instructions: 'How angry?', levels: [{ label: 'calm' }, { label: 'furious' }] },
  ],
  safety_identifier: 'somebody',
};

function callOf(body: JsonObject): DecisionCall {
  const call = client.decodeCall(body, REQUEST);
  assert.ok(call.ok, JSON.stringify(call));
  return call.value;
}

/** What is sent to a provider, and what the caller hears of its answer. */
function through(dialect: 'systemone' | 'openai-decisions', body: JsonObject, answered: Json) {
  const upstream = UPSTREAM_DIALECTS.decisions[dialect] ?? assert.fail();
  const target = sampleTarget(dialect);
  const call = callOf(body);
  const encoded = upstream.encodeCall(call, target, new Map());
  assert.ok(encoded.ok, JSON.stringify(encoded));
  const reply = upstream.decodeReply(answered, { target, call, headers: {} });
  return { sent: encoded.value, call, reply };
}

function told(call: DecisionCall, reply: ReturnType<typeof through>['reply']): JsonObject {
  assert.ok(reply.ok, JSON.stringify(reply));
  const context = { id: 'gen-1', created: 0, model: 'a/b', provider: 'P', call, newId: (prefix: string) => prefix };
  return client.encodeReply(reply.value, context) as JsonObject;
}

const SYSTEMONE_ANSWERS = {
  refund: { type: 'noul', noul: 0.9 },
  team: { type: 'choice', choice: 'billing', probabilities: { billing: 0.8, other: 0.2 }, confidence: 0.6 },
  anger: {
    type: 'score',
    score: 0.7,
    legend: { 0: 'calm', 1: 'furious' },
    probabilities: { 0: 0.3, 1: 0.7 },
    confidence: 0.4,
  },
};

test('System One: what was asked by name is sent, answered and told by name', () => {
  const { sent, call, reply } = through('systemone', MAPPED, {
    model: 'jev',
    answers: SYSTEMONE_ANSWERS,
    usage: { input_tokens: 120, output_tokens: 0, cached_input_tokens: 20 },
  });
  assert.equal(sent.path, '/systemone');
  assert.deepEqual(sent.body, { model: 'sample-model', state: MAPPED.state, questions: MAPPED.questions });
  assert.ok(reply.ok);
  assert.deepEqual(reply.value.usage, usageOf({ input: 100, inputCacheRead: 20 }));
  assert.deepEqual(told(call, reply), {
    id: 'gen-1',
    model: 'a/b',
    provider: 'P',
    answers: SYSTEMONE_ANSWERS,
    usage: { input_tokens: 120, output_tokens: 0 },
  });
});

test('OpenAI: criteria of yes and no stand in the instructions, JSON is a text, answers come in order', () => {
  const { sent, call, reply } = through('openai-decisions', MAPPED, {
    model: 'gpt-6-luna',
    answers: [
      { type: 'predicate', name: 'refund', probability: 0.9 },
      {
        type: 'choice',
        name: 'team',
        choice: 'billing',
        confidence: 0.6,
        probabilities: [
          { value: 'other', probability: 0.2 },
          { value: 'billing', probability: 0.8 },
        ],
      },
      {
        type: 'score',
        name: 'anger',
        score: 0.7,
        confidence: 0.4,
        probabilities: [
          { value: 0, label: 'calm', probability: 0.3 },
          { value: 1, label: 'furious', probability: 0.7 },
        ],
      },
    ],
    usage: { input_tokens: 50, input_tokens_details: { cached_tokens: 10, cache_write_tokens: 5 }, output_tokens: 0 },
  });
  assert.equal(sent.path, '/decisions');
  assert.deepEqual(sent.body, {
    model: 'sample-model',
    input: '{"message":"I was charged twice."}',
    questions: [
      { type: 'predicate', name: 'refund', instructions: 'Money back?\nTrue: asks for money\nFalse: does not' },
      {
        type: 'choice',
        name: 'team',
        instructions: 'Who?',
        choices: [{ value: 'billing', description: 'charges' }, { value: 'other' }],
      },
      { type: 'score', name: 'anger', instructions: 'How angry?', levels: [{ label: 'calm' }, { label: 'furious' }] },
    ],
  });
  assert.ok(reply.ok);
  assert.deepEqual(reply.value.usage, usageOf({ input: 35, inputCacheRead: 10, inputCacheWrite: 5 }));
  assert.deepEqual(told(call, reply).answers, SYSTEMONE_ANSWERS);
});

test("OpenAI's shape reaches System One: unnamed questions go by their places, and a lone message is the state", () => {
  const { sent, call, reply } = through('systemone', LISTED, {
    answers: {
      0: { type: 'noul', noul: 0.1 },
      1: { type: 'choice', choice: 'true', probabilities: { true: 1 } },
      2: { type: 'refusal' },
    },
  });
  assert.equal(sent.body.state, 'I was charged twice.');
  assert.deepEqual(Object.keys(sent.body.questions as JsonObject), ['0', '1', '2']);
  assert.deepEqual(told(call, reply), {
    id: 'gen-1',
    model: 'a/b',
    provider: 'P',
    answers: [
      { name: 'refund', type: 'predicate', probability: 0.1 },
      {
        name: null,
        type: 'choice',
        choice: 'true',
        probabilities: [
          { value: 'true', probability: 1 },
          { value: true, probability: 1 },
        ],
      },
      { name: 'anger', type: 'refusal' },
    ],
    usage: {
      input_tokens: 0,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: 0,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 0,
    },
  });
});

test('pictures go to OpenAI as they came, and are counted; System One takes none', () => {
  const picture = { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' };
  const body = { ...LISTED, input: [{ role: 'user', content: [picture] }] };
  const call = callOf(body);
  assert.deepEqual(
    call.parts.map(({ type }) => type),
    ['image', 'text'],
  );
  const openai = UPSTREAM_DIALECTS.decisions['openai-decisions']?.encodeCall(
    call,
    sampleTarget('openai-decisions'),
    new Map(),
  );
  assert.ok(openai?.ok);
  assert.deepEqual(openai.value.body.input, body.input);
  assert.equal(openai.value.body.safety_identifier, 'somebody');
  const systemone = UPSTREAM_DIALECTS.decisions.systemone?.encodeCall(call, sampleTarget('systemone'), new Map());
  assert.ok(systemone && !systemone.ok);
  assert.equal(systemone.error.code, 'upstream_not_implemented');
});

for (const [why, answers] of [
  ['no answer at all', {}],
  ['a probability above one', { ...SYSTEMONE_ANSWERS, refund: { type: 'noul', noul: 1.5 } }],
  ['a choice that was not offered', { ...SYSTEMONE_ANSWERS, team: { type: 'choice', choice: 'sales' } }],
  ['a score beyond the scale', { ...SYSTEMONE_ANSWERS, anger: { type: 'score', score: 7 } }],
] as const)
  test(`${why} is no answer`, () => {
    const { reply } = through('systemone', MAPPED, { answers });
    assert.ok(!reply.ok);
    assert.equal(reply.error.code, 'upstream_malformed');
  });

for (const [why, change, param] of [
  ['no state', { state: null }, 'state'],
  ['no questions', { questions: {} }, 'questions'],
  [
    'too many questions',
    {
      questions: Object.fromEntries(Array.from({ length: 401 }, (_, at) => [at, { type: 'noul', instructions: 'x' }])),
    },
    'questions',
  ],
  ['an unknown type', { questions: { q: { type: 'text', instructions: 'x' } } }, 'questions.q.type'],
  ['nothing asked', { questions: { q: { type: 'noul' } } }, 'questions.q.criteria'],
  ['no choices', { questions: { q: { type: 'choice', instructions: 'x', criteria: {} } } }, 'questions.q.criteria'],
  [
    'a number as a level',
    { questions: { q: { type: 'score', instructions: 'x', criteria: [1, 2] } } },
    'questions.q.criteria[0]',
  ],
  ['a list of questions beside a state', { questions: [] }, 'questions'],
  ['an unknown item', { state: undefined, input: [{ type: 'x' }], questions: LISTED.questions }, 'input[0].type'],
  [
    'one choice alone',
    { state: undefined, input: 'x', questions: [{ type: 'choice', instructions: 'x', choices: [{ value: 'a' }] }] },
    'questions[0].choices',
  ],
] as const)
  test(`${why} is refused beside the field`, () => {
    const call = client.decodeCall({ ...MAPPED, ...(change as unknown as JsonObject) }, REQUEST);
    assert.ok(!call.ok);
    assert.equal(call.error.param, param);
  });

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObject, type Json } from '../../src/base/json.ts';
import { SEED, seeded } from '../../src/dialects/fuzz.ts';
import { decodeAnyReply } from '../../src/dialects/openai-chat/upstream/events.ts';
import { readPlainAnswer } from '../../src/dialects/openai-chat/upstream/plain-answer.ts';
import { sampleCall, sampleTarget } from '../../src/dialects/samples.ts';
import { readCorpus } from './corpus.ts';
import { below, mutateJson, pick } from './mutations.ts';

const COUNT = 20_000;

/** What most hosts write, with members of their own that say nothing. */
const PLAIN: Json = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_795_000_000,
  model: 'm',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'Hello.',
        refusal: null,
        annotations: [],
        tool_calls: [],
        reasoning_content: null,
      },
      logprobs: null,
      finish_reason: 'stop',
      stop_reason: null,
    },
  ],
  usage: {
    prompt_tokens: 9,
    completion_tokens: 3,
    total_tokens: 12,
    prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  },
  service_tier: 'on_demand',
  system_fingerprint: 'fp',
  prompt_logprobs: null,
};

const contexts = [[], ['completion-excludes-reasoning']].map((quirks) => ({
  call: sampleCall(),
  target: sampleTarget('openai-chat', { dialect: { quirks } }),
  newId: (prefix: string) => `${prefix}-1`,
}));

/** Whether it was read at once; fails where that reading differs from the one by events. */
function agrees(body: Json, what: string): boolean {
  let isPlain = false;
  for (const context of contexts) {
    const plain = isObject(body) ? readPlainAnswer(body, context) : null;
    if (!plain) continue;
    isPlain = true;
    assert.deepStrictEqual(
      { ok: true, value: plain },
      decodeAnyReply(body, context),
      `${what}: ${JSON.stringify(body)}`,
    );
  }
  return isPlain;
}

test('an answer that is one text is read at once as by its events', () => {
  assert.ok(agrees(PLAIN, 'the plain one'));
});

test(`${COUNT} answers, recorded and spoilt: none that is read at once differs from its events (seed ${SEED})`, () => {
  const { replies, donors } = readCorpus();
  const own = replies.filter(({ upstream }) => upstream.dialect.id === 'openai-chat').map(({ body }) => body);
  let plain = 0;
  for (const body of own) agrees(body, 'recorded');
  for (let at = 0; at < COUNT; at++) {
    const random = seeded(Math.imul(SEED, 17) + at * 7_919);
    let body = at % 2 === 0 ? PLAIN : pick(random, own);
    for (let left = 1 + below(random, 3); left > 0; left--) body = mutateJson(body, random, donors);
    if (agrees(body, `number ${at}`)) plain++;
  }
  assert.ok(plain > COUNT / 20, `${plain} were plain`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import { completesOnlyText } from '../../call/call.ts';
import { collect } from '../../call/collect.ts';
import { lawsForClient } from '../laws.ts';
import { SAMPLE_STREAMS, sampleAnswer } from '../samples.ts';
import { openaiCompletionsClient as dialect } from './index.ts';

const body: JsonObject = {
  model: 'a/b',
  prompt: ['Once'],
  max_tokens: 5,
  logprobs: 2,
  stop: '.',
  provider: { only: ['x'] },
};
lawsForClient(dialect, { bodies: [body, { prompt: 'x', stream: true, temperature: 0.5, zip: [1] }] });

const request = { headers: {}, params: {} };

test('a prompt becomes a call', () => {
  const call = dialect.decodeCall(body, request);
  assert.ok(call.ok);
  assert.deepEqual(call.value.messages, [{ role: 'user', parts: [{ type: 'text', text: 'Once' }] }]);
  assert.deepEqual(call.value.completion, { prompts: ['Once'] });
  assert.deepEqual(call.value.sampling, { logprobs: true, top_logprobs: 2 });
  assert.equal(call.value.maxOutputTokens, 5);
});

test('what only a text completion can ask, and whether a chat could hold it too', () => {
  for (const [more, completion, isTextOnly] of [
    [{ prompt: ['a', 'b'] }, { prompts: ['a', 'b'] }, false],
    [{ prompt: ['a', 'b'], stream: true }, { prompts: ['a', 'b'] }, true],
    [{ prompt: [1, 2] }, { prompts: [[1, 2]] }, true],
    [{ prompt: [[1], [2, 3]] }, { prompts: [[1], [2, 3]] }, true],
    [{ echo: true }, { prompts: ['Once'], echo: true }, true],
    [{ echo: false, suffix: '' }, { prompts: ['Once'] }, false],
    [{ suffix: 'x' }, { prompts: ['Once'], suffix: 'x' }, true],
    [{ best_of: 3, n: 2 }, { prompts: ['Once'], bestOf: 3 }, true],
    [{ best_of: 2, n: 2 }, { prompts: ['Once'] }, false],
  ] as const) {
    const call = dialect.decodeCall({ ...body, ...more } as JsonObject, request);
    assert.ok(call.ok, JSON.stringify(more));
    assert.deepEqual([call.value.completion, completesOnlyText(call.value)], [completion, isTextOnly]);
  }
});

test('what no completion can be is refused by name', () => {
  for (const [more, param] of [
    [{ prompt: undefined }, 'prompt'],
    [{ prompt: [] }, 'prompt'],
    [{ prompt: ['a', 1] }, 'prompt'],
    [{ prompt: [[1], 'a'] }, 'prompt'],
    [{ prompt: [-1] }, 'prompt'],
    [{ prompt: { a: 1 } }, 'prompt'],
    [{ prompt: Array.from({ length: 129 }, () => 'a') }, 'prompt'],
    [{ best_of: 1, n: 2 }, 'best_of'],
    [{ best_of: 3, stream: true }, 'best_of'],
    [{ echo: 'yes' }, 'echo'],
    [{ suffix: 1 }, 'suffix'],
  ] as const) {
    const call = dialect.decodeCall({ ...body, ...more } as JsonObject, request);
    assert.ok(!call.ok);
    assert.equal(call.error.param, param);
  }
});

test('an answer, whole and streamed', () => {
  const events = SAMPLE_STREAMS.text ?? [];
  const reply = collect(events);
  assert.ok(reply.ok);
  const whole = dialect.encodeReply(reply.value, sampleAnswer()) as { object: string; choices: JsonObject[] };
  assert.equal(whole.object, 'text_completion');
  assert.equal(whole.choices[0]?.text, 'Grüße, 🌍 "x"\n\u2028');
  const frames = events.map(dialect.encodeEvents(sampleAnswer())).join('').split('\n\n').filter(Boolean);
  assert.equal(frames.at(-1), 'data: [DONE]');
  const chunks = frames
    .slice(0, -1)
    .map((frame) => JSON.parse(frame.slice(6)) as { choices: JsonObject[]; usage?: JsonObject });
  assert.equal(chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.text)).join(''), whole.choices[0]?.text);
  assert.deepEqual(chunks.map((chunk) => chunk.usage?.total_tokens).filter(Boolean), [17]);
});

test('logprobs in the legacy shape', () => {
  const reply = collect(SAMPLE_STREAMS.media ?? []);
  assert.ok(reply.ok);
  const whole = dialect.encodeReply(reply.value, sampleAnswer()) as { choices: JsonObject[] };
  assert.deepEqual(whole.choices[0]?.logprobs, {
    tokens: ['a'],
    token_logprobs: [-0.5],
    top_logprobs: [{}],
    text_offset: [0],
  });
});

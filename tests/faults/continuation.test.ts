/** Answers that break off after their first words, where their caller wants them gone on with, over real sockets. */
import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { arrayOf, isObject, type Json } from '#src/base/json.ts';
import type { Call } from '#src/call/call.ts';
import { collect } from '#src/call/collect.ts';
import type { RunOutcome } from '#src/upstream/run.ts';
import { type Bench, type BenchOptions, bench, targetAt, textOf } from './bench.ts';
import { ANSWER, answers, type Behaviour, refuses, sends, startHostileServer } from './hostile-server.ts';
import { turn } from './line-world.ts';

const primary = await startHostileServer();
const fallback = await startHostileServer();
after(() => {
  primary.close();
  fallback.close();
});
const main = targetAt(primary.origin, 'maker/main', 'first');
const other = targetAt(fallback.origin, 'maker/other', 'second');
/** Its host goes on with a last message of the assistant's. */
const filled = targetAt(fallback.origin, 'maker/other', 'second', { quirks: ['assistant-prefix'] });

beforeEach(() => {
  primary.script(answers({ words: 40, ending: 'close' }));
  fallback.script(answers());
});

type Ran = Bench & { readonly result: RunOutcome };
async function run(targets: Parameters<typeof bench>[0], options: BenchOptions = {}): Promise<Ran> {
  const started = bench(targets, { continues: true, ...options });
  return { ...started, result: await started.outcome };
}

const messagesOf = (body: { readonly [name: string]: Json | undefined } | undefined) =>
  arrayOf(body?.messages).map((message) => (isObject(message) ? [message.role, message.content] : []));

/** One answer, as if nothing had happened: sixty words, one beginning and one end. */
function assertWhole({ result, events }: Ran, endpoint: string): void {
  assert.equal(result.kind, 'streamed', result.kind === 'broken' ? result.fault.message : '');
  assert.equal(result.kind === 'streamed' && result.target.endpoint.id, endpoint);
  assert.equal(textOf(events), ANSWER);
  assert.deepEqual(
    events.map(({ type }) => type).filter((type) => type !== 'text'),
    ['start', 'finish', 'usage', 'end'],
  );
  const folded = collect(events);
  assert.deepEqual(folded.ok && folded.value.choices[0]?.parts, [{ type: 'text', text: ANSWER }]);
}

function assertBroken({ result, events }: Ran, code: string): void {
  assert.equal(result.kind, 'broken');
  assert.equal(result.kind === 'broken' && result.fault.code, code);
  assert.equal(events.at(-1)?.type, 'fault');
  assert.equal(events.filter(({ type }) => type === 'fault').length, 1);
}

describe('a cut answer is gone on with', () => {
  for (const ending of ['close', 'reset'] as const)
    test(`F08: after a ${ending}, by the next endpoint, in words where it takes no beginning`, async () => {
      primary.script(answers({ words: 40, ending }));
      const one = await run([main, other]);
      assertWhole(one, other.endpoint.id);
      assert.deepEqual(one.cuts, [main.endpoint.id]);
      assert.deepEqual(
        one.result.attempts.map(({ outcome, fault }) => [outcome, fault?.code]),
        [
          ['failed', 'upstream_truncated'],
          ['answered', undefined],
        ],
      );
      const [question, shown, request] = messagesOf(fallback.seen[0]?.body);
      assert.deepEqual(question, ['user', 'Say sixty words.']);
      assert.equal(shown?.[0], 'assistant');
      assert.ok(String(shown?.[1]).startsWith('word0 word1 ') && String(shown?.[1]).includes('word39'));
      assert.equal(request?.[0], 'user');
    });

  test('F09: after silence', async () => {
    primary.script(answers({ words: 20, ending: 'silence' }));
    const started = bench([main, other], { continues: true });
    const result = await started.silenceAfter((events) => textOf(events).includes('word19'));
    assertWhole({ ...started, result }, other.endpoint.id);
  });

  test('after an error of the provider in the stream', async () => {
    const error = 'data: {"error":{"message":"Overloaded","code":503}}\n\n';
    primary.script(answers({ replace: { at: 30, with: error }, words: 31, ending: 'close' }));
    assertWhole(await run([main, other]), other.endpoint.id);
  });

  test('after a finish that is an error of the vendor’s', async () => {
    const chunk = { choices: [{ index: 0, delta: {}, finish_reason: 'malformed_function_call' }] };
    const end = `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`;
    primary.script(answers({ replace: { at: 30, with: end }, words: 31, ending: 'close' }));
    assertWhole(await run([main, other]), other.endpoint.id);
  });

  const tails = { 'with the next word': 40, 'from a few words back': 36, 'from the beginning': 0 } as const;
  for (const [name, from] of Object.entries(tails))
    test(`by an answer that begins ${name}: nothing is said twice`, async () => {
      fallback.script(answers({ from }));
      assertWhole(await run([main, other]), other.endpoint.id);
      assertWhole(await run([main, filled]), other.endpoint.id);
    });

  test('where its host takes a beginning, by that', async () => {
    fallback.script(answers({ from: 40 }));
    assertWhole(await run([main, filled]), filled.endpoint.id);
    const messages = messagesOf(fallback.seen[0]?.body);
    assert.equal(messages.length, 2);
    assert.equal(messages[1]?.[0], 'assistant');
    assert.equal(
      arrayOf(fallback.seen[0]?.body.messages).filter((one) => isObject(one) && one.prefix === true).length,
      1,
    );
  });

  test('F14: a host that refuses the beginning is asked in words, and its refusal is nobody’s to see', async () => {
    const refusal = refuses(400, { message: 'This model does not support assistant message prefill.' });
    fallback.script(refusal, answers());
    const one = await run([main, filled]);
    assertWhole(one, filled.endpoint.id);
    assert.equal(fallback.seen.length, 2);
    assert.equal(messagesOf(fallback.seen[1]?.body).at(-1)?.[0], 'user');
    fallback.script(refusal);
    const never = await run([main, filled]);
    assertBroken(never, 'upstream_truncated');
    assert.ok(!JSON.stringify(never.events).includes('prefill'));
  });

  test('where there is no other endpoint, by the same one, once', async () => {
    primary.script(answers({ words: 40, ending: 'close' }), answers());
    assertWhole(await run([main]), main.endpoint.id);
    primary.script(answers({ words: 40, ending: 'close' }));
    assertBroken(await run([main]), 'upstream_truncated');
    assert.equal(primary.seen.length, 2);
  });

  test('more than once, and not for ever', async () => {
    const third = targetAt(fallback.origin, 'maker/other', 'third');
    fallback.script(answers({ words: 50, ending: 'reset' }), answers({ from: 50 }));
    const one = await run([main, other, third]);
    assertWhole(one, third.endpoint.id);
    assert.deepEqual(one.cuts, [main.endpoint.id, other.endpoint.id]);
    fallback.script(answers({ words: 50, ending: 'reset' }));
    const many = [1, 2, 3, 4, 5].map((number) => targetAt(fallback.origin, 'maker/other', `host${number}`));
    const never = await run([main, ...many]);
    assertBroken(never, 'upstream_truncated');
    assert.ok(ANSWER.startsWith(textOf(never.events)));
    assert.ok(never.result.attempts.length <= 6);
  });

  test('a second host that fails before a word leads to the third', async () => {
    const third = targetAt(fallback.origin, 'maker/other', 'third');
    fallback.script(refuses(503, { message: 'Overloaded' }), refuses(503, { message: 'Overloaded' }), answers());
    assertWhole(await run([main, other, third]), third.endpoint.id);
  });

  test('an answer that begins anew in other words is no continuation', async () => {
    const said = (text: string): Behaviour =>
      sends(
        `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\ndata: [DONE]\n\n`,
        'text/event-stream',
      );
    fallback.script(said(`${ANSWER.slice(0, 100)}something else`));
    const one = await run([main, other]);
    assertBroken(one, 'upstream_truncated');
    assert.ok(ANSWER.startsWith(textOf(one.events)));
    assert.equal(one.result.attempts[1]?.fault?.code, 'upstream_malformed');
  });
});

describe('a cut answer is not gone on with', () => {
  test('where nobody asked for it', async () => {
    const started = bench([main, other]);
    assertBroken({ ...started, result: await started.outcome }, 'upstream_truncated');
    assert.equal(fallback.seen.length, 0);
  });

  const calls: { readonly [name: string]: Partial<Call> } = {
    'several answers': { sampling: { n: 2 } },
    probabilities: { sampling: { logprobs: true } },
    'a strict schema': { output: { type: 'json-schema', name: 'x', schema: { type: 'object' }, strict: true } },
    'sound beside the text': { modalities: ['text', 'audio'] },
  };
  for (const [name, call] of Object.entries(calls))
    test(`of ${name}`, async () => {
      assertBroken(await run([main, other], { call }), 'upstream_truncated');
      assert.equal(fallback.seen.length, 0);
    });

  test('of JSON, but inside of it', async () => {
    assertBroken(await run([main, other], { call: { output: { type: 'json' } } }), 'upstream_truncated');
    assert.equal(fallback.seen.length, 0);
    assertWhole(await run([main, filled], { call: { output: { type: 'json' } } }), filled.endpoint.id);
  });

  test('once a tool is being called', async () => {
    const delta = { tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{"a' } }] };
    const call = `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;
    primary.script(answers({ replace: { at: 10, with: call }, words: 11, ending: 'close' }));
    const one = await run([main, other]);
    assertBroken(one, 'upstream_truncated');
    assert.equal(fallback.seen.length, 0);
    assert.equal(one.events.filter(({ type }) => type === 'tool-start').length, 1);
  });

  test('whose provider says that it is the caller’s fault', async () => {
    const error = 'data: {"error":{"message":"This breaks our policy","code":"content_policy_violation"}}\n\n';
    primary.script(answers({ replace: { at: 30, with: error }, words: 31, ending: 'close' }));
    const one = await run([main, other]);
    assert.equal(one.result.kind, 'broken');
    assert.equal(fallback.seen.length, 0);
  });

  test('whose caller has left: between two exchanges and in the second one', async () => {
    fallback.script(answers({ from: 40, words: 50, ending: 'silence' }));
    const one = await run([main, other], {
      onEvents: (events, self) => textOf(events).includes('word49') && self.cancel(),
    });
    assert.equal(one.result.kind === 'cancelled' && one.result.target?.endpoint.id, other.endpoint.id);
    while (fallback.aborted() === 0) await turn();
    fallback.script(refuses(429, { message: 'Slow down' }, { 'retry-after': '2' }));
    const waiting = bench([main, other], { continues: true });
    while (fallback.seen.length === 0) await turn();
    waiting.run.cancel();
    const result = await waiting.outcome;
    assert.equal(result.kind, 'cancelled');
  });
});

test('thoughts that were shown are not thought again before the eyes of the caller', async () => {
  const thought = (text: string): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { reasoning_content: text } }] })}\n\n`;
  primary.script(answers({ replace: { at: 0, with: thought('First. ') }, words: 1, ending: 'close' }));
  fallback.script(answers({ replace: { at: 59, with: thought('Second.') } }));
  const one = await run([main, other]);
  const thoughts = one.events.flatMap((event) => (event.type === 'reasoning' ? [event.text] : []));
  assert.deepEqual(thoughts, ['First. ']);
  assert.equal(textOf(one.events), ANSWER.replace('word59 ', ''));
  assert.deepEqual(messagesOf(fallback.seen[0]?.body), [['user', 'Say sixty words.']]);
});

describe('F13: a refusal for its content', () => {
  const refused = refuses(400, { message: 'This breaks our policy', code: 'content_policy_violation' });
  test('leads to the caller’s next model, as at OpenRouter', async () => {
    primary.script(refused);
    assertWhole(await run([main, other]), other.endpoint.id);
  });
  test('ends the call where it is to', async () => {
    primary.script(refused);
    const { result } = await run([main, other], { stopsOnRefusal: true });
    assert.equal(result.kind === 'failed' && result.fault.code, 'content_policy_violation');
    assert.equal(primary.seen.length, 1);
    assert.equal(fallback.seen.length, 0);
  });
});

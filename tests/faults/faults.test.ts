/** The sixteen faults of FailoverBench v0.1 (github.com/failoverbench/failoverbench, read 2026-11-22) and their kin, over real sockets. */
import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import type { Fault } from '#src/base/fault.ts';
import { DEADLINES } from '#src/base/limits.ts';
import type { RunOutcome } from '#src/upstream/run.ts';
import { type Bench, type BenchOptions, bench, SECRET, targetAt, textOf } from './bench.ts';
import { ANSWER, answers, neverAnswers, refuses, resets, sends, startHostileServer } from './hostile-server.ts';
import { turn } from './line-world.ts';

const primary = await startHostileServer();
const fallback = await startHostileServer();
after(() => {
  primary.close();
  fallback.close();
});
const main = targetAt(primary.origin, 'maker/main', 'first');
const sibling = targetAt(fallback.origin, 'maker/main', 'second');
const other = targetAt(fallback.origin, 'maker/other', 'second');

beforeEach(() => {
  primary.script(answers());
  fallback.script(answers());
});

async function outcomeOf(
  targets: Parameters<typeof bench>[0],
  options?: BenchOptions,
): Promise<Bench & { result: RunOutcome }> {
  const started = bench(targets, options);
  return { ...started, result: await started.outcome };
}

const printed = (result: RunOutcome): string =>
  JSON.stringify({ ...result, target: null }, (_, value) => (typeof value === 'bigint' ? String(value) : value));

/** The whole answer arrived, once, properly ended, from this endpoint. */
function assertAnswered({ result, events }: { result: RunOutcome; events: Bench['events'] }, endpoint: string): void {
  assert.equal(result.kind, 'streamed', printed(result));
  assert.equal(result.kind === 'streamed' && result.target.endpoint.id, endpoint);
  assert.equal(textOf(events), ANSWER);
  assert.deepEqual(
    events.map(({ type }) => type).filter((type) => type !== 'text'),
    ['start', 'finish', 'usage', 'end'],
  );
}

function faultOf(result: RunOutcome): Fault {
  assert.ok(result.kind === 'failed' || result.kind === 'broken', result.kind);
  return result.fault;
}

const OVERLOADED = refuses(503, { message: 'Overloaded', type: 'overloaded_error' });
const codes = (result: RunOutcome) => result.attempts.map(({ fault }) => fault?.code ?? 'answered');

describe('before the first content', () => {
  test('F01: a 429 with a short Retry-After is waited for at the same endpoint', async () => {
    const limited = refuses(429, { message: 'Slow down' }, { 'retry-after': '1' });
    primary.script(limited, answers());
    const one = await outcomeOf([main, other]);
    assertAnswered(one, main.endpoint.id);
    const [first, second] = one.result.attempts;
    assert.equal((second?.startedAt ?? 0) - (first?.startedAt ?? 0), 1_000 + 50 * one.world.random());
    assert.equal(primary.seen.length, 2);
    assert.equal(fallback.seen.length, 0);
  });

  test('F02: a 429 without the header moves on at once', async () => {
    primary.script(refuses(429, { message: 'Slow down' }));
    const one = await outcomeOf([main, other]);
    assertAnswered(one, other.endpoint.id);
    assert.equal(primary.seen.length, 1);
  });

  test('F02: with nowhere to go it is tried once more, then told', async () => {
    primary.script(refuses(429, { message: 'Slow down' }));
    const { result } = await outcomeOf([main]);
    assert.equal(faultOf(result).code, 'upstream_rate_limit');
    assert.equal(primary.seen.length, 2);
  });

  test('F03: a single 500 is retried at the same endpoint', async () => {
    primary.script(refuses(500, { message: 'Oops' }), answers());
    const one = await outcomeOf([main, other]);
    assertAnswered(one, main.endpoint.id);
    assert.deepEqual(codes(one.result), ['upstream_server_error', 'answered']);
  });

  test('F04: a lasting 503 falls back after one retry', async () => {
    primary.script(OVERLOADED);
    const one = await outcomeOf([main, sibling]);
    assertAnswered(one, sibling.endpoint.id);
    assert.deepEqual(
      one.dispatched,
      [main, main, sibling].map(({ endpoint }) => endpoint.id),
    );
  });

  test('F05: a reset before any byte is retried', async () => {
    const fresh = await startHostileServer(); // a kept connection would be replaced without a word
    fresh.script(resets, answers());
    const target = targetAt(fresh.origin, 'maker/main', 'fresh');
    const one = await outcomeOf([target]);
    fresh.close();
    assertAnswered(one, target.endpoint.id);
    assert.equal(codes(one.result)[0], 'upstream_unreachable');
  });

  test('F06: a provider that never answers is left, and tried once only', async () => {
    primary.script(neverAnswers);
    const started = bench([main, other]);
    while (primary.seen.length === 0) await turn();
    await started.world.pass(DEADLINES.headers_ms - 1);
    assert.equal(fallback.seen.length, 0, 'until then it may still answer');
    await started.world.pass(2);
    const one = { ...started, result: await started.outcome };
    assertAnswered(one, other.endpoint.id);
    assert.equal(primary.seen.length, 1);
    assert.equal(codes(one.result)[0], 'upstream_timeout');
    while (primary.aborted() === 0) await turn();
  });

  test('F07: a late first token loses against a fallback, but wins when there is none', async () => {
    const first = Promise.withResolvers<void>();
    primary.script(answers({ firstAfter: first.promise }));
    const beaten = bench([main, other]);
    while (primary.seen.length === 0) await turn();
    await beaten.world.pass(DEADLINES.first_content_ms + 1);
    assertAnswered({ ...beaten, result: await beaten.outcome }, other.endpoint.id);
    const alone = bench([main]);
    while (primary.seen.length === 1) await turn();
    await alone.world.pass(DEADLINES.first_content_last_ms - 1);
    first.resolve();
    assertAnswered({ ...alone, result: await alone.outcome }, main.endpoint.id);
  });

  test('F12: a prompt too long for one model is not shown to its other hosts', async () => {
    primary.script(refuses(400, { message: 'Too long', code: 'context_length_exceeded' }));
    const one = await outcomeOf([main, sibling, other]);
    assertAnswered(one, other.endpoint.id);
    assert.deepEqual(one.dispatched, [main.endpoint.id, other.endpoint.id]);
  });

  test('F13: a content policy refusal is told, after one attempt', async () => {
    primary.script(refuses(400, { message: 'This breaks our policy', code: 'content_policy_violation' }));
    const { result } = await outcomeOf([main, sibling]);
    assert.equal(faultOf(result).code, 'content_policy_violation');
    assert.match(faultOf(result).message, /This breaks our policy/);
    assert.equal(primary.seen.length + fallback.seen.length, 1);
  });

  test('F16: the failed attempts are recorded, the answer is the fallback’s', async () => {
    primary.script(OVERLOADED);
    const { result } = await outcomeOf([main, other]);
    assert.equal(result.kind === 'streamed' && result.target.model.id, 'maker/other');
    assert.deepEqual(
      result.attempts.map(({ outcome }) => outcome),
      ['failed', 'failed', 'answered'],
    );
    assert.equal(result.attempts[0]?.status, 503);
    assert.ok(result.attempts[2]?.firstContentMs !== null);
  });

  test('an error in the first frame still falls back', async () => {
    primary.script(sends('data: {"error":{"message":"Overloaded","code":503}}\n\n', 'text/event-stream'));
    assertAnswered(await outcomeOf([main, other]), other.endpoint.id);
  });

  test('an error body under 200 still falls back', async () => {
    primary.script(sends('{"error":{"message":"Overloaded","code":503}}', 'application/json'));
    assertAnswered(await outcomeOf([main, other]), other.endpoint.id);
  });

  test('an answer that its provider gave up before a word still falls back', async () => {
    const chunk = { choices: [{ index: 0, delta: {}, finish_reason: 'malformed_function_call' }] };
    primary.script(sends(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`, 'text/event-stream'));
    const one = await outcomeOf([main, other]);
    assertAnswered(one, other.endpoint.id);
    assert.equal(codes(one.result)[0], 'upstream_server_error');
  });

  test('no run makes more attempts than the limit', async () => {
    primary.script(OVERLOADED);
    fallback.script(OVERLOADED);
    const { result } = await outcomeOf([main, sibling, other, main, sibling, other, main]);
    assert.equal(result.attempts.length, 6);
    assert.equal(faultOf(result).code, 'upstream_overloaded');
    assert.deepEqual((faultOf(result).metadata?.previous_errors as unknown[] | undefined)?.[0], {
      provider: 'FIRST',
      code: 'upstream_overloaded',
      status: 503,
    });
  });
});

describe('after the first content', () => {
  const cuts = { F08: 'close', 'F08 with a reset': 'reset', F09: 'silence' } as const;
  for (const [name, ending] of Object.entries(cuts))
    test(`${name}: a cut answer is never a success, and never sent twice`, async () => {
      primary.script(answers({ words: 40, ending }), answers());
      const { events, ...started } = bench([main, other]);
      const isAllHeard = () => textOf(events).includes('word39');
      const result = await (ending === 'silence' ? started.silenceAfter(isAllHeard) : started.outcome);
      assert.equal(result.kind, 'broken');
      assert.equal(faultOf(result).code, ending === 'silence' ? 'upstream_timeout' : 'upstream_truncated');
      assert.equal(events.at(-1)?.type, 'fault');
      assert.ok(ANSWER.startsWith(textOf(events)) && textOf(events).includes('word39'));
      assert.equal(fallback.seen.length, 0);
      assertAnswered(await outcomeOf([main]), main.endpoint.id);
    });

  test('F10: an event of broken JSON is no success', async () => {
    primary.script(answers({ replace: { at: 10, with: 'data: {"choices":[{"del\n\n' } }), answers());
    const { result, events } = await outcomeOf([main]);
    if (result.kind === 'streamed') assert.equal(textOf(events), ANSWER.replace('word10 ', ''));
    else assert.equal(events.at(-1)?.type, 'fault');
    assertAnswered(await outcomeOf([main]), main.endpoint.id);
  });

  test('F11: a complete stream without its [DONE] is complete', async () => {
    primary.script(answers({ ending: 'no-done' }));
    assertAnswered(await outcomeOf([main]), main.endpoint.id);
  });
});

describe('garbage', () => {
  const bodies = [
    ['HTML', sends('<html><body>502 Bad Gateway</body></html>', 'text/html')],
    ['HTML called JSON', sends('<html>', 'application/json')],
    ['HTML without a type', sends('<html>', '')],
    ['nothing', sends('', 'application/json')],
    ['nothing, as a stream', sends('', 'text/event-stream')],
    ['random bytes', sends(Buffer.from([0xff, 0xfe, 0, 1, 2, 0x80, 10, 10, 13]), 'application/octet-stream')],
    ['random bytes as a stream', sends(Buffer.from([0xff, 0xfe, 0, 1, 10, 10]), 'text/event-stream')],
    ['half a JSON body', sends('{"choices":[{"mess', 'application/json')],
    ['a JSON list', sends('[1,2]', 'application/json')],
    ['a number', sends('42', 'application/json')],
    ['deep nesting', sends('['.repeat(200_000), 'application/json')],
    ['deep nesting in an event', sends(`data: ${'['.repeat(100_000)}${']'.repeat(100_000)}\n\n`, 'text/event-stream')],
    ['a redirect', sends('', 'text/plain', 302)],
    ['204', sends('', 'text/plain', 204)],
  ] as const;
  for (const [name, behaviour] of bodies)
    for (const stream of [true, false])
      test(`${name}${stream ? ', streamed' : ''}: a fault, and the next endpoint answers`, async () => {
        primary.script(behaviour);
        const alone = await outcomeOf([main], { call: { stream } });
        assert.match(faultOf(alone.result).code, /^upstream_(malformed|truncated|server_error)$/);
        const { result } = await outcomeOf([main, other], { call: { stream } });
        assert.ok(result.kind === 'streamed' || result.kind === 'replied', printed(result));
      });

  test('a whole JSON answer to a call that was to be streamed is streamed', async () => {
    primary.script((response, seen, socket) => answers()(response, { ...seen, body: {} }, socket));
    assertAnswered(await outcomeOf([main]), main.endpoint.id);
  });

  test('a stream that was not asked for is collected', async () => {
    primary.script((response, seen, socket) => answers()(response, { ...seen, body: { stream: true } }, socket));
    const { result } = await outcomeOf([main], { call: { stream: false } });
    assert.equal(result.kind, 'replied');
    const part = result.kind === 'replied' ? result.reply.choices[0]?.parts[0] : undefined;
    assert.equal(part?.type === 'text' && part.text, ANSWER);
  });

  test('an endless body is given up', async () => {
    const block = Buffer.alloc(1024 * 1024, 'x');
    primary.script((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        if (response.destroyed) return;
        if (response.write(block)) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    });
    const { result } = await outcomeOf([main], { call: { stream: false } });
    assert.equal(faultOf(result).code, 'upstream_malformed');
    assert.match(faultOf(result).message, /more than/);
  });

  test('an endless error body is cut', async () => {
    primary.script((response) => {
      response.writeHead(400, { 'content-type': 'text/plain' });
      const timer = setInterval(() => response.write('x'.repeat(32 * 1024)), 1);
      response.on('close', () => clearInterval(timer));
    });
    const { result } = await outcomeOf([main]);
    assert.equal(faultOf(result).upstream?.status, 400);
    assert.ok((faultOf(result).upstream?.raw?.length ?? 0) <= 4096);
  });

  test('the credential never comes back in a fault', async () => {
    primary.script((response, seen) => {
      const message = `Wrong key: ${seen.headers.authorization} (${String(seen.headers.authorization).slice(7)})`;
      response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message } }));
    });
    const { result } = await outcomeOf([main]);
    assert.equal(faultOf(result).code, 'upstream_authentication');
    assert.equal(primary.seen[0]?.headers.authorization, `Bearer ${SECRET}`);
    assert.ok(!printed(result).includes(SECRET));
  });
});

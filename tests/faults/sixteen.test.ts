/**
 * The public fault set (FailoverBench v0.1, github.com/failoverbench/failoverbench, read 2026-11-29), judged from outside
 * at the running product, streamed, in real time: its deadlines are scaled, and what the host waits for is what the
 * gateway does, so that no verdict hangs on how busy the machine is.
 */
import assert from 'node:assert/strict';
import { after as afterAll, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { isObject, type JsonObject, parseJson } from '#src/base/json.ts';
import { API_KEY, type GatewayProcess, startGateway } from '../gateway-process.ts';
import { after, type Brick, catalogueOf, end, healthy, refuses, startWall, type Wall, WHOLE, words } from './wall.ts';

const once =
  (first: Brick): Brick =>
  (answer, hit, attempt) =>
    attempt === 0 ? first(answer, hit, attempt) : healthy(answer, hit, attempt);
const down: Brick = (answer) => refuses(answer, 503, 'overloaded');
const silence: Brick = () => {};
let isFlapping = true;

const BRICKS: { readonly [model: string]: Brick } = {
  ok: healthy,
  'ok-noprefill': (answer, hit, attempt) => {
    const messages = Array.isArray(hit.body.messages) ? hit.body.messages : [];
    const last = messages.at(-1);
    if (isObject(last) && last.role === 'assistant') return refuses(answer, 400, 'prefill_not_supported');
    return healthy(answer, hit, attempt);
  },
  f01: once((answer) => refuses(answer, 429, 'rate_limit_exceeded', { 'retry-after': '2' })),
  f02: (answer) => refuses(answer, 429, 'rate_limit_exceeded'),
  f03: once((answer) => refuses(answer, 500, 'internal_error')),
  f04: down,
  f05: once(({ socket }) => void socket.resetAndDestroy()),
  f06: silence,
  f07: ({ response }) => response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders(),
  f08: after(40, ({ socket }) => void socket.end()),
  f09: after(20, () => {}),
  f10: async (answer, hit) => {
    await words(answer, hit, 0, 9);
    answer.response.write('data: {"choices":[{"delta":{"con\n\n');
    await words(answer, hit, 9, 60);
    end(answer, hit);
  },
  f11: async (answer, hit) => {
    await words(answer, hit, 0, 60);
    end(answer, hit, '');
  },
  f12: (answer) => refuses(answer, 400, 'context_length_exceeded'),
  f13: (answer) => refuses(answer, 400, 'content_policy_violation'),
  f14: after(40, ({ socket }) => void socket.end()),
  f15: (answer, hit, attempt) => (isFlapping ? down(answer, hit, attempt) : healthy(answer, hit, attempt)),
  f16: down,
};

let wall: Wall;
let gateway: GatewayProcess;
before(async () => {
  wall = await startWall(BRICKS);
  const filled = ['ok-noprefill'];
  const models = Object.keys(BRICKS).filter((model) => !filled.includes(model));
  gateway = await startGateway({
    catalogue: catalogueOf(wall.base, models, filled),
    environment: {
      SWITCHWRIGHT_DEADLINE_SCALE: '0.25',
      SWITCHWRIGHT_ON_CUT: 'continue',
      SWITCHWRIGHT_ON_REFUSAL: 'stop',
    },
  });
});
afterAll(async () => {
  wall.close();
  await gateway.stop();
});

type Seen = {
  readonly text: string;
  readonly error: JsonObject | null;
  readonly model: string;
  readonly usage: unknown;
};

/** What a plain reader of chunks makes of it: it ends with `[DONE]`, or with an error. */
async function ask(model: string, fallback = 'ok'): Promise<Seen> {
  const response = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: `wall/${model}`,
      models: [`wall/${fallback}`],
      stream: true,
      messages: [{ role: 'user', content: 'Sixty words, please.' }],
    }),
  });
  const body = await response.text();
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    const refusal = parseJson(body);
    assert(isObject(refusal) && isObject(refusal.error), body);
    return { text: '', error: refusal.error, model: '', usage: null };
  }
  const seen = { text: '', error: null as JsonObject | null, model: '', usage: null as unknown };
  const frames = body.split('\n\n').filter((one) => one.startsWith('data: '));
  for (const data of frames.map((one) => one.slice('data: '.length)).filter((one) => one !== '[DONE]')) {
    const value = parseJson(data);
    assert(isObject(value), data);
    if (isObject(value.error)) seen.error ??= value.error;
    seen.model = String(value.model ?? seen.model);
    seen.usage = value.usage ?? seen.usage;
    const [choice] = Array.isArray(value.choices) ? value.choices : [];
    if (isObject(choice) && isObject(choice.delta)) seen.text += String(choice.delta.content ?? '');
  }
  assert.equal(frames.at(-1) === 'data: [DONE]', seen.error === null, 'an answer that ends is whole or an error');
  return seen;
}

async function whole(model: string, fallback?: string): Promise<Seen> {
  const seen = await ask(model, fallback);
  assert.equal(seen.error, null, JSON.stringify(seen.error));
  assert.equal(seen.text, WHOLE);
  assert(seen.usage !== null, 'usage is told');
  return seen;
}
const times = (model: string): number[] => wall.hits(model).map(({ at }) => at);

test('F01 a 429 with Retry-After: the second attempt waits as long, at the same host', async () => {
  await whole('f01');
  const [first = 0, second = 0, ...others] = times('f01');
  assert(second - first >= 1_800, `${second - first} ms`);
  assert.deepEqual(others, []);
});
test('F02 a lasting 429 without the header: no hammering, rescued', async () => {
  await whole('f02');
  assert(times('f02').length <= 4);
});
test('F03 one 500: retried at the same host', async () => {
  await whole('f03');
  assert.equal(times('f03').length, 2);
});
test('F04 a lasting 503: rescued within the budget of attempts', async () => {
  await whole('f04');
  assert(times('f04').length <= 6);
});
test('F05 a reset before a byte: answered', async () => {
  await whole('f05');
});
test('F06 no answer at all: left for the fallback, and asked once', async () => {
  await whole('f06');
  assert.equal(times('f06').length, 1);
});
test('F07 no first token: left for the fallback', async () => {
  await whole('f07');
});
test('F08 a stream that dies after 40 tokens: the caller gets the whole answer', async () => {
  await whole('f08');
});
test('F09 a stream that falls silent after 20 tokens: the same, and health afterwards', async () => {
  await whole('f09');
  await whole('ok');
});
test('F10 a chunk that is no JSON: skipped, health afterwards', async () => {
  await whole('f10');
  assert.equal(times('f10').length, 1, 'in place');
  await whole('ok');
});
test('F11 a stream without [DONE]: finished, with usage', async () => {
  await whole('f11');
  assert.equal(times('f11').length, 1);
});
test('F12 a prompt too long: one attempt, then the other model', async () => {
  await whole('f12');
  assert.equal(times('f12').length, 1);
});
test('F13 a refusal for its content: one attempt, told, not routed around', async () => {
  const { error } = await ask('f13');
  assert.match(String(error?.message), /content_policy_violation/);
  assert.equal(times('f13').length, 1);
});
test('F14 a cut stream and a fallback that refuses a prefill: whole all the same', async () => {
  await whole('f14', 'ok-noprefill');
  assert.equal(times('ok-noprefill').length, 2, 'refused, then asked in words');
});
test('F15 an outage: served meanwhile with few probes, and the primary is used again', async () => {
  for (let asked = 0; asked < 8; asked++) await whole('f15');
  const probes = times('f15').length;
  assert(probes <= 4, `${probes} attempts at a host that is down`);
  isFlapping = false;
  // The first pause is five seconds; a host that has come back is in use again within thirty.
  for (let asked = 0; asked < 60; asked++) {
    if ((await whole('f15')).model === 'wall/f15') return;
    await wait(500);
  }
  assert.fail('the primary was not used again');
});
test('F16 a fallback’s answer: its model and usage are told, what failed is not billed', async () => {
  const seen = await whole('f16');
  assert.equal(seen.model, 'wall/ok');
  assert(times('f16').length <= 6);
  assert(isObject(seen.usage as JsonObject));
  assert.equal((seen.usage as { cost?: number }).cost, (20 * 1 + 60 * 2) / 1e6);
});

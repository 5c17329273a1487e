import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEADLINES } from '../base/limits.ts';
import { createMemory } from '../base/memory.ts';
import type { WireRequest, World } from '../base/world.ts';
import type { ImageCall } from '../call/image.ts';
import { DIALECTS } from '../dialects/registry.ts';
import { sampleTarget } from '../dialects/samples.ts';
import { createCredentials } from './credentials.ts';
import { createHealth } from './health.ts';
import { imageErrand } from './image-errand.ts';
import { createKeyring } from './keyring.ts';
import { type RunOutcome, startRun } from './run.ts';

const CALL: ImageCall = {
  task: 'generate',
  model: 'author/model',
  models: [],
  prompt: 'A fox',
  references: [],
  stream: false,
  gateway: {},
};
/** One pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAMAAAAoyzS7AAAAA1BMVEUBAgMNh2TVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'base64',
);
/** Larger than what is kept in one string. */
const LARGE = Buffer.concat([PNG, Buffer.alloc(100_000, 7)]);
const target = sampleTarget('replicate-images', {
  endpoint: { operation: 'images', output: ['image'], upstreamId: 'black-forest-labs/flux-dev' },
});
const other = sampleTarget('together-images', { endpoint: { operation: 'images', output: ['image'] } });

type Answer = { readonly status?: number; readonly body: object | Buffer };
type Answers = (request: WireRequest, count: number) => Answer;

/** A network that answers at once, in virtual time that passes only where somebody waits. */
function open(answers: Answers, total_ms: number = DEADLINES.total_ms) {
  let now = 0;
  let ids = 0;
  const sent: WireRequest[] = [];
  const timers: { at: number; task: () => void }[] = [];
  const world: World = {
    now: () => now,
    elapsed: () => now,
    after: (ms, task) => {
      const timer = { at: now + ms, task };
      timers.push(timer);
      return () => {
        const at = timers.indexOf(timer);
        if (at >= 0) timers.splice(at, 1);
      };
    },
    random: () => 0,
    newId: (prefix) => `${prefix}-${ids++}`,
    request: (request, handler) => {
      sent.push(request);
      const { status = 200, body } = answers(request, sent.length);
      let isAborted = false;
      queueMicrotask(() => {
        if (isAborted) return;
        handler.head(status, { 'content-type': Buffer.isBuffer(body) ? 'image/png' : 'application/json' });
        handler.data(Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)));
        handler.end();
      });
      return {
        pause: () => {},
        resume: () => {},
        abort: () => {
          isAborted = true;
        },
      };
    },
  };
  const memory = createMemory(2 ** 28, world);
  let outcome: RunOutcome<'images'> | null = null;
  const dependencies = {
    world,
    memory,
    keyring: createKeyring(createCredentials({}), world),
    health: createHealth(world.now),
    deadlines: { ...DEADLINES, total_ms },
  };
  const candidates = (of: typeof target) => [{ ...of, reason: 'test' }];
  const start = (of: typeof target, call: ImageCall = CALL) =>
    startRun(
      dependencies,
      {
        errand: imageErrand({ dialects: DIALECTS, world, memory, who: 'key' }, call),
        plan: { candidates: candidates(of), rejected: [], strict: false },
        who: 'key',
      },
      {
        dispatched: () => {},
        events: () => {},
        done: (ended) => {
          outcome = ended;
        },
      },
    );
  /** Until it is over, or nobody waits for anything. */
  const finish = async (): Promise<RunOutcome<'images'> | null> => {
    for (let turns = 0; turns < 200 && !outcome; turns++) {
      for (let at = 0; at < 3; at++) await new Promise((next) => setImmediate(next));
      timers.sort((one, another) => one.at - another.at);
      const timer = outcome ? undefined : timers.shift();
      if (!timer) continue;
      now = Math.max(now, timer.at);
      timer.task();
    }
    return outcome;
  };
  return { start, finish, sent, now: () => now };
}

const urls = (sent: readonly WireRequest[]): string[] =>
  sent.map(({ method, url, reach }) => `${method} ${url} ${reach}`);

test('a job is asked about at the path that its id gives, and its picture fetched from the public internet', async () => {
  const { start, finish, sent } = open(({ method, url }, count) => {
    if (url.startsWith('https://replicate.delivery/')) return { body: LARGE };
    if (method === 'POST') return { status: 201, body: { id: 'abc1', status: 'starting' } };
    const output = 'https://replicate.delivery/out.png?signature=s';
    return { body: count < 4 ? { id: 'abc1', status: 'processing' } : { id: 'abc1', status: 'succeeded', output } };
  });
  start(target);
  const outcome = await finish();
  assert(outcome?.kind === 'replied');
  assert.deepEqual(outcome.reply.images, [{ base64: LARGE.toString('base64'), mediaType: 'image/png' }]);
  assert.equal(outcome.attempts.length, 1);
  assert.equal(outcome.attempts[0]?.upstreamId, 'abc1');
  assert.deepEqual(urls(sent), [
    'POST https://sample.test/v1/models/black-forest-labs/flux-dev/predictions operator',
    'GET https://sample.test/v1/predictions/abc1 operator',
    'GET https://sample.test/v1/predictions/abc1 operator',
    'GET https://sample.test/v1/predictions/abc1 operator',
    'GET https://replicate.delivery/out.png?signature=s public',
  ]);
});

test('a job that fails now and then is asked about again; one that fails for good is over', async () => {
  const flaky = open(({ method }, count) => {
    if (method === 'POST') return { status: 201, body: { id: 'a', status: 'starting' } };
    if (count < 4) return { status: 503, body: { detail: 'busy' } };
    return { body: { id: 'a', status: 'succeeded', output: `data:image/png;base64,${PNG.toString('base64')}` } };
  });
  flaky.start(target);
  assert.equal((await flaky.finish())?.kind, 'replied');
  const dead = open(({ method }) =>
    method === 'POST' ? { status: 201, body: { id: 'a', status: 'starting' } } : { status: 503, body: {} },
  );
  dead.start(target);
  assert.equal((await dead.finish())?.kind, 'failed');
  const refused = open(() => ({ body: { id: 'a', status: 'failed', error: 'NSFW content detected' } }));
  refused.start(target);
  const outcome = await refused.finish();
  assert(outcome?.kind === 'failed' && outcome.fault.code === 'content_policy_violation', JSON.stringify(outcome));
});

test('a job without end is given up in time, and cancelled at its vendor', async () => {
  const { start, finish, sent, now } = open(
    ({ url }) => ({ body: url.endsWith('/cancel') ? {} : { id: 'a', status: 'processing' } }),
    60_000,
  );
  start(target);
  const outcome = await finish();
  assert(outcome?.kind === 'failed' && outcome.fault.code === 'upstream_timeout', JSON.stringify(outcome));
  // A deadline counts only if it still stands one turn later.
  assert.equal(now(), 60_001);
  assert.equal(sent.at(-1)?.url, 'https://sample.test/v1/predictions/a/cancel');
});

test('an id that would lead elsewhere is none', async () => {
  const { start, finish, sent } = open(() => ({ body: { id: '../../account', status: 'starting' } }));
  start(target);
  const outcome = await finish();
  assert(outcome?.kind === 'failed' && outcome.fault.code === 'upstream_malformed', JSON.stringify(outcome));
  assert.equal(sent.length, 1);
});

test('an address is fetched for who wants bytes, and passed on to who wants addresses', async () => {
  const url = 'https://api.together.ai/imgproxy/1.png';
  const answers: Answers = ({ reach }) => ({ body: reach === 'public' ? PNG : { data: [{ url }] } });
  const bytes = open(answers);
  bytes.start(other);
  const fetched = await bytes.finish();
  assert(fetched?.kind === 'replied');
  assert.deepEqual(fetched.reply.images, [{ base64: PNG.toString('base64'), mediaType: 'image/png' }]);
  const address = open(answers);
  address.start(other, { ...CALL, wantsUrls: true });
  const passed = await address.finish();
  assert(passed?.kind === 'replied');
  assert.deepEqual(passed.reply.images, [{ url }]);
  assert.equal(address.sent.length, 1);
});

test('a page where a picture should be is no picture', async () => {
  const { start, finish } = open(({ reach }) =>
    reach === 'public'
      ? { body: Buffer.from('<html>expired</html>') }
      : { body: { data: [{ url: 'https://cdn.test/1.png' }] } },
  );
  start(other);
  const outcome = await finish();
  assert(outcome?.kind === 'failed' && outcome.fault.code === 'upstream_malformed', JSON.stringify(outcome));
});

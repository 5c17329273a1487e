/** What becomes of a video while it is made: asked about, paid for, given up, called off, told of. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, test } from 'node:test';
import { LIMITS } from '#src/base/limits.ts';
import { pico } from '#src/base/money.ts';
import type { Price } from '#src/catalog/price.ts';
import { callbackSecret } from '#src/gateway/videos/callback.ts';
import { openStage, type Play, type Stage } from './stage.ts';

const SECOND = 100_000_000_000n; // ten cents
const PRICE: Price = {
  input: pico(0n),
  output: pico(0n),
  outputSecond: pico(SECOND),
  outputVideoEach: pico(SECOND / 10n),
  overrides: [{ minPromptTokens: -1, filmed: { resolution: '1080p' }, price: { outputSecond: pico(2n * SECOND) } }],
};
const CENT = 10_000_000n;

/** A vendor with a key. */
const KEYED = {
  auth: { scheme: 'bearer', env: 'VENDOR_KEY', optional: false },
  variables: { VENDOR_KEY: 'sk-vendor-secret' },
} as const;

const stages: Stage[] = [];
after(() => Promise.all(stages.map(({ close }) => close())));
async function stageOf(play: Play, dialect: Parameters<typeof openStage>[0] = 'replicate-videos'): Promise<Stage> {
  const stage = await openStage(dialect, PRICE, play);
  stages.push(stage);
  return stage;
}

/** A host like Replicate: a prediction in this state. */
const prediction = (status: string, more: object = {}) => ({ body: { id: 'p1', status, ...more } });
const done = prediction('succeeded', { output: 'https://files.test/a.mp4' });
/** Begins, then says one after the other; the last one for ever. */
function saying(...answers: ReturnType<Play>[]): Play {
  let at = 0;
  return ({ method, url }) =>
    url.endsWith('/predictions')
      ? prediction('starting')
      : method === 'POST'
        ? prediction('canceled')
        : (answers[Math.min(at++, answers.length - 1)] ?? 'reset');
}

async function until(stage: Stage, id: string, steps = 30) {
  for (let step = 0; step < steps; step++) {
    const job = await stage.find(id);
    if (job.phase === 'over') return job;
    await stage.pass(LIMITS.video_poll_ms_max);
    await stage.work();
  }
  return stage.find(id);
}

test('a video is held for, asked about and charged once, by its seconds, its kind and its number', async () => {
  const stage = await stageOf(saying(prediction('processing'), done));
  const key = await stage.keyOf(500n * CENT);
  const { id, result } = await stage.film(key, { seconds: 6, resolution: '1080p' });
  assert.equal(result.kind, 'replied');
  assert.deepEqual(stage.sent[0]?.body?.input, { prompt: 'Waves', duration: 6, resolution: '1080p' });
  assert.equal((await stage.balance()).held, 121n * CENT);
  assert.equal((await stage.find(id)).status, 'pending');
  await stage.pass(LIMITS.video_poll_ms);
  await stage.work();
  assert.equal((await stage.find(id)).status, 'in_progress');
  const job = await until(stage, id);
  assert.equal(job.status, 'completed');
  const receipt = await stage.receipt(id);
  assert.deepEqual([receipt.state, receipt.bill.cost, receipt.usage.outputSeconds], ['completed', 121n * CENT, 6]);
  assert.deepEqual(receipt.usage.filmed, { resolution: '1080p', audio: 'without' });
  assert.equal(receipt.provider, 'vendor');
  const balance = await stage.balance();
  assert.deepEqual([balance.held, balance.settled], [0n, 121n * CENT]);
});

test('a key that cannot pay for the dearest of it is refused, and nothing is sent', async () => {
  const stage = await stageOf(saying(done));
  const { result } = await stage.film(await stage.keyOf(50n * CENT), { seconds: 6 });
  assert.ok(result.kind === 'failed' && result.fault.code === 'payment_required');
  assert.equal(stage.sent.length, 0);
});

test('what its host cannot film is refused by its own words, and costs nothing', async () => {
  const stage = await stageOf(saying(done), 'veo');
  const key = await stage.keyOf();
  for (const [call, param] of [
    [{ seconds: 5 }, 'duration'],
    [{ resolution: '480p' }, 'resolution'],
    [{ aspectRatio: '1:1' }, 'aspect_ratio'],
  ] as const) {
    const { result } = await stage.film(key, call);
    assert.ok(result.kind === 'failed', JSON.stringify(call));
    assert.deepEqual([result.fault.code, result.fault.param], ['upstream_not_implemented', param]);
  }
  assert.equal(stage.sent.length, 0);
  assert.deepEqual(await stage.balance(), { credits: 0n, held: 0n, settled: 0n });
});

test('a host that is away for a while is asked again; one that has forgotten it ends it for nothing', async () => {
  const away = await stageOf(
    saying('reset', { status: 503 }, { status: 429 }, { status: 401 }, { body: 'what?' }, done),
  );
  const one = await away.film(await away.keyOf());
  assert.equal((await until(away, one.id)).status, 'completed');
  const gone = await stageOf(saying({ status: 404 }));
  const other = await gone.film(await gone.keyOf());
  const job = await until(gone, other.id);
  assert.equal(job.status, 'failed');
  const receipt = await gone.receipt(other.id);
  assert.deepEqual([receipt.state, receipt.bill.cost], ['failed', 0n]);
  assert.match(receipt.fault?.message ?? '', /does not know this video any more/);
  assert.equal((await gone.balance()).held, 0n);
});

test('a host that repeats its key in what it says of a failure is not repeated', async () => {
  const stage = await openStage(
    'openai-videos',
    PRICE,
    ({ method, headers }) =>
      method === 'POST'
        ? { body: { id: 'v1', status: 'queued' } }
        : { body: { id: 'v1', status: 'failed', error: { code: 'x', message: `no: ${headers.authorization}` } } },
    KEYED,
  );
  stages.push(stage);
  const { id } = await stage.film(await stage.keyOf());
  assert.equal((await until(stage, id)).status, 'failed');
  assert.ok(stage.sent.every(({ headers }) => headers.authorization === 'Bearer sk-vendor-secret'));
  const told = JSON.stringify([(await stage.find(id)).state, (await stage.receipt(id)).fault]);
  assert.match(told, /no: /);
  assert.ok(!told.includes('sk-vendor-secret'), told);
});

test('a video that never ends is called off at its deadline, for nothing', async () => {
  const stage = await stageOf(saying(prediction('processing')));
  const { id } = await stage.film(await stage.keyOf());
  await stage.pass(LIMITS.video_deadline_ms + 1);
  await stage.work();
  const job = await stage.find(id);
  assert.deepEqual([job.status, job.phase], ['expired', 'over']);
  assert.ok(stage.sent.some(({ method, url }) => method === 'POST' && url.endsWith('/predictions/p1/cancel')));
  assert.equal((await stage.receipt(id)).bill.cost, 0n);
});

test('who wants it no more has it cancelled where its host can', async () => {
  const stage = await stageOf(saying(prediction('processing')));
  const { id } = await stage.film(await stage.keyOf());
  assert.equal(await stage.gateway.jobs.store.unwanted(id), true);
  await stage.work();
  assert.equal((await stage.find(id)).status, 'cancelled');
  assert.ok(stage.sent.at(-1)?.url.endsWith('/cancel'));
  const receipt = await stage.receipt(id);
  assert.deepEqual([receipt.state, receipt.bill.cost], ['cancelled', 0n]);
});

test('a step that was lost changes nothing, and one that breaks off each time ends the video', async () => {
  const stage = await stageOf(saying(done));
  const { id } = await stage.film(await stage.keyOf());
  await stage.pass(LIMITS.video_poll_ms);
  for (let at = 0; at < LIMITS.job_tries_max; at++) await stage.gateway.jobs.store.claimOne(id, 0);
  await stage.work();
  const job = await stage.find(id);
  assert.equal(job.status, 'failed');
  assert.equal((await stage.receipt(id)).bill.cost, 0n);
});

test('its caller is told of the end: signed, through the guard, again until it is taken', async () => {
  let refusals = 2;
  const play: Play = (sent) =>
    sent.url === 'https://example.com/done' ? (refusals-- > 0 ? { status: 503 } : { status: 204 }) : saying(done)(sent);
  const stage = await stageOf(play);
  const { id } = await stage.film(await stage.keyOf(), { callbackUrl: 'https://example.com/done' });
  await until(stage, id);
  const told = stage.sent.filter(({ url }) => url === 'https://example.com/done');
  assert.equal(told.length, 3);
  assert.ok(told.every(({ reach }) => reach === 'public'));
  const last = told.at(-1);
  const [, seconds = '', signature] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(last?.headers['x-openrouter-signature'] ?? '') ?? [];
  const secret = callbackSecret(stage.gateway, 'workspace') ?? '';
  const signed = createHmac('sha256', secret)
    .update(`${seconds},${JSON.stringify(last?.body)}`)
    .digest('hex');
  assert.equal(signature, signed);
  assert.deepEqual(
    new Set(told.map(({ headers }) => headers['x-openrouter-idempotency-key'])),
    new Set([`${id}-completed`]),
  );
  const { type, data } = (last?.body ?? assert.fail()) as {
    type: string;
    data: { id: string; usage: { cost: number } };
  };
  assert.deepEqual([type, data.id, data.usage.cost], ['video.generation.completed', id, 0.51]);
  assert.equal((await stage.balance()).settled, 51n * CENT, 'charged once, however often it is told');
});

test('a caller who never listens is given up in the end', async () => {
  const play: Play = (sent) => (sent.url.startsWith('https://deaf.test') ? 'reset' : saying(done)(sent));
  const stage = await stageOf(play);
  const { id } = await stage.film(await stage.keyOf(), { callbackUrl: 'https://deaf.test/a' });
  for (let at = 0; at < 40 && (await stage.find(id)).phase !== 'over'; at++) {
    await stage.pass(3_600_000);
    await stage.work();
  }
  assert.equal((await stage.find(id)).phase, 'over');
  assert.equal(stage.sent.filter(({ url }) => url.startsWith('https://deaf.test')).length, LIMITS.callback_tries_max);
});

/** What hosts of videos are sent, and how what they say of their tasks is read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../base/json.ts';
import type { VideoCall } from '../call/video.ts';
import type { DialectIdOf } from '../catalog/dialect-table.ts';
import type { VideoDialect } from './dialect.ts';
import { UPSTREAM_DIALECTS } from './registry.ts';
import { sampleTarget } from './samples.ts';

type Id = DialectIdOf<'videos'>;
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const PICTURE = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: PIXEL } } as const;
const DATA_URL = `data:image/png;base64,${PIXEL}`;

const dialectOf = (id: Id): VideoDialect => (UPSTREAM_DIALECTS.videos[id] as VideoDialect) ?? assert.fail(id);
const targetOf = (id: Id, upstreamId: string) => sampleTarget(id, { endpoint: { upstreamId } });
const callOf = (more: Partial<VideoCall>): VideoCall => ({
  shape: 'openrouter',
  model: 'author/model',
  models: [],
  prompt: 'Waves',
  references: [],
  gateway: {},
  ...more,
});

function encode(id: Id, upstreamId: string, more: Partial<VideoCall>) {
  const encoded = dialectOf(id).encodeCall(callOf(more), targetOf(id, upstreamId), new Map());
  if (!encoded.ok) return { fault: encoded.error };
  const { path, body, losses } = encoded.value;
  return { path, body, losses: losses.map(({ field }) => field) };
}

const decode = (id: Id, upstreamId: string, body: Json, task?: string) =>
  dialectOf(id).decodeReply(body, { target: targetOf(id, upstreamId), ...(task !== undefined && { task }) });

test('OpenAI’s words: seconds as text, pixels, a picture to begin with', () => {
  assert.deepEqual(
    encode('openai-videos', 'sora', { seconds: 8, resolution: '720p', aspectRatio: '9:16', firstFrame: PICTURE }),
    {
      path: '/videos',
      body: {
        model: 'sora',
        prompt: 'Waves',
        seconds: '8',
        size: '720x1280',
        input_reference: { image_url: DATA_URL },
      },
      losses: [],
    },
  );
  const unsaid = encode('openai-videos', 'sora', { seed: 7, audio: true });
  assert.deepEqual(
    [unsaid.body?.seconds, unsaid.body?.size, unsaid.losses],
    ['4', '1280x720', ['seed', 'generate_audio']],
  );
  const refused = encode('openai-videos', 'sora', { lastFrame: PICTURE });
  assert.deepEqual([refused.fault?.code, refused.fault?.param], ['upstream_not_implemented', 'frame_images']);
});

test('Veo’s words: an instance with pictures, parameters beside it', () => {
  const call = {
    seconds: 4,
    resolution: '4K',
    aspectRatio: '16:9',
    seed: 7,
    firstFrame: PICTURE,
    lastFrame: PICTURE,
  } as const;
  const image = { bytesBase64Encoded: PIXEL, mimeType: 'image/png' };
  assert.deepEqual(encode('veo', 'veo-3.1-generate-preview', call), {
    path: '/models/veo-3.1-generate-preview:predictLongRunning',
    body: {
      instances: [{ prompt: 'Waves', image, lastFrame: image }],
      parameters: { durationSeconds: 4, resolution: '4k', aspectRatio: '16:9', seed: 7 },
    },
    losses: [],
  });
  assert.equal(encode('veo', 'veo-3.0', { resolution: '4K' }).fault?.param, 'resolution');
  assert.deepEqual(encode('veo', 'veo-3.1', { audio: false }).losses, ['generate_audio'], 'it always films with sound');
  const four = Array.from({ length: 4 }, () => PICTURE);
  assert.equal(encode('veo', 'veo-3.1', { references: four }).fault?.param, 'input_references');
});

test('xAI’s and Replicate’s words', () => {
  assert.deepEqual(
    encode('xai-videos', 'grok-imagine-video', {
      seconds: 15,
      size: { width: 1280, height: 720 },
      firstFrame: PICTURE,
    }),
    {
      path: '/videos/generations',
      body: {
        model: 'grok-imagine-video',
        prompt: 'Waves',
        duration: 15,
        resolution: '720p',
        aspect_ratio: '16:9',
        image: { url: DATA_URL },
      },
      losses: [],
    },
  );
  assert.equal(encode('xai-videos', 'grok-imagine-video', { seconds: 16 }).fault?.param, 'duration');
  assert.equal(
    encode('xai-videos', 'grok-imagine-video', { size: { width: 3840, height: 2160 } }).fault?.param,
    'size',
  );
  assert.deepEqual(encode('replicate-videos', 'host/films:v1', { seconds: 5, seed: 7 }), {
    path: '/predictions',
    body: { version: 'v1', input: { prompt: 'Waves', duration: 5, resolution: '720p', seed: 7 } },
    losses: [],
  });
  assert.equal(encode('replicate-videos', 'host/films', {}).path, '/models/host/films/predictions');
});

test('what says how much is filmed is ours alone to say, and nobody else is called back', () => {
  const own = { duration: 60, webhook: 'https://a.test', num_frames: 9_999, model: 'dearer', style: 'noir' };
  const { body, losses } = encode('replicate-videos', 'host/films', { options: { sample: own } });
  assert.deepEqual(body?.input, { style: 'noir', prompt: 'Waves', duration: 5, resolution: '720p' });
  assert.deepEqual(losses, ['duration', 'webhook', 'num_frames', 'model']);
});

const WAITING = { videos: [] };
const SAID: readonly (readonly [Id, Json, object])[] = [
  [
    'openai-videos',
    { id: 'video_1', status: 'queued', progress: 0 },
    { ...WAITING, id: 'video_1', poll: { method: 'GET', path: '/videos/video_1' }, progress: 0, state: 'waiting' },
  ],
  [
    'openai-videos',
    { id: 'video_1', status: 'completed', progress: 100, seconds: '8' },
    {
      id: 'video_1',
      poll: { method: 'GET', path: '/videos/video_1' },
      progress: 100,
      state: 'done',
      videos: [{ path: '/videos/video_1/content' }],
      seconds: 8,
    },
  ],
  [
    'openai-videos',
    { id: 'v', status: 'completed', outputs: { cost: 1, video_url: 'https://files.test/a.mp4' } },
    {
      id: 'v',
      poll: { method: 'GET', path: '/videos/v' },
      state: 'done',
      videos: [{ url: 'https://files.test/a.mp4' }],
    },
  ],
  [
    'veo',
    { name: 'models/veo-3.1/operations/abc' },
    {
      ...WAITING,
      id: 'models/veo-3.1/operations/abc',
      poll: { method: 'GET', path: '/models/veo-3.1/operations/abc' },
      state: 'running',
    },
  ],
  [
    'veo',
    {
      name: 'models/veo-3.1/operations/abc',
      done: true,
      response: {
        generateVideoResponse: { generatedSamples: [{ video: { uri: 'https://files.test/a:download?alt=media' } }] },
      },
    },
    {
      id: 'models/veo-3.1/operations/abc',
      poll: { method: 'GET', path: '/models/veo-3.1/operations/abc' },
      state: 'done',
      videos: [{ url: 'https://files.test/a:download?alt=media' }],
    },
  ],
  [
    'xai-videos',
    { request_id: 'r1' },
    { ...WAITING, id: 'r1', poll: { method: 'GET', path: '/videos/r1' }, state: 'running' },
  ],
  [
    'xai-videos',
    { status: 'done', video: { url: 'https://files.test/a.mp4', duration: 6, respect_moderation: true } },
    {
      id: 'task',
      poll: { method: 'GET', path: '/videos/task' },
      state: 'done',
      videos: [{ url: 'https://files.test/a.mp4' }],
      seconds: 6,
    },
  ],
  [
    'replicate-videos',
    { id: 'p1', status: 'succeeded', output: 'https://files.test/a.mp4' },
    {
      id: 'p1',
      poll: { method: 'GET', path: '/predictions/p1' },
      cancel: { method: 'POST', path: '/predictions/p1/cancel' },
      state: 'done',
      videos: [{ url: 'https://files.test/a.mp4' }],
    },
  ],
];

for (const [id, body, read] of SAID)
  test(`${id} says ${JSON.stringify(body).slice(0, 60)}`, () => {
    const reply = decode(id, 'model', body, 'task');
    assert.deepEqual(reply.ok && reply.value, read);
  });

const FAILED: readonly (readonly [Id, Json, string])[] = [
  [
    'openai-videos',
    { id: 'v', status: 'failed', error: { code: 'moderation_blocked', message: 'No.' } },
    'content_policy_violation',
  ],
  ['openai-videos', { id: 'v', status: 'failed', error: { code: 'busy', message: 'No.' } }, 'upstream_server_error'],
  ['openai-videos', { id: 'v', status: 'dancing' }, 'upstream_malformed'],
  ['openai-videos', { id: '../keys', status: 'queued' }, 'upstream_malformed'],
  ['veo', { name: 'operations/../../keys' }, 'upstream_malformed'],
  ['veo', { name: 'https://elsewhere.test/a' }, 'upstream_malformed'],
  ['veo', { name: 'operations/a', done: true, error: { code: 3, message: 'No.' } }, 'content_policy_violation'],
  ['veo', { name: 'operations/a', done: true, error: { code: 13, message: 'No.' } }, 'upstream_server_error'],
  [
    'veo',
    { name: 'operations/a', done: true, response: { generateVideoResponse: { raiMediaFilteredReasons: ['No.'] } } },
    'content_policy_violation',
  ],
  [
    'xai-videos',
    { status: 'done', video: { url: 'https://a.test', respect_moderation: false } },
    'content_policy_violation',
  ],
  ['xai-videos', { status: 'failed', error: { code: 'x', message: 'No.' } }, 'upstream_server_error'],
  ['xai-videos', { request_id: 'a/b' }, 'upstream_malformed'],
  ['replicate-videos', { id: 'p1', status: 'failed', error: 'flagged as sensitive' }, 'content_policy_violation'],
  ['replicate-videos', { id: 'p1', status: 'succeeded', output: null }, 'upstream_malformed'],
  ['replicate-videos', null, 'upstream_malformed'],
];

for (const [id, body, code] of FAILED)
  test(`${id} fails by ${JSON.stringify(body)?.slice(0, 80)}`, () => {
    const reply = decode(id, 'model', body, 'task');
    assert.equal(reply.ok ? 'no fault' : reply.error.code, code);
  });

/** Videos from the request to the bytes, asked for by OpenRouter's and OpenAI's libraries. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { GenerateVideosOperation, GoogleGenAI } from '@google/genai';
import { OpenRouter } from '@openrouter/sdk';
import OpenAI from 'openai';
import { API_KEY, type GatewayProcess, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';

type Json = { readonly [name: string]: unknown };

let gateway: GatewayProcess;
before(async () => {
  gateway = await startGateway();
});
after(() => gateway.stop());

const ask = (path: string, init: RequestInit = {}, key = API_KEY): Promise<Response> =>
  fetch(`${gateway.origin}/api/v1${path}`, {
    ...init,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...init.headers },
  });
const begin = (more: Json, sandbox: Json = {}): Promise<Response> =>
  ask('/videos', {
    method: 'POST',
    body: JSON.stringify({
      model: 'sandbox/video',
      prompt: 'Waves at dusk',
      provider: { options: { sandbox: { wait_ms: 0, ...sandbox } } },
      ...more,
    }),
  });
const read = async (answer: Response | Promise<Response>): Promise<Json> => (await (await answer).json()) as Json;
const errorOf = async (answer: Response): Promise<{ code: number; message: string; param?: string }> =>
  ((await answer.json()) as { error: { code: number; message: string; param?: string } }).error;

/** As it is told of when it has ended. */
async function ended(id: unknown): Promise<Json> {
  for (;;) {
    const video = await read(ask(`/videos/${id}`));
    if (video.status !== 'pending' && video.status !== 'in_progress' && video.status !== 'queued') return video;
    await wait(50);
  }
}

/** Width, height and seconds, as the file says them. */
function measuresOf(mp4: Buffer): number[] {
  const track = mp4.indexOf('tkhd');
  const header = mp4.indexOf('mdhd');
  assert.equal(mp4.toString('latin1', 4, 8), 'ftyp');
  const [width, height] = [80, 84].map((at) => mp4.readUInt32BE(track + at) / 65_536);
  return [width ?? 0, height ?? 0, mp4.readUInt32BE(header + 20) / mp4.readUInt32BE(header + 16)];
}

describe('videos', () => {
  test('OpenRouter’s library begins one, asks about it and fetches it', async () => {
    const client = new OpenRouter({ apiKey: API_KEY, serverURL: `${gateway.origin}/api/v1` });
    const body = {
      model: 'sandbox/video',
      prompt: 'Waves',
      duration: 3,
      aspectRatio: '9:16',
      resolution: '480p',
    } as const;
    const begun = await client.videoGeneration.generate({ videoGenerationRequest: body });
    assert.match(begun.id, /^gen-vid-/);
    assert.equal(begun.pollingUrl, `/api/v1/videos/${begun.id}`);
    assert.ok(begun.status === 'pending' || begun.status === 'in_progress');
    let video = begun;
    while (video.status !== 'completed') {
      await wait(100);
      video = await client.videoGeneration.getGeneration({ jobId: begun.id });
      assert.ok(['pending', 'in_progress', 'completed'].includes(video.status), video.status);
    }
    assert.deepEqual(video.usage, { cost: 0, isByok: false });
    const content = await client.videoGeneration.getVideoContent({ jobId: begun.id });
    const bytes = Buffer.from(await new Response(content as ReadableStream).arrayBuffer());
    assert.deepEqual(measuresOf(bytes), [480, 854, 3]);
    const [url = ''] = video.unsignedUrls ?? [];
    const plain = await fetch(url);
    assert.equal(plain.headers.get('content-type'), 'video/mp4');
    assert.deepEqual(Buffer.from(await plain.arrayBuffer()), bytes, 'its address needs no key');
    assert.equal(
      (await fetch(url.replace(/token=./, (start) => (start === 'token=_' ? 'token=-' : 'token=_')))).status,
      401,
    );
    const generation = await read(ask(`/generation?id=${video.generationId}`));
    const record = generation.data as Json;
    assert.deepEqual([record.api_type, record.total_cost, record.model], ['video', 0, 'sandbox/video']);
    const models = await client.videoGeneration.listVideosModels();
    assert.ok(models.data.some(({ id }) => id === 'google/veo-3.1'));
  });

  test('OpenAI’s library does the same with a form, lists and deletes', async () => {
    const client = new OpenAI({ apiKey: API_KEY, baseURL: `${gateway.origin}/v1` });
    const picture = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const begun = await client.videos.create({
      model: 'sandbox/video' as never,
      prompt: 'Waves',
      seconds: '4',
      size: '1280x720',
      input_reference: new File([picture], 'a.png', { type: 'image/png' }),
    });
    assert.deepEqual([begun.object, begun.seconds, begun.size, begun.error], ['video', '4', '1280x720', null]);
    let video = begun;
    while (video.status !== 'completed') {
      await wait(100);
      video = await client.videos.retrieve(begun.id);
      assert.notEqual(video.status, 'failed');
    }
    assert.equal(video.progress, 100);
    const bytes = Buffer.from(await (await client.videos.downloadContent(begun.id)).arrayBuffer());
    assert.deepEqual(measuresOf(bytes), [1280, 720, 4]);
    const part = await ask(`/videos/${begun.id}/content`, { headers: { range: 'bytes=4-7' } });
    assert.deepEqual([part.status, await part.text()], [206, 'ftyp']);
    const listed = await client.videos.list({ limit: 1 });
    assert.equal(listed.data[0]?.id, begun.id);
    assert.deepEqual(await client.videos.delete(begun.id), { id: begun.id, object: 'video.deleted', deleted: true });
    await assert.rejects(client.videos.retrieve(begun.id), { status: 404 });
  });

  test('Google’s way: an operation, which its library asks about', async () => {
    const film = (parameters: Json): Promise<Response> =>
      fetch(`${gateway.origin}/v1beta/models/sandbox/video:predictLongRunning`, {
        method: 'POST',
        headers: { 'x-goog-api-key': API_KEY, 'content-type': 'application/json' },
        body: JSON.stringify({ instances: [{ prompt: 'Waves' }], parameters: { sampleCount: 1, ...parameters } }),
      });
    const begun = await read(film({ durationSeconds: 2, aspectRatio: '1:1' }));
    const client = new GoogleGenAI({ apiKey: API_KEY, httpOptions: { baseUrl: gateway.origin } });
    let operation: GenerateVideosOperation = new GenerateVideosOperation();
    operation.name = String(begun.name);
    while (!operation.done) {
      await wait(100);
      operation = await client.operations.getVideosOperation({ operation });
    }
    assert.equal(operation.error, undefined);
    const [made] = operation.response?.generatedVideos ?? [];
    const answer = await fetch(made?.video?.uri ?? '');
    assert.deepEqual(measuresOf(Buffer.from(await answer.arrayBuffer())), [720, 720, 2]);
    for (const [parameters, param] of [
      [{ durationSeconds: 0 }, 'parameters.durationSeconds'],
      [{ resolution: '9k' }, 'parameters.resolution'],
      [{ sampleCount: 2 }, 'parameters.sampleCount'],
    ] as const) {
      const { error } = (await (await film(parameters)).json()) as { error: { code: number; message: string } };
      assert.equal(error.code, 400, param);
    }
    assert.equal((await fetch(`${gateway.origin}/v1beta/operations/gen-vid-none?key=${API_KEY}`)).status, 404);
  });

  for (const [fate, pattern] of [
    ['failed', /Sandbox: The sandbox was told to fail/],
    ['refused', /refused to film this/],
    ['forgotten', /does not know this video any more/],
  ] as const)
    test(`a video that is ${fate} is told so and costs nothing`, async () => {
      const begun = await read(begin({ duration: 2 }, { fate, wait_ms: 300 }));
      const video = await ended(begun.id);
      assert.equal(video.status, 'failed');
      assert.match(String(video.error), pattern);
      assert.deepEqual(video.usage, { cost: 0, is_byok: false });
      const content = await ask(`/videos/${begun.id}/content`);
      assert.equal(content.status, 404);
      const record = (await read(ask(`/generation?id=${begun.generation_id}`))).data as Json;
      assert.equal(record.total_cost, 0);
    });

  test('what cannot be filmed is refused in words, and nothing is begun', async () => {
    const refused: readonly (readonly [Json, string, RegExp])[] = [
      [{ duration: 0 }, 'duration', /duration/],
      [{ duration: 1.5 }, 'duration', /duration/],
      [{ duration: 'long' }, 'duration', /duration/],
      [{ seconds: '0' }, 'seconds', /seconds/],
      [{ resolution: '9000p' }, 'resolution', /resolution/],
      [{ size: '12x' }, 'size', /size/],
      [{ size: '1280x720', resolution: '720p' }, 'resolution', /size/],
      [{ prompt: '' }, 'prompt', /prompt/],
      [
        { frame_images: [{ image_url: { url: 'data:image/png;base64,AAAA' } }] },
        'frame_images[0].frame_type',
        /frame_type/,
      ],
      [
        { input_references: [{ type: 'video_url', video_url: { url: 'https://a.test/a.mp4' } }] },
        'input_references[0].type',
        /no model/,
      ],
      [{ previous_job_id: 'gen-vid-1' }, 'previous_job_id', /not supported/],
      [{ callback_url: 'http://example.com/a' }, 'callback_url', /HTTPS/],
      [{ callback_url: 'https://user:word@example.com/a' }, 'callback_url', /HTTPS/],
      [{ callback_url: 'https://127.0.0.1/a' }, 'callback_url', /private network/],
      [{ callback_url: 'https://[::1]/a' }, 'callback_url', /private network/],
      [{ callback_url: 'https://[::ffff:10.0.0.1]/a' }, 'callback_url', /private network/],
      [{ callback_url: 'https://0x7f000001/a' }, 'callback_url', /private network/],
      [{ callback_url: 'https://localhost/a' }, 'callback_url', /private network/],
      [{ callback_url: 'https://metadata.internal/a' }, 'callback_url', /private network/],
    ];
    const before = await read(ask('/videos'));
    for (const [body, param, words] of refused) {
      const answer = await begin(body);
      const error = await errorOf(answer);
      assert.deepEqual([answer.status, error.param], [400, param], JSON.stringify(body));
      assert.match(error.message, words);
    }
    const inward = await begin({
      frame_images: [{ image_url: { url: 'http://127.0.0.1:1/a.png' }, frame_type: 'first_frame' }],
    });
    assert.equal(inward.status, 400);
    const large = await begin({ size: '8000x8000' });
    assert.equal(large.status, 400);
    assert.equal(((await read(ask('/videos'))).data as []).length, (before.data as []).length);
  });

  test('a video is its workspace’s own, and not ready before it is', async () => {
    const begun = await read(begin({ duration: 2 }, { wait_ms: 60_000 }));
    const early = await ask(`/videos/${begun.id}/content`);
    assert.equal(early.status, 409);
    assert.equal((await ask(`/videos/${begun.id}`, { method: 'DELETE' })).status, 409);
    const cancelled = await ask(`/videos/${begun.id}/cancel`, { method: 'POST' });
    assert.equal(cancelled.status, 409, 'OpenAI’s words have no way to stop one');
    const made = (await read(
      ask('/workspaces', { method: 'POST', body: JSON.stringify({ name: 'Others', slug: 'others' }) }, MANAGEMENT_KEY),
    )) as { data: { id: string } };
    const key = (await read(
      ask(
        '/keys',
        { method: 'POST', body: JSON.stringify({ name: 'other', workspace_id: made.data.id }) },
        MANAGEMENT_KEY,
      ),
    )) as { key: string };
    for (const [path, method] of [
      ['', 'GET'],
      ['/content', 'GET'],
      ['/cancel', 'POST'],
      ['', 'DELETE'],
    ] as const)
      assert.equal((await ask(`/videos/${begun.id}${path}`, { method }, key.key)).status, 404, method + path);
    assert.deepEqual((await read(ask('/videos', {}, key.key))).data, []);
    assert.equal((await fetch(`${gateway.origin}/api/v1/videos/${begun.id}/content`)).status, 401);
    const secrets = await Promise.all([read(ask('/callbacks/secret')), read(ask('/callbacks/secret', {}, key.key))]);
    assert.equal(new Set(secrets.map((one) => JSON.stringify(one))).size, 2, 'each workspace signs by its own');
  });

  test('kill -9 and another start: the video is finished, once', async () => {
    const begun = await read(begin({ duration: 2 }, { wait_ms: 3_000 }));
    const { folder } = gateway;
    gateway.child.kill('SIGKILL');
    await new Promise((done) => gateway.child.once('close', done));
    gateway = await startGateway({ folder });
    const video = await ended(begun.id);
    assert.equal(video.status, 'completed');
    const bytes = Buffer.from(await (await ask(`/videos/${begun.id}/content`)).arrayBuffer());
    assert.deepEqual(measuresOf(bytes).slice(2), [2]);
    const record = (await read(ask(`/generation?id=${begun.generation_id}`))).data as Json;
    assert.equal(record.api_type, 'video');
  });
});

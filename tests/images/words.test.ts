/** What hosts of every dialect are asked, and what they cannot be told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draw, generation, hosts, reference } from './ask.ts';
import { PICTURE_URL, PICTURES } from './hosts.ts';

type Sent = { readonly path: string; readonly body: object };
const ASKED = {
  prompt: 'A fox',
  n: 1,
  size: '1280x720',
  seed: 7,
  output_format: 'png',
  provider: { options: { 'together-host': { steps: 50, guidance: 3 }, 'imagen-host': { enhancePrompt: true } } },
};
const HOSTS: readonly (readonly [model: string, sent: Sent, lost: readonly string[]])[] = [
  [
    'xai',
    {
      path: '/images/generations',
      body: {
        model: 'xai',
        prompt: 'A fox',
        aspect_ratio: '16:9',
        resolution: '1k',
        n: 1,
        response_format: 'b64_json',
      },
    },
    ['output_format', 'seed'],
  ],
  [
    'together',
    {
      path: '/images/generations',
      body: {
        guidance: 3,
        model: 'together',
        prompt: 'A fox',
        width: 1280,
        height: 720,
        n: 1,
        seed: 7,
        output_format: 'png',
        response_format: 'base64',
      },
    },
    ['steps'],
  ],
  [
    'deepinfra',
    { path: '/deepinfra', body: { prompt: 'A fox', width: 1280, height: 720, num_images: 1, seed: 7 } },
    ['output_format'],
  ],
  [
    'imagen',
    {
      path: '/models/imagen:predict',
      body: {
        instances: [{ prompt: 'A fox' }],
        parameters: {
          enhancePrompt: true,
          sampleCount: 1,
          aspectRatio: '16:9',
          sampleImageSize: '1K',
          outputOptions: { mimeType: 'image/png' },
        },
      },
    },
    ['seed'],
  ],
  [
    'gemini',
    {
      path: '/models/gemini:generateContent',
      body: {
        contents: [{ role: 'user', parts: [{ text: 'A fox' }] }],
        generationConfig: {
          seed: 7,
          responseModalities: ['IMAGE'],
          imageConfig: { aspectRatio: '16:9', imageSize: '1K' },
        },
      },
    },
    ['output_format'],
  ],
  [
    'fireworks',
    { path: '/workflows/fireworks/text_to_image', body: { prompt: 'A fox', aspect_ratio: '16:9', seed: 7 } },
    ['output_format', 'size'],
  ],
  [
    'replicate',
    {
      path: '/models/replicate/predictions',
      body: {
        input: {
          prompt: 'A fox',
          aspect_ratio: 'custom',
          width: 1280,
          height: 720,
          seed: 7,
          output_format: 'png',
        },
      },
    },
    [],
  ],
  [
    'gateway',
    {
      path: '/images',
      body: { model: 'gateway', prompt: 'A fox', n: 1, size: '1280x720', output_format: 'png', seed: 7 },
    },
    [],
  ],
];

for (const [model, sent, lost] of HOSTS)
  test(`${model}: asked in its own words, and what it cannot be told is said`, async () => {
    const [status, answer] = await draw({ model: `my/${model}`, ...ASKED }, { 'x-switchwright-losses': '1' });
    assert.equal(status, 200, JSON.stringify(answer));
    assert.deepEqual(answer.data, [{ b64_json: PICTURES[0], media_type: 'image/png' }]);
    assert.equal(answer.usage.cost, 0.04);
    assert.deepEqual({ path: hosts.seen[0]?.path, body: hosts.seen[0]?.body }, sent);
    assert.deepEqual(answer.switchwright?.losses.map(({ field }) => field).sort(), [...lost].sort());
  });

test('hosts that draw one picture at a time are asked as often as pictures are wanted', async () => {
  const [, answer] = await draw({ model: 'my/gemini', n: 3 });
  assert.equal(answer.data.length, 3);
  assert.equal(hosts.seen.length, 3);
  assert.equal(answer.usage.cost, 0.12);
  assert.equal((await generation(answer.id)).native_tokens_completion_images, 3 * 1_290);
});

test('a job is asked about until its pictures are there', async () => {
  const [status, answer] = await draw({
    model: 'my/several',
    input_references: [PICTURE_URL, PICTURE_URL].map(reference),
  });
  assert.equal(status, 200, JSON.stringify(answer));
  assert.deepEqual(
    hosts.seen.map(({ method, path }) => `${method} ${path}`),
    ['POST /models/black-forest-labs/flux-2-pro/predictions', 'GET /predictions/r1', 'GET /predictions/r1'],
  );
  assert.equal(hosts.seen[0]?.headers.prefer, 'wait');
  const input = (hosts.seen[0]?.body.input ?? {}) as { [name: string]: unknown };
  assert.deepEqual([input.input_image, input.input_image_2], [PICTURE_URL, PICTURE_URL]);
  hosts.seen.length = 0;
  const [, kontext] = await draw({ model: 'my/kontext', input_references: [reference(PICTURE_URL)] });
  assert.equal(kontext.data[0]?.b64_json, PICTURES[0]);
  assert.deepEqual(
    hosts.seen.map(({ path, body }) => [path, body.input_image ?? body.id]),
    [
      ['/workflows/accounts/fireworks/models/flux-kontext-pro', PICTURE_URL],
      ['/workflows/accounts/fireworks/models/flux-kontext-pro/get_result', 'f-2'],
    ],
  );
});

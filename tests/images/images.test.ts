/** Pictures through the running gateway, as the clients' own libraries see them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import OpenAI from 'openai';
import { decodePng } from '#src/sandbox/png.ts';
import { API_KEY } from '../gateway-process.ts';
import { draw, gateway, generation, hosts, post, reference, type Told } from './ask.ts';
import { PICTURE_URL, PICTURES } from './hosts.ts';

const openai = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY, maxRetries: 0 });
const openrouter = new OpenRouter({ serverURL: gateway.base, apiKey: API_KEY, retryConfig: { strategy: 'none' } });

test('the OpenAI client draws pictures, and hears what they took', async () => {
  const answer = await openai.images.generate({
    model: 'my/openai',
    prompt: 'A fox',
    n: 2,
    size: '1536x1024',
    quality: 'high',
    background: 'transparent',
    output_format: 'webp',
    output_compression: 80,
    moderation: 'low',
  });
  assert.deepEqual(
    answer.data?.map(({ b64_json, revised_prompt }) => [b64_json, revised_prompt]),
    [
      [PICTURES[0], 'A fox.'],
      [PICTURES[1], 'A fox.'],
    ],
  );
  assert.equal(answer.quality, 'high');
  assert.deepEqual(answer.usage?.input_tokens_details, { text_tokens: 10, image_tokens: 20 });
  assert.deepEqual(hosts.seen[0]?.body, {
    moderation: 'low',
    model: 'openai',
    prompt: 'A fox',
    n: 2,
    size: '1536x1024',
    quality: 'high',
    background: 'transparent',
    output_format: 'webp',
    output_compression: 80,
  });
  const record = await generation((answer as unknown as Told).id);
  assert.equal(record.api_type, 'image');
  assert.equal(record.total_cost, 0.08);
  assert.equal(record.native_tokens_completion_images, 1_000);
});

test('tokens of text, of pictures read and of pictures written have prices of their own', async () => {
  const [status, { usage }] = await draw({ model: 'my/by-token', input_references: [reference(PICTURE_URL)] });
  assert.equal(status, 200);
  assert.equal(usage.cost, (10 * 5 + 20 * 8 + 1_000 * 30) / 1e6);
  assert.equal(hosts.seen[0]?.path, '/images/edits');
  assert.deepEqual(hosts.seen[0]?.body.images, [{ image_url: PICTURE_URL }]);
});

test('a stream shows unfinished pictures, then the finished one with its bill', async () => {
  const stream = await openai.images.generate({ model: 'my/openai', prompt: 'A fox', stream: true, partial_images: 1 });
  const events: { type: string; b64_json: string; usage?: { cost?: number } }[] = [];
  for await (const event of stream) events.push(event as never);
  assert.deepEqual(
    events.map(({ type, b64_json }) => [type, b64_json]),
    [
      ['image_generation.partial_image', PICTURES[1]],
      ['image_generation.completed', PICTURES[0]],
    ],
  );
  assert.equal(events[1]?.usage?.cost, 0.04);
  assert.equal(hosts.seen[0]?.body.partial_images, 1);
});

test('an edit is sent as JSON, with its mask, and streamed under its own name', async () => {
  const body = { model: 'my/openai', prompt: 'Add a hat', image: PICTURE_URL, mask: PICTURE_URL };
  const [status, answer] = await post('/images/edits', body);
  assert.deepEqual([status, answer.data[0]?.b64_json], [200, PICTURES[0]]);
  const [sent] = hosts.seen;
  assert.equal(sent?.path, '/images/edits');
  assert.deepEqual([sent?.body.images, sent?.body.mask], [[{ image_url: PICTURE_URL }], { image_url: PICTURE_URL }]);
  const streamed = await fetch(`${gateway.base}/images/edits`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, images: [{ image_url: PICTURE_URL }], stream: true }),
  });
  const text = await streamed.text();
  assert.match(text, /^event: image_edit\.partial_image\n/);
  assert.match(text, /event: image_edit\.completed\n/);
});

test('a variation is drawn from one picture, by words where a host has no such endpoint', async () => {
  const [status, answer] = await post('/images/variations', { model: 'my/openai', image: PICTURE_URL, n: 2 });
  assert.deepEqual([status, answer.data.length], [200, 2]);
  assert.match(String(hosts.seen[0]?.body.prompt), /variation/);
});

test("OpenRouter's client draws pictures, streamed and not", async () => {
  const request = { model: 'my/openai', prompt: 'A fox', aspectRatio: '16:9', resolution: '2K' } as const;
  const whole = await openrouter.images.generate({ imageGenerationRequest: request });
  assert('data' in whole);
  assert.deepEqual(whole.data, [{ b64Json: PICTURES[0], mediaType: 'image/png' }]);
  assert.equal(whole.usage?.cost, 0.04);
  const { size } = hosts.seen[0]?.body ?? {};
  assert.equal(size, '2736x1536');
  const stream = await openrouter.images.generate({ imageGenerationRequest: { ...request, stream: true } });
  const types: string[] = [];
  for await (const event of stream as AsyncIterable<{ readonly type: string }>) types.push(event.type);
  assert.deepEqual(types, ['image_generation.partial_image', 'image_generation.completed']);
});

test('an older model of OpenAI is asked for the standard size that comes closest', async () => {
  await draw({ model: 'my/older', aspect_ratio: '9:16', resolution: '4K' });
  assert.equal(hosts.seen[0]?.body.size, '1024x1536');
});

test('a stream that breaks off is drawn by the next host, and nothing is paid for the first', async () => {
  const stream = await openrouter.images.generate({
    imageGenerationRequest: {
      model: 'my/fallback',
      prompt: 'A fox',
      stream: true,
      provider: { order: ['broken-host', 'openai-host'] },
    },
  });
  const events: { type: string; b64Json: string; usage?: { cost?: number | null } }[] = [];
  for await (const event of stream as AsyncIterable<(typeof events)[number]>) events.push(event);
  assert.deepEqual(
    events.map(({ type, b64Json }) => [type, b64Json]),
    [
      ['image_generation.partial_image', PICTURES[2]],
      ['image_generation.partial_image', PICTURES[1]],
      ['image_generation.completed', PICTURES[0]],
    ],
  );
  assert.equal(events[2]?.usage?.cost, 0.04);
});

test('who wants addresses gets the host’s own, or the bytes as one', async () => {
  const ask = { prompt: 'A fox', response_format: 'url' } as const;
  const own = await openai.images.generate({ model: 'my/xai', ...ask });
  assert.equal(own.data?.[0]?.url, 'https://imgen.x.ai/1.jpg');
  const inline = await openai.images.generate({ model: 'my/openai', ...ask });
  assert.equal(inline.data?.[0]?.url, PICTURE_URL);
});

test('the sandbox draws a real picture, in the size asked for', async () => {
  const answer = await openai.images.generate({ model: 'sandbox/image', prompt: 'A fox', size: '320x200' as never });
  const picture = decodePng(Buffer.from(answer.data?.[0]?.b64_json ?? '', 'base64'));
  assert.deepEqual([picture?.width, picture?.height], [320, 200]);
  assert.ok(new Set(picture?.rgba).size > 8);
  const again = await openai.images.generate({ model: 'sandbox/image', prompt: 'A fox', size: '320x200' as never });
  assert.equal(again.data?.[0]?.b64_json, answer.data?.[0]?.b64_json);
});

test('models that draw are listed with what their hosts take and ask for', async () => {
  const { data } = await openrouter.images.listModels();
  const model = data.find(({ id }) => id === 'my/older');
  assert.deepEqual(model?.supportedParameters.quality, { type: 'enum', values: ['auto', 'low', 'medium', 'high'] });
  assert.equal(model?.supportsStreaming, true);
  assert.equal(model?.endpoints, '/api/v1/images/models/my/older/endpoints');
  const { endpoints } = await openrouter.images.listModelEndpoints({ author: 'my', slug: 'by-token' });
  assert.deepEqual(endpoints[0]?.pricing, [
    { billable: 'output_image', unit: 'token', costUsd: 0.00003 },
    { billable: 'input_image', unit: 'token', costUsd: 0.000008 },
    { billable: 'input_text', unit: 'token', costUsd: 0.000005 },
  ]);
});

test('a picture costs what its quality, its resolution or its size costs', async () => {
  const costOf = async (body: object): Promise<number> => (await draw({ model: 'my/by-kind', ...body }))[1].usage.cost;
  assert.equal(await costOf({}), 0.04);
  assert.equal(await costOf({ resolution: '2K' }), 0.07);
  assert.equal(await costOf({ size: '2048x2048', quality: 'high' }), 0.07);
  assert.equal(await costOf({ quality: 'low' }), 0.01);
  assert.equal(await costOf({ size: '1536x1024' }), 0.05);
  const { endpoints } = await openrouter.images.listModelEndpoints({ author: 'my', slug: 'by-kind' });
  assert.deepEqual(
    endpoints[0]?.pricing.map(({ costUsd, variant }) => [costUsd, variant]),
    [
      [0.04, undefined],
      [0.07, '2K'],
      [0.01, 'low'],
      [0.05, '1536x1024'],
    ],
  );
});

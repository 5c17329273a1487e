/** What is refused, and what costs nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import OpenAI from 'openai';
import { API_KEY, MANAGEMENT_KEY } from '../gateway-process.ts';
import { credit, draw, gateway, hosts, reference } from './ask.ts';
import { PICTURE_URL, PICTURES } from './hosts.ts';

const openai = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY, maxRetries: 0 });
const openrouter = new OpenRouter({ serverURL: gateway.base, apiKey: API_KEY, retryConfig: { strategy: 'none' } });

const BAD: readonly (readonly [body: object, param: string, type: string])[] = [
  [{ prompt: undefined }, 'prompt', 'invalid_request'],
  [{ prompt: '' }, 'prompt', 'invalid_request'],
  [{ prompt: 'x'.repeat(128_001) }, 'prompt', 'invalid_request'],
  [{ n: 0 }, 'n', 'invalid_request'],
  [{ n: 1000 }, 'n', 'invalid_request'],
  [{ n: 1.5 }, 'n', 'invalid_request'],
  [{ size: 'huge' }, 'size', 'invalid_request'],
  [{ size: '1x1' }, 'size', 'invalid_request'],
  [{ size: '99999x99999' }, 'size', 'invalid_request'],
  [{ size: '2K', resolution: '4K' }, 'resolution', 'invalid_request'],
  [{ size: '1024x1024', aspect_ratio: '16:9' }, 'aspect_ratio', 'invalid_request'],
  [{ aspect_ratio: '7:5' }, 'aspect_ratio', 'invalid_request'],
  [{ quality: 'best' }, 'quality', 'invalid_request'],
  [{ output_format: 'bmp' }, 'output_format', 'invalid_request'],
  [{ output_compression: 101 }, 'output_compression', 'invalid_request'],
  [{ background: 'transparent', output_format: 'jpeg' }, 'background', 'invalid_request'],
  [
    { input_references: [reference('data:image/png;base64,aGVsbG8gd29ybGQ=')] },
    'input_references[0].image_url.url',
    'invalid_image',
  ],
  [{ input_references: [reference('file:///etc/passwd')] }, 'input_references[0].image_url.url', 'invalid_request'],
  [{ input_references: [{ type: 'image_url' }] }, 'input_references[0].image_url', 'invalid_request'],
  [{ input_references: Array(17).fill(reference(PICTURE_URL)) }, 'input_references', 'invalid_request'],
  [{ provider: { options: { openai: 1 } } }, 'provider.options.openai', 'invalid_request'],
];

test('what is wrong is told before anything is drawn', async () => {
  for (const [body, param, type] of BAD) {
    const [status, { error }] = await draw({ model: 'my/openai', ...body });
    assert.deepEqual([status, error?.param, error?.type], [400, param, type], JSON.stringify(error));
  }
  const inward = { model: 'my/openai', input_references: [reference('http://127.0.0.1:1/x.png')] };
  const [status, { error }] = await draw(inward);
  assert.deepEqual([status, error?.type], [400, 'image_download_failed']);
  assert.equal(hosts.seen.length, 0);
});

test('a large picture that is none is refused too', async () => {
  const url = `data:image/png;base64,${Buffer.alloc(300_000, 'x').toString('base64')}`;
  const [status, { error }] = await draw({ model: 'my/openai', input_references: [reference(url)] });
  assert.deepEqual([status, error?.type], [400, 'invalid_image']);
  const real = Buffer.concat([Buffer.from(PICTURES[0], 'base64'), Buffer.alloc(300_000)]).toString('base64');
  const [drawn] = await draw({ model: 'my/openai', input_references: [reference(`data:image/png;base64,${real}`)] });
  assert.equal(drawn, 200);
  const [sent] = (hosts.seen[0]?.body.images ?? []) as { image_url: string }[];
  assert.equal(sent?.image_url, `data:image/png;base64,${real}`);
});

test('a stream that nobody finishes ends with an error and costs nothing', async () => {
  const before = await credit();
  const stream = await openrouter.images.generate({
    imageGenerationRequest: { model: 'my/broken', prompt: 'A fox', stream: true },
  });
  const events: { type: string; error?: { message: string } }[] = [];
  for await (const event of stream as AsyncIterable<(typeof events)[number]>) events.push(event);
  assert.equal(events.at(-1)?.type, 'error');
  assert.equal(await credit(), before);
  await assert.rejects(async () => {
    const own = await openai.images.generate({ model: 'my/broken', prompt: 'A fox', stream: true });
    for await (const _ of own);
  });
  const failed = await fetch(`${gateway.base}/images`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'my/failing', prompt: 'A fox', stream: true }),
  });
  assert.equal(failed.status, 502);
  assert.match(await failed.text(), /Our painter fell ill/);
});

test('what costs nothing: no picture, a page in its place, a refusal, a host that is down', async () => {
  const before = await credit();
  for (const [name, status, error] of [
    ['page', 502, /without pictures/],
    ['refuses', 400, /safety system/],
    ['blocked', 400, /moderation/],
    ['filtered', 400, /56562880/],
    ['talks', 502, /words only: I would rather not/],
    ['down', 503, /Out of paint/],
    ['inward', 502, /not on the public internet/],
    ['lost', 404, /Not found/],
  ] as const) {
    const [told, answer] = await draw({ model: `my/${name}` });
    assert.equal(told, status, `${name}: ${JSON.stringify(answer)}`);
    assert.match(answer.error?.message ?? '', error);
  }
  assert.equal(await credit(), before);
});

test('more pictures than were asked for are neither delivered nor paid', async () => {
  const [, answer] = await draw({ model: 'my/many' });
  assert.equal(answer.data.length, 1);
  assert.equal(answer.usage.cost, 0.04);
});

test('a key with a limit holds what pictures can cost at most, and is refused beyond', async () => {
  const made = await fetch(`${gateway.base}/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'four pictures', limit: 0.17 }),
  });
  const { key } = (await made.json()) as { key: string };
  const ask = async (n: number): Promise<number> => {
    const response = await fetch(`${gateway.base}/images`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'my/openai', prompt: 'A fox', n }),
    });
    await response.arrayBuffer();
    return response.status;
  };
  assert.equal(await ask(5), 402);
  assert.equal(await ask(3), 200);
  assert.equal(await ask(2), 402);
  assert.equal(await ask(1), 200);
});

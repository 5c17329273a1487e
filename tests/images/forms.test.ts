/** Pictures sent as files of a form, as OpenAI's own libraries send them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { BadRequestError, toFile } from 'openai';
import { API_KEY } from '../gateway-process.ts';
import { gateway, hosts } from './ask.ts';
import { PICTURE_URL, PICTURES } from './hosts.ts';

const openai = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY, maxRetries: 0 });
const picture = (bytes: Uint8Array, name = 'fox.png', type = 'image/png') => toFile(bytes, name, { type });
const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64');
const small = (): Promise<File> => picture(bytesOf(PICTURES[0]));

test('a picture and a mask reach the host, with everything else that the form says', async () => {
  const answer = await openai.images.edit({
    model: 'my/openai',
    image: await small(),
    mask: await small(),
    prompt: 'Add a hat',
    n: 2,
    size: '1024x1024',
    quality: 'low',
    input_fidelity: 'high',
  });
  assert.deepEqual(
    answer.data?.map(({ b64_json }) => b64_json),
    [PICTURES[0], PICTURES[1]],
  );
  const [sent] = hosts.seen;
  assert.equal(sent?.path, '/images/edits');
  assert.deepEqual(sent?.body, {
    input_fidelity: 'high',
    model: 'openai',
    prompt: 'Add a hat',
    images: [{ image_url: PICTURE_URL }],
    mask: { image_url: PICTURE_URL },
    n: 2,
    size: '1024x1024',
    quality: 'low',
  });
});

test('several pictures keep their order, large ones their bytes', async () => {
  const large = Buffer.concat([bytesOf(PICTURES[1]), Buffer.alloc(2_000_001, 7)]);
  const image = [await small(), await picture(large, 'large.bin', 'application/octet-stream')];
  await openai.images.edit({ model: 'my/openai', image, prompt: 'Join them' });
  const urls = ((hosts.seen[0]?.body.images ?? []) as { image_url: string }[]).map(({ image_url }) => image_url);
  assert.deepEqual(urls, [PICTURE_URL, `data:image/png;base64,${large.toString('base64')}`]);
});

test('an edit is streamed, and a variation is drawn', async () => {
  const stream = await openai.images.edit({
    model: 'my/openai',
    image: await small(),
    prompt: 'Add a hat',
    stream: true,
    partial_images: 1,
  });
  const types: string[] = [];
  for await (const event of stream) types.push(event.type);
  assert.deepEqual(types, ['image_edit.partial_image', 'image_edit.completed']);
  const varied = await openai.images.createVariation({ model: 'my/openai', image: await small(), n: 1 });
  assert.equal(varied.data?.[0]?.b64_json, PICTURES[0]);
});

test('a host of another dialect gets the same picture in its own words', async () => {
  await openai.images.edit({ model: 'my/gemini', image: await small(), prompt: 'Add a hat' });
  const [content] = (hosts.seen[0]?.body.contents ?? []) as { parts: object[] }[];
  assert.deepEqual(content?.parts, [
    { inlineData: { mimeType: 'image/png', data: PICTURES[0] } },
    { text: 'Add a hat' },
  ]);
});

test('a file that is no picture, none at all, and too many of them', async () => {
  const ask = (image: File | File[], more: object = {}) =>
    openai.images.edit({ model: 'my/openai', image, prompt: 'Add a hat', ...more });
  const told = (param: string, type: string) => (error: unknown) => {
    assert(error instanceof BadRequestError);
    assert.deepEqual([error.param, error.type], [param, type], error.message);
    return true;
  };
  const text = await picture(Buffer.from('no picture at all'), 'fox.png');
  await assert.rejects(ask(text), told('image[0]', 'invalid_image'));
  await assert.rejects(ask(await picture(Buffer.alloc(0))), told('image[0]', 'invalid_image'));
  await assert.rejects(ask([]), told('image', 'invalid_request'));
  await assert.rejects(ask(await small(), { n: 1000 }), told('n', 'invalid_request'));
  const seventeen = await Promise.all(Array.from({ length: 17 }, small));
  await assert.rejects(ask(seventeen), told('image', 'invalid_request'));
  assert.equal(hosts.seen.length, 0);
});

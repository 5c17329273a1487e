import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { type Blob, putBack } from '../base/blobs.ts';
import { LIMITS } from '../base/limits.ts';
import { createMemory } from '../base/memory.ts';
import { PRODUCT } from '../base/product.ts';
import { fetchAssets } from './egress.ts';
import { realWorld } from './world.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const seen: { url: string; headers: NodeJS.Dict<string | string[]> }[] = [];

const answer: RequestListener = (request, response) => {
  const path = request.url ?? '';
  seen.push({ url: path, headers: request.headers });
  if (path.startsWith('/hop/')) {
    const left = Number(path.slice(5));
    response.writeHead(302, { location: left > 0 ? `/hop/${left - 1}` : '/image?sig=secret' }).end();
  } else if (path === '/inward') response.writeHead(302, { location: 'http://127.0.0.1:9/secret' }).end();
  else if (path === '/file-scheme') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
  else if (path.startsWith('/missing')) response.writeHead(404).end('no');
  else if (path === '/empty') response.writeHead(200).end();
  else if (path === '/large') response.writeHead(200, { 'content-length': LIMITS.asset_bytes_max + 1 }).write('x');
  else if (path === '/text') response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('hello');
  else if (path === '/lying') response.writeHead(200, { 'content-type': 'image/png' }).end('<html>Sign in</html>');
  else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(PNG);
};
const server = createServer(answer);
await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
after(() => {
  server.closeAllConnections();
  server.close();
});
const { port } = server.address() as AddressInfo;
const origin = `http://127.0.0.1:${port}`;
const world = realWorld({ egressAllow: `127.0.0.1:${port}` });
const options = () => ({ allowance: createMemory(2 ** 28, world).open('key'), blobs: [] });
const fetchOne = (path: string) => fetchAssets(world, [{ url: origin + path, kind: 'image' }], options()).result;

test('each URL is fetched once, redirects followed, the bytes name the type; no credential travels', async () => {
  seen.length = 0;
  const paths = ['/image?sig=1', '/image?sig=1', `/hop/${LIMITS.asset_redirects_max - 1}`];
  const assets = paths.map((path) => ({ url: origin + path, kind: 'image' as const }));
  const result = await fetchAssets(world, [...assets, { url: `${origin}/text`, kind: 'file' }], options()).result;
  assert.ok(result.ok);
  assert.deepEqual([...result.value].map(([url, { mediaType }]) => [url.slice(origin.length), mediaType]).sort(), [
    [paths[2], 'image/png'],
    [paths[0], 'image/png'],
    ['/text', 'text/plain'],
  ]);
  assert.equal(seen.filter(({ url }) => url === '/image?sig=1').length, 1);
  for (const { headers } of seen) {
    assert.equal(headers['user-agent'], PRODUCT.userAgent);
    assert.equal(headers.authorization ?? headers.cookie, undefined);
  }
});

const FAILURES = [
  ['/text', 'image_download_failed', 'no image but text/plain'],
  ['/lying', 'image_download_failed', 'no image'],
  ['/missing?token=secret', 'image_download_failed', 'status 404'],
  ['/inward', 'image_download_failed', 'not on the public internet'],
  ['/file-scheme', 'image_download_failed', 'only http and https'],
  [`/hop/${LIMITS.asset_redirects_max}`, 'image_download_failed', 'redirects'],
  ['/empty', 'image_download_failed', 'nothing'],
  ['/large', 'image_too_large', 'larger than'],
] as const;

for (const [path, code, words] of FAILURES)
  test(`${path} fails as ${code}`, async () => {
    const result = await fetchOne(path);
    assert.ok(!result.ok);
    assert.equal(result.error.code, code);
    assert.ok(result.error.message.includes(words), result.error.message);
    assert.ok(result.error.message.includes(origin + path.split('?')[0]));
    assert.ok(!JSON.stringify(result.error).includes('secret'));
  });

test('one failure gives the others up', async () => {
  const stalled = createServer(() => undefined);
  await new Promise<void>((ready) => stalled.listen(0, '127.0.0.1', ready));
  const address = `127.0.0.1:${(stalled.address() as AddressInfo).port}`;
  const both = realWorld({ egressAllow: `127.0.0.1:${port} ${address}` });
  const urls = [`http://${address}/never`, `${origin}/missing`];
  const result = await fetchAssets(
    both,
    urls.map((url) => ({ url, kind: 'image' })),
    options(),
  ).result;
  assert.ok(!result.ok && result.error.metadata?.status === 404);
  stalled.closeAllConnections();
  stalled.close();
});

test('what a call names is bounded as a whole and weighs only while it is held; a large one goes on as bytes', async () => {
  const size = 24 * 1024 * 1024;
  let sent = 0;
  const pictures = createServer((_, response) => {
    response.writeHead(200, { 'content-length': size });
    const body = Buffer.alloc(size, 7);
    PNG.copy(body);
    sent++;
    response.end(body);
  });
  await new Promise<void>((ready) => pictures.listen(0, '127.0.0.1', ready));
  const host = `127.0.0.1:${(pictures.address() as AddressInfo).port}`;
  const near = realWorld({ egressAllow: host });
  const memory = createMemory(256 * 1024 * 1024, near);
  const named = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ url: `http://${host}/${at}`, kind: 'image' as const }));
  const many = memory.open('key');
  const refused = await fetchAssets(near, named(64), { allowance: many, blobs: [] }).result;
  assert.ok(!refused.ok);
  assert.equal(refused.error.code, 'payload_too_large');
  assert.ok(sent <= 8, `${sent} of 64 were asked for`);
  many.close();
  assert.equal(memory.used(), 0);
  const one = memory.open('key');
  const blobs: Blob[] = [];
  const taken = await fetchAssets(near, named(1), { allowance: one, blobs }).result;
  assert.ok(taken.ok);
  const [fetched] = [...taken.value.values()];
  assert.deepEqual([fetched?.mediaType, fetched?.data.length], ['image/png', 0]);
  const text = putBack(`{"data":"${fetched?.mark}"}`, blobs).map(String).join('');
  assert.deepEqual(Buffer.from(JSON.parse(text).data, 'base64').subarray(0, PNG.length), PNG);
  assert.ok(Math.abs(memory.used() - (size * 4) / 3) < 1024, `${memory.used()} bytes are counted`);
  one.close();
  assert.equal(memory.used(), 0);
  pictures.closeAllConnections();
  pictures.close();
});

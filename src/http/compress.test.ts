import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { compressed } from './compress.ts';

const PAGE = 'A page of many like words – “with marks”. '.repeat(100);

test('a text arrives as its reader accepts it, and caches are told', async () => {
  const brotli = await compressed(PAGE, 'gzip, deflate, br', 'cookie');
  assert.deepEqual(brotli.headers, { vary: 'cookie, accept-encoding', 'content-encoding': 'br' });
  assert.equal(brotliDecompressSync(brotli.body as Buffer).toString(), PAGE);

  const zipped = await compressed(PAGE, 'GZIP;q=0.5, br;q=0');
  assert.deepEqual(zipped.headers, { vary: 'accept-encoding', 'content-encoding': 'gzip' });
  assert.equal(gunzipSync(zipped.body as Buffer).toString(), PAGE);
});

test('whoever accepts nothing gets it plain, and so does everybody with a short text', async () => {
  for (const accepts of [undefined, '', 'identity', 'gzip;q=0, br;q=0.000'])
    assert.deepEqual(await compressed(PAGE, accepts), { body: PAGE, headers: { vary: 'accept-encoding' } });
  assert.deepEqual(await compressed('short', 'br'), { body: 'short', headers: {} });
  assert.deepEqual(await compressed('short', 'br', 'cookie'), { body: 'short', headers: { vary: 'cookie' } });
});

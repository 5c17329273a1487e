/** URLs of images that lead where no caller may send the gateway, or to what is no image. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { assertRefused, type Json, PATHS, type Path, post } from './inference.ts';
import { startSubject } from './subject.ts';
import { catalogueOf, forever, type Play, startUpstream } from './upstream.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const SECRET = 'what only this machine may read';
const to =
  (location: string): Play =>
  ({ response }) =>
    void response.writeHead(302, { location }).end();

/** A picture of 20 MB, with bytes of every value. */
const LARGE = Buffer.concat([
  PNG,
  Buffer.alloc(20 * 1024 * 1024, Buffer.from(Array.from({ length: 251 }, (_, at) => at))),
]);
const shown = { large: 0 };
const gemini: Play = ({ response, body }) => {
  if (body.includes(LARGE.toString('base64'))) shown.large++;
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end('{"candidates":[{"content":{"role":"model","parts":[{"text":"seen"}]},"finishReason":"STOP","index":0}]}');
};

const inside = await startUpstream({ secret: ({ response }) => void response.writeHead(200).end(SECRET) });
const outside = await startUpstream({
  seeing: gemini,
  good: ({ response }) => void response.writeHead(200, { 'content-type': 'image/png' }).end(PNG),
  large: ({ response }) => void response.writeHead(200, { 'content-type': 'image/png' }).end(LARGE),
  inward: to(`${inside.origin}/secret`),
  'inward-by-name': to(`http://localhost:${inside.port}/secret`),
  'to-metadata': to('http://169.254.169.254/latest/meta-data/'),
  'to-file': to('file:///etc/passwd'),
  'to-itself': ({ response }) => void response.writeHead(302, { location: '/to-itself' }).end(),
  endless: ({ response }) => forever(response.writeHead(200, { 'content-type': 'image/png' }), Buffer.alloc(65_536, 1)),
  huge: ({ response }) => void response.writeHead(200, { 'content-length': '4000000000' }).write('x'),
  missing: ({ response }) => void response.writeHead(404).end('no'),
  broken: ({ socket }) => void socket.resetAndDestroy(),
  nothing: ({ response }) => void response.writeHead(200).end(),
});
const subject = await startSubject({
  catalogue: catalogueOf(outside.origin, ['seeing'], 'gemini'),
  environment: { SWITCHWRIGHT_EGRESS_ALLOW: outside.host },
});
after(async () => {
  await subject.proveUnharmed();
  inside.close();
  outside.close();
});

const BODIES: { readonly [name: string]: (url: string) => Json } = {
  chat: (url) => ({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] }),
  responses: (url) => ({ input: [{ role: 'user', content: [{ type: 'input_image', image_url: url }] }] }),
  messages: (url) => ({
    max_tokens: 10,
    messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url } }] }],
  }),
};
const paths = PATHS.filter(({ name }) => name in BODIES);

const show = (path: Path, url: string) =>
  post(subject.gateway.origin + path.url(''), JSON.stringify({ model: 'my/seeing', ...BODIES[path.name]?.(url) }));

test('an image that may be fetched is fetched and shown', async () => {
  for (const path of paths) {
    const answer = await show(path, `${outside.origin}/good`);
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.text, /seen/);
  }
});

test('a large one is shown byte for byte, in whatever dialect it was asked', async () => {
  for (const path of paths) {
    const answer = await show(path, `${outside.origin}/large`);
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.text, /seen/);
  }
  assert.equal(shown.large, paths.length);
});

/** The port of `inside` is filled in; nothing of it may ever be asked. */
const PRIVATE: readonly string[] = [
  ...['http://127.0.0.1:PORT/secret', 'http://localhost:PORT/secret', 'http://LOCALHOST.:PORT/secret'],
  ...['http://2130706433:PORT/secret', 'http://0x7f000001:PORT/secret', 'http://0x7f.1:PORT/secret'],
  ...[
    'http://0177.0.0.1:PORT/secret',
    'http://127.1:PORT/secret',
    'http://0:PORT/secret',
    'http://0.0.0.0:PORT/secret',
  ],
  ...['http://[::1]:PORT/secret', 'http://[::ffff:127.0.0.1]:PORT/secret', 'http://[::ffff:7f00:1]:PORT/secret'],
  ...['http://[::]:PORT/secret', 'http://[64:ff9b::7f00:1]:PORT/secret', 'http://[2002:7f00:1::]:PORT/secret'],
  ...['http://127。0。0。1:PORT/secret', 'http://①②⑦.0.0.1:PORT/secret', 'http://x@127.0.0.1:PORT/secret'],
  ...[
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xA9FEA9FE/',
    'http://[fd00:ec2::254]/',
  ],
  ...['http://[fe80::1]/', 'http://10.0.0.1/', 'http://192.168.0.1/', 'http://172.16.0.1/', 'http://100.64.0.1/'],
  ...[
    'file:///etc/passwd',
    'ftp://127.0.0.1/x',
    'gopher://127.0.0.1:PORT/_x',
    'javascript:alert(1)',
    'http://',
    'http://[::1',
    '',
  ],
];
const BAD: readonly string[] = [
  ...[
    'inward',
    'inward-by-name',
    'to-metadata',
    'to-file',
    'to-itself',
    'endless',
    'huge',
    'missing',
    'broken',
    'nothing',
  ],
];

describe('URLs that lead inwards', { concurrency: 4 }, () => {
  for (const path of paths)
    test(path.name, async () => {
      for (const template of PRIVATE) {
        const answer = await show(path, template.replace('PORT', String(inside.port)));
        const message = assertRefused(path, answer, 400);
        assert(!message.includes(SECRET));
        if (path.name === 'chat' && template.startsWith('http://1'))
          assert.match(answer.text, /image_download_failed/, template);
      }
      assert.equal(inside.asked('secret'), 0);
    });
});

describe('URLs that lead to no image', { concurrency: 4 }, () => {
  for (const name of BAD)
    test(name, async () => {
      for (const path of paths) {
        const url = `${outside.origin}/${name}`;
        const answer = await show(path, `${url}?signature=secret`);
        const message = assertRefused(path, answer, 400);
        assert(message.includes(url), `${path.name} does not name the image: ${message}`);
        assert(!answer.text.includes(SECRET) && !answer.text.includes('signature=secret'));
        if (path.name === 'chat' && name !== 'endless' && name !== 'huge')
          assert.equal(JSON.parse(answer.text).error.metadata.error_type, 'image_download_failed');
      }
      assert.equal(inside.asked('secret'), 0);
    });
});

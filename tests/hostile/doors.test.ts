/** Who asks, where and how: credentials, paths, methods and sockets that no honest client uses. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, test } from 'node:test';
import { agentAfter } from '../../src/base/hops.ts';
import { API_KEY, MANAGEMENT_KEY } from '../gateway-process.ts';
import { assertRefused, PATHS, type Path, post, soundModel } from './inference.ts';
import { exchange as exchangeWith, open as openAt, raw } from './raw.ts';
import { startSubject } from './subject.ts';

const subject = await startSubject();
after(() => subject.proveUnharmed());

const urlOf = (path: Path): string => path.url(soundModel(path));
const bodyOf = (path: Path): string => JSON.stringify(path.body(soundModel(path), 'hello'));

const STRANGERS: readonly (readonly [authorization: string, status: 401 | 403])[] = [
  ['', 401],
  ['Bearer', 401],
  ['Bearer ', 401],
  [API_KEY.slice(0, -1), 401],
  [`Bearer ${API_KEY}x`, 401],
  [`Bearer ${API_KEY.toUpperCase()}`, 401],
  [`Bearer ${API_KEY} ${API_KEY}`, 401],
  [`Basic ${Buffer.from(`user:${API_KEY}`).toString('base64')}`, 401],
  [`Bearer ${'x'.repeat(6_000)}`, 401],
  ['Bearer __proto__', 401],
  [`Bearer sk-sw-v1-' OR 1=1 --`, 401],
  [`Bearer \u00e9\u00ff`, 401],
  [`Bearer ${MANAGEMENT_KEY}`, 403],
];

for (const path of PATHS)
  test(`${path.name}: strangers are refused before their body is understood`, async () => {
    const url = subject.gateway.origin + urlOf(path);
    const anonymous = await fetch(url, { method: 'POST', body: bodyOf(path) });
    assertRefused(path, { status: anonymous.status, text: await anonymous.text(), headers: anonymous.headers }, 401);
    for (const [authorization, status] of STRANGERS)
      for (const body of [bodyOf(path), '{']) assertRefused(path, await post(url, body, { authorization }), status);
  });

for (const path of PATHS)
  test(`${path.name}: a request that gateways pass round among themselves is refused`, async () => {
    const url = subject.gateway.origin + urlOf(path);
    const through = (hops: number) => post(url, bodyOf(path), { 'user-agent': agentAfter(hops) });
    assertRefused(path, await through(4), 400);
    assert.equal((await through(3)).status, 200, 'gateways in a row are none of our business');
  });

const exchange = (bytes: string): Promise<string> => exchangeWith(subject.gateway.origin, bytes);
const open = (): Promise<Socket> => openAt(subject.gateway.origin);

test('of two authorizations only one may count, and never as a sum', async () => {
  for (const path of PATHS) {
    const url = urlOf(path);
    const body = bodyOf(path);
    const good = `authorization: Bearer ${API_KEY}`;
    const bad = 'authorization: Bearer nobody';
    const wrongFirst = await exchange(raw(url, body, bad, good));
    assert.match(wrongFirst, /^HTTP\/1\.1 (400|401) /, path.name);
    const wrongLast = await exchange(raw(url, body, good, bad));
    assert.match(wrongLast, /^HTTP\/1\.1 (200|400|401) /, path.name);
  }
});

test('unknown paths and methods of the API are refused as JSON', async () => {
  const headers = { authorization: `Bearer ${API_KEY}` };
  const paths = [
    ...['/api/v1', '/api/v1/nothing', '/api/v1/chat', '/v1/nothing', '/api/v1/%E0%A4%A', '/api/v1/chat/completions/x'],
    ...['/v1beta/nothing', '/api/v1/__proto__', `/api/v1/${'x'.repeat(6_000)}`, '/api/v1/%00', '/api/v1//key'],
  ];
  for (const url of paths)
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      const response = await fetch(subject.gateway.origin + url, { method, headers });
      const text = await response.text();
      assert(
        [404, 405].includes(response.status),
        `${method} ${url.slice(0, 60)}: ${response.status} ${text.slice(0, 100)}`,
      );
      assert.match(response.headers.get('content-type') ?? '', /^application\/json/, `${method} ${url.slice(0, 60)}`);
      assert.equal(JSON.parse(text).error.code, response.status);
    }
  for (const path of PATHS)
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const response = await fetch(subject.gateway.origin + urlOf(path), { method, headers });
      const answer = { status: response.status, text: await response.text(), headers: response.headers };
      assertRefused(path, answer, response.status === 405 ? 405 : 404);
    }
});

test('a method of Gemini that does not exist is not generation', async () => {
  for (const method of ['nothing', 'predict', '__proto__', '']) {
    const url = `${subject.gateway.origin}/v1beta/models/sandbox/echo:${method}`;
    const { status, text } = await post(url, JSON.stringify({ contents: [{ parts: [{ text: 'hello' }] }] }));
    assert([400, 404].includes(status), `${method}: ${status} ${text.slice(0, 200)}`);
  }
});

const GARBAGE: readonly (readonly [name: string, bytes: string])[] = [
  ['no HTTP', 'hello\r\n\r\n'],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['binary', `${'\xff\x00'.repeat(2_000)}\r\n\r\n`],
  ['an unknown method', 'BREW /api/v1/models HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['two lengths', 'POST /api/v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!'],
  [
    'length and chunks',
    'POST /api/v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['a negative length', 'POST /api/v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n'],
  ['a bad chunk', 'POST /api/v1/messages HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\nhello\r\n'],
  ['headers without end', `GET / HTTP/1.1\r\nhost: x\r\n${`x: ${'y'.repeat(1_000)}\r\n`.repeat(100)}`],
  ['a space in a header name', 'GET / HTTP/1.1\r\nhost: x\r\nbad name : 1\r\n\r\n'],
  ['a future version', 'GET / HTTP/9.9\r\nhost: x\r\n\r\n'],
];

for (const [name, bytes] of GARBAGE)
  test(`garbage on the socket: ${name}`, async () => {
    const got = await exchange(bytes);
    assert.match(got, /^(HTTP\/1\.1 4\d\d |$)/);
    assert.equal((await fetch(`${subject.gateway.origin}/healthz`)).status, 200);
  });

test('half a request that says nothing more holds nobody up', async () => {
  const chat = PATHS[0] as Path;
  const halves = await Promise.all(
    Array.from({ length: 200 }, async (_, at) => {
      const socket = await open();
      socket.on('error', () => undefined);
      const whole = raw(urlOf(chat), bodyOf(chat), `authorization: Bearer ${API_KEY}`);
      socket.write(whole.slice(0, at % 2 === 0 ? 30 : -10));
      return socket;
    }),
  );
  for (let round = 0; round < 5; round++) {
    assert.equal((await post(subject.gateway.origin + urlOf(chat), bodyOf(chat))).status, 200);
  }
  for (const socket of halves) socket.destroy();
});

test('a client that leaves in the middle of its body leaves nothing behind', async () => {
  for (let round = 0; round < 20; round++) {
    const socket = await open();
    socket.on('error', () => undefined);
    socket.write(`POST /api/v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 30000000\r\n\r\n${'x'.repeat(100_000)}`);
    socket.resetAndDestroy();
  }
  assert.equal((await fetch(`${subject.gateway.origin}/healthz`)).status, 200);
});

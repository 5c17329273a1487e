/** The rim: methods, paths, encodings and sockets as clients get them wrong; each is told so in its own dialect. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { API_KEY, startGateway } from '../gateway-process.ts';
import { assertRefused, PATHS, type Path, post, soundModel } from './inference.ts';
import { exchange, open, parsed, raw } from './raw.ts';
import { startSubject } from './subject.ts';

const subject = await startSubject();
after(() => subject.proveUnharmed());

const KEY = `authorization: Bearer ${API_KEY}`;
const origin = (): string => subject.gateway.origin;
const urlOf = (path: Path): string => path.url(soundModel(path));
const bodyOf = (path: Path): string => JSON.stringify(path.body(soundModel(path), 'hello'));
const chat = PATHS[0] as Path;

test('a wrong method is told the right ones, and HEAD of a page or list is its GET without a body', async () => {
  for (const path of PATHS)
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
      const headers = { authorization: `Bearer ${API_KEY}` };
      const response = await fetch(origin() + urlOf(path), { method, headers });
      const text = await response.text();
      const where = `${method} ${path.name}`;
      // Google lists a model with GET where it is asked with POST.
      if (path.name !== 'gemini') assert.equal(response.headers.get('allow'), 'POST', where);
      // To Google's GET the name with its method is the name of a model that there is not.
      const status = path.name === 'gemini' && (method === 'GET' || method === 'HEAD') ? 404 : 405;
      if (method === 'HEAD') assert.equal(response.status, status, where);
      else assertRefused(path, { status: response.status, text, headers: response.headers }, status);
    }
  const deleted = await fetch(`${subject.gateway.base}/models`, { method: 'DELETE' });
  assert.deepEqual([deleted.status, deleted.headers.get('allow')], [405, 'GET, HEAD']);
  const keys = await fetch(`${subject.gateway.base}/keys`, { method: 'PUT' });
  assert.deepEqual([keys.status, keys.headers.get('allow')], [405, 'GET, HEAD, POST']);
  for (const url of ['/api/v1/models', '/models', '/healthz']) {
    const head = await fetch(origin() + url, { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, ''], url);
  }
});

test('a compressed body is refused by name, whoever sends it', async () => {
  for (const path of PATHS) {
    for (const encoding of ['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip', 'x'.repeat(5_000)]) {
      const answer = await post(origin() + urlOf(path), gzipSync(bodyOf(path)), { 'content-encoding': encoding });
      const message = assertRefused(path, answer, 415);
      assert(message.includes(encoding.slice(0, 40)) && message.length < 200, message);
    }
    const plain = await post(origin() + urlOf(path), bodyOf(path), { 'content-encoding': 'identity' });
    assert.equal(plain.status, 200, path.name);
    // Compressed and silent about it: no JSON.
    assertRefused(path, await post(origin() + urlOf(path), gzipSync(bodyOf(path))), 400);
  }
});

test('JSON with a key is read whatever it calls itself; what is no JSON is told so', async () => {
  for (const path of PATHS) {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream'])
      assert.equal((await post(origin() + urlOf(path), bodyOf(path), { 'content-type': type })).status, 200, type);
    assertRefused(path, await post(origin() + urlOf(path), bodyOf(path), { 'content-type': ';;;' }), 415);
    const untyped = await exchange(origin(), raw(urlOf(path), bodyOf(path), KEY));
    assert.equal(parsed(untyped).status, 200, untyped);
    const form = new FormData();
    form.set('model', 'sandbox/echo');
    const headers = { authorization: `Bearer ${API_KEY}` };
    const response = await fetch(origin() + urlOf(path), { method: 'POST', headers, body: form });
    const answer = { status: response.status, text: await response.text(), headers: response.headers };
    assert.match(assertRefused(path, answer, 400), /not valid JSON/);
    const wide = new Uint8Array(Buffer.from(`\ufeff${bodyOf(path)}`, 'utf16le'));
    assertRefused(path, await post(origin() + urlOf(path), wide), 400);
    assert.equal((await post(origin() + urlOf(path), `\ufeff${bodyOf(path)}`)).status, 200, 'a byte order mark');
  }
});

test('a target in absolute form is taken for what it names, by every method and way (RFC 9112, 3.2.2)', async () => {
  const authority = 'gateway.example:8443';
  for (const path of PATHS)
    for (const start of [`http://${authority}`, `HTTPS://${authority}`]) {
      const answer = parsed(await exchange(origin(), raw(start + urlOf(path), bodyOf(path), KEY)));
      assert.equal(answer.status, 200, `${start} ${path.name}`);
    }
  // A plain POST, as the lane would take it.
  const plain = raw(`http://${authority}${urlOf(chat)}`, bodyOf(chat), KEY).replace('connection: close\r\n', '');
  assert.equal(parsed(await exchange(origin(), plain, /"usage"/)).status, 200);
  const ask = async (method: string, target: string) => {
    const fields = `host: elsewhere.example\r\nconnection: close\r\n\r\n`;
    return parsed(await exchange(origin(), `${method} ${target} HTTP/1.1\r\n${fields}`));
  };
  const home = await ask('GET', `http://${authority}`);
  assert.equal(home.status, 200);
  assert.ok(home.body.includes(`http://${authority}/api/v1`) && !home.body.includes('elsewhere.example'));
  assert.equal((await ask('GET', `http://${authority}/api/v1/models?q=1`)).status, 200);
  assert.equal((await ask('HEAD', `http://${authority}/models`)).status, 200);
  assert.equal((await ask('OPTIONS', `http://${authority}/api/v1/models`)).status, 204);
  for (const target of [`ftp://${authority}/models`, `http://me@${authority}/models`, 'http:///models'])
    assert.ok([400, 404].includes((await ask('GET', target)).status), target);
});

test('paths are read as servers read them: a slash at the end and percent-encoding change nothing', async () => {
  const encoded = (text: string): string =>
    text.replace(/[aeiou]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  for (const path of PATHS) {
    if (path.name === 'gemini') continue;
    const [, name = ''] = /^\/api\/v1\/(.+)$/.exec(urlOf(path)) ?? [];
    for (const url of [`${urlOf(path)}/`, `${urlOf(path)}?a=1&a=2`, `/api/v1/${encoded(name)}`, `/v1/${name}`])
      assert.equal((await post(origin() + url, bodyOf(path))).status, 200, url);
    // Nobody comes in by spelling: the refusal is the same, in the same dialect.
    const stranger = await post(`${origin()}/api/v1/${encoded(name)}`, bodyOf(path), { authorization: 'Bearer x' });
    assertRefused(path, stranger, 401);
  }
  for (const url of ['/api/v1/chat%2Fcompletions', '/API/V1/chat/completions', '/api//v1/chat/completions'])
    assert.equal((await post(origin() + url, bodyOf(chat))).status, 404, url);
});

test('a query key given twice counts once, and names of the prototype are names', async () => {
  const list = async (query: string): Promise<number> => {
    const response = await fetch(`${subject.gateway.base}/models?${query}`);
    assert.equal(response.status, 200, query);
    return ((await response.json()) as { data: unknown[] }).data.length;
  };
  const all = await list('');
  assert.equal(await list('__proto__=1&constructor=2&hasOwnProperty=3'), all);
  assert.equal(
    await list('supported_parameters=nothing&supported_parameters=tools'),
    await list('supported_parameters=tools'),
  );
});

test('requests in a row on one connection are answered in their order', async () => {
  const one = (path: Path): string => raw(urlOf(path), bodyOf(path), KEY).replace('connection: close\r\n', '');
  const last = `GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;
  const text = await exchange(origin(), PATHS.map(one).join('') + last);
  const heads = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => match[1]);
  assert.deepEqual(heads, [...PATHS.map(() => '200'), '200'], text);
  assert(text.indexOf('chat.completion') < text.indexOf('text_completion'), text);
  assert(text.endsWith('{"status":"ok"}'));
});

/** RFC 9112 §6.3: where two readers could disagree on the end of a body, it is not read (request smuggling). */
const SMUGGLED = 'GET /api/v1/key HTTP/1.1\r\nhost: x\r\n\r\n';
const AMBIGUOUS: readonly (readonly [name: string, head: readonly string[], body: string])[] = [
  ['two lengths', ['content-length: 2', `content-length: ${SMUGGLED.length + 2}`], `{}${SMUGGLED}`],
  ['two lengths in one', [`content-length: 2, ${SMUGGLED.length + 2}`], `{}${SMUGGLED}`],
  ['length and chunks', ['content-length: 5', 'transfer-encoding: chunked'], `0\r\n\r\n${SMUGGLED}`],
  ['chunks and length', ['transfer-encoding: chunked', 'content-length: 5'], `0\r\n\r\n${SMUGGLED}`],
  ['chunked but not last', ['transfer-encoding: chunked, gzip'], `0\r\n\r\n${SMUGGLED}`],
  ['chunked twice', ['transfer-encoding: chunked', 'transfer-encoding: chunked'], `0\r\n\r\n${SMUGGLED}`],
  ['an odd name for chunked', ['transfer-encoding: xchunked'], `0\r\n\r\n${SMUGGLED}`],
  ['a length with a sign', ['content-length: +2'], `{}${SMUGGLED}`],
  ['a length in hex', ['content-length: 0x2'], `{}${SMUGGLED}`],
  ['a space before the colon', ['content-length : 2'], `{}${SMUGGLED}`],
  ['a folded header', ['content-length:', ' 2'], `{}${SMUGGLED}`],
  ['a bare line feed', ['content-length: 2\nx: y'], `{}${SMUGGLED}`],
  ['an endless chunk size', ['transfer-encoding: chunked'], `${'f'.repeat(40)}\r\n{}${SMUGGLED}`],
  ['a chunk that is too long', ['transfer-encoding: chunked'], `1\r\n{}\r\n0\r\n\r\n${SMUGGLED}`],
];

for (const [name, head, body] of AMBIGUOUS)
  test(`smuggling: ${name}`, async () => {
    const lines = ['POST /api/v1/chat/completions HTTP/1.1', 'host: gateway', KEY, ...head, '', body];
    const text = await exchange(origin(), lines.join('\r\n'));
    const answers = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => match[1]);
    assert.equal(answers.length, 1, `it was read as ${answers.length} requests: ${text}`);
    assert.match(answers[0] ?? '', /^4/);
    assert(JSON.parse(parsed(text).body.replace(/^[^{]*/, '')).error.message);
  });

test('what is not HTTP is told so in JSON, and headers beyond measure too', async () => {
  const garbage = parsed(await exchange(origin(), 'hello\r\n\r\n'));
  assert.equal(garbage.status, 400);
  assert.equal(JSON.parse(garbage.body).error.code, 400);
  const long = parsed(await exchange(origin(), `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(60_000)}\r\n\r\n`));
  assert.equal(long.status, 431);
  assert.equal(JSON.parse(long.body).error.code, 431);
});

test('a request that never arrives whole is given up: its head, and its body', async (context) => {
  // Thirty seconds for the head of a request become 0.6, its two minutes 2.4: of its own, for a busy machine may be slower
  // with requests that are sound.
  const hasty = await startGateway({ environment: { SWITCHWRIGHT_DEADLINE_SCALE: '0.02' } });
  context.after(() => hasty.stop());
  const halves = [
    'POST /api/v1/chat/completions HTTP/1.1\r\nhost: x\r\n',
    raw(urlOf(chat), bodyOf(chat), KEY).slice(0, -10),
    // One byte at a time, for ever.
    null,
  ];
  await Promise.all(
    halves.map(async (half) => {
      const socket = await open(hasty.origin);
      let got = '';
      socket.on('data', (bytes) => (got += bytes));
      socket.write(half ?? `POST ${urlOf(chat)} HTTP/1.1\r\nhost: x\r\n${KEY}\r\ncontent-length: 1000\r\n\r\n`);
      const drip = half === null ? setInterval(() => socket.write(' '), 20) : undefined;
      await new Promise((done) => socket.once('close', done));
      clearInterval(drip);
      const answer = parsed(got);
      assert.equal(answer.status, 408);
      assert.equal(JSON.parse(answer.body).error.metadata.error_type, 'timeout');
    }),
  );
});

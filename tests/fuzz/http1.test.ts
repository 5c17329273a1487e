/**
 * Our readers of HTTP/1.1 beside Node's server and undici, on the same spoilt bytes: what ours take, those take too and
 * read alike. The other way round ours may be stricter. With SWITCHWRIGHT_LONG=1 there are a million of each.
 */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { Client } from 'undici';
import { SEED, seeded } from '../../src/dialects/fuzz.ts';
import { AnswerReader } from '../../src/http1/answer.ts';
import { readPlainPost } from '../../src/http1/asked.ts';
import { mutateBytes, pick, type Random } from './mutations.ts';

const COUNT = process.env.SWITCHWRIGHT_LONG === '1' ? 1_000_000 : 3_000;
const HEAD_BYTES_MAX = 16 * 1024;

/** A connection whose other side is this test. */
class Line extends Duplex {
  override _read(): void {}
  override _write(_bytes: Buffer, _encoding: string, done: () => void): void {
    done();
  }
}

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** Bytes that matter to a reader of HTTP, put in at random places; or anything at all. */
const TELLING = [
  '\r',
  '\n',
  '\r\n',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '\0',
  '0',
  'chunked',
  '\r\ncontent-length: 3',
  '\r\ntransfer-encoding: chunked',
  '\r\nconnection: close',
  '\r\n\r\n',
  '\x7f',
  '\xe9',
];

function spoil(text: string, random: Random): Buffer {
  let spoilt = text;
  for (let count = Math.floor(random() * 3); count > 0; count--) {
    const at = Math.floor(random() * (spoilt.length + 1));
    const removed = Math.floor(random() * 3);
    spoilt = spoilt.slice(0, at) + pick(random, TELLING) + spoilt.slice(at + removed);
  }
  const bytes = Buffer.from(spoilt, 'latin1');
  return random() < 0.2 ? Buffer.from(mutateBytes(bytes, random)) : bytes;
}

const POSTS = [
  'POST /api/v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:8787\r\nContent-Type: application/json\r\nAuthorization: Bearer x\r\nContent-Length: 5\r\n\r\nhello',
  'POST /v1/messages?beta=true HTTP/1.1\r\nhost: gateway\r\nx-api-key: x\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n',
  'POST /v1/responses HTTP/1.1\r\nhost: [::1]:80\r\naccept: */*\r\nx-title: caf\xe9\r\ncontent-length: 2\r\n\r\n{}',
];

type Read = { readonly target: string; readonly headers: IncomingMessage['headers']; readonly body: string };

/** What Node's server makes of the bytes; null = it refused them, or waits for more. */
async function readByNode(bytes: Buffer): Promise<Read | null> {
  const line = new Line();
  let read: Read | null = null;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk.toString('latin1');
    });
    request.on('end', () => {
      read ??= { target: request.url ?? '', headers: request.headers, body };
      response.end();
    });
  });
  server.on('clientError', () => line.destroy());
  server.emit('connection', line);
  line.push(bytes);
  for (let left = 4; left > 0 && read === null; left--) await turn();
  line.destroy();
  server.close();
  return read;
}

test(`${COUNT} spoilt requests: what is taken as a plain POST is the same POST to Node's server (seed ${SEED})`, async () => {
  let taken = 0;
  for (let at = 0; at < COUNT; at++) {
    const random = seeded(Math.imul(SEED, 37) + at * 7_919);
    const bytes = spoil(pick(random, POSTS), random);
    const ours = readPlainPost(bytes, HEAD_BYTES_MAX);
    if (ours === null || bytes.length < ours.bodyAt + ours.bodyBytes) continue;
    taken++;
    const theirs = await readByNode(bytes.subarray(0, ours.bodyAt + ours.bodyBytes));
    const where = `seed ${SEED}, request ${at}: ${JSON.stringify(bytes.toString('latin1'))}`;
    assert.ok(theirs, where);
    assert.equal(ours.target, theirs.target, where);
    assert.deepEqual({ ...ours.headers }, { ...theirs.headers }, where);
    assert.equal(bytes.toString('latin1', ours.bodyAt, ours.bodyAt + ours.bodyBytes), theirs.body, where);
  }
  assert.ok(taken > COUNT / 10, `${taken} of ${COUNT} were taken`);
});

const ANSWERS = [
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5;a=b\r\nworld\r\n0\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 429 Too Many Requests\r\nretry-after: 2\r\ncontent-length: 2\r\n\r\n{}',
  'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\na: b\r\n\r\n',
];

type Answer = { readonly status: number; readonly body: string; readonly isWhole: boolean };

/** What undici makes of the bytes when the connection ends behind them. */
async function readByUndici(bytes: Buffer): Promise<Answer> {
  const line = new Line();
  const client = new Client('http://host.test', {
    // A custom connector may hand over any stream; the types want a socket.
    connect: ((_options: unknown, done: (error: null, socket: Duplex) => void) =>
      queueMicrotask(() => done(null, line))) as never,
  });
  let status = 0;
  let body = '';
  let ended: boolean | null = null;
  client.dispatch(
    { path: '/', method: 'POST', body: '{}' },
    {
      onRequestStart: () => {},
      onResponseStart: (_controller, code) => {
        if (code >= 200) status = code;
      },
      onResponseData: (_controller, chunk) => {
        body += chunk.toString('latin1');
      },
      onResponseEnd: () => {
        ended ??= true;
      },
      onResponseError: () => {
        ended ??= false;
      },
    },
  );
  for (let left = 3; left > 0; left--) await turn();
  line.push(bytes);
  line.push(null);
  for (let left = 20; left > 0 && ended === null; left--) await turn();
  await client.destroy().catch(() => {});
  return { status, body, isWhole: ended === true };
}

function readByOurs(bytes: Buffer): Answer {
  let status = 0;
  let body = '';
  const reader = new AnswerReader(
    {
      head: (code) => {
        status = code;
      },
      data: (chunk) => {
        body += chunk.toString('latin1');
      },
    },
    HEAD_BYTES_MAX,
  );
  const progress = reader.push(Buffer.from(bytes));
  return { status, body, isWhole: progress === 'done' || (progress === 'more' && reader.close() === 'done') };
}

function endOfAnswer(bytes: Buffer, expected: Answer): number {
  let body = '';
  const reader = new AnswerReader(
    { head: () => {}, data: (chunk) => (body += chunk.toString('latin1')) },
    HEAD_BYTES_MAX,
  );
  let at = 0;
  while (at < bytes.length && reader.push(Buffer.from(bytes.subarray(at, at + 1))) === 'more') at++;
  assert.equal(body, expected.body);
  return at + 1;
}

test(`${COUNT} spoilt answers: what is taken as whole is the same answer to undici (seed ${SEED})`, async () => {
  let taken = 0;
  for (let at = 0; at < COUNT; at++) {
    const random = seeded(Math.imul(SEED, 41) + at * 7_919);
    const bytes = spoil(pick(random, ANSWERS), random);
    const ours = readByOurs(bytes);
    // A 100 that nobody waits for is read over (RFC 9110, 15.2); undici 8.12 calls it an error.
    if (!ours.isWhole || bytes.includes('HTTP/1.1 100')) continue;
    taken++;
    // Ours once in one piece and once in single bytes, which also tells where the answer ends.
    const end = endOfAnswer(bytes, ours);
    assert.deepEqual(
      ours,
      await readByUndici(bytes.subarray(0, end)),
      `seed ${SEED}, answer ${at}: ${JSON.stringify(bytes.toString('latin1'))}`,
    );
  }
  assert.ok(taken > COUNT / 10, `${taken} of ${COUNT} were taken`);
});
